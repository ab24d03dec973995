//! The rules for a batch of one block.

use super::{Context, Timing, Validity};
use crate::batch::SingularBatch;

impl Context<'_> {
    /// Judges a batch of one block, in the order of the specs (`protocol/derivation.md`, "Batch
    /// Queue"; `protocol/holocene/derivation.md`, "Batch Queue").
    pub(crate) fn check_singular(&self, batch: &SingularBatch) -> Validity {
        let Some(epoch) = self.l1_blocks.first() else {
            return Validity::Undecided;
        };
        let epoch_number = epoch.header.number;
        let next_timestamp = self.next_timestamp();
        if batch.timestamp > next_timestamp {
            return if self.is_holocene() {
                Validity::Drop("it leaves out a block")
            } else {
                Validity::Future
            };
        }
        if batch.timestamp < next_timestamp {
            return if self.is_holocene() {
                Validity::Past
            } else {
                Validity::Drop("its block is on the chain already")
            };
        }
        if batch.parent_hash != self.parent.hash {
            return Validity::Drop("its parent is another block");
        }
        if self.is_late(batch.epoch_number) {
            return Validity::Drop("it came after the sequencing window");
        }
        if batch.epoch_number < epoch_number {
            return Validity::Drop("its L1 origin is older than its parent's");
        }
        let advance = batch.epoch_number - epoch_number;
        if advance > 1 {
            return Validity::Drop("it leaves out an L1 origin");
        }
        let Some((origin, next_origin)) = self.l1_block(batch.epoch_number) else {
            return Validity::Undecided;
        };
        if batch.epoch_hash != origin.hash {
            return Validity::Drop("its L1 origin is of another L1 chain");
        }
        let time = self.check_time(&Timing {
            timestamp: batch.timestamp,
            is_empty: batch.transactions.is_empty(),
            origin,
            next_origin,
            advances_origin: advance == 1,
        });
        if time != Validity::Accept {
            return time;
        }
        self.check_transactions(batch.timestamp, &batch.transactions)
    }
}
