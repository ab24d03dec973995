//! From a claim in an execution game to the two output roots it is about.

use alloy_primitives::{B256, U256, keccak256};

use crate::{GameError, GameState, Position};

/// An output root in dispute or agreed upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutputClaim {
    /// Where it was claimed; nothing for the root that the game starts from.
    pub position: Option<Position>,
    /// The output root.
    pub root: B256,
    /// The L2 block that the position stands for, at most the block of the root claim.
    pub block: u64,
}

/// One run of the program: from an output root that both sides accept to one in dispute.
///
/// Everything that the program reads as boot input is here or fixed by the game.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExecutionGame {
    /// The root that the run starts from.
    pub starting: OutputClaim,
    /// The root that the run is to confirm or refute.
    pub disputed: OutputClaim,
}

impl ExecutionGame {
    /// Hash that binds this run's local preimages in the oracle.
    ///
    /// Claim and position of both roots; if the game's own starting root is the first one, only
    /// those of the disputed root.
    pub fn local_context(&self) -> B256 {
        let mut preimage = Vec::with_capacity(128);
        for claim in [&self.starting, &self.disputed] {
            if let Some(position) = claim.position {
                preimage.extend_from_slice(claim.root.as_slice());
                preimage.extend_from_slice(&U256::from(position.gindex()).to_be_bytes::<32>());
            }
        }
        keccak256(&preimage)
    }
}

impl GameState {
    /// The L2 block whose output root a claim at `position`, at or above the split, is about.
    pub fn block_at(&self, position: Position) -> Result<u64, GameError> {
        let index = position.trace_index(self.rules.split_depth)?;
        let index = u64::try_from(index).unwrap_or(u64::MAX);
        Ok(self
            .starting_block
            .saturating_add(index)
            .saturating_add(1)
            .min(self.claimed_block))
    }

    /// The execution game that a claim at `position`, made against (or standing at) the claim
    /// `reference`, belongs to.
    ///
    /// `reference` is the claim itself if it is below the split, or the claim at the split that
    /// `position` counters.
    pub fn execution_game(
        &self,
        reference: usize,
        position: Position,
    ) -> Result<ExecutionGame, GameError> {
        let split = self.rules.split_depth;
        if position.depth() <= split || self.claim(reference)?.position.depth() < split {
            return Err(GameError::ClaimAboveSplit(reference));
        }
        let leaf = self.ancestor_at_depth(reference, split)?;
        let leaf_position = self.claim(leaf)?.position;
        // Below a leaf's right neighbour the leaf was defended, else attacked.
        let levels = position.depth() - split;
        let attacked = position.index_at_depth() >> levels == leaf_position.index_at_depth();
        if attacked {
            let starting = match leaf_position.left() {
                Some(left) => {
                    self.output_claim(self.trace_ancestor(leaf, left.trace_ancestor())?)?
                }
                None => OutputClaim {
                    position: None,
                    root: self.starting_root,
                    block: self.starting_block,
                },
            };
            Ok(ExecutionGame {
                starting,
                disputed: self.output_claim(leaf)?,
            })
        } else {
            let right = leaf_position
                .right()
                .ok_or(GameError::NoTraceAncestor(leaf))?;
            Ok(ExecutionGame {
                starting: self.output_claim(leaf)?,
                disputed: self.output_claim(self.trace_ancestor(leaf, right.trace_ancestor())?)?,
            })
        }
    }

    /// The index of the ancestor of `index` (or itself) that stands at `wanted`.
    pub(crate) fn trace_ancestor(
        &self,
        index: usize,
        wanted: Position,
    ) -> Result<usize, GameError> {
        let mut at = index;
        loop {
            let claim = self.claim(at)?;
            if claim.position == wanted {
                return Ok(at);
            }
            at = claim.parent.ok_or(GameError::NoTraceAncestor(index))?;
        }
    }

    fn ancestor_at_depth(&self, index: usize, depth: u32) -> Result<usize, GameError> {
        let mut at = index;
        loop {
            let claim = self.claim(at)?;
            if claim.position.depth() <= depth {
                return Ok(at);
            }
            at = claim.parent.ok_or(GameError::NoTraceAncestor(index))?;
        }
    }

    fn output_claim(&self, index: usize) -> Result<OutputClaim, GameError> {
        let claim = self.claim(index)?;
        Ok(OutputClaim {
            position: Some(claim.position),
            root: claim.value,
            block: self.block_at(claim.position)?,
        })
    }
}
