//! What can go wrong with a transaction.

use alloy::{primitives::Bytes, sol_types};
use endgame_contracts::ArtifactError;

/// Why a transaction had no effect.
#[derive(Debug, thiserror::Error)]
pub enum EvmError {
    /// The contract reverted.
    #[error("reverted with {0}")]
    Reverted(Bytes),
    /// Execution stopped: out of gas, an invalid opcode and the like.
    #[error("halted: {0}")]
    Halted(String),
    /// The EVM does not take the transaction at all.
    #[error("not a valid transaction: {0}")]
    Invalid(String),
    /// What was returned is not what the ABI says.
    #[error("unexpected return data: {0}")]
    Returned(#[from] sol_types::Error),
    /// An embedded artifact cannot be used.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
}

impl EvmError {
    /// The revert data, if the contract reverted.
    pub const fn revert_data(&self) -> Option<&Bytes> {
        match self {
            Self::Reverted(data) => Some(data),
            _ => None,
        }
    }
}
