//! The trie against a peer's, and against hostile nodes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::{cell::RefCell, collections::BTreeMap};

use alloy_trie::{HashBuilder, Nibbles, proof::verify_proof};
use endgame_ortho_primitives::{Hash, keccak256};
use endgame_ortho_trie::{
    NoStore, NodeError, NodeStore, ProofStore, Trie, TrieError, ordered_list, ordered_root,
};
use proptest::prelude::*;

/// Keeps every node that it was given.
#[derive(Default)]
struct Store(RefCell<BTreeMap<Hash, Vec<u8>>>);

impl NodeStore for Store {
    type Error = &'static str;

    fn node(&self, hash: Hash) -> Result<Vec<u8>, &'static str> {
        self.0.borrow().get(&hash).cloned().ok_or("missing")
    }
}

fn peer_root(content: &BTreeMap<[u8; 32], Vec<u8>>) -> Hash {
    let mut builder = HashBuilder::default();
    for (key, value) in content {
        builder.add_leaf(Nibbles::unpack(key), value);
    }
    Hash(builder.root().0)
}

/// Keys that share long beginnings, so that extensions split and branches collapse.
fn key() -> impl Strategy<Value = [u8; 32]> {
    (
        0..4u8,
        0..4u8,
        prop_oneof![Just(0u8), Just(1), any::<u8>()],
        0..31usize,
    )
        .prop_map(|(a, b, c, at)| {
            let mut key = [a; 32];
            key[at] = b;
            key[31] = c;
            key
        })
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(1..=255u8, 1..50)
}

/// Fills a store with the nodes of a trie of `content`; the root.
fn stored(content: &BTreeMap<[u8; 32], Vec<u8>>, store: &Store) -> Hash {
    let mut trie = Trie::new();
    for (key, value) in content {
        trie.insert(store, key, value.clone()).unwrap();
    }
    let root = trie.root();
    for key in content.keys() {
        for node in trie.prove(store, key).unwrap() {
            store.0.borrow_mut().insert(keccak256(&node), node);
        }
    }
    root
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn root_agrees_with_the_peer_after_every_change(
        changes in prop::collection::vec((key(), prop::option::weighted(0.6, value())), 1..60)
    ) {
        let mut content = BTreeMap::new();
        let mut trie = Trie::new();
        for (key, value) in changes {
            if let Some(value) = value {
                trie.insert(&NoStore, &key, value.clone()).unwrap();
                content.insert(key, value);
            } else {
                let there = content.remove(&key).is_some();
                prop_assert_eq!(trie.delete(&NoStore, &key), Ok(there));
            }
            prop_assert_eq!(trie.root(), peer_root(&content));
        }
        for (key, value) in &content {
            prop_assert_eq!(trie.get(&NoStore, key).unwrap(), Some(value.as_slice()));
        }
    }

    #[test]
    fn trie_from_a_store_changes_as_one_in_memory(
        before in prop::collection::btree_map(key(), value(), 1..40),
        changes in prop::collection::vec((key(), prop::option::of(value())), 1..40)
    ) {
        let store = Store::default();
        let root = stored(&before, &store);
        prop_assert_eq!(root, peer_root(&before));
        let mut content = before;
        let mut trie = Trie::at(root);
        for (key, value) in changes {
            prop_assert_eq!(trie.get(&store, &key).unwrap(), content.get(&key).map(Vec::as_slice));
            if let Some(value) = value {
                trie.insert(&store, &key, value.clone()).unwrap();
                content.insert(key, value);
            } else if content.remove(&key).is_some() {
                // A sibling that no proof above has shown may be needed here.
                match trie.delete(&store, &key) {
                    Ok(there) => prop_assert!(there),
                    Err(error) => return Err(TestCaseError::fail(format!("{error:?}"))),
                }
            }
        }
        prop_assert_eq!(trie.root(), peer_root(&content));
    }

    #[test]
    fn proofs_convince_the_peer(
        content in prop::collection::btree_map(key(), value(), 1..40), absent in key()
    ) {
        let store = Store::default();
        let root = stored(&content, &store);
        let mut trie = Trie::at(root);
        for key in content.keys().chain([&absent]) {
            let proof = trie.prove(&store, key).unwrap();
            let nodes: Vec<_> = proof.iter().map(|n| alloy_primitives::Bytes::from(n.clone())).collect();
            let expected = content.get(key).cloned();
            verify_proof(root.0.into(), Nibbles::unpack(key), expected.clone(), &nodes).unwrap();
            let ours = ProofStore::new(proof);
            let mut from_proof = Trie::at(root);
            prop_assert_eq!(from_proof.get(&ours, key).unwrap(), expected.as_deref());
        }
    }

    #[test]
    fn lists_agree_with_the_peer(items in prop::collection::vec(value(), 0..300)) {
        let root = ordered_root::<()>(items.iter().cloned()).unwrap();
        let theirs = alloy_trie::root::ordered_trie_root_with_encoder(&items, |item, out| {
            out.extend_from_slice(item);
        });
        prop_assert_eq!(root.0, theirs.0);
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(rlp in prop::collection::vec(any::<u8>(), 0..80)) {
        let store = Store::default();
        let root = keccak256(&rlp);
        store.0.borrow_mut().insert(root, rlp);
        let _ = Trie::at(root).get(&store, &[0; 32]);
        let _ = ordered_list(&store, root);
    }
}

fn malformed(rlp: &[u8]) -> NodeError {
    let store = Store::default();
    let root = keccak256(rlp);
    store.0.borrow_mut().insert(root, rlp.to_vec());
    match Trie::at(root).get(&store, &[0; 32]) {
        Err(TrieError::Malformed { error, .. }) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn hostile_nodes_are_refused_by_name() {
    assert_eq!(malformed(&[0xc1, 0x80]), NodeError::Items(1));
    assert_eq!(malformed(&[0xc2, 0x20, 0x80]), NodeError::EmptyValue);
    assert_eq!(malformed(&[0xc2, 0x40, 0x01]), NodeError::Path);
    assert_eq!(malformed(&[0xc2, 0x01, 0x01]), NodeError::Path);
    assert_eq!(malformed(&[0xc2, 0x11, 0x80]), NodeError::Extension);
    assert_eq!(malformed(&[0xc4, 0x11, 0x82, 1, 1]), NodeError::Reference);
    let mut lonely = vec![0xd1, 0xc2, 0x31, 0x01];
    lonely.resize(20, 0x80);
    lonely[0] = 0xd3;
    assert_eq!(malformed(&lonely), NodeError::LonelyBranch);
}

#[test]
fn wrong_preimage_is_refused() {
    let store = Store::default();
    let root = Hash([7; 32]);
    store.0.borrow_mut().insert(root, vec![0xc2, 0x20, 0x01]);
    assert!(matches!(
        Trie::at(root).get(&store, &[0; 32]),
        Err(TrieError::Malformed {
            error: NodeError::WrongHash(_),
            ..
        })
    ));
}

#[test]
fn missing_node_is_named() {
    let root = Hash([7; 32]);
    let error = Trie::at(root).get(&Store::default(), &[0; 32]).unwrap_err();
    assert_eq!(
        error,
        TrieError::Store {
            hash: root,
            error: "missing"
        }
    );
}

/// Vouches for its nodes and writes down which siblings it was told of.
#[derive(Default)]
struct Vouching {
    nodes: Store,
    siblings: RefCell<Vec<Hash>>,
}

impl NodeStore for Vouching {
    type Error = &'static str;

    fn node(&self, hash: Hash) -> Result<Vec<u8>, &'static str> {
        self.nodes.node(hash)
    }

    fn vouches(&self) -> bool {
        true
    }

    fn expect_sibling(&self, hash: Hash) -> Result<(), &'static str> {
        self.siblings.borrow_mut().push(hash);
        Ok(())
    }
}

#[test]
fn store_that_vouches_is_believed_and_told_of_the_sibling_that_a_removal_loads() {
    let store = Vouching::default();
    let content: BTreeMap<_, _> = [([0x10; 32], vec![1; 40]), ([0x20; 32], vec![2; 40])].into();
    let root = stored(&content, &store.nodes);
    let mut trie = Trie::at(root);
    assert_eq!(trie.delete(&store, &[0x10; 32]), Ok(true));
    let siblings = store.siblings.take();
    assert_eq!(siblings.len(), 1);
    let rest = [([0x20; 32], vec![2; 40])].into();
    assert_eq!(trie.root(), peer_root(&rest));

    // Another node under the root's hash: only a store that vouches is believed.
    let other = store.nodes.0.borrow()[&siblings[0]].clone();
    store.nodes.0.borrow_mut().insert(root, other);
    assert!(Trie::at(root).get(&store, &[0x20; 32]).is_ok());
    assert!(Trie::at(root).get(&store.nodes, &[0x20; 32]).is_err());
}
