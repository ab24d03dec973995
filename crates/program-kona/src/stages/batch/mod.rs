//! Batches: how they are encoded, which are valid, and in which order they make blocks.

mod check;
mod check_span;
mod queue;
mod reader;
mod span;
mod transaction;

use alloc::vec::Vec;

use alloy_primitives::Bytes;
use alloy_rlp::Decodable;
use kona_genesis::RollupConfig;
use kona_protocol::{L2BlockInfo, SingleBatch};

pub(crate) use queue::BatchQueue;
pub(crate) use span::Span;

use crate::l1::ProviderError;

const SINGULAR: u8 = 0;
const SPAN: u8 = 1;

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Batch {
    /// One block.
    Singular(SingleBatch),
    /// Blocks in a row.
    Span(Span),
}

/// Why there is no batch in some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BatchError {
    /// They are no batch of any known version.
    Malformed,
    /// They are a span batch, but with transactions that are none.
    BadTransactions,
}

impl Batch {
    /// Reads a batch (specs `protocol/derivation.md`, "Batch Format").
    pub(crate) fn decode(bytes: &[u8], config: &RollupConfig) -> Result<Self, BatchError> {
        match bytes.split_first() {
            Some((&SINGULAR, mut content)) => SingleBatch::decode(&mut content)
                .map(Self::Singular)
                .map_err(|_| BatchError::Malformed),
            Some((&SPAN, content)) => span::RawSpan::decode(content)
                .ok_or(BatchError::Malformed)?
                .derive(config)
                .map(Self::Span)
                .ok_or(BatchError::BadTransactions),
            _ => Err(BatchError::Malformed),
        }
    }
}

/// A block of the safe chain.
#[derive(Clone, Debug)]
pub(crate) struct SafeBlock {
    pub info: L2BlockInfo,
    pub transactions: Vec<Bytes>,
}

/// The safe chain, up to its head.
pub(crate) trait SafeChain: core::fmt::Debug + Send {
    /// The block with this number.
    fn info_at(&self, number: u64) -> Result<L2BlockInfo, ProviderError>;

    /// The block with this number, with its transactions.
    fn block_at(&self, number: u64) -> Result<SafeBlock, ProviderError>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::testing::{config, singular, span};
    use alloc::vec;

    /// Specs `protocol/derivation.md`, "Batch Format".
    #[test]
    fn batches_of_both_versions_are_read_and_what_follows_them_is_ignored() {
        let mut bytes = singular(6, 10).encode();
        bytes.push(7);
        assert!(
            matches!(Batch::decode(&bytes, &config()), Ok(Batch::Singular(batch)) if batch.epoch_num == 10)
        );
        let mut bytes = span(6, &[10, 11]).encode();
        bytes.push(7);
        assert!(
            matches!(Batch::decode(&bytes, &config()), Ok(Batch::Span(span)) if span.blocks.len() == 2)
        );
    }

    /// Specs `protocol/derivation.md`, "Batch Format"; `protocol/delta/span-batches.md`.
    #[test]
    fn no_prefix_of_a_batch_is_a_batch() {
        for bytes in [singular(6, 10).encode(), span(6, &[10, 10, 11]).encode()] {
            for len in 0..bytes.len() {
                assert_eq!(
                    Batch::decode(&bytes[..len], &config()),
                    Err(BatchError::Malformed)
                );
            }
        }
        assert_eq!(
            Batch::decode(&[2, 0xc0], &config()),
            Err(BatchError::Malformed)
        );
    }

    /// Specs `protocol/delta/span-batches.md`, "How Derivation works with Span Batches".
    #[test]
    fn blocks_of_a_span_have_consecutive_times_and_the_origins_that_its_bits_say() {
        let bytes = span(6, &[10, 10, 11, 12]).encode();
        let Ok(Batch::Span(span)) = Batch::decode(&bytes, &config()) else {
            panic!("no span");
        };
        let origins: Vec<_> = span.blocks.iter().map(|block| block.epoch).collect();
        assert_eq!(origins, [10, 10, 11, 12]);
        let start = span.blocks[0].timestamp;
        let times: Vec<_> = span
            .blocks
            .iter()
            .map(|block| block.timestamp - start)
            .collect();
        assert_eq!(times, [0, 2, 4, 6]);
        assert!(
            span.blocks
                .iter()
                .all(|block| block.transactions.len() == 1)
        );
    }

    /// Specs `protocol/delta/span-batches.md`, "Span Batch Size Limits".
    #[test]
    fn spans_without_blocks_or_with_too_many_elements_are_malformed() {
        let count = |n: &[u8]| [&[SPAN, 0, 0][..], &[0; 40], n].concat();
        let most = [0x80, 0xad, 0xe2, 0x04];
        for bytes in [count(&[0]), count(&[0x81, 0xad, 0xe2, 0x04]), count(&most)] {
            assert_eq!(Batch::decode(&bytes, &config()), Err(BatchError::Malformed));
        }
        // One block, no origin bit, and more transactions than may be; and twice the most.
        let one =
            |counts: &[u8]| [count(&[counts.len() as u8 / 4]), vec![0], counts.to_vec()].concat();
        for bytes in [one(&[0x81, 0xad, 0xe2, 0x04]), one(&[most, most].concat())] {
            assert_eq!(Batch::decode(&bytes, &config()), Err(BatchError::Malformed));
        }
    }
}
