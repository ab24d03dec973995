//! What can be wrong with an encoding.

use endgame_ortho_rlp::RlpError;

/// Why bytes are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not strict RLP, or another item than must be there.
    #[error(transparent)]
    Rlp(#[from] RlpError),
    /// No bytes at all.
    #[error("no bytes")]
    Empty,
    /// A type byte that no fork up to now gives a meaning.
    #[error("type {0:#04x} is not known")]
    UnknownType(u8),
    /// A `v` that is neither 27 or 28 nor an EIP-155 one.
    #[error("signature v {0} is not valid")]
    SignatureV(u64),
    /// A receipt's first item is neither a status nor a state root.
    #[error("receipt's outcome has {0} bytes")]
    Outcome(usize),
}
