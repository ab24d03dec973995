//! The stage that puts channels together from frames.

use alloc::{
    boxed::Box,
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    vec::Vec,
};

use alloy_primitives::Bytes;
use async_trait::async_trait;
use kona_derive::{
    ChannelReaderProvider, NextFrameProvider, OriginAdvancer, OriginProvider, PipelineError,
    PipelineResult, Signal, SignalReceiver,
};
use kona_genesis::RollupConfig;
use kona_protocol::{BlockInfo, ChannelId, Frame};

use super::Stage;

/// What a frame counts beside its data.
const FRAME_OVERHEAD: usize = 200;
/// `MAX_CHANNEL_BANK_SIZE`.
const MAX_BANK_SIZE: usize = 100_000_000;
/// `MAX_CHANNEL_BANK_SIZE` from Fjord on.
const MAX_BANK_SIZE_FJORD: usize = 1_000_000_000;

/// Whole channels: up to Holocene the channel bank of specs `protocol/derivation.md`, from there
/// on the single staging channel of `protocol/holocene/derivation.md`.
#[derive(Debug)]
pub(crate) struct Channels<P> {
    config: Arc<RollupConfig>,
    prev: P,
    /// The channels that were begun, the oldest first; from Holocene on one at most.
    open: VecDeque<Channel>,
}

/// A channel that was begun.
#[derive(Debug)]
struct Channel {
    id: ChannelId,
    /// The number of the L1 block with its first frame.
    opened: u64,
    frames: BTreeMap<u16, Vec<u8>>,
    /// The number of the last frame, where that is known.
    last: Option<u16>,
    size: usize,
}

impl Channel {
    const fn new(id: ChannelId, opened: u64) -> Self {
        Self {
            id,
            opened,
            frames: BTreeMap::new(),
            last: None,
            size: 0,
        }
    }

    /// Takes a frame; false where it has no place here.
    fn add(&mut self, frame: Frame) -> bool {
        let after_end = self
            .last
            .is_some_and(|last| frame.is_last || frame.number >= last);
        if frame.id != self.id || after_end || self.frames.contains_key(&frame.number) {
            return false;
        }
        if frame.is_last {
            self.last = Some(frame.number);
            for (_, dropped) in self.frames.split_off(&frame.number) {
                self.size -= dropped.len() + FRAME_OVERHEAD;
            }
        }
        self.size += frame.data.len() + FRAME_OVERHEAD;
        self.frames.insert(frame.number, frame.data);
        true
    }

    fn is_ready(&self) -> bool {
        self.last
            .is_some_and(|last| self.frames.len() == usize::from(last) + 1)
    }

    fn into_data(self) -> Bytes {
        self.frames
            .into_values()
            .collect::<Vec<_>>()
            .concat()
            .into()
    }
}

impl<P: NextFrameProvider + Stage> Channels<P> {
    pub(crate) const fn new(config: Arc<RollupConfig>, prev: P) -> Self {
        Self {
            config,
            prev,
            open: VecDeque::new(),
        }
    }

    /// Whether a channel that was opened in this L1 block has timed out.
    fn is_timed_out(&self, opened: u64, origin: &BlockInfo) -> bool {
        opened + self.config.channel_timeout(origin.timestamp) < origin.number
    }

    /// The next channel from Holocene on.
    async fn next_staged(&mut self, origin: BlockInfo) -> PipelineResult<Bytes> {
        let timed_out = |channel: &Channel| self.is_timed_out(channel.opened, &origin);
        if self.open.front().is_some_and(timed_out) {
            self.open.clear();
        }
        loop {
            let frame = self.prev.next_frame().await?;
            if frame.number == 0 {
                self.open = [Channel::new(frame.id, origin.number)].into();
            }
            let Some(channel) = self.open.front_mut() else {
                continue;
            };
            // The queue's order does not reach beyond one transaction.
            if usize::from(frame.number) != channel.frames.len() || !channel.add(frame) {
                continue;
            }
            let limit = self.config.max_rlp_bytes_per_channel(origin.timestamp);
            if channel.size as u64 > limit {
                self.open.clear();
            } else if channel.is_ready() {
                let channel = self.open.pop_front();
                return Ok(channel.map(Channel::into_data).unwrap_or_default());
            }
        }
    }

    /// The next channel up to Holocene, none where one has timed out.
    async fn next_of_bank(&mut self, origin: BlockInfo) -> PipelineResult<Option<Bytes>> {
        if let Some(first) = self.open.front()
            && self.is_timed_out(first.opened, &origin)
        {
            self.open.pop_front();
            return Ok(None);
        }
        // Up to Canyon a channel waits for those that were begun before it.
        let readable = if self.config.is_canyon_active(origin.timestamp) {
            self.open.len()
        } else {
            1
        };
        let ready =
            self.open.iter().take(readable).position(|channel| {
                channel.is_ready() && !self.is_timed_out(channel.opened, &origin)
            });
        if let Some(channel) = ready.and_then(|index| self.open.remove(index)) {
            return Ok(Some(channel.into_data()));
        }
        let frame = self.prev.next_frame().await?;
        self.ingest(frame, &origin);
        Err(PipelineError::NotEnoughData.temp())
    }

    fn ingest(&mut self, frame: Frame, origin: &BlockInfo) {
        let known = self.open.iter().position(|channel| channel.id == frame.id);
        let index = known.unwrap_or_else(|| {
            self.open.push_back(Channel::new(frame.id, origin.number));
            self.open.len() - 1
        });
        let timeout = self.config.channel_timeout(origin.timestamp);
        let Some(channel) = self.open.get_mut(index) else {
            return;
        };
        if channel.opened + timeout < origin.number || !channel.add(frame) {
            return;
        }
        let limit = if self.config.is_fjord_active(origin.timestamp) {
            MAX_BANK_SIZE_FJORD
        } else {
            MAX_BANK_SIZE
        };
        let mut total: usize = self.open.iter().map(|channel| channel.size).sum();
        while total > limit {
            let Some(dropped) = self.open.pop_front() else {
                return;
            };
            total -= dropped.size;
        }
    }
}

#[async_trait]
impl<P: NextFrameProvider + Stage> ChannelReaderProvider for Channels<P> {
    async fn next_data(&mut self) -> PipelineResult<Option<Bytes>> {
        let origin = self.origin().ok_or(PipelineError::MissingOrigin.crit())?;
        if self.config.is_holocene_active(origin.timestamp) {
            self.next_staged(origin).await.map(Some)
        } else {
            self.next_of_bank(origin).await
        }
    }
}

impl<P: Stage> OriginProvider for Channels<P> {
    fn origin(&self) -> Option<BlockInfo> {
        self.prev.origin()
    }
}

#[async_trait]
impl<P: Stage> OriginAdvancer for Channels<P> {
    async fn advance_origin(&mut self) -> PipelineResult<()> {
        self.prev.advance_origin().await
    }
}

#[async_trait]
impl<P: Stage> SignalReceiver for Channels<P> {
    async fn signal(&mut self, signal: Signal) -> PipelineResult<()> {
        self.prev.signal(signal).await?;
        let origin = self.origin().unwrap_or_default();
        let keeps_bank = matches!(signal, Signal::FlushChannel)
            && !self.config.is_holocene_active(origin.timestamp);
        if !keeps_bank {
            self.open.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::is_eof;
    use crate::stages::testing::{Given, config, config_before_holocene, frame, ready};
    use alloc::vec;

    #[async_trait]
    impl NextFrameProvider for Given<Frame> {
        async fn next_frame(&mut self) -> PipelineResult<Frame> {
            self.next()
        }
    }

    /// The channels that come out of frames by L1 block, from block 14 on.
    fn read(config: RollupConfig, blocks: &[(u64, Vec<Frame>)]) -> Vec<Bytes> {
        let given = Given::new([], 14);
        let mut channels = Channels::new(Arc::new(config), given.clone());
        let mut found = Vec::new();
        for (skipped, frames) in blocks {
            given.set_origin(channels.origin().unwrap().number + skipped);
            for frame in frames {
                given.add(frame.clone());
            }
            loop {
                match ready(channels.next_data()) {
                    Ok(data) => found.extend(data),
                    Err(error) if is_eof(&error) => break,
                    Err(error) => assert_eq!(error, PipelineError::NotEnoughData.temp()),
                }
            }
        }
        found
    }

    fn data(frames: &[Frame]) -> Bytes {
        frames
            .iter()
            .map(|frame| frame.data.clone())
            .collect::<Vec<_>>()
            .concat()
            .into()
    }

    /// Specs `protocol/holocene/derivation.md`, "Channel Bank".
    #[test]
    fn staging_channel_takes_its_frames_in_order_alone() {
        let (a0, a1, a2) = (frame(1, 0, false), frame(1, 1, false), frame(1, 2, true));
        let b0 = frame(2, 0, true);
        let whole = data(&[a0.clone(), a1.clone(), a2.clone()]);
        let one = |blocks: &[(u64, Vec<Frame>)]| read(config(), blocks);
        assert_eq!(
            one(&[(0, vec![a0.clone()]), (1, vec![a1.clone(), a2.clone()])]),
            vec![whole.clone()]
        );
        // A frame that comes too early in another transaction is gone.
        assert!(
            one(&[
                (0, vec![a0.clone()]),
                (1, vec![a2.clone()]),
                (1, vec![a1.clone()])
            ])
            .is_empty()
        );
        let late = [
            a0.clone(),
            a2.clone(),
            frame(2, 1, true),
            a1.clone(),
            a2.clone(),
        ];
        assert_eq!(one(&[(0, late.to_vec())]), vec![whole]);
        // The start of another channel takes its place, and so does its own start.
        assert_eq!(
            one(&[(0, vec![a0.clone(), b0.clone(), a1.clone(), a2.clone()])]),
            vec![data(&[b0])]
        );
        let again = one(&[(0, vec![a0.clone(), a1, a0, frame(1, 1, true)])]);
        assert_eq!(again.len(), 1);
        assert!(one(&[(0, vec![frame(1, 1, true)])]).is_empty());
    }

    /// Specs `protocol/granite/derivation.md`, "Reduce Channel Timeout".
    #[test]
    fn channels_time_out() {
        let (first, last) = (frame(1, 0, false), frame(1, 1, true));
        for config in [config(), config_before_holocene()] {
            for (blocks, expected) in [(50, 1), (51, 0)] {
                let frames: &[(u64, Vec<Frame>)] =
                    &[(0, vec![first.clone()]), (blocks, vec![last.clone()])];
                assert_eq!(read(config.clone(), frames).len(), expected);
            }
        }
    }

    /// Specs `protocol/holocene/derivation.md`, "Pruning".
    #[test]
    fn staging_channel_over_the_limit_is_dropped() {
        let mut config = config();
        config.hardforks.isthmus_time = None;
        let large = |number, len: usize, is_last| Frame {
            data: vec![0; len],
            ..frame(1, number, is_last)
        };
        let frames: Vec<_> = (0..101).map(|i| large(i, 999_000, i == 100)).collect();
        // 100 frames and their overhead are 99,920,000 bytes, 101 are too many.
        assert!(read(config.clone(), &[(0, frames.clone())]).is_empty());
        let frames: Vec<_> = (0..100).map(|i| large(i, 999_000, i == 99)).collect();
        assert_eq!(read(config, &[(0, frames.clone())]).len(), 1);
    }

    /// Specs `protocol/derivation.md`, "Loading frames" and "Reading".
    #[test]
    fn bank_takes_frames_in_any_order_and_gives_channels_that_are_ready() {
        let bank = |frames: &[Frame]| read(config_before_holocene(), &[(0, frames.to_vec())]);
        let (a0, a1, a2) = (frame(1, 0, false), frame(1, 1, false), frame(1, 2, true));
        let b0 = frame(2, 0, true);
        let mixed = [
            a2.clone(),
            a0.clone(),
            b0.clone(),
            a0.clone(),
            frame(1, 7, false),
            a1.clone(),
        ];
        assert_eq!(
            bank(&mixed),
            vec![
                data(core::slice::from_ref(&b0)),
                data(&[a0.clone(), a1.clone(), a2])
            ]
        );
        // A frame that ends the channel takes those after it away.
        let end = frame(1, 1, true);
        assert_eq!(
            bank(&[
                a1,
                frame(1, 5, false),
                frame(1, 4, true),
                end.clone(),
                a0.clone()
            ])
            .len(),
            0
        );
        assert_eq!(
            bank(&[frame(1, 5, false), end.clone(), a0.clone()]),
            vec![data(&[a0.clone(), end])]
        );
        // Up to Canyon channels wait for those before them.
        let mut before = config_before_holocene();
        before.hardforks = kona_genesis::HardForkConfig::default();
        assert!(read(before, &[(0, vec![a0, b0])]).is_empty());
    }
}
