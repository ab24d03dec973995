//! A Merkle Patricia trie (yellow paper, appendix D) over a store of nodes by hash.
//!
//! Nodes are loaded when a key's path reaches them, changed in memory, and hashed in one pass by
//! [`Trie::root`]. Every node from a store is checked against its hash, so a store need not be
//! trusted. Recursion is bounded: each level takes at least one nibble of the key, and nodes
//! inside a node get shorter.
#![no_std]

extern crate alloc;

mod decode;
mod encode;
mod error;
mod list;
mod nibbles;
mod node;
mod store;
mod trie;

pub use error::{NodeError, TrieError};
pub use list::{ordered_list, ordered_root};
pub use store::{NoStore, NodeStore, NotInProof, ProofStore};
pub use trie::Trie;
