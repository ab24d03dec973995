//! Why there is no block.

use endgame_ortho_evm::InvalidTransaction;
use endgame_ortho_primitives::{Hash, Word};
use endgame_ortho_trie::TrieError;
use endgame_ortho_types::DecodeError;

use crate::{Fork, Found};

/// Why state could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError<E> {
    /// A trie could not be read or changed.
    #[error("trie: {0}")]
    Trie(TrieError<E>),
    /// The source failed.
    #[error("source: {0}")]
    Source(E),
    /// The source gave something else.
    #[error("{found:?} {expected}: the source gave {hash}")]
    WrongPreimage {
        /// What was asked for.
        found: Found,
        /// The hash that was asked for.
        expected: Hash,
        /// The hash of what was given.
        hash: Hash,
    },
    /// An account in the state trie, or a header, that is none.
    #[error("{found:?} {hash}: {error}")]
    Malformed {
        /// What was decoded.
        found: Found,
        /// By which hash it was found.
        hash: Hash,
        /// What is wrong with it.
        error: DecodeError,
    },
}

/// Why there is no block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExecuteError<E> {
    /// State could not be had: says nothing about the block.
    #[error("state: {0}")]
    State(#[from] StateError<E>),
    /// The attributes can't make a block.
    #[error("attributes: {0}")]
    Attributes(&'static str),
    /// The parent can't have a child.
    #[error("parent: {0}")]
    Parent(&'static str),
    /// The configuration lacks something that the block needs.
    #[error("configuration: {0}")]
    Configuration(&'static str),
    /// Bytes that are no transaction.
    #[error("transaction {index}: {error}")]
    Malformed {
        /// Which one.
        index: usize,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// A transaction that may not stand in the block.
    #[error("transaction {index}: {error}")]
    Transaction {
        /// Which one.
        index: usize,
        /// What is wrong with it.
        error: InvalidTransaction,
    },
    /// A deposit that claims to be the system's, which none is from Regolith on.
    #[error("transaction {0}: a system transaction after Regolith")]
    SystemTransaction(usize),
    /// A user's transaction in the first block of a fork that takes none.
    #[error("transaction {index}: a user's in the first block of {fork}")]
    UserTransactionAtActivation {
        /// Which one.
        index: usize,
        /// The fork.
        fork: Fork,
    },
    /// More data than the block may have (`protocol/jovian/exec-engine.md`, "DA footprint block
    /// limit").
    #[error("transaction {index}: DA footprint {footprint} is over the gas limit")]
    Footprint {
        /// The transaction that was too much.
        index: usize,
        /// The footprint with it.
        footprint: Word,
    },
}

impl<E> ExecuteError<E> {
    /// Whether the block is to blame, and not what it was to be built with.
    pub const fn is_invalid(&self) -> bool {
        !matches!(
            self,
            Self::State(_) | Self::Parent(_) | Self::Configuration(_)
        )
    }
}
