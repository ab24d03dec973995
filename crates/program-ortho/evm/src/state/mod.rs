//! The state while a block runs: what was loaded, what changed, and the way back.

mod account;
mod changes;
mod journal;
mod storage;

use alloc::{rc::Rc, vec::Vec};

use endgame_ortho_primitives::{Address, Hash, Word, keccak256};
use endgame_ortho_types::Log;

use crate::{
    Code, Database,
    hasher::{Keyed, Table, empty},
};
pub(crate) use account::{Account, AccountId};
pub use changes::AccountChange;
pub(crate) use journal::Checkpoint;
use journal::Entry;
pub(crate) use storage::SlotValues;

/// State over a [`Database`]. Lives for one block or several.
#[derive(Debug)]
pub struct State<D> {
    /// Where untouched state comes from.
    pub database: D,
    key: Keyed,
    accounts: Vec<Account>,
    ids: Table<Address, AccountId>,
    codes: Table<Hash, Rc<Code>>,
    transient: Table<(AccountId, Word), Word>,
    /// Addresses and slots that are warm before anything runs (EIP-2930, EIP-3651). They are
    /// loaded only when something runs that needs them.
    warm_addresses: Table<Address, ()>,
    warm_slots: Table<(Address, Word), ()>,
    journal: Vec<Entry>,
    pub(crate) logs: Vec<Log>,
    pub(crate) refund: i64,
    /// The transaction now running, counted from 1: warmth and original values are its own.
    transaction: u32,
    destroyed: Vec<AccountId>,
}

impl<D: Database> State<D> {
    /// Nothing loaded yet. `key` is best something that neither users nor the contracts that run can
    /// know: it keeps the tables in memory fast whatever addresses and slots they choose.
    pub fn new(database: D, key: u64) -> Self {
        let key = Keyed(key);
        Self {
            database,
            key,
            accounts: Vec::new(),
            ids: Table::with_hasher(key),
            codes: Table::with_hasher(key),
            transient: Table::with_hasher(key),
            warm_addresses: Table::with_hasher(key),
            warm_slots: Table::with_hasher(key),
            journal: Vec::new(),
            logs: Vec::new(),
            refund: 0,
            transaction: 0,
            destroyed: Vec::new(),
        }
    }

    /// Starts a transaction: everything is cold.
    pub(crate) fn begin_transaction(&mut self) {
        self.transaction += 1;
        empty(&mut self.transient);
        empty(&mut self.warm_addresses);
        empty(&mut self.warm_slots);
        self.journal.clear();
        self.logs.clear();
        self.destroyed.clear();
        self.refund = 0;
    }

    /// Ends a transaction: what destroyed itself is gone.
    pub(crate) fn end_transaction(&mut self) {
        for id in core::mem::take(&mut self.destroyed) {
            let account = self.account_mut(id);
            account.nonce = 0;
            account.balance = Word::ZERO;
            account.code_hash = Hash::KECCAK_EMPTY;
            account.code = None;
            account.new_code = false;
            empty(&mut account.storage);
            account.wiped = true;
            account.touched = true;
            account.has_storage = false;
        }
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "ids are indices that this table handed out, and it never shrinks"
    )]
    #[inline]
    pub(crate) fn account(&self, id: AccountId) -> &Account {
        &self.accounts[id.0 as usize]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "ids are indices that this table handed out, and it never shrinks"
    )]
    #[inline]
    fn account_mut(&mut self, id: AccountId) -> &mut Account {
        &mut self.accounts[id.0 as usize]
    }

    /// An account, loaded if it was not. Does not warm it.
    pub(crate) fn load(&mut self, address: Address) -> Result<AccountId, D::Error> {
        if let Some(id) = self.ids.get(&address) {
            return Ok(*id);
        }
        let base = self.database.account(address)?;
        let id = AccountId(self.accounts.len() as u32);
        self.accounts.push(Account::new(address, base, self.key));
        self.ids.insert(address, id);
        Ok(id)
    }

    /// The account if it is warm (EIP-2929).
    #[inline]
    pub(crate) fn warm_account(&self, address: &Address) -> Option<AccountId> {
        let id = *self.ids.get(address)?;
        (self.account(id).warm_in == self.transaction).then_some(id)
    }

    /// Makes an address warm from the transaction's start.
    pub(crate) fn warm_from_start(&mut self, address: Address) {
        self.warm_addresses.insert(address, ());
    }

    /// Makes a slot warm from the transaction's start.
    pub(crate) fn warm_slot_from_start(&mut self, address: Address, slot: Word) {
        self.warm_slots.insert((address, slot), ());
    }

    /// Whether an address was warm from the start.
    pub(crate) fn was_warm(&self, address: &Address) -> bool {
        self.warm_addresses.contains_key(address)
    }

    /// Whether a slot was warm from the start.
    pub(crate) fn was_slot_warm(&self, id: AccountId, slot: Word) -> bool {
        !self.warm_slots.is_empty()
            && self
                .warm_slots
                .contains_key(&(self.account(id).address, slot))
    }

    /// Warms an account, until a revert.
    pub(crate) fn warm_up(&mut self, address: Address) -> Result<AccountId, D::Error> {
        let id = self.load(address)?;
        let transaction = self.transaction;
        let account = self.account_mut(id);
        if account.warm_in != transaction {
            account.warm_in = transaction;
            self.journal.push(Entry::Warm(id));
        }
        Ok(id)
    }

    /// The account's code.
    pub(crate) fn code(&mut self, id: AccountId) -> Result<Rc<Code>, D::Error> {
        let account = self.account(id);
        if let Some(code) = &account.code {
            return Ok(code.clone());
        }
        let hash = account.code_hash;
        let code = if hash == Hash::KECCAK_EMPTY {
            Rc::default()
        } else if let Some(code) = self.codes.get(&hash) {
            code.clone()
        } else {
            let code = Rc::new(Code::new(self.database.code(hash)?));
            self.codes.insert(hash, code.clone());
            code
        };
        self.account_mut(id).code = Some(code.clone());
        Ok(code)
    }

    /// An account's nonce now.
    pub fn nonce(&mut self, address: Address) -> Result<u64, D::Error> {
        let id = self.load(address)?;
        Ok(self.account(id).nonce)
    }

    /// Puts code at an address outside any transaction: what a fork's activation does.
    pub fn deploy(&mut self, address: Address, code: Vec<u8>) -> Result<(), D::Error> {
        let id = self.load(address)?;
        self.set_code(id, code);
        Ok(())
    }

    /// Sets an account's code.
    pub(crate) fn set_code(&mut self, id: AccountId, code: Vec<u8>) {
        let hash = if code.is_empty() {
            Hash::KECCAK_EMPTY
        } else {
            keccak256(&code)
        };
        let code = if let Some(known) = self.codes.get(&hash) {
            known.clone()
        } else {
            let code = Rc::new(Code::new(code));
            self.codes.insert(hash, code.clone());
            code
        };
        let account = self.account_mut(id);
        let entry = Entry::Code {
            id,
            hash: account.code_hash,
            code: account.code.replace(code),
            new_code: account.new_code,
        };
        account.code_hash = hash;
        account.new_code = true;
        account.touched = true;
        self.journal.push(entry);
    }

    pub(crate) fn set_balance(&mut self, id: AccountId, balance: Word) {
        let account = self.account_mut(id);
        let entry = Entry::Balance {
            id,
            balance: account.balance,
            touched: account.touched,
        };
        account.balance = balance;
        account.touched = true;
        self.journal.push(entry);
    }

    /// Adds to a balance. There is less than 2^256 wei in all, so it can't wrap.
    pub(crate) fn add_balance(&mut self, id: AccountId, value: Word) {
        let balance = self.account(id).balance.wrapping_add(value);
        self.set_balance(id, balance);
    }

    pub(crate) fn set_nonce(&mut self, id: AccountId, nonce: u64) {
        let account = self.account_mut(id);
        let entry = Entry::Nonce {
            id,
            nonce: account.nonce,
        };
        account.nonce = nonce;
        account.touched = true;
        self.journal.push(entry);
    }

    /// Moves `value`, touching the receiver; false if the sender has less.
    pub(crate) fn transfer(&mut self, from: AccountId, to: AccountId, value: Word) -> bool {
        if value.is_zero() {
            let account = self.account_mut(to);
            if !account.touched {
                account.touched = true;
                self.journal.push(Entry::Touch(to));
            }
            return true;
        }
        let Some(rest) = self.account(from).balance.checked_sub(value) else {
            return false;
        };
        self.set_balance(from, rest);
        self.add_balance(to, value);
        true
    }

    /// Marks an account as created by this transaction and gives it its first nonce (EIP-161).
    pub(crate) fn create(&mut self, id: AccountId) {
        let transaction = self.transaction;
        let account = self.account_mut(id);
        let before = core::mem::replace(&mut account.created_in, transaction);
        self.journal.push(Entry::Created { id, before });
        self.set_nonce(id, 1);
    }

    /// Whether this transaction created the account.
    pub(crate) fn is_new(&self, id: AccountId) -> bool {
        self.account(id).created_in == self.transaction
    }

    /// Removes the account when the transaction ends.
    pub(crate) fn destroy(&mut self, id: AccountId) {
        let transaction = self.transaction;
        let account = self.account_mut(id);
        if account.destroyed_in != transaction {
            account.destroyed_in = transaction;
            self.destroyed.push(id);
            self.journal.push(Entry::Destroyed);
        }
    }
}
