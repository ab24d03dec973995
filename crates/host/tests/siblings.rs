//! The sibling that a trie deletion needs, from an L2 node with nothing but `eth_getProof`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256};
use alloy_trie::{HashBuilder, Nibbles, TrieAccount, proof::ProofRetainer};
use endgame_host::Config;
use endgame_preimage::PreimageOracle;
use serde_json::{Value, json};
use support::{Asked, Provider, Reply, hint, host, key_of, limits, urls};

const OWNER: Address = Address::repeat_byte(0x42);
const PARENT: u64 = 7;

/// The root of a trie over hashed keys, and the proof of one of them.
fn prove(leaves: &BTreeMap<B256, Vec<u8>>, key: B256) -> (B256, Vec<Bytes>) {
    let target = Nibbles::unpack(key);
    let retainer: ProofRetainer = ProofRetainer::new(vec![target]);
    let mut builder = HashBuilder::default().with_proof_retainer(retainer);
    for (key, value) in leaves {
        builder.add_leaf(Nibbles::unpack(key), value);
    }
    let root = builder.root();
    let nodes = builder.take_proof_nodes().into_nodes_sorted();
    (root, nodes.into_iter().map(|(_, node)| node).collect())
}

/// Slots and their values.
#[derive(Clone)]
struct Storage(BTreeMap<B256, U256>);

impl Storage {
    fn leaves(&self) -> BTreeMap<B256, Vec<u8>> {
        let leaf = |(slot, value): (&B256, &U256)| (keccak256(slot), alloy_rlp::encode(value));
        self.0.iter().map(leaf).collect()
    }

    fn proof(&self, slot: B256) -> (B256, Vec<Bytes>) {
        prove(&self.leaves(), keccak256(slot))
    }

    fn without(&self, slot: B256) -> Self {
        let mut other = self.clone();
        other.0.remove(&slot);
        other
    }

    /// What `eth_getProof` answers about the owner.
    fn rpc(&self, asked: &Asked) -> Value {
        let storage = asked.params[1].as_array().unwrap().iter().map(|slot| {
            let slot: B256 = slot.as_str().unwrap().parse().unwrap();
            json!({ "key": slot, "value": "0x0", "proof": self.proof(slot).1 })
        });
        let account = TrieAccount {
            nonce: 1,
            balance: U256::ZERO,
            storage_root: self.proof(B256::ZERO).0,
            code_hash: KECCAK256_EMPTY,
        };
        let accounts = [(keccak256(OWNER), alloy_rlp::encode(account))].into();
        let asked_for: Address = asked.params[0].as_str().unwrap().parse().unwrap();
        json!({
            "accountProof": prove(&accounts, keccak256(asked_for)).1,
            "storageProof": storage.collect::<Vec<_>>(),
        })
    }
}

/// An L2 node with the state before and after the block that deletes.
fn node(before: Storage, after: Storage) -> Provider {
    Provider::new(move |asked| {
        let block = asked.params[2].as_str();
        match (asked.method.as_str(), block) {
            ("eth_getProof", Some("0x7")) => Reply::Is(before.rpc(asked)),
            ("eth_getProof", Some("0x8")) => Reply::Is(after.rpc(asked)),
            _ => Reply::NO_METHOD,
        }
    })
}

/// Two slots whose hashes have exactly `nibbles` in common at the start.
fn neighbours(nibbles: usize) -> (B256, B256) {
    let mut seen = BTreeMap::<Vec<u8>, (u8, B256)>::new();
    for number in 0_u64.. {
        let slot = B256::from(U256::from(number));
        let path = Nibbles::unpack(keccak256(slot)).to_vec();
        let next = path[nibbles];
        match seen.insert(path[..nibbles].to_vec(), (next, slot)) {
            Some((other, neighbour)) if other != next => return (neighbour, slot),
            _ => {}
        }
    }
    unreachable!("there are enough numbers")
}

/// Whether a run that deletes one of two slots with such a common start gets the other's leaf.
fn sibling_is_found(nibbles: usize) {
    let (deleted, left) = neighbours(nibbles);
    let others = (1_000_000..1_000_040_u64).map(|number| B256::from(U256::from(number)));
    let slots = others
        .filter(|slot| {
            // Nothing else under the branch that collapses.
            let path = Nibbles::unpack(keccak256(slot));
            !path.starts_with(&Nibbles::unpack(keccak256(left)).slice(..nibbles))
        })
        .chain([deleted, left]);
    let before = Storage(slots.map(|slot| (slot, U256::MAX)).collect());
    let after = before.without(deleted);
    let sibling = before.proof(left).1.pop().unwrap();
    assert!(
        !before.proof(deleted).1.contains(&sibling),
        "the proof of the deleted slot does not have it"
    );

    let provider = node(before, after);
    let host = host(&Config {
        l2_rpc: urls([&provider]),
        limits: limits(),
        ..Config::default()
    });
    let data = [
        &PARENT.to_be_bytes()[..],
        OWNER.as_slice(),
        deleted.as_slice(),
    ]
    .concat();
    hint(&host, "l2-account-storage-proof", &data);
    hint(&host, "l2-state-node", keccak256(&sibling).as_slice());
    assert_eq!(host.get(key_of(&sibling)).unwrap(), sibling);
    assert!(provider.count("debug_") > 0, "a witness would be cheaper");
}

#[test]
fn sibling_deep_in_the_trie_is_rebuilt_from_the_state_after_the_block() {
    sibling_is_found(5);
}

#[test]
fn sibling_high_in_the_trie_is_found_below_its_path_in_the_state_before() {
    sibling_is_found(2);
}
