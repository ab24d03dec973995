//! State in memory.

use alloc::{collections::BTreeMap, vec::Vec};
use core::convert::Infallible;

use endgame_ortho_primitives::{Address, Hash, Word, keccak256};

use crate::{AccountChange, AccountInfo, Database};

/// An account with everything that it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryAccount {
    /// Transactions sent, or contracts created.
    pub nonce: u64,
    /// Wei.
    pub balance: Word,
    /// The code.
    pub code: Vec<u8>,
    /// Slots that are not 0.
    pub storage: BTreeMap<Word, Word>,
}

/// A whole state in memory: for tests, and for state that was made up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryDatabase {
    /// The accounts.
    pub accounts: BTreeMap<Address, MemoryAccount>,
    /// Code by its hash.
    codes: BTreeMap<Hash, Vec<u8>>,
}

impl MemoryDatabase {
    /// A state of these accounts.
    pub fn new(accounts: BTreeMap<Address, MemoryAccount>) -> Self {
        let codes = accounts
            .values()
            .map(|account| (keccak256(&account.code), account.code.clone()))
            .collect();
        Self { accounts, codes }
    }

    /// Makes a block's changes.
    pub fn apply(&mut self, changes: Vec<(Address, AccountChange)>) {
        for (address, change) in changes {
            let AccountChange::Updated {
                nonce,
                balance,
                code_hash,
                code,
                wiped,
                storage,
            } = change
            else {
                self.accounts.remove(&address);
                continue;
            };
            let account = self.accounts.entry(address).or_default();
            account.nonce = nonce;
            account.balance = balance;
            if let Some(code) = code {
                self.codes.insert(code_hash, code.clone());
                account.code = code;
            } else if code_hash == Hash::KECCAK_EMPTY {
                account.code.clear();
            }
            if wiped {
                account.storage.clear();
            }
            for (slot, value) in storage {
                if value.is_zero() {
                    account.storage.remove(&slot);
                } else {
                    account.storage.insert(slot, value);
                }
            }
        }
    }
}

impl Database for MemoryDatabase {
    type Error = Infallible;

    fn account(&mut self, address: Address) -> Result<Option<AccountInfo>, Infallible> {
        Ok(self.accounts.get(&address).map(|account| AccountInfo {
            nonce: account.nonce,
            balance: account.balance,
            code_hash: keccak256(&account.code),
            has_storage: !account.storage.is_empty(),
        }))
    }

    fn storage(&mut self, address: Address, slot: Word) -> Result<Word, Infallible> {
        let value = self
            .accounts
            .get(&address)
            .and_then(|account| account.storage.get(&slot));
        Ok(value.copied().unwrap_or_default())
    }

    fn code(&mut self, hash: Hash) -> Result<Vec<u8>, Infallible> {
        Ok(self.codes.get(&hash).cloned().unwrap_or_default())
    }

    /// The hash of the number's decimal digits, as state tests have it.
    fn block_hash(&mut self, number: u64) -> Result<Hash, Infallible> {
        Ok(keccak256(alloc::format!("{number}").as_bytes()))
    }
}
