//! From RLP to a node.

use alloc::boxed::Box;

use endgame_ortho_primitives::{Hash, keccak256};
use endgame_ortho_rlp::{Item, Reader};

use crate::{
    NodeError,
    nibbles::Nibbles,
    node::{Branch, Node},
};

/// Checks `rlp` against `hash`, unless somebody vouches for it, and decodes it.
pub(crate) fn stored(rlp: &[u8], hash: Hash, is_vouched: bool) -> Result<Node, NodeError> {
    if !is_vouched {
        let found = keccak256(rlp);
        if found != hash {
            return Err(NodeError::WrongHash(found));
        }
    }
    let mut reader = Reader::new(rlp);
    let items = reader.list()?;
    reader.end()?;
    node(items, Some(hash))
}

/// A node from its items. One inside another is shorter than 32 bytes, which bounds the depth.
fn node(items: Reader<'_>, hash: Option<Hash>) -> Result<Node, NodeError> {
    let mut count = 0usize;
    let mut counting = items;
    while !counting.is_empty() {
        counting.raw()?;
        count = count.saturating_add(1);
    }
    match count {
        2 => short(items),
        17 => branch(items, hash),
        _ => Err(NodeError::Items(count)),
    }
}

fn short(mut items: Reader<'_>) -> Result<Node, NodeError> {
    let (path, leaf) = Nibbles::decode(items.bytes()?)?;
    if leaf {
        return match items.bytes()? {
            [] => Err(NodeError::EmptyValue),
            value => Ok(Node::Leaf(path, value.to_vec())),
        };
    }
    let child = reference(&mut items)?;
    match child {
        Node::Branch(_) | Node::Stored(_) if !path.is_empty() => {
            Ok(Node::Extension(path, Box::new(child)))
        }
        _ => Err(NodeError::Extension),
    }
}

fn branch(mut items: Reader<'_>, hash: Option<Hash>) -> Result<Node, NodeError> {
    let mut branch = Box::new(Branch {
        hash,
        ..Branch::default()
    });
    let mut taken = 0;
    for child in &mut branch.children {
        *child = reference(&mut items)?;
        taken += usize::from(!matches!(child, Node::Empty));
    }
    if !items.bytes()?.is_empty() {
        return Err(NodeError::BranchValue);
    }
    if taken < 2 {
        Err(NodeError::LonelyBranch)
    } else {
        Ok(Node::Branch(branch))
    }
}

/// A reference: nothing, a hash, or a whole node of fewer than 32 bytes.
fn reference(items: &mut Reader<'_>) -> Result<Node, NodeError> {
    let mut item = Reader::new(items.raw()?);
    let length = item.rest().len();
    match item.item()? {
        Item::Bytes([]) => Ok(Node::Empty),
        Item::Bytes(hash) => Hash::from_slice(hash)
            .map(Node::Stored)
            .ok_or(NodeError::Reference),
        Item::List(payload) if length < 32 => node(Reader::new(payload), None),
        Item::List(_) => Err(NodeError::Reference),
    }
}
