//! Which batches may become blocks (OP specs `protocol/derivation.md`, "Batch Queue").
//!
//! Where the specs leave it open, what every deployed node does decides: a span batch whose last L1
//! origin is not known yet is `undecided`, though it can't be canonical.

mod singular;
mod span;

use alloc::{rc::Rc, vec::Vec};

use endgame_ortho_execute::Fork;
use endgame_ortho_primitives::meter;
use endgame_ortho_types::DEPOSIT_TYPE;

use crate::{L1Block, L2Block, Rollup};

pub(crate) use span::{check_span, singular_batches};

/// What may become of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    /// It is the next block.
    Accept,
    /// It will never be a block: the rule that it breaks.
    Drop(&'static str),
    /// L1 must go on before anyone can tell.
    Undecided,
    /// It is for a later block (before Holocene).
    Future,
    /// Its blocks are on the chain already (from Holocene on).
    Past,
}

/// EIP-7702's transaction type.
const SET_CODE_TYPE: u8 = 4;
/// The first byte that is no type (EIP-2718).
const NO_TYPE: u8 = 0x80;
/// Seconds that L2's time may be ahead of its origin's from Fjord on (`protocol/fjord/derivation.md`,
/// "Constant Maximum Sequencer Drift").
const FJORD_SEQUENCER_DRIFT: u64 = 1800;

/// What a batch is judged by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    /// The rollup.
    pub(crate) rollup: &'a Rollup,
    /// Consecutive L1 blocks from the epoch on that blocks may still come for.
    pub(crate) l1_blocks: &'a [Rc<L1Block>],
    /// The block that the next one follows.
    pub(crate) parent: &'a Rc<L2Block>,
    /// The L1 block that the batch was complete in.
    pub(crate) inclusion: &'a L1Block,
}

impl<'a> Context<'a> {
    /// The time of the next block.
    pub(crate) fn next_timestamp(&self) -> u64 {
        next_timestamp(self.rollup, self.parent)
    }

    /// Whether the strict rules hold: by the time of the L1 block that the batch came in
    /// (`protocol/holocene/derivation.md`, "Activation").
    fn is_holocene(&self) -> bool {
        let time = self.inclusion.header.timestamp;
        self.rollup.forks.is_active(Fork::Holocene, time)
    }

    /// The known L1 block with this number, and the one after it.
    fn l1_block(&self, number: u64) -> Option<(&'a L1Block, Option<&'a L1Block>)> {
        let first = self.l1_blocks.first()?.header.number;
        let index = usize::try_from(number.checked_sub(first)?).ok()?;
        let block = self.l1_blocks.get(index)?;
        let next = self.l1_blocks.get(index.checked_add(1)?);
        Some((block, next.map(|next| &**next)))
    }

    /// Whether an epoch's batch came after its sequencing window.
    fn is_late(&self, epoch_number: u64) -> bool {
        epoch_number.saturating_add(self.rollup.seq_window_size) < self.inclusion.header.number
    }

    /// The rules for a block's time (`protocol/derivation.md`, the rules from "enforce the min L2
    /// timestamp rule" on): not before its origin's, and ahead of it by no more than the drift,
    /// unless the block is empty and no other origin was to be had.
    fn check_time(&self, timing: &Timing<'_>) -> Validity {
        let origin_time = timing.origin.header.timestamp;
        if timing.timestamp < origin_time {
            return Validity::Drop("its time is before its L1 origin's");
        }
        let drift = if self.rollup.forks.is_active(Fork::Fjord, origin_time) {
            FJORD_SEQUENCER_DRIFT
        } else {
            self.rollup.max_sequencer_drift
        };
        if timing.timestamp <= origin_time.saturating_add(drift) {
            return Validity::Accept;
        }
        if !timing.is_empty {
            return Validity::Drop("it has transactions, too long after its L1 origin");
        }
        if timing.advances_origin {
            return Validity::Accept;
        }
        match timing.next_origin {
            None => Validity::Undecided,
            Some(next) if timing.timestamp >= next.header.timestamp => {
                Validity::Drop("it could have had the next L1 origin")
            }
            Some(_) => Validity::Accept,
        }
    }

    /// The rules for a block's transactions.
    fn check_transactions(&self, timestamp: u64, transactions: &[Vec<u8>]) -> Validity {
        let forks = &self.rollup.forks;
        let before = timestamp.saturating_sub(self.rollup.block_time);
        // `protocol/jovian/derivation.md`, "Activation Block Rules".
        if !transactions.is_empty()
            && forks.is_active(Fork::Jovian, timestamp)
            && !forks.is_active(Fork::Jovian, before)
        {
            return Validity::Drop("it has transactions in the first block of Jovian");
        }
        let has_set_code = forks.is_active(Fork::Isthmus, timestamp);
        meter::work(transactions.len());
        for transaction in transactions {
            match transaction.first() {
                None => return Validity::Drop("it has a transaction of no bytes"),
                Some(&DEPOSIT_TYPE) => return Validity::Drop("it has a deposit"),
                // `protocol/isthmus/derivation.md`, "Activation".
                Some(&SET_CODE_TYPE) if has_set_code => {}
                Some(3..NO_TYPE) => return Validity::Drop("it has a transaction of a future type"),
                Some(_) => {}
            }
        }
        Validity::Accept
    }
}

/// A block's time and what it is judged by.
struct Timing<'a> {
    timestamp: u64,
    is_empty: bool,
    origin: &'a L1Block,
    /// The L1 block after the origin, if known.
    next_origin: Option<&'a L1Block>,
    /// Whether the origin is not that of the block before.
    advances_origin: bool,
}

/// The time of the block after `parent`.
pub(crate) fn next_timestamp(rollup: &Rollup, parent: &L2Block) -> u64 {
    parent.header.timestamp.saturating_add(rollup.block_time)
}
