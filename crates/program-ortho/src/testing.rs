//! An oracle of known preimages, for tests.

use alloc::{collections::BTreeMap, rc::Rc, string::String, vec::Vec};
use core::cell::RefCell;

use endgame_ortho_primitives::{Hash, keccak256};
use endgame_ortho_rlp::Encoder;
use endgame_ortho_trie::{NoStore, Trie};
use endgame_preimage::{LocalIndex, OracleError, PreimageKey, PreimageOracle};

use crate::oracle::{Oracle, Place};

/// Serves what was put in, right or wrong, and writes hints down.
#[derive(Clone, Debug, Default)]
pub(crate) struct Served {
    preimages: Rc<RefCell<BTreeMap<PreimageKey, Vec<u8>>>>,
    hints: Rc<RefCell<Vec<String>>>,
}

impl Served {
    pub(crate) fn natively(&self) -> Oracle {
        Oracle::new(self.clone(), Place::Native)
    }

    pub(crate) fn in_vm(&self) -> Oracle {
        Oracle::new(self.clone(), Place::Vm)
    }

    pub(crate) fn put(&self, key: PreimageKey, value: Vec<u8>) {
        self.preimages.borrow_mut().insert(key, value);
    }

    pub(crate) fn remove(&self, key: PreimageKey) {
        self.preimages.borrow_mut().remove(&key);
    }

    pub(crate) fn local(&self, index: LocalIndex, value: &[u8]) {
        self.put(PreimageKey::local(index), value.to_vec());
    }

    pub(crate) fn keccak(&self, value: Vec<u8>) -> Hash {
        let hash = keccak256(&value);
        self.put(PreimageKey::keccak256(hash.0), value);
        hash
    }

    /// Puts in the trie of a list of items of at least 32 bytes; its root.
    pub(crate) fn list(&self, items: &[Vec<u8>]) -> Hash {
        let mut trie = Trie::new();
        let key = |index: usize| {
            let mut encoder = Encoder::new();
            encoder.u64(index as u64);
            encoder.finish()
        };
        for (index, item) in items.iter().enumerate() {
            trie.insert(&NoStore, &key(index), item.clone()).unwrap();
        }
        for index in 0..items.len() {
            for node in trie.prove(&NoStore, &key(index)).unwrap() {
                self.keccak(node);
            }
        }
        trie.root()
    }

    /// The hints since this was last asked for.
    pub(crate) fn hints(&self) -> Vec<String> {
        self.hints.take()
    }
}

impl PreimageOracle for Served {
    fn hint(&self, hint: &[u8]) -> Result<(), OracleError> {
        let text = String::from_utf8(hint.to_vec()).unwrap();
        self.hints.borrow_mut().push(text);
        Ok(())
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        let found = self.preimages.borrow().get(&key).cloned();
        found.ok_or(OracleError::NotFound(key))
    }
}
