//! The batches of a channel.

use alloc::vec::Vec;

use endgame_ortho_execute::Fork;

use crate::{
    Batch, BatchError, Rollup, SingularBatch, SpanRules, batch::RawSpanBatch,
    decompress::Decompressor, max_rlp_bytes_per_channel, rlp_stream::RlpStream,
};

/// What the batches of a channel are read by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChannelRules {
    /// `MAX_RLP_BYTES_PER_CHANNEL`: how much of the decompressed data counts.
    pub max_rlp_bytes: u64,
    /// Whether Brotli is taken: from Fjord on.
    pub brotli: bool,
    /// By what span batches are read: from Delta on.
    pub span_batches: Option<SpanRules>,
    /// Whether every malformed batch ends its channel: from Holocene on
    /// (`protocol/holocene/derivation.md`, "Fast Channel Invalidation").
    pub is_strict: bool,
}

impl ChannelRules {
    /// The rules for channels that become complete in an L1 block of this time.
    pub fn at(rollup: &Rollup, l1_time: u64) -> Self {
        let fjord = rollup.forks.is_active(Fork::Fjord, l1_time);
        Self {
            max_rlp_bytes: max_rlp_bytes_per_channel(fjord),
            brotli: fjord,
            span_batches: (rollup.forks.is_active(Fork::Delta, l1_time)).then(|| rollup.into()),
            is_strict: rollup.forks.is_active(Fork::Holocene, l1_time),
        }
    }
}

/// The RLP strings that are read of a channel, at most `limit` bytes with their lengths; `brotli`
/// says whether Brotli's channels are known. For whoever compares programs.
pub fn channel_strings(channel: &[u8], limit: u64, brotli: bool) -> Vec<Vec<u8>> {
    let source = Decompressor::new(channel.to_vec(), brotli);
    let mut stream = source.map(|source| RlpStream::new(source, limit));
    core::iter::from_fn(|| stream.as_mut()?.next_string()).collect()
}

/// Reads the batches of a complete channel (OP specs `protocol/derivation.md`, "Channel Reader").
///
/// What was decompressed before a corruption counts. The first malformed batch ends a channel, with
/// two exceptions that the reference implementation makes: a span batch before Delta, and before
/// Holocene one whose transactions can't be put together, are passed over.
#[derive(Clone, Debug)]
pub struct ChannelReader {
    stream: Option<RlpStream>,
    span_batches: Option<SpanRules>,
    is_strict: bool,
}

impl ChannelReader {
    /// Reads the channel with this data.
    pub fn new(data: Vec<u8>, rules: ChannelRules) -> Self {
        let source = Decompressor::new(data, rules.brotli);
        Self {
            stream: source.map(|source| RlpStream::new(source, rules.max_rlp_bytes)),
            span_batches: rules.span_batches,
            is_strict: rules.is_strict,
        }
    }

    /// A batch; none if it is to be passed over.
    fn decode(&self, bytes: &[u8]) -> Result<Option<Batch>, BatchError> {
        match bytes.split_first() {
            Some((0, content)) => Ok(Some(Batch::Singular(SingularBatch::decode(content)?))),
            Some((1, content)) => {
                let raw = RawSpanBatch::decode(content)?;
                match self.span_batches.map(|rules| raw.derive(rules)) {
                    Some(Ok(span)) => Ok(Some(Batch::Span(span))),
                    Some(Err(error)) if self.is_strict => Err(error),
                    Some(Err(_)) | None => Ok(None),
                }
            }
            Some((other, _)) => Err(BatchError::Version(*other)),
            None => Err(BatchError::Truncated),
        }
    }
}

impl Iterator for ChannelReader {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        while let Some(bytes) = self.stream.as_mut()?.next_string() {
            match self.decode(&bytes) {
                Ok(Some(batch)) => return Some(batch),
                Ok(None) => {}
                Err(_) => break,
            }
        }
        self.stream = None;
        None
    }
}
