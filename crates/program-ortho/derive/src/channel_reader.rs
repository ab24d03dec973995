//! The batches of a channel.

use alloc::vec::Vec;

use endgame_ortho_execute::Fork;

use crate::{
    Batch, Rollup, SingularBatch, decompress::Decompressor, max_rlp_bytes_per_channel,
    rlp_stream::RlpStream,
};

/// What the batches of a channel are read by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChannelRules {
    /// `MAX_RLP_BYTES_PER_CHANNEL`: how much of the decompressed data counts.
    pub max_rlp_bytes: u64,
    /// Whether Brotli is taken: from Fjord on.
    pub brotli: bool,
}

impl ChannelRules {
    /// The rules for channels that become complete in an L1 block of this time.
    pub fn at(rollup: &Rollup, l1_time: u64) -> Self {
        let fjord = rollup.forks.is_active(Fork::Fjord, l1_time);
        Self {
            max_rlp_bytes: max_rlp_bytes_per_channel(fjord),
            brotli: fjord,
        }
    }
}

/// Reads the batches of a complete channel (OP specs `protocol/derivation.md`, "Channel Reader").
///
/// The first malformed batch ends a channel. What was decompressed before a corruption counts.
#[derive(Clone, Debug)]
pub struct ChannelReader {
    stream: Option<RlpStream>,
}

impl ChannelReader {
    /// Reads the channel with this data.
    pub fn new(data: Vec<u8>, rules: ChannelRules) -> Self {
        let source = Decompressor::new(data, rules.brotli);
        Self {
            stream: source.map(|source| RlpStream::new(source, rules.max_rlp_bytes)),
        }
    }
}

impl Iterator for ChannelReader {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let bytes = self.stream.as_mut()?.next_string();
        let batch = bytes.and_then(|bytes| match bytes.split_first()? {
            (0, content) => SingularBatch::decode(content).ok().map(Batch::Singular),
            _ => None,
        });
        if batch.is_none() {
            self.stream = None;
        }
        batch
    }
}
