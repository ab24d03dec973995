//! Nodes in memory.

use alloc::{boxed::Box, vec::Vec};

use endgame_ortho_primitives::Hash;

use crate::nibbles::Nibbles;

/// A node; one that stands in a store and was not needed yet is its hash.
#[derive(Clone, Debug, Default)]
pub(crate) enum Node {
    /// No node.
    #[default]
    Empty,
    /// A node in the store.
    Stored(Hash),
    /// A value at the end of a path.
    Leaf(Nibbles, Vec<u8>),
    /// A path that every key below shares. Under it is a branch, or a stored node that must be one.
    Extension(Nibbles, Box<Node>),
    /// A node for each next nibble.
    Branch(Box<Branch>),
}

/// Sixteen ways on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Branch {
    pub(crate) children: [Node; 16],
    /// The hash, if nothing below has changed since it was known.
    pub(crate) hash: Option<Hash>,
}
