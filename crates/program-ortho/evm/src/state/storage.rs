//! Storage, persistent and transient.

use endgame_ortho_primitives::{Address, Word};

use super::{AccountId, Entry, State, account::Slot};
use crate::Database;

/// What SSTORE needs to know of a slot (EIP-2200's terms).
#[derive(Clone, Copy, Debug)]
pub(crate) struct SlotValues {
    /// Before the transaction.
    pub(crate) original: Word,
    /// Now.
    pub(crate) current: Word,
}

impl<D: Database> State<D> {
    /// The slot if it is warm (EIP-2929).
    #[inline]
    pub(crate) fn warm_slot(&self, id: AccountId, slot: Word) -> Option<SlotValues> {
        let slot = self.account(id).storage.get(&slot)?;
        (slot.warm_in == self.transaction).then_some(SlotValues {
            original: slot.original,
            current: slot.current,
        })
    }

    /// Loads a slot and warms it, until a revert.
    pub(crate) fn warm_up_slot(
        &mut self,
        id: AccountId,
        key: Word,
    ) -> Result<SlotValues, D::Error> {
        let transaction = self.transaction;
        let slot = self.load_slot(id, key)?;
        if slot.loaded_in != transaction {
            slot.loaded_in = transaction;
            slot.original = slot.current;
        }
        let cold = slot.warm_in != transaction;
        slot.warm_in = transaction;
        let values = SlotValues {
            original: slot.original,
            current: slot.current,
        };
        if cold {
            self.journal.push(Entry::WarmSlot { id, slot: key });
        }
        Ok(values)
    }

    fn load_slot(&mut self, id: AccountId, key: Word) -> Result<&mut Slot, D::Error> {
        let account = self.account(id);
        let address = account.address;
        let absent = account.base.is_none() || account.wiped;
        let loaded = account.storage.contains_key(&key);
        let value = if loaded || absent {
            Word::ZERO
        } else {
            self.database.storage(address, key)?
        };
        let slot = Slot {
            base: value,
            original: value,
            current: value,
            loaded_in: self.transaction,
            warm_in: 0,
        };
        Ok(self.account_mut(id).storage.entry(key).or_insert(slot))
    }

    /// What a slot holds now, outside any transaction: warms nothing.
    pub fn storage(&mut self, address: Address, slot: Word) -> Result<Word, D::Error> {
        let id = self.load(address)?;
        Ok(self.load_slot(id, slot)?.current)
    }

    /// Sets a slot that was loaded.
    pub(crate) fn set_storage(&mut self, id: AccountId, key: Word, value: Word) {
        if let Some(slot) = self.account_mut(id).storage.get_mut(&key) {
            let before = core::mem::replace(&mut slot.current, value);
            self.journal.push(Entry::Storage {
                id,
                slot: key,
                value: before,
            });
        }
    }

    /// A slot of transient storage (EIP-1153).
    pub(crate) fn transient(&self, id: AccountId, slot: Word) -> Word {
        self.transient.get(&(id, slot)).copied().unwrap_or_default()
    }

    /// Sets a slot of transient storage.
    pub(crate) fn set_transient(&mut self, id: AccountId, slot: Word, value: Word) {
        let before = self.transient.insert((id, slot), value).unwrap_or_default();
        self.journal.push(Entry::Transient {
            id,
            slot,
            value: before,
        });
    }
}
