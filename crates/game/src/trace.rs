//! What a player must be able to compute.

use alloy_primitives::B256;

use crate::{ExecutionGame, GameState};

/// How a VM run stands, in the first byte of its state hash.
///
/// Specs `cannon-fault-proof-vm.md`, "State Hash".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum VmStatus {
    /// Exited with code 0: the claim is right.
    Valid = 0,
    /// Exited with code 1: the claim is wrong.
    Invalid = 1,
    /// Exited with another code.
    Panic = 2,
    /// Still running.
    Unfinished = 3,
}

impl VmStatus {
    /// `digest` with its first byte replaced by the status.
    pub fn stamp(self, mut digest: B256) -> B256 {
        digest.0[0] = self as u8;
        digest
    }
}

/// The two traces that a player holds a game's claims against.
///
/// [`honest_actions`](crate::honest_actions) makes the moves that defend exactly these traces: an
/// honest player gives it the true ones.
pub trait HonestTrace {
    /// What can go wrong; [`GameError`](crate::GameError)s are passed through.
    type Error: From<crate::GameError>;

    /// The output root after L2 block `block`, as far as the game's L1 head allows: past the last
    /// derivable block the root of that block repeats.
    fn output_root(&self, game: &GameState, block: u64) -> Result<B256, Self::Error>;

    /// The VM's state hash after `steps` instructions of the run that `execution` disputes; past
    /// its end the last one repeats.
    fn state_hash(&self, execution: &ExecutionGame, steps: u64) -> Result<B256, Self::Error>;

    /// Whether the root claim is the output root of another block than it names, so that this can
    /// be shown on L1. True as well if the data ends before the named block, and the root is the
    /// last one's.
    fn block_number_is_wrong(&self, game: &GameState) -> Result<bool, Self::Error>;
}
