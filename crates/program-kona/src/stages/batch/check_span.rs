//! Which span batches are valid (specs `protocol/delta/span-batches.md`, "Batch Queue", and
//! `protocol/holocene/derivation.md`, "Span Batches").

use kona_protocol::{BatchValidity, BlockInfo, L2BlockInfo};

use super::{
    SafeChain,
    check::{Block, Context},
    span::{Span, SpanBlock, matches},
};
use crate::l1::ProviderError;
use endgame_kona_executor::Attributes;

/// Why a span batch goes no further, or that something failed.
type Stop = Result<BatchValidity, ProviderError>;

impl Context<'_> {
    /// Judges a span batch: from Holocene on its prefix and the blocks that are safe already,
    /// before it all of its blocks.
    pub(super) fn check_span(&self, span: &Span, chain: &impl SafeChain) -> Stop {
        let (Some(start), Some(end)) = (span.blocks.first(), span.blocks.last()) else {
            return Ok(BatchValidity::Drop);
        };
        let (verdict, parent) = self.check_prefix(span, start, end, chain)?;
        let (BatchValidity::Accept, Some(parent)) = (verdict, parent) else {
            return Ok(verdict);
        };
        if !self.is_holocene() {
            let verdict = self.check_new_blocks(span, &parent);
            if verdict != BatchValidity::Accept {
                return Ok(verdict);
            }
        }
        self.check_overlap(span, &parent, chain)
    }

    /// The rules for the span as a whole, and the block before it.
    fn check_prefix(
        &self,
        span: &Span,
        start: &SpanBlock,
        end: &SpanBlock,
        chain: &impl SafeChain,
    ) -> Result<(BatchValidity, Option<L2BlockInfo>), ProviderError> {
        let only = |verdict| Ok((verdict, None));
        let Some(epoch) = self.l1_blocks.first() else {
            return only(BatchValidity::Undecided);
        };
        let origin = if start.epoch == epoch.number + 1 {
            match self.l1_blocks.get(1) {
                Some(next) => next,
                None => return only(BatchValidity::Undecided),
            }
        } else {
            epoch
        };
        if !self.config.is_delta_active(origin.timestamp) {
            return only(BatchValidity::Drop);
        }
        if start.timestamp > self.next_timestamp() {
            return only(self.future());
        }
        if end.timestamp < self.next_timestamp() {
            return only(self.past());
        }
        let Some(parent) = self.parent(start.timestamp, chain)? else {
            return only(BatchValidity::Drop);
        };
        if !matches(&span.parent_check, parent.block_info.hash)
            || self.is_late(start.epoch)
            || start.epoch > parent.l1_origin.number + 1
        {
            return only(BatchValidity::Drop);
        }
        match self
            .l1_blocks
            .iter()
            .find(|block| block.number == end.epoch)
        {
            Some(block) if matches(&span.l1_origin_check, block.hash) => {}
            // Not on L1 as far as derivation has read it.
            None if end.epoch > epoch.number => return only(BatchValidity::Undecided),
            // On another L1, or older than the safe head's: the span's last block comes after
            // the safe head.
            Some(_) | None => return only(BatchValidity::Drop),
        }
        if start.epoch < parent.l1_origin.number {
            return only(BatchValidity::Drop);
        }
        Ok((BatchValidity::Accept, Some(parent)))
    }

    /// The safe block before the one with the timestamp `start`, if there is one.
    fn parent(
        &self,
        start: u64,
        chain: &impl SafeChain,
    ) -> Result<Option<L2BlockInfo>, ProviderError> {
        if start == self.next_timestamp() {
            return Ok(Some(self.safe));
        }
        let head = &self.safe.block_info;
        let Some(elapsed) = head.timestamp.checked_sub(start) else {
            return Ok(None);
        };
        if !elapsed.is_multiple_of(self.config.block_time) {
            return Ok(None);
        }
        let back = elapsed / self.config.block_time + 1;
        match head.number.checked_sub(back) {
            Some(number) if number >= self.config.genesis.l2.number => {
                chain.info_at(number).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The rules for each block after the safe head.
    fn check_new_blocks(&self, span: &Span, parent: &L2BlockInfo) -> BatchValidity {
        let mut previous = parent.l1_origin.number;
        for block in &span.blocks {
            let advances = block.epoch > previous;
            previous = block.epoch;
            if block.timestamp <= self.safe.block_info.timestamp {
                continue;
            }
            let Some((origin, next)) = self.origin(block.epoch) else {
                return BatchValidity::Drop;
            };
            let block = Block {
                timestamp: block.timestamp,
                transactions: &block.transactions,
                advances,
            };
            let verdict = self.check_block(&block, origin, next);
            if verdict != BatchValidity::Accept {
                return verdict;
            }
        }
        BatchValidity::Accept
    }

    /// The L1 block with this number and the one after it, unless it is older than the safe
    /// head's origin.
    pub(super) fn origin(&self, epoch: u64) -> Option<(&BlockInfo, Option<&BlockInfo>)> {
        if epoch < self.safe.l1_origin.number {
            return None;
        }
        let first = self.l1_blocks.first()?.number;
        let index = usize::try_from(epoch.checked_sub(first)?).ok()?;
        Some((self.l1_blocks.get(index)?, self.l1_blocks.get(index + 1)))
    }

    /// The blocks up to the safe head must be those of the safe chain.
    fn check_overlap(&self, span: &Span, parent: &L2BlockInfo, chain: &impl SafeChain) -> Stop {
        let numbers = parent.block_info.number + 1..=self.safe.block_info.number;
        for (number, block) in numbers.zip(&span.blocks) {
            let safe = chain.block_at(number)?;
            let users = safe
                .transactions
                .iter()
                .filter(|tx| !Attributes::is_deposit(tx));
            if safe.info.l1_origin.number != block.epoch || !users.eq(&block.transactions) {
                return Ok(BatchValidity::Drop);
            }
        }
        Ok(BatchValidity::Accept)
    }
}
