//! The stage that reads frames from batcher transactions.

use alloc::{boxed::Box, collections::VecDeque, sync::Arc, vec::Vec};

use alloy_primitives::Bytes;
use async_trait::async_trait;
use kona_derive::{
    FrameQueueProvider, NextFrameProvider, OriginAdvancer, OriginProvider, PipelineError,
    PipelineResult, Signal, SignalReceiver,
};
use kona_genesis::RollupConfig;
use kona_protocol::{BlockInfo, Frame};

use super::Stage;

/// The version of batcher transactions that holds frames.
const VERSION: u8 = 0;
/// The greatest length of a frame's data.
const MAX_LENGTH: u32 = 1_000_000;

/// Frames from batcher transactions (specs `protocol/derivation.md`, "Frame Queue").
#[derive(Debug)]
pub(crate) struct FrameQueue<P> {
    config: Arc<RollupConfig>,
    prev: P,
    frames: VecDeque<Frame>,
}

impl<P> FrameQueue<P> {
    pub(crate) const fn new(config: Arc<RollupConfig>, prev: P) -> Self {
        Self {
            config,
            prev,
            frames: VecDeque::new(),
        }
    }
}

/// All frames of a batcher transaction, `None` where one of them is malformed.
fn parse(data: &[u8]) -> Option<Vec<Frame>> {
    let (&VERSION, mut rest) = data.split_first()? else {
        return None;
    };
    let mut frames = Vec::new();
    while !rest.is_empty() {
        frames.push(parse_frame(&mut rest)?);
    }
    Some(frames)
}

fn parse_frame(rest: &mut &[u8]) -> Option<Frame> {
    let id = *take(rest)?;
    let number = u16::from_be_bytes(*take(rest)?);
    let length = u32::from_be_bytes(*take(rest)?);
    if length > MAX_LENGTH {
        return None;
    }
    let (data, after) = rest.split_at_checked(length as usize)?;
    *rest = after;
    let is_last = match take(rest)? {
        [0] => false,
        [1] => true,
        _ => return None,
    };
    Some(Frame {
        id,
        number,
        data: data.to_vec(),
        is_last,
    })
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(taken)
}

/// Leaves frames that are in order (specs `protocol/holocene/derivation.md`, "Frame Queue").
fn prune(frames: Vec<Frame>) -> VecDeque<Frame> {
    let mut kept: Vec<Frame> = Vec::with_capacity(frames.len());
    for frame in frames {
        let Some(previous) = kept.last() else {
            // Whether the first frame fits is for the channel to say.
            kept.push(frame);
            continue;
        };
        let follows =
            previous.id == frame.id && previous.number.checked_add(1) == Some(frame.number);
        if frame.number == 0 {
            let unfinished = (!previous.is_last).then_some(previous.id);
            while kept
                .last()
                .is_some_and(|f| Some(f.id) == unfinished && !f.is_last)
            {
                kept.pop();
            }
            kept.push(frame);
        } else if follows && !previous.is_last {
            kept.push(frame);
        }
    }
    kept.into()
}

#[async_trait]
impl<P: FrameQueueProvider<Item = Bytes> + Stage> NextFrameProvider for FrameQueue<P> {
    async fn next_frame(&mut self) -> PipelineResult<Frame> {
        if self.frames.is_empty() {
            let data = self.prev.next_data().await?;
            let origin = self.origin().ok_or(PipelineError::MissingOrigin.crit())?;
            let frames = parse(&data).unwrap_or_default();
            self.frames = if self.config.is_holocene_active(origin.timestamp) {
                prune(frames)
            } else {
                frames.into()
            };
        }
        self.frames
            .pop_front()
            .ok_or(PipelineError::NotEnoughData.temp())
    }
}

impl<P: Stage> OriginProvider for FrameQueue<P> {
    fn origin(&self) -> Option<BlockInfo> {
        self.prev.origin()
    }
}

#[async_trait]
impl<P: Stage> OriginAdvancer for FrameQueue<P> {
    async fn advance_origin(&mut self) -> PipelineResult<()> {
        self.prev.advance_origin().await
    }
}

#[async_trait]
impl<P: Stage> SignalReceiver for FrameQueue<P> {
    async fn signal(&mut self, signal: Signal) -> PipelineResult<()> {
        self.prev.signal(signal).await?;
        if !matches!(signal, Signal::FlushChannel) {
            self.frames.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::testing::{Given, config, config_before_holocene, frame, ready};
    use alloc::vec;

    fn encode(frames: &[Frame]) -> Vec<u8> {
        let mut out = vec![VERSION];
        for frame in frames {
            out.extend_from_slice(&frame.id);
            out.extend_from_slice(&frame.number.to_be_bytes());
            out.extend_from_slice(&(frame.data.len() as u32).to_be_bytes());
            out.extend_from_slice(&frame.data);
            out.push(u8::from(frame.is_last));
        }
        out
    }

    #[async_trait]
    impl FrameQueueProvider for Given<Bytes> {
        type Item = Bytes;

        async fn next_data(&mut self) -> PipelineResult<Bytes> {
            self.next()
        }
    }

    /// Channel, number and whether it is the last of it, of each frame that comes out.
    fn read(config: RollupConfig, transactions: Vec<Vec<u8>>) -> Vec<(u8, u16, bool)> {
        let given = Given::new(transactions.into_iter().map(Bytes::from), 14);
        let mut queue = FrameQueue::new(Arc::new(config), given);
        let mut frames = Vec::new();
        loop {
            match ready(queue.next_frame()) {
                Ok(frame) => frames.push((frame.id[0], frame.number, frame.is_last)),
                Err(error) if crate::stages::is_eof(&error) => return frames,
                Err(error) => assert_eq!(error, PipelineError::NotEnoughData.temp()),
            }
        }
    }

    /// Specs `protocol/derivation.md`, "Batcher Transaction Format" and "Frame Format".
    #[test]
    fn one_malformed_frame_rejects_the_whole_transaction() {
        let good = encode(&[frame(1, 0, false), frame(1, 1, true)]);
        assert_eq!(read(config(), vec![good.clone()]).len(), 2);
        let mut bad_last = good.clone();
        *bad_last.last_mut().unwrap() = 2;
        let mut first_bad = good.clone();
        first_bad[1 + 22 + frame(1, 0, false).data.len()] = 0xff;
        let trailing = [good.clone(), vec![0]].concat();
        let version = [vec![1], good[1..].to_vec()].concat();
        let short = good[..good.len() - 1].to_vec();
        let bad = vec![
            bad_last,
            first_bad,
            trailing,
            version,
            short,
            vec![],
            vec![VERSION],
        ];
        assert_eq!(read(config(), bad), []);
    }

    /// Specs `protocol/derivation.md`, "Frame Format".
    #[test]
    fn data_of_a_frame_are_capped() {
        let long = |len: usize| Frame {
            data: vec![0; len],
            ..frame(1, 0, true)
        };
        assert_eq!(read(config(), vec![encode(&[long(1_000_000)])]).len(), 1);
        assert_eq!(read(config(), vec![encode(&[long(1_000_001)])]).len(), 0);
    }

    /// Specs `protocol/holocene/derivation.md`, "Frame Queue".
    #[test]
    fn frames_out_of_order_are_dropped_from_holocene_on() {
        let f = frame;
        let one = |frames: &[Frame]| read(config(), vec![encode(frames)]);
        // A gap, a repetition, and a frame after the last.
        assert_eq!(
            one(&[f(1, 0, false), f(1, 2, true), f(1, 1, true)]),
            [(1, 0, false), (1, 1, true)]
        );
        assert_eq!(
            one(&[f(1, 0, false), f(1, 0, false), f(1, 1, true)]),
            [(1, 0, false), (1, 1, true)]
        );
        assert_eq!(one(&[f(1, 0, true), f(1, 1, false)]), [(1, 0, true)]);
        // The middle of another channel.
        assert_eq!(
            one(&[f(1, 0, false), f(2, 1, true), f(1, 1, true)]),
            [(1, 0, false), (1, 1, true)]
        );
        // The start of another channel takes an unfinished one away, and no finished one.
        assert_eq!(
            one(&[f(1, 0, false), f(1, 1, false), f(2, 0, true)]),
            [(2, 0, true)]
        );
        assert_eq!(
            one(&[f(3, 0, true), f(1, 0, false), f(1, 1, false), f(2, 0, true)]),
            [(3, 0, true), (2, 0, true)]
        );
        assert_eq!(
            one(&[f(1, 0, true), f(1, 0, false), f(2, 0, true)]),
            [(1, 0, true), (2, 0, true)]
        );
        // What began in another transaction goes on.
        assert_eq!(
            one(&[f(1, 5, false), f(1, 6, true), f(2, 0, false)]).len(),
            3
        );
        // The start of the same channel is a start like any other.
        assert_eq!(
            one(&[f(1, 0, false), f(1, 1, false), f(1, 0, true)]),
            [(1, 0, true)]
        );
        assert_eq!(
            one(&[f(1, 0, true), f(1, 0, false)]),
            [(1, 0, true), (1, 0, false)]
        );
    }

    /// Specs `protocol/derivation.md`, "Channel Bank": there the order of frames is free.
    #[test]
    fn frames_come_as_they_are_before_holocene() {
        let frames = [frame(1, 2, true), frame(2, 0, false), frame(1, 0, false)];
        assert_eq!(
            read(config_before_holocene(), vec![encode(&frames)]).len(),
            3
        );
    }
}
