//! Where state comes from: byte strings named by their keccak-256.

use alloc::string::String;
use core::fmt;

use alloy_primitives::{Address, B256, Bytes};

/// What a keccak-256 preimage holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreimageKind {
    /// A node of the state trie, of a storage trie or of a list's trie.
    Node,
    /// The code of a contract.
    Code,
    /// The RLP of an L2 block header.
    Header,
}

impl fmt::Display for PreimageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Node => "trie node",
            Self::Code => "code",
            Self::Header => "header",
        })
    }
}

/// Why a preimage could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreimageError {
    /// The source does not hold it.
    #[error("no {kind} with hash {hash}")]
    NotFound {
        /// What was asked for.
        kind: PreimageKind,
        /// Its hash.
        hash: B256,
    },
    /// The source failed.
    #[error("{kind} with hash {hash}: {reason}")]
    Source {
        /// What was asked for.
        kind: PreimageKind,
        /// Its hash.
        hash: B256,
        /// What the source says.
        reason: String,
    },
}

/// A store of keccak-256 preimages. What it returns is taken to be checked against the hash.
pub trait Preimages: fmt::Debug {
    /// The bytes whose keccak-256 is `hash`.
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError>;

    /// Says that a trie node is about to be read that lies on no prefetched path: what a removed
    /// key leaves alone beside it.
    fn prefetch_node(&self, _hash: B256) {}

    /// Says that the path of `address` in the state trie is about to be read.
    fn prefetch_account(&self, _address: Address) {}

    /// Says that the path of `slot` in the storage trie of `address` is about to be read.
    fn prefetch_storage(&self, _address: Address, _slot: B256) {}
}

impl<T: Preimages + ?Sized> Preimages for &T {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        (**self).get(kind, hash)
    }

    fn prefetch_node(&self, hash: B256) {
        (**self).prefetch_node(hash);
    }

    fn prefetch_account(&self, address: Address) {
        (**self).prefetch_account(address);
    }

    fn prefetch_storage(&self, address: Address, slot: B256) {
        (**self).prefetch_storage(address, slot);
    }
}

impl<T: Preimages + ?Sized> Preimages for alloc::sync::Arc<T> {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        (**self).get(kind, hash)
    }

    fn prefetch_node(&self, hash: B256) {
        (**self).prefetch_node(hash);
    }

    fn prefetch_account(&self, address: Address) {
        (**self).prefetch_account(address);
    }

    fn prefetch_storage(&self, address: Address, slot: B256) {
        (**self).prefetch_storage(address, slot);
    }
}
