//! An account while a block runs.

use alloc::rc::Rc;

use endgame_ortho_primitives::{Address, Hash, Word};

use crate::{
    AccountInfo, Code,
    hasher::{Keyed, Table},
};

/// An account's place in the table of loaded accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AccountId(pub(crate) u32);

/// A loaded account.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) address: Address,
    /// As the database has it.
    pub(crate) base: Option<AccountInfo>,
    pub(crate) nonce: u64,
    pub(crate) balance: Word,
    pub(crate) code_hash: Hash,
    /// The code of `code_hash`, once it was needed.
    pub(crate) code: Option<Rc<Code>>,
    /// The code was set here: the database may not have it.
    pub(crate) new_code: bool,
    pub(crate) storage: Table<Word, Slot>,
    /// What the database has in storage counts no more.
    pub(crate) wiped: bool,
    /// Storage was not empty before (EIP-7610).
    pub(crate) has_storage: bool,
    /// Removed at the end if it is empty (EIP-161).
    pub(crate) touched: bool,
    /// The last transaction that found it warm.
    pub(crate) warm_in: u32,
    /// The last transaction that created it.
    pub(crate) created_in: u32,
    /// The last transaction in which it destroyed itself.
    pub(crate) destroyed_in: u32,
}

/// A slot of storage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    /// As the database has it.
    pub(crate) base: Word,
    /// Before the transaction that is named in `loaded_in` (EIP-2200).
    pub(crate) original: Word,
    pub(crate) current: Word,
    /// The transaction that `original` belongs to.
    pub(crate) loaded_in: u32,
    /// The last transaction that found it warm.
    pub(crate) warm_in: u32,
}

impl Account {
    pub(crate) fn new(address: Address, base: Option<AccountInfo>, key: Keyed) -> Self {
        let info = base.unwrap_or(AccountInfo {
            code_hash: Hash::KECCAK_EMPTY,
            ..AccountInfo::default()
        });
        Self {
            address,
            base,
            nonce: info.nonce,
            balance: info.balance,
            code_hash: info.code_hash,
            code: None,
            new_code: false,
            storage: Table::with_hasher(key),
            wiped: false,
            has_storage: info.has_storage,
            touched: false,
            warm_in: 0,
            created_in: 0,
            destroyed_in: 0,
        }
    }

    /// Neither nonce, balance nor code (EIP-161).
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.nonce == 0 && self.balance.is_zero() && !self.has_code()
    }

    #[inline]
    pub(crate) fn has_code(&self) -> bool {
        self.code_hash != Hash::KECCAK_EMPTY
    }

    /// Whether a contract can't be created here (EIP-684, EIP-7610).
    pub(crate) fn is_taken(&self) -> bool {
        self.nonce != 0 || self.has_code() || self.has_storage
    }
}
