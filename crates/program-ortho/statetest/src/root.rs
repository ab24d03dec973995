//! Roots of whole states.

use std::collections::BTreeMap;

use endgame_ortho_evm::MemoryAccount;
use endgame_ortho_primitives::{Address, Hash, keccak256};
use endgame_ortho_rlp::Encoder;
use endgame_ortho_trie::{NoStore, Trie};
use endgame_ortho_types::Account;

/// The root of the trie of these accounts.
pub fn state_root(accounts: &BTreeMap<Address, MemoryAccount>) -> Hash {
    let mut trie = Trie::new();
    for (address, account) in accounts {
        let leaf = Account {
            nonce: account.nonce,
            balance: account.balance,
            storage_root: storage_root(account),
            code_hash: keccak256(&account.code),
        };
        insert(&mut trie, &address.0, leaf.encode());
    }
    trie.root()
}

fn storage_root(account: &MemoryAccount) -> Hash {
    let mut trie = Trie::new();
    for (slot, value) in &account.storage {
        let mut encoder = Encoder::new();
        encoder.word(*value);
        insert(&mut trie, &slot.to_be_bytes(), encoder.finish());
    }
    trie.root()
}

fn insert(trie: &mut Trie, key: &[u8], value: Vec<u8>) {
    // Neither can a trie in memory lack a node, nor is any value here empty.
    let _ = trie.insert(&NoStore, &keccak256(key).0, value);
}
