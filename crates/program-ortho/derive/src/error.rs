//! Why derivation can't go on.

use endgame_ortho_primitives::Hash;
use endgame_ortho_types::DecodeError;

/// Why derivation can't go on. Whatever a batcher or a depositor writes leads to none of these.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeriveError<E> {
    /// The source could not give something.
    #[error(transparent)]
    Source(#[from] E),
    /// Part of a block that is on the chain does not decode.
    #[error("{what} of block {hash}: {error}")]
    Malformed {
        /// Which part.
        what: &'static str,
        /// The block.
        hash: Hash,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// A block on the chain breaks a rule that every block keeps.
    #[error("block {hash}: {rule}")]
    Block {
        /// The block.
        hash: Hash,
        /// What it should be.
        rule: &'static str,
    },
    /// The configuration lacks the data of a network upgrade.
    #[error("configuration: no upgrade data with hash {0}")]
    UpgradeData(Hash),
    /// The L1 head is before the block that derivation must begin with.
    #[error("the L1 head is before block {0}, where derivation begins")]
    Head(u64),
}
