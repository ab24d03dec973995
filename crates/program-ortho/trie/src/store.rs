//! Where nodes come from.

use alloc::{collections::BTreeMap, vec::Vec};
use core::convert::Infallible;

use endgame_ortho_primitives::{Hash, keccak256};

/// Gives trie nodes by hash.
pub trait NodeStore {
    /// Why a node could not be had.
    type Error;

    /// The RLP of the node with this keccak-256 hash. The trie checks it, unless the store
    /// [vouches](Self::vouches) for it.
    fn node(&self, hash: Hash) -> Result<Vec<u8>, Self::Error>;

    /// Whether what the store gives is known to have the hash that was asked for.
    fn vouches(&self) -> bool {
        false
    }

    /// Hears that a node is read next that lies on no path to a key: what a removed key leaves
    /// alone in its branch.
    fn expect_sibling(&self, _hash: Hash) -> Result<(), Self::Error> {
        Ok(())
    }
}

impl<S: NodeStore + ?Sized> NodeStore for &S {
    type Error = S::Error;

    fn node(&self, hash: Hash) -> Result<Vec<u8>, S::Error> {
        (**self).node(hash)
    }

    fn vouches(&self) -> bool {
        (**self).vouches()
    }

    fn expect_sibling(&self, hash: Hash) -> Result<(), S::Error> {
        (**self).expect_sibling(hash)
    }
}

/// The store of a trie that is built from nothing: never asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoStore;

impl NodeStore for NoStore {
    type Error = Infallible;

    /// A trie built in memory has no node to load, so what is returned here is never used.
    fn node(&self, _: Hash) -> Result<Vec<u8>, Infallible> {
        Ok(Vec::new())
    }
}

/// The nodes of a Merkle proof, in any order.
#[derive(Clone, Debug, Default)]
pub struct ProofStore(BTreeMap<Hash, Vec<u8>>);

/// A proof lacks this node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not in the proof")]
pub struct NotInProof;

impl ProofStore {
    /// The nodes by their hashes.
    pub fn new(nodes: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self(
            nodes
                .into_iter()
                .map(|node| (keccak256(&node), node))
                .collect(),
        )
    }
}

impl NodeStore for ProofStore {
    type Error = NotInProof;

    fn node(&self, hash: Hash) -> Result<Vec<u8>, NotInProof> {
        self.0.get(&hash).cloned().ok_or(NotInProof)
    }
}
