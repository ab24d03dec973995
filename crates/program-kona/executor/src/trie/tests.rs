//! Tries against alloy's hash builder, and refusals.

use alloc::{collections::BTreeMap, vec, vec::Vec};
use std::{cell::RefCell, collections::HashMap};

use alloy_primitives::{B256, Bytes, keccak256};
use alloy_trie::{HashBuilder, Nibbles};
use proptest::prelude::*;

use super::{EMPTY_ROOT, Nothing, Trie, TrieError, ordered_list, ordered_root};
use crate::{PreimageError, PreimageKind, Preimages};

/// Holds what tries commit and counts what is read.
#[derive(Debug, Default)]
struct Store {
    nodes: HashMap<B256, Bytes>,
    read: RefCell<usize>,
}

impl Store {
    fn commit(&mut self, trie: &mut Trie) -> B256 {
        trie.commit(&mut |hash, node| {
            assert_eq!(keccak256(&node), hash);
            self.nodes.insert(hash, node.into());
        })
    }
}

impl Preimages for Store {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        *self.read.borrow_mut() += 1;
        let node = self.nodes.get(&hash).cloned();
        node.ok_or(PreimageError::NotFound { kind, hash })
    }
}

fn expected_root(map: &BTreeMap<Vec<u8>, Vec<u8>>) -> B256 {
    let mut builder = HashBuilder::default();
    for (key, value) in map {
        builder.add_leaf(Nibbles::unpack(key), value);
    }
    builder.root()
}

/// Two-byte keys from a small alphabet, so that they share prefixes and inline nodes occur.
fn key() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop::sample::select(vec![0x00, 0x01, 0x10, 0x11, 0xf0, 0xff]);
    prop::collection::vec(byte, 3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is inserted, removed, committed and read back, the root is that of the map.
    #[test]
    fn root_is_that_of_the_map(
        operations in prop::collection::vec(
            (key(), prop::option::of(prop::collection::vec(any::<u8>(), 1..40)), any::<bool>()),
            1..60,
        ),
    ) {
        let mut store = Store::default();
        let (mut trie, mut map) = (Trie::empty(), BTreeMap::new());
        for (key, value, reopen) in operations {
            if let Some(value) = value {
                trie.insert(&key, value.clone().into(), &store).unwrap();
                map.insert(key.clone(), value);
            } else {
                let removed = trie.remove(&key, &store).unwrap();
                prop_assert_eq!(removed, map.remove(&key).is_some());
            }
            prop_assert_eq!(
                trie.get(&key, &store).unwrap(),
                map.get(&key).cloned().map(Bytes::from)
            );
            if reopen {
                let root = store.commit(&mut trie);
                prop_assert_eq!(root, expected_root(&map));
                trie = Trie::new(root);
            }
        }
        prop_assert_eq!(store.commit(&mut trie), expected_root(&map));
    }

    /// Bytes that are no node are refused, never a panic.
    #[test]
    fn arbitrary_bytes_do_not_panic(raw in prop::collection::vec(any::<u8>(), 0..80)) {
        let hash = keccak256(&raw);
        let store = Store { nodes: [(hash, raw.into())].into(), ..Store::default() };
        let mut trie = Trie::new(hash);
        let _ = trie.get(&[0x12, 0x34], &store);
        let _ = trie.insert(&[0x12, 0x34], Bytes::from_static(b"x"), &store);
        let _ = trie.remove(&[0x56, 0x78], &store);
    }
}

#[test]
fn proof_of_a_key_verifies() {
    let mut store = Store::default();
    let mut trie = Trie::empty();
    for i in 0..200u32 {
        let key = keccak256(i.to_be_bytes());
        trie.insert(key.as_slice(), i.to_be_bytes().to_vec().into(), &store)
            .unwrap();
    }
    let root = store.commit(&mut trie);
    let key = keccak256(7u32.to_be_bytes());
    let proof = Trie::new(root).proof(key.as_slice(), &store).unwrap();
    assert_eq!(keccak256(&proof[0]), root);
    let value = Some(7u32.to_be_bytes().to_vec());
    alloy_trie::proof::verify_proof(root, Nibbles::unpack(key), value, &proof).unwrap();
    let absent = keccak256(999u32.to_be_bytes());
    let proof = trie.proof(absent.as_slice(), &store).unwrap();
    alloy_trie::proof::verify_proof(root, Nibbles::unpack(absent), None, &proof).unwrap();
}

#[test]
fn empty_root_is_asked_of_nobody() {
    let mut trie = Trie::new(EMPTY_ROOT);
    assert_eq!(trie.get(&[1], &Nothing).unwrap(), None);
    assert_eq!(trie.commit(&mut |_, _| unreachable!()), EMPTY_ROOT);
    assert_eq!(
        ordered_list(EMPTY_ROOT, &Nothing).unwrap(),
        Vec::<Bytes>::new()
    );
    assert_eq!(ordered_root([]).unwrap(), EMPTY_ROOT);
}

#[test]
fn missing_node_is_named() {
    let root = B256::repeat_byte(7);
    let error = Trie::new(root).get(&[1], &Nothing).unwrap_err();
    let expected = PreimageError::NotFound {
        kind: PreimageKind::Node,
        hash: root,
    };
    assert_eq!(error, TrieError::Preimage(expected));
}

#[test]
fn removal_reads_the_sibling_and_nothing_else() {
    let mut store = Store::default();
    let mut trie = Trie::empty();
    let long = Bytes::from_static(&[7; 40]);
    for key in [[0x10, 0], [0x20, 0], [0x30, 0]] {
        trie.insert(&key, long.clone(), &store).unwrap();
    }
    let root = store.commit(&mut trie);
    let mut trie = Trie::new(root);
    trie.remove(&[0x10, 0], &store).unwrap();
    assert_eq!(*store.read.borrow(), 2, "the root and the leaf");
    trie.remove(&[0x20, 0], &store).unwrap();
    assert_eq!(*store.read.borrow(), 4, "the leaf and its last sibling");
}

#[test]
fn key_that_ends_inside_another_is_refused() {
    let mut trie = Trie::empty();
    trie.insert(&[1, 2], Bytes::from_static(b"a"), &Nothing)
        .unwrap();
    let error = trie.insert(&[1], Bytes::from_static(b"b"), &Nothing);
    assert_eq!(error, Err(TrieError::Prefix));
}

#[test]
fn list_of_any_length_reads_back() {
    for len in [1usize, 2, 127, 128, 129, 300] {
        let items: Vec<Bytes> = (0..len).map(|i| vec![i as u8; 1 + i % 50].into()).collect();
        let mut store = Store::default();
        let mut trie = Trie::empty();
        for (i, item) in items.iter().enumerate() {
            let key = alloy_rlp::encode(i);
            trie.insert(&key, item.clone(), &store).unwrap();
        }
        let root = store.commit(&mut trie);
        assert_eq!(ordered_root(items.clone()).unwrap(), root);
        assert_eq!(ordered_list(root, &store).unwrap(), items, "{len}");
    }
}
