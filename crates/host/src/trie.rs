//! Merkle Patricia tries as providers show them: lists rebuilt whole, proofs walked node by node.

use alloy_primitives::{B256, Bytes, keccak256};
use alloy_rlp::Decodable;
use alloy_trie::{
    EMPTY_ROOT_HASH, HashBuilder, Nibbles,
    nodes::{RlpNode, TrieNode},
    proof::ProofRetainer,
    root::adjust_index_for_rlp,
};

/// The encoding of an empty trie: what [`EMPTY_ROOT_HASH`] is the hash of.
const EMPTY_TRIE: u8 = alloy_rlp::EMPTY_STRING_CODE;

/// The trie that block headers commit lists by (keys are RLP indices): its root and all its nodes.
pub(crate) fn ordered(items: &[Vec<u8>]) -> (B256, Vec<Vec<u8>>) {
    if items.is_empty() {
        return (EMPTY_ROOT_HASH, vec![vec![EMPTY_TRIE]]);
    }
    let leaves: Vec<_> = (0..items.len())
        .filter_map(|position| {
            let index = adjust_index_for_rlp(position, items.len());
            let path = Nibbles::unpack(alloy_rlp::encode_fixed_size(&index));
            items.get(index).map(|item| (path, item))
        })
        .collect();
    let paths = leaves.iter().map(|(path, _)| *path).collect();
    let retainer: ProofRetainer = ProofRetainer::new(paths);
    let mut builder = HashBuilder::default().with_proof_retainer(retainer);
    for (path, item) in leaves {
        builder.add_leaf(path, item);
    }
    let root = builder.root();
    let nodes = builder
        .take_proof_nodes()
        .into_inner()
        .into_values()
        .map(|node| node.to_vec())
        .collect();
    (root, nodes)
}

/// A child that a proof mentions by hash, and the path from the trie's root to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) hash: B256,
    pub(crate) path: Nibbles,
}

/// What a walked proof shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Walk {
    /// The root that the proof is for.
    pub(crate) root: B256,
    /// The value at the key, if it is in the trie.
    pub(crate) value: Option<Vec<u8>>,
    /// Every child of the branches on the way.
    pub(crate) mentions: Vec<Mention>,
    /// The last node and the path to it: the leaf of the key, or what stands in its place.
    pub(crate) last: Option<(Nibbles, TrieNode)>,
}

/// Follows `key` through a proof, checking that each node is the one that the node before it names.
///
/// The root is what the first node hashes to; an empty proof is that of the empty trie.
pub(crate) fn walk(key: &Nibbles, proof: &[Bytes]) -> Result<Walk, &'static str> {
    let mut nodes = proof.iter();
    let mut walk = Walk {
        root: proof.first().map_or(EMPTY_ROOT_HASH, keccak256),
        value: None,
        mentions: Vec::new(),
        last: None,
    };
    let mut reference = match proof.first() {
        None => return Ok(walk),
        Some(_) => RlpNode::word_rlp(&walk.root),
    };
    let mut path = Nibbles::new();
    loop {
        let encoded: &[u8] = if let Some(hash) = reference.as_hash() {
            let node = nodes.next().ok_or("it ends before the key does")?;
            if keccak256(node) != hash {
                return Err("a node is not the one its parent names");
            }
            node
        } else {
            // A node under 32 bytes stands inside its parent; some providers list it as well.
            if nodes.as_slice().first().map(AsRef::as_ref) == Some(&reference[..]) {
                nodes.next();
            }
            &reference
        };
        let node =
            TrieNode::decode(&mut &*encoded).map_err(|_| "a node is not a trie node's RLP")?;
        let rest = key.slice(path.len()..);
        let mut descend = None;
        match &node {
            TrieNode::EmptyRoot => {}
            TrieNode::Leaf(leaf) => {
                if leaf.key == rest {
                    walk.value = Some(leaf.value.clone());
                }
            }
            TrieNode::Extension(extension) => {
                if rest.starts_with(&extension.key) {
                    descend = Some((path.join(&extension.key), extension.child.clone()));
                }
            }
            TrieNode::Branch(branch) => {
                let next = rest.first().ok_or("the key ends at a branch")?;
                let children = (0..16)
                    .filter(|nibble| branch.state_mask.is_bit_set(*nibble))
                    .zip(&branch.stack);
                for (nibble, child) in children {
                    let mut child_path = path;
                    child_path.push(nibble);
                    if let Some(hash) = child.as_hash() {
                        walk.mentions.push(Mention {
                            hash,
                            path: child_path,
                        });
                    }
                    if nibble == next {
                        descend = Some((child_path, child.clone()));
                    }
                }
            }
        }
        walk.last = Some((path, node));
        match descend {
            Some((next_path, child)) => (path, reference) = (next_path, child),
            None if nodes.next().is_some() => return Err("nodes follow the last one"),
            None => return Ok(walk),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|n| vec![n as u8; n % 70 + 1]).collect()
    }

    fn proof_of(items: &[Vec<u8>], index: usize) -> (Nibbles, Vec<Bytes>) {
        let (root, nodes) = ordered(items);
        let key = Nibbles::unpack(alloy_rlp::encode_fixed_size(&index));
        let by_hash = |hash: B256| nodes.iter().find(|node| keccak256(node) == hash);
        let mut proof = vec![Bytes::from(by_hash(root).unwrap().clone())];
        loop {
            if walk(&key, &proof).is_ok() {
                return (key, proof);
            }
            // The missing node is the only child on the way that nobody has yet.
            let next = nodes
                .iter()
                .find(|node| {
                    let mut longer = proof.clone();
                    longer.push(Bytes::from((*node).clone()));
                    !matches!(
                        walk(&key, &longer),
                        Err("a node is not the one its parent names" | "nodes follow the last one")
                    )
                })
                .unwrap();
            proof.push(Bytes::from(next.clone()));
        }
    }

    #[test]
    fn every_item_of_a_list_is_found_through_its_nodes() {
        for count in [1, 2, 16, 127, 128, 200] {
            let items = items(count);
            let (root, _) = ordered(&items);
            assert_eq!(root, alloy_trie::root::ordered_trie_root_encoded(&items));
            for index in [0, count / 2, count - 1] {
                let (key, proof) = proof_of(&items, index);
                let walked = walk(&key, &proof).unwrap();
                assert_eq!(
                    walked.value.as_ref(),
                    Some(&items[index]),
                    "{index} of {count}"
                );
                assert_eq!(walked.root, root);
            }
        }
    }

    #[test]
    fn empty_list_has_the_empty_root() {
        let (root, nodes) = ordered(&[]);
        assert_eq!(root, EMPTY_ROOT_HASH);
        assert_eq!(keccak256(&nodes[0]), root);
    }

    #[test]
    fn broken_proofs_are_refused() {
        let items = items(200);
        let (key, proof) = proof_of(&items, 150);
        assert!(proof.len() > 2);
        let without_last = &proof[..proof.len() - 1];
        assert!(walk(&key, without_last).is_err());
        let mut swapped = proof.clone();
        swapped.swap(0, 1);
        assert!(walk(&key, &swapped).is_err());
        let mut longer = proof.clone();
        longer.push(proof[0].clone());
        assert!(walk(&key, &longer).is_err());
        assert!(walk(&key, &[Bytes::from_static(&[0xc1, 0x80])]).is_err());
    }

    #[test]
    fn empty_proof_shows_the_empty_trie() {
        let key = Nibbles::unpack(B256::ZERO);
        assert_eq!(walk(&key, &[]).unwrap().root, EMPTY_ROOT_HASH);
        let walked = walk(&key, &[Bytes::from_static(&[EMPTY_TRIE])]).unwrap();
        assert_eq!((walked.root, walked.value), (EMPTY_ROOT_HASH, None));
    }
}
