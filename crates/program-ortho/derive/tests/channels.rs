//! Frames become channels (OP specs `protocol/derivation.md` and `protocol/holocene/derivation.md`,
//! "Channel Bank").
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use endgame_ortho_derive::{ChannelAssembler, ChannelBank, Frame};
use proptest::prelude::*;

const TIMEOUT: u64 = 10;
const LARGE: u64 = 100_000_000;

/// A frame that holds one byte: its number.
fn frame(channel: u8, number: u16, is_last: bool) -> Frame {
    Frame {
        channel: [channel; 16],
        number,
        data: vec![number as u8],
        is_last,
    }
}

/// What can be read after these frames came, all in L1 block 1: (number, is last).
fn read_one(frames: &[(u16, bool)]) -> Option<Vec<u8>> {
    let mut bank = ChannelBank::new();
    for (number, is_last) in frames {
        bank.ingest(frame(1, *number, *is_last), 1, TIMEOUT, LARGE);
    }
    bank.read(1, TIMEOUT, false)
}

#[test]
fn channel_is_read_when_every_frame_is_there_in_any_order() {
    assert_eq!(read_one(&[(2, true), (0, false)]), None);
    let all = [(2, true), (0, false), (1, false)];
    assert_eq!(read_one(&all).unwrap(), [0, 1, 2]);
}

#[test]
fn second_frame_with_a_number_is_dropped() {
    let mut bank = ChannelBank::new();
    bank.ingest(frame(1, 0, false), 1, TIMEOUT, LARGE);
    let other = Frame {
        data: vec![9],
        ..frame(1, 0, false)
    };
    bank.ingest(other, 1, TIMEOUT, LARGE);
    bank.ingest(frame(1, 1, true), 1, TIMEOUT, LARGE);
    assert_eq!(bank.read(1, TIMEOUT, false).unwrap(), [0, 1]);
}

#[test]
fn channel_closes_once() {
    let twice = [(1, true), (0, true), (2, true), (0, false)];
    assert_eq!(read_one(&twice).unwrap(), [0, 1]);
}

#[test]
fn closing_frame_removes_higher_ones_and_later_ones_are_dropped() {
    let beyond = [(3, false), (2, false), (1, true), (2, false), (0, false)];
    assert_eq!(read_one(&beyond).unwrap(), [0, 1]);
}

#[test]
fn only_the_oldest_channel_is_read_before_canyon() {
    let mut bank = ChannelBank::new();
    bank.ingest(frame(1, 1, true), 1, TIMEOUT, LARGE);
    bank.ingest(frame(2, 0, true), 1, TIMEOUT, LARGE);
    assert_eq!(bank.read(1, TIMEOUT, false), None);
    bank.ingest(frame(1, 0, false), 1, TIMEOUT, LARGE);
    assert_eq!(bank.read(1, TIMEOUT, false).unwrap(), [0, 1]);
    assert_eq!(bank.read(1, TIMEOUT, false).unwrap(), [0]);
    assert_eq!(bank.read(1, TIMEOUT, false), None);
}

#[test]
fn any_complete_channel_is_read_from_canyon_on() {
    let mut bank = ChannelBank::new();
    bank.ingest(frame(1, 1, true), 1, TIMEOUT, LARGE);
    bank.ingest(frame(2, 0, true), 1, TIMEOUT, LARGE);
    assert_eq!(bank.read(1, TIMEOUT, true).unwrap(), [0]);
    assert_eq!(bank.read(1, TIMEOUT, true), None);
}

#[test]
fn channel_times_out_after_its_last_block() {
    for (block, is_read) in [(1 + TIMEOUT, true), (2 + TIMEOUT, false)] {
        let mut bank = ChannelBank::new();
        bank.ingest(frame(1, 1, true), 1, TIMEOUT, LARGE);
        bank.ingest(frame(1, 0, false), block, TIMEOUT, LARGE);
        assert_eq!(bank.read(block, TIMEOUT, false).is_some(), is_read);
        // What timed out is gone: its name begins another channel.
        bank.ingest(frame(1, 0, true), block, TIMEOUT, LARGE);
        assert_eq!(bank.read(block, TIMEOUT, false).unwrap(), [0]);
    }
}

#[test]
fn oldest_channel_is_pruned_when_the_bank_is_too_large() {
    let mut bank = ChannelBank::new();
    // 201 each: a byte of data and the overhead.
    bank.ingest(frame(1, 1, true), 1, TIMEOUT, 402);
    bank.ingest(frame(2, 1, true), 1, TIMEOUT, 402);
    bank.ingest(frame(2, 0, false), 1, TIMEOUT, 402);
    assert_eq!(bank.read(1, TIMEOUT, false).unwrap(), [0, 1]);
    assert_eq!(bank.read(1, TIMEOUT, false), None);
}

#[test]
fn channel_larger_than_the_bank_prunes_itself() {
    let mut bank = ChannelBank::new();
    bank.ingest(frame(1, 0, true), 1, TIMEOUT, 200);
    assert_eq!(bank.read(1, TIMEOUT, false), None);
}

#[test]
fn work_is_not_quadratic_in_channels_or_frames() {
    const COUNT: u32 = 300_000;
    let mut bank = ChannelBank::new();
    for index in 0..COUNT {
        let mut channel = [0; 16];
        channel[..4].copy_from_slice(&index.to_be_bytes());
        let open = Frame {
            channel,
            ..frame(0, 1, true)
        };
        bank.ingest(open, 1, TIMEOUT, 1_000_000_000);
        assert_eq!(bank.read(1, TIMEOUT, true), None);
    }
    for number in (1..=u16::MAX).rev() {
        bank.ingest(frame(255, number, number == u16::MAX), 1, TIMEOUT, LARGE);
        assert_eq!(bank.read(1, TIMEOUT, true), None);
    }
    bank.ingest(frame(255, 0, false), 1, TIMEOUT, LARGE);
    assert_eq!(bank.read(1, TIMEOUT, true).unwrap().len(), 65_536);
}

/// The bank in the words of the specification.
#[derive(Default)]
struct Model {
    queue: Vec<(u8, u64, Vec<Frame>)>,
}

impl Model {
    fn ingest(&mut self, new: Frame, block: u64, max: u64) {
        let id = new.channel[0];
        if !self.queue.iter().any(|channel| channel.0 == id) {
            self.queue.push((id, block, Vec::new()));
        }
        let channel = self
            .queue
            .iter_mut()
            .find(|channel| channel.0 == id)
            .unwrap();
        let (opened, frames) = (channel.1, &mut channel.2);
        let last = frames
            .iter()
            .find(|frame| frame.is_last)
            .map(|frame| frame.number);
        if block > opened + TIMEOUT
            || frames.iter().any(|frame| frame.number == new.number)
            || last.is_some_and(|last| new.is_last || new.number > last)
        {
            return;
        }
        if new.is_last {
            frames.retain(|frame| frame.number < new.number);
        }
        frames.push(new);
        let sizes = |queue: &[(u8, u64, Vec<Frame>)]| -> u64 {
            let frames = queue.iter().flat_map(|channel| &channel.2);
            frames.map(|frame| frame.data.len() as u64 + 200).sum()
        };
        while sizes(&self.queue) > max {
            self.queue.remove(0);
        }
    }

    fn read(&mut self, block: u64, canyon: bool) -> Option<Vec<u8>> {
        while self
            .queue
            .first()
            .is_some_and(|channel| block > channel.1 + TIMEOUT)
        {
            self.queue.remove(0);
        }
        let ready = |channel: &(u8, u64, Vec<Frame>)| {
            let last = channel.2.iter().find(|frame| frame.is_last);
            last.is_some_and(|last| {
                (0..=last.number).all(|at| channel.2.iter().any(|frame| frame.number == at))
            })
        };
        let at = self.queue.iter().position(ready)?;
        if at > 0 && !canyon {
            return None;
        }
        let mut frames = self.queue.remove(at).2;
        frames.sort_by_key(|frame| frame.number);
        Some(frames.into_iter().flat_map(|frame| frame.data).collect())
    }
}

proptest! {
    #[test]
    fn bank_reads_what_the_specification_reads(
        steps in prop::collection::vec((0..4u8, 0..4u16, prop::bool::weighted(0.2), 0..3u64), 0..60),
        canyon in any::<bool>(),
        max in prop_oneof![Just(LARGE), 0..2_000u64],
    ) {
        let (mut bank, mut model, mut block) = (ChannelBank::new(), Model::default(), 0);
        for (channel, number, is_last, blocks) in steps {
            block += blocks;
            loop {
                let read = bank.read(block, TIMEOUT, canyon);
                prop_assert_eq!(&read, &model.read(block, canyon));
                if read.is_none() {
                    break;
                }
            }
            bank.ingest(frame(channel, number, is_last), block, TIMEOUT, max);
            model.ingest(frame(channel, number, is_last), block, max);
        }
    }
}

/// What is complete after each of these frames: (channel, number, is last, L1 block).
fn assembled(frames: &[(u8, u16, bool, u64)], max: u64) -> Vec<Option<Vec<u8>>> {
    let mut assembler = ChannelAssembler::new();
    frames
        .iter()
        .map(|(channel, number, is_last, block)| {
            assembler.ingest(frame(*channel, *number, *is_last), *block, TIMEOUT, max)
        })
        .collect()
}

#[test]
fn holocene_channel_is_complete_with_its_last_frame() {
    let frames = [(1, 0, false, 1), (1, 1, true, 2), (2, 0, true, 2)];
    let expected = [None, Some(vec![0, 1]), Some(vec![0])];
    assert_eq!(assembled(&frames, LARGE), expected);
}

#[test]
fn holocene_frame_that_is_not_the_next_is_dropped_alone() {
    let frames = [
        (1, 1, true, 1),
        (1, 0, false, 1),
        (1, 2, true, 1),
        (2, 1, true, 1),
        (1, 1, true, 1),
        (1, 2, true, 1),
    ];
    let expected = [None, None, None, None, Some(vec![0, 1]), None];
    assert_eq!(assembled(&frames, LARGE), expected);
}

#[test]
fn holocene_first_frame_replaces_the_staging_channel() {
    let frames = [
        (1, 0, false, 1),
        (2, 0, false, 1),
        (1, 1, true, 1),
        (2, 0, false, 1),
        (2, 1, true, 1),
    ];
    let expected = [None, None, None, None, Some(vec![0, 1])];
    assert_eq!(assembled(&frames, LARGE), expected);
}

#[test]
fn holocene_channel_times_out_after_its_last_block() {
    let late = 1 + TIMEOUT;
    let frames = [(1, 0, false, 1), (1, 1, true, late)];
    assert!(assembled(&frames, LARGE)[1].is_some());
    // The channel is dropped with its frame, and so are its later frames.
    let frames = [
        (1, 0, false, 1),
        (1, 1, false, late + 1),
        (1, 2, true, late + 1),
    ];
    assert_eq!(assembled(&frames, LARGE), [None, None, None]);
}

#[test]
fn holocene_channel_that_is_too_large_is_dropped() {
    let frames = [(1, 0, false, 1), (1, 1, true, 1)];
    assert!(assembled(&frames, 402)[1].is_some());
    assert_eq!(assembled(&frames, 401), [None, None]);
    let frames = [(1, 0, false, 1), (1, 1, false, 1), (1, 2, true, 1)];
    assert_eq!(assembled(&frames, 401), [None, None, None]);
}

#[test]
fn assembler_and_bank_forget_everything_when_cleared() {
    let (mut assembler, mut bank) = (ChannelAssembler::new(), ChannelBank::new());
    assembler.ingest(frame(1, 0, false), 1, TIMEOUT, LARGE);
    assembler.clear();
    assert_eq!(assembler.ingest(frame(1, 1, true), 1, TIMEOUT, LARGE), None);
    bank.ingest(frame(1, 0, true), 1, TIMEOUT, LARGE);
    bank.clear();
    assert_eq!(bank.read(1, TIMEOUT, true), None);
}
