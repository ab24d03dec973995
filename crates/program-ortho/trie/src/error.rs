//! What can be wrong with a trie.

use endgame_ortho_primitives::Hash;
use endgame_ortho_rlp::RlpError;

/// Why bytes are not a trie node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodeError {
    /// The bytes do not hash to what refers to them.
    #[error("it hashes to {0}")]
    WrongHash(Hash),
    /// Not strict RLP.
    #[error(transparent)]
    Rlp(#[from] RlpError),
    /// Neither two nor seventeen items.
    #[error("it has {0} items, not 2 or 17")]
    Items(usize),
    /// A path whose first nibble is no known flag, or whose padding is not zero.
    #[error("its path is not hex-prefix encoded")]
    Path,
    /// An extension without a path, or with anything but a branch under it.
    #[error("it is an extension that extends nothing")]
    Extension,
    /// A reference that is neither a hash nor a node of fewer than 32 bytes.
    #[error("a reference in it is neither a hash nor a short node")]
    Reference,
    /// A value in a branch: no key here is another's beginning.
    #[error("it is a branch with a value")]
    BranchValue,
    /// A branch with fewer than two children.
    #[error("it is a branch with fewer than two children")]
    LonelyBranch,
    /// A leaf without a value.
    #[error("it is a leaf without a value")]
    EmptyValue,
    /// The key ends where the trie goes on, or goes on where the trie ends.
    #[error("its depth does not fit the key")]
    Depth,
}

/// Why a trie could not be read or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrieError<E> {
    /// The store could not give a node.
    #[error("trie node {hash}: {error}")]
    Store {
        /// The node asked for.
        hash: Hash,
        /// What the store said.
        error: E,
    },
    /// The store gave something that is not that node.
    #[error("trie node {hash} is malformed: {error}")]
    Malformed {
        /// The node asked for.
        hash: Hash,
        /// What is wrong with it.
        error: NodeError,
    },
    /// A value of no bytes cannot be told from no value.
    #[error("a trie holds no empty values")]
    EmptyValue,
    /// A key of this length is another key's beginning.
    #[error("key ends inside the trie")]
    KeyLength,
}
