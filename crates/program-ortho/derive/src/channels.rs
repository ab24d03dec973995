//! From the batcher's data to batches: the stages that know nothing of L2.

use alloc::{collections::VecDeque, vec::Vec};

use endgame_ortho_execute::Fork;

use crate::{
    Batch, ChannelAssembler, ChannelBank, ChannelReader, ChannelRules, Frame, FrameQueue, L1Block,
    Rollup, max_channel_bank_size, max_rlp_bytes_per_channel,
};

/// Frame queue, channel bank and channel reader (OP specs `protocol/derivation.md`,
/// "Architecture"), all at the same L1 block.
#[derive(Clone, Debug)]
pub(crate) struct Channels {
    /// What the batcher wrote in the current L1 block, a transaction or blob each.
    data: VecDeque<Vec<u8>>,
    frames: FrameQueue,
    stage: Stage,
    /// The channel that batches are read from.
    reader: Option<ChannelReader>,
}

/// Where frames become channels.
#[derive(Clone, Debug)]
enum Stage {
    Bank(ChannelBank),
    /// From Holocene on.
    Assembler(ChannelAssembler),
}

impl Channels {
    /// Stages with nothing in them, by the rules of Holocene or those before.
    pub(crate) fn new(is_holocene: bool) -> Self {
        Self {
            data: VecDeque::new(),
            frames: FrameQueue::new(),
            stage: if is_holocene {
                Stage::Assembler(ChannelAssembler::new())
            } else {
                Stage::Bank(ChannelBank::new())
            },
            reader: None,
        }
    }

    /// Adds what the batcher wrote in the L1 block that is being read.
    pub(crate) fn extend(&mut self, data: Vec<Vec<u8>>) {
        self.data.extend(data);
    }

    /// Drops what is left of the current channel.
    pub(crate) fn flush(&mut self) {
        self.reader = None;
    }

    /// The next batch, nothing if the L1 blocks up to `origin` give no more.
    pub(crate) fn next_batch(&mut self, rollup: &Rollup, origin: &L1Block) -> Option<Batch> {
        loop {
            if let Some(batch) = self.reader.as_mut().and_then(Iterator::next) {
                return Some(batch);
            }
            let channel = self.next_channel(rollup, origin)?;
            let rules = ChannelRules::at(rollup, origin.header.timestamp);
            self.reader = Some(ChannelReader::new(channel, rules));
        }
    }

    /// The data of the next complete channel.
    fn next_channel(&mut self, rollup: &Rollup, origin: &L1Block) -> Option<Vec<u8>> {
        let (number, time) = (origin.header.number, origin.header.timestamp);
        let timeout = rollup.channel_timeout_at(time);
        let is_fjord = rollup.forks.is_active(Fork::Fjord, time);
        loop {
            if let Stage::Bank(bank) = &mut self.stage {
                let is_canyon = rollup.forks.is_active(Fork::Canyon, time);
                if let Some(channel) = bank.read(number, timeout, is_canyon) {
                    return Some(channel);
                }
            }
            let frame = self.next_frame()?;
            match &mut self.stage {
                Stage::Bank(bank) => {
                    bank.ingest(frame, number, timeout, max_channel_bank_size(is_fjord));
                }
                Stage::Assembler(assembler) => {
                    let most = max_rlp_bytes_per_channel(is_fjord);
                    if let Some(channel) = assembler.ingest(frame, number, timeout, most) {
                        return Some(channel);
                    }
                }
            }
        }
    }

    /// The next frame. Data are taken up one after the other, so that frames of different
    /// transactions do not meet in the queue.
    fn next_frame(&mut self) -> Option<Frame> {
        let is_holocene = matches!(self.stage, Stage::Assembler(_));
        while self.frames.is_empty() {
            let data = self.data.pop_front()?;
            if let Ok(frames) = Frame::parse_all(&data) {
                self.frames.extend(frames, is_holocene);
            }
        }
        self.frames.pop()
    }
}
