//! A plausible but wrong trace, for tests and demonstrations of disputes.

use alloy_primitives::{B256, keccak256};

use crate::{ExecutionGame, GameState, HonestTrace, VmStatus};

/// Where a liar leaves the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lie {
    /// The first L2 block whose output root is made up.
    pub from_block: u64,
    /// The number of instructions after which the state hashes are made up.
    pub after_steps: u64,
    /// Makes the made-up hashes differ between liars.
    pub salt: B256,
}

impl Lie {
    /// The made-up output root of a block.
    pub fn output_root(&self, block: u64) -> B256 {
        self.hash(B256::ZERO, block)
    }

    fn hash(&self, context: B256, index: u64) -> B256 {
        let mut preimage = [0; 72];
        let (salt, rest) = preimage.split_at_mut(32);
        let (run, number) = rest.split_at_mut(32);
        salt.copy_from_slice(self.salt.as_slice());
        run.copy_from_slice(context.as_slice());
        number.copy_from_slice(&index.to_be_bytes());
        keccak256(preimage)
    }
}

/// The truth up to a point and made-up hashes from there on.
///
/// Given to [`honest_actions`](crate::honest_actions) it plays a consistent dishonest game that
/// only ends at a single instruction.
#[derive(Clone, Debug)]
pub struct LyingTrace<T> {
    truth: T,
    lie: Lie,
    last_step: u64,
}

impl<T> LyingTrace<T> {
    /// Lies about `truth` in games whose execution trees are `execution_depth` deep.
    pub const fn new(truth: T, lie: Lie, execution_depth: u32) -> Self {
        let last_step = if execution_depth < 64 {
            1 << execution_depth
        } else {
            u64::MAX
        };
        Self {
            truth,
            lie,
            last_step,
        }
    }

    /// The trace that is lied about.
    pub const fn truth(&self) -> &T {
        &self.truth
    }
}

impl<T: HonestTrace> HonestTrace for LyingTrace<T> {
    type Error = T::Error;

    fn output_root(&self, game: &GameState, block: u64) -> Result<B256, T::Error> {
        if block < self.lie.from_block {
            self.truth.output_root(game, block)
        } else {
            Ok(self.lie.output_root(block))
        }
    }

    fn state_hash(&self, execution: &ExecutionGame, steps: u64) -> Result<B256, T::Error> {
        if steps <= self.lie.after_steps {
            return self.truth.state_hash(execution, steps);
        }
        // The end of a run says what the liar needs: that its own roots are right, that others
        // are wrong. Anything before is under way.
        let own = execution.disputed.block >= self.lie.from_block
            && execution.disputed.root == self.lie.output_root(execution.disputed.block);
        let status = if steps < self.last_step {
            VmStatus::Unfinished
        } else if own {
            VmStatus::Valid
        } else {
            VmStatus::Invalid
        };
        Ok(status.stamp(self.lie.hash(execution.local_context(), steps)))
    }

    fn block_number_is_wrong(&self, _game: &GameState) -> Result<bool, T::Error> {
        Ok(false)
    }
}
