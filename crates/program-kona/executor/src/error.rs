//! What can go wrong in a block.

use alloc::string::String;

use alloy_primitives::B256;

use crate::{Fork, trie::TrieError};

/// Why a block was not built.
///
/// [`is_invalid`](Self::is_invalid) tells a block that the rules forbid from a state that could
/// not be read: the first is an answer, the second is none.
#[derive(Debug, thiserror::Error)]
pub enum ExecutorError {
    /// A transaction may not be in this block.
    #[error("transaction {index} is invalid: {reason}")]
    InvalidTransaction {
        /// Its place in the block.
        index: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The attributes ask for a block that the rules forbid.
    #[error("invalid payload attributes: {0}")]
    InvalidAttributes(&'static str),
    /// A fork's first block holds transactions of users.
    #[error("transaction {index} is a user's, in the first block of {fork}")]
    UserTransactionAtActivation {
        /// Its place in the block.
        index: usize,
        /// The fork.
        fork: Fork,
    },
    /// The parent header cannot have a child.
    #[error("parent header: {0}")]
    Parent(&'static str),
    /// The state could not be read.
    #[error(transparent)]
    State(#[from] TrieError),
    /// A header's bytes are not a header.
    #[error("header {hash} does not decode: {reason}")]
    Header {
        /// The header's hash.
        hash: B256,
        /// What is wrong.
        reason: String,
    },
    /// The EVM failed in a way that says nothing about the block.
    #[error("EVM: {0}")]
    Evm(String),
}

impl ExecutorError {
    /// Whether the rules forbid the block (and not: it could not be judged).
    pub const fn is_invalid(&self) -> bool {
        matches!(
            self,
            Self::InvalidTransaction { .. }
                | Self::InvalidAttributes(_)
                | Self::UserTransactionAtActivation { .. }
        )
    }
}
