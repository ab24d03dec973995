//! The way back.

use alloc::rc::Rc;

use endgame_ortho_primitives::{Hash, Word, meter};

use super::{AccountId, State};
use crate::{Code, Database};

/// What was before a change.
#[derive(Debug)]
pub(super) enum Entry {
    /// An account was cold.
    Warm(AccountId),
    /// An account was not touched.
    Touch(AccountId),
    Balance {
        id: AccountId,
        balance: Word,
        touched: bool,
    },
    Nonce {
        id: AccountId,
        nonce: u64,
    },
    Code {
        id: AccountId,
        hash: Hash,
        code: Option<Rc<Code>>,
        new_code: bool,
    },
    Created {
        id: AccountId,
        before: u32,
    },
    /// The last of the destroyed was not.
    Destroyed,
    /// A slot was cold.
    WarmSlot {
        id: AccountId,
        slot: Word,
    },
    Storage {
        id: AccountId,
        slot: Word,
        value: Word,
    },
    Transient {
        id: AccountId,
        slot: Word,
        value: Word,
    },
}

/// A point to go back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checkpoint {
    journal: usize,
    logs: usize,
    refund: i64,
}

impl<D: Database> State<D> {
    /// A point to go back to.
    pub(crate) fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            journal: self.journal.len(),
            logs: self.logs.len(),
            refund: self.refund,
        }
    }

    /// Undoes everything since.
    pub(crate) fn revert(&mut self, checkpoint: Checkpoint) {
        meter::work(1 + self.logs.len() - checkpoint.logs.min(self.logs.len()));
        self.logs.truncate(checkpoint.logs);
        self.refund = checkpoint.refund;
        while self.journal.len() > checkpoint.journal {
            if let Some(entry) = self.journal.pop() {
                meter::work(1);
                self.undo(entry);
            }
        }
    }

    fn undo(&mut self, entry: Entry) {
        match entry {
            Entry::Warm(id) => self.account_mut(id).warm_in = 0,
            Entry::Touch(id) => self.account_mut(id).touched = false,
            Entry::Balance {
                id,
                balance,
                touched,
            } => {
                let account = self.account_mut(id);
                account.balance = balance;
                account.touched = touched;
            }
            Entry::Nonce { id, nonce } => self.account_mut(id).nonce = nonce,
            Entry::Code {
                id,
                hash,
                code,
                new_code,
            } => {
                let account = self.account_mut(id);
                account.code_hash = hash;
                account.code = code;
                account.new_code = new_code;
            }
            Entry::Created { id, before } => self.account_mut(id).created_in = before,
            Entry::Destroyed => {
                if let Some(id) = self.destroyed.pop() {
                    self.account_mut(id).destroyed_in = 0;
                }
            }
            Entry::WarmSlot { id, slot } => {
                if let Some(slot) = self.account_mut(id).storage.get_mut(&slot) {
                    slot.warm_in = 0;
                }
            }
            Entry::Storage { id, slot, value } => {
                if let Some(slot) = self.account_mut(id).storage.get_mut(&slot) {
                    slot.current = value;
                }
            }
            Entry::Transient { id, slot, value } => {
                self.transient.insert((id, slot), value);
            }
        }
    }
}
