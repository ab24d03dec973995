//! Frames and their queue (OP specs `protocol/derivation.md` and `protocol/holocene/derivation.md`,
//! "Frame Format", "Frame Queue").
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use endgame_ortho_derive::{Frame, FrameError, FrameQueue};
use proptest::prelude::*;

fn frame(channel: u8, number: u16, is_last: bool) -> Frame {
    Frame {
        channel: [channel; 16],
        number,
        data: vec![channel, number as u8],
        is_last,
    }
}

fn encode(frames: &[Frame]) -> Vec<u8> {
    let mut bytes = vec![0];
    for frame in frames {
        bytes.extend(frame.channel);
        bytes.extend(frame.number.to_be_bytes());
        bytes.extend((frame.data.len() as u32).to_be_bytes());
        bytes.extend(&frame.data);
        bytes.push(frame.is_last.into());
    }
    bytes
}

#[test]
fn frames_of_several_channels_in_one_transaction() {
    let frames = [frame(1, 7, true), frame(2, 0, false), Frame::default()];
    assert_eq!(Frame::parse_all(&encode(&frames)), Ok(frames.to_vec()));
}

#[test]
fn transaction_cut_anywhere_has_no_frames() {
    let frames = [frame(1, 0, false), frame(1, 1, true)];
    let bytes = encode(&frames);
    let first = encode(&frames[..1]).len();
    for end in 0..bytes.len() {
        let expected = match end {
            0 | 1 => Err(FrameError::Empty),
            end if end == first => Ok(frames[..1].to_vec()),
            _ => Err(FrameError::Truncated),
        };
        assert_eq!(Frame::parse_all(&bytes[..end]), expected, "{end}");
    }
}

#[test]
fn one_bad_frame_spoils_all() {
    let mut bytes = encode(&[frame(1, 0, false), frame(1, 1, true)]);
    *bytes.last_mut().unwrap() = 2;
    assert_eq!(Frame::parse_all(&bytes), Err(FrameError::IsLast(2)));
}

#[test]
fn only_version_0_has_frames() {
    let mut bytes = encode(&[frame(1, 0, true)]);
    bytes[0] = 1;
    assert_eq!(Frame::parse_all(&bytes), Err(FrameError::Version(1)));
}

#[test]
fn a_million_bytes_are_the_most() {
    let mut long = frame(1, 0, true);
    long.data = vec![0; 1_000_000];
    assert_eq!(Frame::parse_all(&encode(&[long.clone()])).unwrap()[0], long);
    long.data.push(0);
    let bytes = encode(&[long]);
    assert_eq!(
        Frame::parse_all(&bytes),
        Err(FrameError::TooLong(1_000_001))
    );
}

/// What is left of transactions with these frames, one each: (channel, number, is last).
fn queued(frames: &[(u8, u16, bool)], holocene: bool) -> Vec<(u8, u16, bool)> {
    let mut queue = FrameQueue::new();
    for (channel, number, is_last) in frames {
        queue.extend(vec![frame(*channel, *number, *is_last)], holocene);
    }
    drain(&mut queue)
}

fn drain(queue: &mut FrameQueue) -> Vec<(u8, u16, bool)> {
    core::iter::from_fn(|| queue.pop())
        .map(|frame| (frame.channel[0], frame.number, frame.is_last))
        .collect()
}

#[test]
fn queue_before_holocene_keeps_everything() {
    let frames = [(1, 5, false), (2, 0, true), (1, 5, false)];
    assert_eq!(queued(&frames, false), frames);
}

#[test]
fn frame_out_of_order_is_dropped() {
    let frames = [(1, 0, false), (1, 2, false), (1, 1, false), (1, 1, true)];
    assert_eq!(queued(&frames, true), [(1, 0, false), (1, 1, false)]);
}

#[test]
fn frame_after_the_closing_one_is_dropped() {
    let frames = [(1, 0, true), (1, 1, false), (2, 0, true)];
    assert_eq!(queued(&frames, true), [(1, 0, true), (2, 0, true)]);
}

#[test]
fn later_frame_of_another_channel_is_dropped() {
    let frames = [(1, 0, true), (2, 1, false), (2, 2, true)];
    assert_eq!(queued(&frames, true), [(1, 0, true)]);
}

#[test]
fn first_frame_drops_the_unfinished_channel_before_it() {
    let frames = [(1, 0, true), (2, 0, false), (2, 1, false), (3, 0, false)];
    assert_eq!(queued(&frames, true), [(1, 0, true), (3, 0, false)]);
}

#[test]
fn first_frame_restarts_its_own_channel() {
    let frames = [(1, 0, false), (1, 1, false), (1, 0, false), (1, 1, true)];
    assert_eq!(queued(&frames, true), [(1, 0, false), (1, 1, true)]);
}

#[test]
fn unfinished_channel_may_be_between_two_of_one_name() {
    let frames = [(1, 0, true), (2, 0, false), (1, 0, false)];
    assert_eq!(queued(&frames, true), [(1, 0, true), (1, 0, false)]);
}

#[test]
fn queue_may_begin_within_a_channel() {
    let frames = [(1, 3, false), (1, 4, true)];
    assert_eq!(queued(&frames, true), frames);
}

/// The rules applied pair by pair to the whole queue until nothing changes.
fn pruned(mut frames: Vec<(u8, u16, bool)>) -> Vec<(u8, u16, bool)> {
    'again: loop {
        for at in 1..frames.len() {
            let (previous, next) = (frames[at - 1], frames[at]);
            let is_first = next.1 == 0;
            let follows = previous.0 == next.0 && !previous.2 && next.1 == previous.1 + 1;
            if !is_first && !follows {
                frames.remove(at);
                continue 'again;
            }
            if is_first && !previous.2 {
                frames.remove(at - 1);
                continue 'again;
            }
        }
        return frames;
    }
}

proptest! {
    #[test]
    fn queue_keeps_what_the_rules_keep(
        before in prop::collection::vec((0..3u8, 0..3u16, any::<bool>()), 0..20),
        after in prop::collection::vec((0..3u8, 0..3u16, any::<bool>()), 0..20),
        taken in 0..10usize,
    ) {
        let mut queue = FrameQueue::new();
        let frames = |list: &[(u8, u16, bool)]| {
            list.iter().map(|(channel, number, last)| frame(*channel, *number, *last)).collect()
        };
        queue.extend(frames(&before), true);
        let mut model = pruned(before);
        for _ in 0..taken {
            let popped = queue.pop().map(|frame| frame.number);
            prop_assert_eq!(popped, (!model.is_empty()).then(|| model.remove(0).1));
        }
        queue.extend(frames(&after), true);
        model.extend(after);
        prop_assert_eq!(drain(&mut queue), pruned(model));
        prop_assert!(queue.is_empty());
    }

    #[test]
    fn any_bytes_are_frames_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(frames) = Frame::parse_all(&bytes) {
            prop_assert_eq!(encode(&frames), bytes);
        }
    }
}
