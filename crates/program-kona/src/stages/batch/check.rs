//! Which batches are valid (specs `protocol/derivation.md`, "Batch Queue", and
//! `protocol/holocene/derivation.md`).

use alloy_primitives::Bytes;
use kona_genesis::RollupConfig;
use kona_protocol::{BatchValidity, BlockInfo, L2BlockInfo, SingleBatch};

/// Type bytes of transactions (EIP-2718).
const SET_CODE: u8 = 4;
const LAST_OF_BEDROCK: u8 = 2;
const FIRST_OF_NO_TYPE: u8 = 0x80;

/// What batches are judged against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    pub config: &'a RollupConfig,
    /// Consecutive L1 blocks, from the safe head's origin (or the one after it) to the one that
    /// derivation is at.
    pub l1_blocks: &'a [BlockInfo],
    pub safe: L2BlockInfo,
    /// The L1 block in which the batch was complete.
    pub inclusion: BlockInfo,
}

impl Context<'_> {
    pub(super) fn is_holocene(&self) -> bool {
        self.config.is_holocene_active(self.inclusion.timestamp)
    }

    pub(super) const fn next_timestamp(&self) -> u64 {
        self.safe.block_info.timestamp + self.config.block_time
    }

    /// The validity of a batch that comes too early.
    pub(super) fn future(&self) -> BatchValidity {
        if self.is_holocene() {
            BatchValidity::Drop
        } else {
            BatchValidity::Future
        }
    }

    /// The validity of a batch that comes too late.
    pub(super) fn past(&self) -> BatchValidity {
        if self.is_holocene() {
            BatchValidity::Past
        } else {
            BatchValidity::Drop
        }
    }

    /// Judges a singular batch.
    pub(super) fn check(&self, batch: &SingleBatch) -> BatchValidity {
        let Some(epoch) = self.l1_blocks.first() else {
            return BatchValidity::Undecided;
        };
        if batch.timestamp > self.next_timestamp() {
            return self.future();
        }
        if batch.timestamp < self.next_timestamp() {
            return self.past();
        }
        if batch.parent_hash != self.safe.block_info.hash || self.is_late(batch.epoch_num) {
            return BatchValidity::Drop;
        }
        let next = self.l1_blocks.get(1);
        let advances = match batch.epoch_num.checked_sub(epoch.number) {
            Some(0) => false,
            Some(1) => true,
            _ => return BatchValidity::Drop,
        };
        let origin = match next {
            _ if !advances => epoch,
            Some(next) => next,
            None => return BatchValidity::Undecided,
        };
        if batch.epoch_hash != origin.hash {
            return BatchValidity::Drop;
        }
        let block = Block {
            timestamp: batch.timestamp,
            transactions: &batch.transactions,
            advances,
        };
        self.check_block(&block, origin, next)
    }

    /// Whether a batch whose first origin is `epoch` came after its sequencing window.
    pub(super) const fn is_late(&self, epoch: u64) -> bool {
        epoch.wrapping_add(self.config.seq_window_size) < self.inclusion.number
    }

    /// The rules for time and transactions, of a block whose L1 origin is known to be `origin`,
    /// with `next` after it.
    pub(super) fn check_block(
        &self,
        block: &Block<'_>,
        origin: &BlockInfo,
        next: Option<&BlockInfo>,
    ) -> BatchValidity {
        if block.timestamp < origin.timestamp {
            return BatchValidity::Drop;
        }
        // Specs `protocol/jovian/derivation.md`: the upgrade's transactions are alone there.
        if self.config.is_first_jovian_block(block.timestamp) && !block.transactions.is_empty() {
            return BatchValidity::Drop;
        }
        let drift = self.config.max_sequencer_drift(origin.timestamp);
        if block.timestamp > origin.timestamp.saturating_add(drift) {
            if !block.transactions.is_empty() {
                return BatchValidity::Drop;
            }
            if !block.advances {
                match next {
                    None => return BatchValidity::Undecided,
                    // The batch could have taken the next origin.
                    Some(next) if block.timestamp >= next.timestamp => return BatchValidity::Drop,
                    Some(_) => {}
                }
            }
        }
        let is_isthmus = self.config.is_isthmus_active(block.timestamp);
        if block
            .transactions
            .iter()
            .all(|tx| may_be_in_batch(tx, is_isthmus))
        {
            BatchValidity::Accept
        } else {
            BatchValidity::Drop
        }
    }
}

/// A block of a batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'a> {
    pub timestamp: u64,
    pub transactions: &'a [Bytes],
    /// Whether its L1 origin is another than its parent's.
    pub advances: bool,
}

/// Whether a batch may hold a transaction, as far as its first byte tells: no empty one, no
/// deposit, and none of a type that is not known.
fn may_be_in_batch(transaction: &[u8], is_isthmus: bool) -> bool {
    match transaction.first() {
        None => false,
        Some(&SET_CODE) => is_isthmus,
        Some(kind) => *kind <= LAST_OF_BEDROCK || *kind >= FIRST_OF_NO_TYPE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::testing::{GENESIS_TIME, config, l1_block, safe_block};
    use alloc::{vec, vec::Vec};
    use alloy_primitives::B256;
    use kona_genesis::HardForkConfig;

    fn blocks() -> Vec<BlockInfo> {
        (10..13).map(l1_block).collect()
    }

    /// On top of L2 block 5, whose origin is L1 block 10.
    fn good() -> SingleBatch {
        SingleBatch {
            parent_hash: safe_block(5, 10).block_info.hash,
            epoch_num: 10,
            epoch_hash: l1_block(10).hash,
            timestamp: safe_block(5, 10).block_info.timestamp + 2,
            transactions: vec![Bytes::from(vec![2, 0xc0])],
        }
    }

    fn check_with(
        config: &RollupConfig,
        l1_blocks: &[BlockInfo],
        batch: &SingleBatch,
    ) -> BatchValidity {
        let context = Context {
            config,
            l1_blocks,
            safe: safe_block(5, 10),
            inclusion: l1_block(12),
        };
        context.check(batch)
    }

    fn check(change: impl FnOnce(&mut SingleBatch)) -> BatchValidity {
        let mut batch = good();
        change(&mut batch);
        check_with(&config(), &blocks(), &batch)
    }

    /// Specs `protocol/derivation.md`, "Batch Queue".
    #[test]
    fn singular_batches_are_judged_in_the_order_of_the_rules() {
        use BatchValidity::{Accept, Drop, Past};
        assert_eq!(check(|_| {}), Accept);
        assert_eq!(check(|b| b.parent_hash = B256::ZERO), Drop);
        assert_eq!(check(|b| b.epoch_hash = B256::ZERO), Drop);
        assert_eq!(check(|b| b.epoch_num = 9), Drop);
        assert_eq!(check(|b| b.epoch_num = 12), Drop);
        assert_eq!(check(|b| b.epoch_num = u64::MAX), Drop);
        // Strict ordering (specs `protocol/holocene/derivation.md`, "Batch Queue").
        assert_eq!(check(|b| b.timestamp += 1), Drop);
        assert_eq!(check(|b| b.timestamp -= 1), Past);
        let before = RollupConfig {
            hardforks: HardForkConfig::default(),
            ..config()
        };
        let shifted = |by: i64| SingleBatch {
            timestamp: good().timestamp.wrapping_add_signed(by),
            ..good()
        };
        assert_eq!(
            check_with(&before, &blocks(), &shifted(1)),
            BatchValidity::Future
        );
        assert_eq!(check_with(&before, &blocks(), &shifted(-1)), Drop);
    }

    /// Specs `protocol/derivation.md`, "Batch Queue".
    #[test]
    fn a_new_origin_must_be_known_and_not_in_the_future() {
        let batch = SingleBatch {
            epoch_num: 11,
            epoch_hash: l1_block(11).hash,
            ..good()
        };
        assert_eq!(
            check_with(&config(), &blocks()[..1], &batch),
            BatchValidity::Undecided
        );
        // L1 block 11 is 12 seconds after block 10, of which L2 block 5 is the sixth.
        assert_eq!(
            check_with(&config(), &blocks(), &batch),
            BatchValidity::Accept
        );
        let mut late = blocks();
        late[1].timestamp += 1;
        assert_eq!(check_with(&config(), &late, &batch), BatchValidity::Drop);
    }

    /// Specs `protocol/derivation.md`, "Batch Queue": the sequencing window.
    #[test]
    fn batches_after_their_sequencing_window_are_dropped() {
        let window = |size| RollupConfig {
            seq_window_size: size,
            ..config()
        };
        assert_eq!(
            check_with(&window(2), &blocks(), &good()),
            BatchValidity::Accept
        );
        assert_eq!(
            check_with(&window(1), &blocks(), &good()),
            BatchValidity::Drop
        );
    }

    /// Specs `protocol/fjord/derivation.md`, "Constant Maximum Sequencer Drift".
    #[test]
    fn past_the_drift_batches_are_empty_and_take_the_next_origin_when_they_can() {
        let mut late: Vec<_> = blocks();
        late[0].timestamp = GENESIS_TIME;
        let mut config = RollupConfig {
            max_sequencer_drift: 5,
            ..config()
        };
        let empty = SingleBatch {
            transactions: Vec::new(),
            ..good()
        };
        // The configured drift means nothing since Fjord, where it is 1800 seconds.
        assert_eq!(check_with(&config, &late, &good()), BatchValidity::Accept);
        config.hardforks = HardForkConfig::default();
        assert_eq!(check_with(&config, &late, &good()), BatchValidity::Drop);
        assert_eq!(
            check_with(&config, &late[..1], &empty),
            BatchValidity::Undecided
        );
        late[1].timestamp = empty.timestamp + 1;
        assert_eq!(check_with(&config, &late, &empty), BatchValidity::Accept);
        late[1].timestamp = empty.timestamp;
        assert_eq!(check_with(&config, &late, &empty), BatchValidity::Drop);
    }

    /// Specs `protocol/jovian/derivation.md`, "Activation Block Rules".
    #[test]
    fn first_block_of_jovian_has_no_transactions_of_users() {
        let mut config = config();
        config.hardforks.jovian_time = Some(good().timestamp);
        let empty = SingleBatch {
            transactions: Vec::new(),
            ..good()
        };
        assert_eq!(check_with(&config, &blocks(), &good()), BatchValidity::Drop);
        assert_eq!(
            check_with(&config, &blocks(), &empty),
            BatchValidity::Accept
        );
        config.hardforks.jovian_time = Some(good().timestamp - 2);
        assert_eq!(
            check_with(&config, &blocks(), &good()),
            BatchValidity::Accept
        );
    }

    /// Specs `protocol/derivation.md`, "Batch Queue", and `protocol/isthmus/derivation.md`,
    /// "Activation".
    #[test]
    fn transactions_that_no_batch_may_hold_drop_it() {
        let with = |config: &RollupConfig, tx: &[u8]| {
            let transactions = vec![Bytes::from(vec![2, 0xc0]), Bytes::copy_from_slice(tx)];
            check_with(
                config,
                &blocks(),
                &SingleBatch {
                    transactions,
                    ..good()
                },
            )
        };
        let mut config = config();
        for allowed in [&[0xc0][..], &[1], &[2], &[4]] {
            assert_eq!(with(&config, allowed), BatchValidity::Accept);
        }
        for refused in [&[][..], &[3], &[5], &[0x7d], &[0x7e]] {
            assert_eq!(with(&config, refused), BatchValidity::Drop);
        }
        config.hardforks.isthmus_time = Some(good().timestamp + 1);
        assert_eq!(with(&config, &[4]), BatchValidity::Drop);
        config.hardforks.isthmus_time = Some(good().timestamp);
        assert_eq!(with(&config, &[4]), BatchValidity::Accept);
    }
}
