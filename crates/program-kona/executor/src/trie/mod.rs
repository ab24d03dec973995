//! Merkle Patricia tries over preimages.
//!
//! Nodes are opened when a path needs them and keep their hash until something below changes, so
//! [`Trie::commit`] encodes and hashes the changed paths alone. Keys must be prefix-free, as the
//! hashed keys of a state and the RLP indices of a list are: a branch never holds a value.

mod codec;
mod list;
mod node;
#[cfg(test)]
mod tests;

use alloc::{string::String, vec::Vec};

use alloy_primitives::{B256, Bytes, b256};

use crate::{PreimageError, PreimageKind, Preimages};
pub(crate) use list::Nothing;
pub use list::{ordered_list, ordered_root};
use node::Node;

/// The root of the empty trie: keccak-256 of the RLP of the empty string. No oracle serves it.
pub const EMPTY_ROOT: B256 =
    b256!("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");

/// Why a trie could not be read or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrieError {
    /// A node is missing.
    #[error(transparent)]
    Preimage(#[from] PreimageError),
    /// A node's bytes are not a trie node.
    #[error("trie node {hash}: {reason}")]
    Node {
        /// The node's hash.
        hash: B256,
        /// What is wrong.
        reason: &'static str,
    },
    /// A key ends inside the path of another.
    #[error("a trie key is the prefix of another")]
    Prefix,
    /// A value does not decode.
    #[error("trie value: {0}")]
    Value(String),
}

/// A trie, opened as far as it was read.
#[derive(Clone, Debug)]
pub struct Trie {
    root: Node,
}

impl Trie {
    /// The trie without a key.
    pub const fn empty() -> Self {
        Self { root: Node::Empty }
    }

    /// The trie with this root, all of it still to be read.
    pub fn new(root: B256) -> Self {
        Self {
            root: if root == EMPTY_ROOT {
                Node::Empty
            } else {
                Node::Hash(root)
            },
        }
    }

    /// The value of `key`.
    pub fn get(&mut self, key: &[u8], source: &impl Preimages) -> Result<Option<Bytes>, TrieError> {
        self.root.get(&nibbles(key), source)
    }

    /// Sets the value of `key`.
    pub fn insert(
        &mut self,
        key: &[u8],
        value: Bytes,
        source: &impl Preimages,
    ) -> Result<(), TrieError> {
        self.root.insert(&nibbles(key), value, source)
    }

    /// Removes `key`; false if it was not there.
    ///
    /// After an error (the node beside the removed one is missing) the trie is in no usable state.
    pub fn remove(&mut self, key: &[u8], source: &impl Preimages) -> Result<bool, TrieError> {
        self.root.remove(&nibbles(key), source)
    }

    /// The root hash. `sink` gets each node that is new since the last commit.
    pub fn commit(&mut self, sink: &mut impl FnMut(B256, Vec<u8>)) -> B256 {
        self.root.commit(sink)
    }

    /// The encoded nodes from the root to `key`, or to where the path to it ends: the proof that
    /// `eth_getProof` returns. Call it on a committed trie.
    pub fn proof(&mut self, key: &[u8], source: &impl Preimages) -> Result<Vec<Bytes>, TrieError> {
        let mut proof = Vec::new();
        self.root.proof(&nibbles(key), true, source, &mut proof)?;
        Ok(proof)
    }
}

/// A key's nibbles, high one first.
fn nibbles(key: &[u8]) -> Vec<u8> {
    key.iter().flat_map(|b| [b >> 4, b & 15]).collect()
}

fn fetch(hash: B256, source: &impl Preimages) -> Result<Node, TrieError> {
    let raw = source.get(PreimageKind::Node, hash)?;
    codec::decode(&raw, hash).map_err(|reason| TrieError::Node { hash, reason })
}
