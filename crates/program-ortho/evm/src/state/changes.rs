//! What a block changed.

use alloc::vec::Vec;

use endgame_ortho_primitives::{Address, Hash, Word, meter};

use super::{Account, State};
use crate::Database;

/// An account that a block changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// It is no more.
    Removed,
    /// It is now so.
    Updated {
        /// Transactions sent, or contracts created.
        nonce: u64,
        /// Wei.
        balance: Word,
        /// keccak-256 of its code.
        code_hash: Hash,
        /// The code, if it was set here.
        code: Option<Vec<u8>>,
        /// Nothing that the storage had before is left.
        wiped: bool,
        /// Slots that changed; 0 where one was cleared.
        storage: Vec<(Word, Word)>,
    },
}

impl<D: Database> State<D> {
    /// What changed since the state was made, by address and slot.
    pub fn changes(&self) -> Vec<(Address, AccountChange)> {
        meter::work(self.accounts.len());
        let mut changes: Vec<_> = self
            .accounts
            .iter()
            .filter_map(|account| change(account).map(|change| (account.address, change)))
            .collect();
        changes.sort_unstable_by_key(|(address, _)| *address);
        changes
    }
}

fn change(account: &Account) -> Option<AccountChange> {
    if account.is_empty() {
        // EIP-161: what is touched and empty is removed.
        let removed = account.touched && account.base.is_some();
        return removed.then_some(AccountChange::Removed);
    }
    meter::work(account.storage.capacity());
    let mut storage: Vec<_> = account
        .storage
        .iter()
        .filter(|(_, slot)| slot.current != slot.base)
        .map(|(key, slot)| (*key, slot.current))
        .collect();
    storage.sort_unstable();
    let same = account.base.is_some_and(|base| {
        base.nonce == account.nonce
            && base.balance == account.balance
            && base.code_hash == account.code_hash
    });
    if same && storage.is_empty() && !account.wiped {
        return None;
    }
    let code = match &account.code {
        Some(code) if account.new_code => {
            meter::work(code.len());
            Some(code.bytes().to_vec())
        }
        _ => None,
    };
    Some(AccountChange::Updated {
        nonce: account.nonce,
        balance: account.balance,
        code_hash: account.code_hash,
        code,
        wiped: account.wiped,
        storage,
    })
}
