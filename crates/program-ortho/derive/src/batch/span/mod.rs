//! Batches of consecutive blocks.

mod fields;
mod transactions;

use alloc::vec::Vec;

use endgame_ortho_primitives::meter;

use fields::{Bitlist, Fields};
use transactions::Transactions;

use crate::{BatchError, Rollup};

/// `MAX_SPAN_BATCH_ELEMENT_COUNT`: blocks, transactions, or bytes of a transaction's data.
const MAX_ELEMENTS: usize = 10_000_000;

/// A batch of consecutive blocks: version 1 (OP specs `protocol/delta/span-batches.md`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanBatch {
    /// The first bytes of the hash of the block before the first.
    pub parent_check: [u8; 20],
    /// The first bytes of the hash of the last block's L1 origin.
    pub l1_origin_check: [u8; 20],
    /// The blocks, at least one.
    pub blocks: Vec<SpanBlock>,
}

/// A block of a span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanBlock {
    /// The number of the L1 origin.
    pub epoch_number: u64,
    /// Seconds since 1970.
    pub timestamp: u64,
    /// EIP-2718 encodings, of types that the format knows but otherwise not looked at.
    pub transactions: Vec<Vec<u8>>,
}

/// What of a chain a span batch leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpanRules {
    /// The time of the first L2 block.
    pub genesis_time: u64,
    /// Seconds between L2 blocks.
    pub block_time: u64,
    /// EIP-155 chain id of L2.
    pub chain_id: u64,
}

impl From<&Rollup> for SpanRules {
    fn from(rollup: &Rollup) -> Self {
        Self {
            genesis_time: rollup.genesis.l2_time,
            block_time: rollup.block_time,
            chain_id: rollup.l2_chain_id,
        }
    }
}

/// A span batch as it is encoded: its transactions are in their places, but what they hold was not
/// looked into.
#[derive(Clone, Debug)]
pub(crate) struct RawSpanBatch<'a> {
    /// Since the time of the first L2 block.
    rel_timestamp: u64,
    /// Of the last block.
    l1_origin_number: u64,
    parent_check: [u8; 20],
    l1_origin_check: [u8; 20],
    /// Of each block, whether its L1 origin is another than that of the block before.
    origin_changes: Bitlist<'a>,
    /// Of each block.
    transaction_counts: Vec<u32>,
    transactions: Transactions<'a>,
}

impl<'a> RawSpanBatch<'a> {
    /// Decodes what follows the version byte. More may follow the batch: it is ignored.
    pub(crate) fn decode(content: &'a [u8]) -> Result<Self, BatchError> {
        let mut fields = Fields::new(content);
        let rel_timestamp = fields.uvarint()?;
        let l1_origin_number = fields.uvarint()?;
        let parent_check = fields.array()?;
        let l1_origin_check = fields.array()?;
        let block_count = element_count(fields.uvarint()?)?;
        if block_count == 0 {
            return Err(BatchError::NoBlocks);
        }
        let origin_changes = fields.bitlist(block_count)?;
        // Each count takes a byte: there is input for what is allocated.
        let mut transaction_counts = Vec::with_capacity(block_count.min(fields.rest().len()));
        let mut total = 0;
        meter::work(block_count);
        for _ in 0..block_count {
            let count = element_count(fields.uvarint()?)?;
            transaction_counts.push(count as u32);
            // At most 10^14 in the end.
            total += count as u64;
        }
        let total = element_count(total)?;
        let transactions = Transactions::read(&mut fields, total)?;
        Ok(Self {
            rel_timestamp,
            l1_origin_number,
            parent_check,
            l1_origin_check,
            origin_changes,
            transaction_counts,
            transactions,
        })
    }

    /// Puts the blocks together.
    ///
    /// Numbers and times wrap as they do in the reference implementation. What is beyond 64 bits
    /// fits no chain, so that the checks of batches drop it.
    pub(crate) fn derive(&self, rules: SpanRules) -> Result<SpanBatch, BatchError> {
        let mut transactions = self.transactions.encode(rules.chain_id)?.into_iter();
        let start = rules.genesis_time.wrapping_add(self.rel_timestamp);
        // Whether the first block changed the origin shows against the block before it alone.
        let changes = self.origin_changes.count_ones() as u64;
        let mut epoch_number = self.l1_origin_number.wrapping_sub(changes);
        if self.origin_changes.get(0) {
            epoch_number = epoch_number.wrapping_add(1);
        }
        let blocks = self.transaction_counts.iter().enumerate();
        let blocks = blocks.map(|(index, count)| {
            if index > 0 && self.origin_changes.get(index) {
                epoch_number = epoch_number.wrapping_add(1);
            }
            let seconds = rules.block_time.wrapping_mul(index as u64);
            SpanBlock {
                epoch_number,
                timestamp: start.wrapping_add(seconds),
                transactions: transactions.by_ref().take(*count as usize).collect(),
            }
        });
        Ok(SpanBatch {
            parent_check: self.parent_check,
            l1_origin_check: self.l1_origin_check,
            blocks: blocks.collect(),
        })
    }
}

fn element_count(count: u64) -> Result<usize, BatchError> {
    let count = usize::try_from(count).map_err(|_| BatchError::TooMany)?;
    if count > MAX_ELEMENTS {
        return Err(BatchError::TooMany);
    }
    Ok(count)
}
