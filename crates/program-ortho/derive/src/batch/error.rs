//! What can be wrong with a batch.

use endgame_ortho_rlp::RlpError;

/// Why a batch can't be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// Not strict RLP, or another item than must be there.
    #[error(transparent)]
    Rlp(#[from] RlpError),
    /// A version of batches that has no meaning.
    #[error("batch of version {0}")]
    Version(u8),
    /// The batch ends inside a field.
    #[error("batch ends inside a field")]
    Truncated,
    /// A variable-length number beyond 64 bits.
    #[error("uvarint of more than 64 bits")]
    Uvarint,
    /// A bit that belongs to nothing is set.
    #[error("bitlist has more than {0} bits")]
    Bits(usize),
    /// A span of no blocks.
    #[error("span batch without blocks")]
    NoBlocks,
    /// More blocks or transactions than a span may have, or a transaction with too much data.
    #[error("span batch of too many elements")]
    TooMany,
    /// A type of transaction that a span can't have.
    #[error("span batch has a transaction of type {0}")]
    TransactionType(u8),
    /// A transaction that delegates to code (EIP-7702) and would create a contract.
    #[error("span batch has a set-code transaction without a recipient")]
    NoRecipient,
}
