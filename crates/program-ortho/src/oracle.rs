//! The oracle as the program's parts see it: hints, checks and typed reads.

use alloc::{boxed::Box, rc::Rc, vec::Vec};
use core::fmt;

use endgame_ortho_crypto::sha256;
use endgame_ortho_primitives::{Hash, keccak256};
use endgame_ortho_trie::{NodeStore, ordered_list};
use endgame_preimage::{Hint, KeyType, PreimageKey, PreimageOracle};

use crate::PreimageError;

/// Whom a run trusts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nobody: each preimage is checked against its key.
    Native,
    /// The VM: L1 checks each preimage that matters.
    Vm,
}

/// The preimage oracle, shared by all who read from it.
#[derive(Clone)]
pub(crate) struct Oracle {
    server: Rc<dyn PreimageOracle>,
    place: Place,
}

impl fmt::Debug for Oracle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oracle")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl Oracle {
    pub(crate) fn new(server: impl PreimageOracle + 'static, place: Place) -> Self {
        Self {
            server: Rc::new(server),
            place,
        }
    }

    pub(crate) const fn place(&self) -> Place {
        self.place
    }

    /// Says what is asked for next.
    pub(crate) fn hint(&self, name: &str, data: &[&[u8]]) -> Result<(), PreimageError> {
        let hint = Hint::encode(name, &data.concat());
        Ok(self.server.hint(hint.as_bytes())?)
    }

    /// A preimage, natively checked against its key where a hash binds it to it.
    pub(crate) fn get(&self, key: PreimageKey) -> Result<Vec<u8>, PreimageError> {
        let value = self.server.get(key)?;
        if self.place == Place::Native {
            let expected = match key.key_type() {
                Ok(KeyType::Keccak256) => PreimageKey::keccak256(keccak256(&value).0),
                Ok(KeyType::Sha256) => PreimageKey::new(KeyType::Sha256, sha256(&value)),
                _ => key,
            };
            if key != expected {
                return Err(PreimageError::Mismatch(key));
            }
        }
        Ok(value)
    }

    /// A preimage of a known length.
    pub(crate) fn exact<const N: usize>(&self, key: PreimageKey) -> Result<[u8; N], PreimageError> {
        let value = self.get(key)?;
        value
            .as_slice()
            .try_into()
            .map_err(|_| PreimageError::Length {
                key,
                expected: N,
                actual: value.len(),
            })
    }

    /// The bytes with this keccak-256.
    pub(crate) fn keccak(&self, hash: Hash) -> Result<Vec<u8>, PreimageError> {
        self.get(PreimageKey::keccak256(hash.0))
    }

    /// A list of the block `hash`, whose trie has the root hash `root`.
    pub(crate) fn list(
        &self,
        what: &'static str,
        hash: Hash,
        root: Hash,
    ) -> Result<Vec<Vec<u8>>, PreimageError> {
        ordered_list(self, root).map_err(|error| PreimageError::List {
            what,
            hash,
            error: Box::new(error),
        })
    }
}

/// The nodes of any trie are keccak preimages.
impl NodeStore for Oracle {
    type Error = PreimageError;

    fn node(&self, hash: Hash) -> Result<Vec<u8>, PreimageError> {
        self.keccak(hash)
    }

    fn vouches(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Served;

    #[test]
    fn wrong_preimage_is_refused_natively_and_left_to_l1_in_a_vm() {
        let served = Served::default();
        for key in [
            PreimageKey::keccak256(keccak256(b"right").0),
            PreimageKey::new(KeyType::Sha256, sha256(b"right")),
        ] {
            served.put(key, b"right".to_vec());
            assert_eq!(served.natively().get(key).unwrap(), b"right");
            served.put(key, b"wrong".to_vec());
            let refused = served.natively().get(key);
            assert_eq!(refused, Err(PreimageError::Mismatch(key)));
            assert_eq!(served.in_vm().get(key).unwrap(), b"wrong");
        }
    }

    #[test]
    fn lists_come_from_their_tries_and_a_missing_node_says_whose() {
        let served = Served::default();
        let items = [[1; 40].to_vec(), [2; 40].to_vec(), [3; 40].to_vec()];
        let root = served.list(&items);
        let oracle = served.natively();
        let block = Hash([9; 32]);
        assert_eq!(oracle.list("transactions", block, root).unwrap(), items);
        served.remove(PreimageKey::keccak256(root.0));
        let missing = oracle.list("transactions", block, root);
        assert!(
            matches!(missing, Err(PreimageError::List { hash, .. }) if hash == block),
            "{missing:?}"
        );
    }
}
