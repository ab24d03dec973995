//! From a node to RLP and its hash.

use alloc::vec::Vec;

use endgame_ortho_primitives::{Hash, keccak256};
use endgame_ortho_rlp::Encoder;

use crate::node::Node;

/// The node's RLP; hashes what changed below it.
pub(crate) fn encode(node: &mut Node) -> Vec<u8> {
    let mut encoder = Encoder::new();
    match node {
        // Nobody asks for the RLP of what is not there or not loaded: `reference` and `root_hash`
        // answer for both.
        Node::Empty | Node::Stored(_) => encoder.bytes(&[]),
        Node::Leaf(path, value) => encoder.list(|items| {
            items.bytes(&path.encode(true));
            items.bytes(value);
        }),
        Node::Extension(path, child) => encoder.list(|items| {
            items.bytes(&path.encode(false));
            reference(child, items);
        }),
        Node::Branch(branch) => encoder.list(|items| {
            branch
                .children
                .iter_mut()
                .for_each(|child| reference(child, items));
            items.bytes(&[]);
        }),
    }
    encoder.finish()
}

/// Writes what refers to `node`: its RLP if that has fewer than 32 bytes, else its hash.
fn reference(node: &mut Node, items: &mut Encoder) {
    match node {
        Node::Empty => return items.bytes(&[]),
        Node::Stored(hash) => return items.bytes(&hash.0),
        Node::Branch(branch) => {
            if let Some(hash) = branch.hash {
                return items.bytes(&hash.0);
            }
        }
        Node::Leaf(..) | Node::Extension(..) => {}
    }
    let rlp = encode(node);
    if rlp.len() < 32 {
        return items.raw(&rlp);
    }
    let hash = keccak256(&rlp);
    if let Node::Branch(branch) = node {
        branch.hash = Some(hash);
    }
    items.bytes(&hash.0);
}

/// The hash of a trie with `node` at its root.
pub(crate) fn root_hash(node: &mut Node) -> Hash {
    match node {
        Node::Empty => Hash::EMPTY_TRIE,
        Node::Stored(hash) => *hash,
        Node::Branch(branch) if branch.hash.is_some() => branch.hash.unwrap_or_default(),
        _ => {
            let hash = keccak256(&encode(node));
            if let Node::Branch(branch) = node {
                branch.hash = Some(hash);
            }
            hash
        }
    }
}
