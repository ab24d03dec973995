//! A state made from a list of accounts.

use alloc::{collections::BTreeMap, vec::Vec};

use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256};
use alloy_trie::TrieAccount;

use crate::trie::{Nothing, Trie, TrieError};

/// An account of a genesis block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GenesisAccount {
    /// Transactions sent, or 1 for a contract.
    pub nonce: u64,
    /// Wei.
    pub balance: U256,
    /// The contract's code, empty for none.
    pub code: Bytes,
    /// Slots by their key; zero values are left out.
    pub storage: BTreeMap<B256, U256>,
}

/// The state root of these accounts, and the trie nodes and codes behind it by their hash.
pub fn genesis_state(
    accounts: &BTreeMap<Address, GenesisAccount>,
) -> Result<(B256, Vec<(B256, Bytes)>), TrieError> {
    let mut preimages = Vec::new();
    let mut state = Trie::empty();
    for (address, account) in accounts {
        let mut storage = Trie::empty();
        for (slot, value) in account.storage.iter().filter(|(_, v)| !v.is_zero()) {
            let value = alloy_rlp::encode(value).into();
            storage.insert(keccak256(slot).as_slice(), value, &Nothing)?;
        }
        let code_hash = if account.code.is_empty() {
            KECCAK256_EMPTY
        } else {
            let hash = keccak256(&account.code);
            preimages.push((hash, account.code.clone()));
            hash
        };
        let leaf = TrieAccount {
            nonce: account.nonce,
            balance: account.balance,
            storage_root: storage.commit(&mut |hash, node| preimages.push((hash, node.into()))),
            code_hash,
        };
        let key = keccak256(address);
        state.insert(key.as_slice(), alloy_rlp::encode(leaf).into(), &Nothing)?;
    }
    let root = state.commit(&mut |hash, node| preimages.push((hash, node.into())));
    Ok((root, preimages))
}
