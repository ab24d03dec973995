//! The rules for a batch of many blocks.

use alloc::{collections::VecDeque, rc::Rc};

use endgame_ortho_execute::Fork;
use endgame_ortho_primitives::{Hash, meter};
use endgame_ortho_types::DEPOSIT_TYPE;

use super::{Context, Timing, Validity};
use crate::{
    DeriveError, L2Block, Source,
    batch::{SingularBatch, SpanBatch},
};

type Result<T, S> = core::result::Result<T, DeriveError<<S as Source>::Error>>;

/// Judges a span batch.
///
/// Before Holocene every block of it is judged here (`protocol/delta/span-batches.md`, "Batch
/// Queue"). From Holocene on its blocks are judged one by one as they are taken from it, and here
/// just what they have in common (`protocol/holocene/derivation.md`, "Span Batches"), and that it
/// agrees with the blocks of the chain that it repeats.
pub(crate) fn check_span<S: Source>(
    context: &Context<'_>,
    span: &SpanBatch,
    source: &mut S,
) -> Result<Validity, S> {
    let parent = match context.check_prefix(span, source)? {
        Ok(parent) => parent,
        Err(validity) => return Ok(validity),
    };
    if !context.is_holocene() {
        let blocks = context.check_blocks(span, &parent);
        if blocks != Validity::Accept {
            return Ok(blocks);
        }
    }
    context.check_overlap(span, &parent, source)
}

impl Context<'_> {
    /// The block that the span follows, or what else becomes of it.
    fn check_prefix<S: Source>(
        &self,
        span: &SpanBatch,
        source: &mut S,
    ) -> Result<core::result::Result<Rc<L2Block>, Validity>, S> {
        let dropped = |rule| Ok(Err(Validity::Drop(rule)));
        let (Some(first), Some(last), Some(epoch)) = (
            span.blocks.first(),
            span.blocks.last(),
            self.l1_blocks.first(),
        ) else {
            return Ok(Err(Validity::Undecided));
        };
        let mut origin = epoch;
        if Some(first.epoch_number) == epoch.header.number.checked_add(1) {
            match self.l1_blocks.get(1) {
                Some(next) => origin = next,
                None => return Ok(Err(Validity::Undecided)),
            }
        }
        let forks = &self.rollup.forks;
        if !forks.is_active(Fork::Delta, origin.header.timestamp) {
            return dropped("it is a span batch before Delta");
        }
        let next_timestamp = self.next_timestamp();
        if first.timestamp > next_timestamp {
            return if self.is_holocene() {
                dropped("it leaves out a block")
            } else {
                Ok(Err(Validity::Future))
            };
        }
        if last.timestamp < next_timestamp {
            return if self.is_holocene() {
                Ok(Err(Validity::Past))
            } else {
                dropped("its blocks are on the chain already")
            };
        }
        let Some(parent_number) = self.number_before(first.timestamp) else {
            return dropped("no block of the chain is right before it");
        };
        let parent = if parent_number == self.parent.header.number {
            Rc::clone(self.parent)
        } else {
            source.l2_block(parent_number)?
        };
        if !starts_with(parent.hash, &span.parent_check) {
            return dropped("its parent is another block");
        }
        if self.is_late(first.epoch_number) {
            return dropped("it came after the sequencing window");
        }
        if first.epoch_number > parent.origin.number.saturating_add(1) {
            return dropped("it leaves out an L1 origin");
        }
        match self.l1_block(last.epoch_number) {
            Some((end, _)) if !starts_with(end.hash, &span.l1_origin_check) => {
                return dropped("its last L1 origin is of another L1 chain");
            }
            Some(_) => {}
            None if last.epoch_number < epoch.header.number => {
                return dropped("its last L1 origin is older than the safe head's");
            }
            None => return Ok(Err(Validity::Undecided)),
        }
        if first.epoch_number < parent.origin.number {
            return dropped("its first L1 origin is older than its parent's");
        }
        Ok(Ok(parent))
    }

    /// The number of the chain's block whose time is one block before `timestamp`.
    fn number_before(&self, timestamp: u64) -> Option<u64> {
        let head = &self.parent.header;
        if timestamp == self.next_timestamp() {
            return Some(head.number);
        }
        let age = head.timestamp.checked_sub(timestamp)?;
        if age.checked_rem(self.rollup.block_time)? != 0 {
            return None;
        }
        let blocks = age.checked_div(self.rollup.block_time)?.checked_add(1)?;
        let number = head.number.checked_sub(blocks)?;
        (number >= self.rollup.genesis.l2.number).then_some(number)
    }

    /// Judges the blocks past the safe head.
    fn check_blocks(&self, span: &SpanBatch, parent: &L2Block) -> Validity {
        let mut origin_before = parent.origin.number;
        for block in &span.blocks {
            meter::work(1);
            let advances_origin = block.epoch_number > origin_before;
            origin_before = block.epoch_number;
            if block.timestamp <= self.parent.header.timestamp {
                continue;
            }
            if block.epoch_number < self.parent.origin.number {
                return Validity::Drop("an L1 origin in it is older than the safe head's");
            }
            let Some((origin, next_origin)) = self.l1_block(block.epoch_number) else {
                return Validity::Drop("an L1 origin in it is not known");
            };
            let time = self.check_time(&Timing {
                timestamp: block.timestamp,
                is_empty: block.transactions.is_empty(),
                origin,
                next_origin,
                advances_origin,
            });
            if time != Validity::Accept {
                return time;
            }
            let transactions = self.check_transactions(block.timestamp, &block.transactions);
            if transactions != Validity::Accept {
                return transactions;
            }
        }
        Validity::Accept
    }

    /// Compares the blocks that the chain has already ("Overlapped blocks checks").
    fn check_overlap<S: Source>(
        &self,
        span: &SpanBatch,
        parent: &L2Block,
        source: &mut S,
    ) -> Result<Validity, S> {
        let numbers = parent.header.number.saturating_add(1)..=self.parent.header.number;
        for (number, block) in numbers.zip(&span.blocks) {
            let safe = if number == self.parent.header.number {
                Rc::clone(self.parent)
            } else {
                source.l2_block(number)?
            };
            let is_deposit = |raw: &&alloc::vec::Vec<u8>| raw.first() == Some(&DEPOSIT_TYPE);
            let sequenced = safe.transactions.iter().skip_while(is_deposit);
            meter::work(block.transactions.iter().map(|raw| 1 + raw.len()).sum());
            if !sequenced.eq(&block.transactions) {
                return Ok(Validity::Drop("it disagrees with the chain's transactions"));
            }
            if safe.origin.number != block.epoch_number {
                return Ok(Validity::Drop("it disagrees with the chain's L1 origins"));
            }
        }
        Ok(Validity::Accept)
    }
}

fn starts_with(hash: Hash, check: &[u8; 20]) -> bool {
    hash.0.first_chunk() == Some(check)
}

/// The blocks of a span past `context.parent` as batches of their own, without their parents'
/// hashes: nothing if an L1 origin in it is older than the parent's or not known, which makes the
/// whole span invalid (`protocol/holocene/derivation.md`, the note on overlapping span batches).
pub(crate) fn singular_batches(
    context: &Context<'_>,
    span: SpanBatch,
) -> Option<VecDeque<SingularBatch>> {
    let head = context.parent;
    span.blocks
        .into_iter()
        .filter(|block| block.timestamp > head.header.timestamp)
        .map(|block| {
            meter::work(1);
            let (origin, _) = context.l1_block(block.epoch_number)?;
            (block.epoch_number >= head.origin.number).then_some(SingularBatch {
                parent_hash: Hash::ZERO,
                epoch_number: block.epoch_number,
                epoch_hash: origin.hash,
                timestamp: block.timestamp,
                transactions: block.transactions,
            })
        })
        .collect()
}
