//! The L2 state as of a block: accounts, storage, code and their proofs.

use alloy::{
    consensus::TrieAccount,
    primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256},
    rlp::Decodable as _,
};
use endgame_kona_executor::trie::{EMPTY_ROOT, Trie, TrieError};

use super::Store;
use crate::DevnetError;

/// Reads the state behind one state root.
#[derive(Clone, Debug)]
pub struct StateView {
    store: Store,
    root: B256,
}

/// Proof of an account's presence or absence, with proofs of some of its storage.
#[derive(Clone, Debug)]
pub struct AccountProof {
    /// The account; empty if absent.
    pub account: TrieAccount,
    /// Trie nodes from the state root down.
    pub nodes: Vec<Bytes>,
    /// One proof for each slot asked for.
    pub storage: Vec<StorageProof>,
}

/// Proof of a storage slot's value.
#[derive(Clone, Debug)]
pub struct StorageProof {
    /// The slot.
    pub slot: U256,
    /// Its value; zero if absent.
    pub value: U256,
    /// Trie nodes from the storage root down.
    pub nodes: Vec<Bytes>,
}

impl StateView {
    /// The state behind `root`.
    pub const fn new(store: Store, root: B256) -> Self {
        Self { store, root }
    }

    /// The account, if present.
    pub fn account(&self, address: Address) -> Result<Option<TrieAccount>, DevnetError> {
        let key = keccak256(address);
        let value = Trie::new(self.root)
            .get(key.as_slice(), &self.store)
            .map_err(missing)?;
        value.map(|bytes| decode_account(&bytes)).transpose()
    }

    /// A storage slot's value.
    pub fn storage(&self, address: Address, slot: U256) -> Result<U256, DevnetError> {
        let root = self
            .account(address)?
            .map_or(EMPTY_ROOT, |a| a.storage_root);
        let value = Trie::new(root)
            .get(&slot_key(slot), &self.store)
            .map_err(missing)?;
        decode_slot(value)
    }

    /// An account's code.
    pub fn code(&self, address: Address) -> Result<Bytes, DevnetError> {
        match self.account(address)? {
            Some(account) if account.code_hash != KECCAK256_EMPTY => {
                let hash = account.code_hash;
                self.store
                    .preimage(hash)?
                    .ok_or_else(|| DevnetError::Corrupt(format!("no code with hash {hash}")))
            }
            _ => Ok(Bytes::new()),
        }
    }

    /// What `eth_getProof` returns (EIP-1186).
    pub fn prove(&self, address: Address, slots: &[U256]) -> Result<AccountProof, DevnetError> {
        let key = keccak256(address);
        let mut trie = Trie::new(self.root);
        let nodes = trie.proof(key.as_slice(), &self.store).map_err(missing)?;
        let value = trie.get(key.as_slice(), &self.store).map_err(missing)?;
        let account = value
            .map(|bytes| decode_account(&bytes))
            .transpose()?
            .unwrap_or_default();
        let storage = slots
            .iter()
            .map(|slot| self.prove_slot(account.storage_root, *slot))
            .collect::<Result<_, _>>()?;
        Ok(AccountProof {
            account,
            nodes,
            storage,
        })
    }

    fn prove_slot(&self, root: B256, slot: U256) -> Result<StorageProof, DevnetError> {
        let mut trie = Trie::new(root);
        let nodes = trie.proof(&slot_key(slot), &self.store).map_err(missing)?;
        let value = decode_slot(trie.get(&slot_key(slot), &self.store).map_err(missing)?)?;
        Ok(StorageProof { slot, value, nodes })
    }
}

/// The chain store holds every node of every state: a trie that does not read is damage.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn missing(error: TrieError) -> DevnetError {
    DevnetError::Corrupt(error.to_string())
}

fn slot_key(slot: U256) -> [u8; 32] {
    keccak256(slot.to_be_bytes::<32>()).0
}

fn decode_slot(value: Option<Bytes>) -> Result<U256, DevnetError> {
    value.map_or(Ok(U256::ZERO), |bytes| {
        U256::decode(&mut bytes.as_ref())
            .map_err(|e| DevnetError::Corrupt(format!("storage value: {e}")))
    })
}

fn decode_account(mut bytes: &[u8]) -> Result<TrieAccount, DevnetError> {
    TrieAccount::decode(&mut bytes).map_err(|e| DevnetError::Corrupt(format!("account: {e}")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use alloy_trie::{Nibbles, proof::verify_proof};
    use endgame_kona_executor::{GenesisAccount, genesis_state};

    use super::*;
    use crate::l2::L2Block;

    /// A state of 39 accounts with more and more storage.
    fn view() -> StateView {
        let mut accounts = BTreeMap::new();
        for i in 1u8..40 {
            let account = GenesisAccount {
                nonce: 1,
                balance: U256::from(i),
                code: vec![i; 3].into(),
                storage: (1..u64::from(i))
                    .map(|s| (U256::from(s).into(), U256::from(s * 1_000)))
                    .collect(),
            };
            accounts.insert(Address::repeat_byte(i), account);
        }
        let (root, preimages) = genesis_state(&accounts).unwrap();
        let store = Store::in_memory().unwrap();
        let block = L2Block {
            header: alloy::consensus::Header::default(),
            hash: B256::ZERO,
            transactions: Vec::new(),
            receipts: Vec::new(),
        };
        store.append(&block, preimages).unwrap();
        StateView::new(store, root)
    }

    #[test]
    fn state_reads_back_what_was_written() {
        let (view, address) = (view(), Address::repeat_byte(20));
        assert_eq!(
            view.account(address).unwrap().unwrap().balance,
            U256::from(20)
        );
        assert_eq!(view.code(address).unwrap().as_ref(), [20; 3]);
        assert_eq!(
            view.storage(address, U256::from(7)).unwrap(),
            U256::from(7_000)
        );
        assert_eq!(view.storage(address, U256::from(20)).unwrap(), U256::ZERO);
        assert_eq!(view.account(Address::ZERO).unwrap(), None);
        assert!(view.code(Address::ZERO).unwrap().is_empty());
    }

    #[test]
    fn proofs_of_presence_and_absence_verify() {
        let view = view();
        for byte in [1u8, 20, 39, 40, 200] {
            let address = Address::repeat_byte(byte);
            let proof = view
                .prove(address, &[U256::from(5), U256::from(500)])
                .unwrap();
            let leaf = (byte < 40).then(|| alloy::rlp::encode(proof.account));
            let key = Nibbles::unpack(keccak256(address));
            verify_proof(view.root, key, leaf, &proof.nodes).unwrap();
            for slot in &proof.storage {
                let value = (!slot.value.is_zero()).then(|| alloy::rlp::encode(slot.value));
                let key = Nibbles::unpack(slot_key(slot.slot));
                verify_proof(proof.account.storage_root, key, value, &slot.nodes).unwrap();
            }
        }
    }

    #[test]
    fn a_state_that_is_not_there_is_an_error_and_not_empty() {
        let view = StateView::new(Store::in_memory().unwrap(), B256::repeat_byte(1));
        assert!(matches!(
            view.account(Address::ZERO),
            Err(DevnetError::Corrupt(_))
        ));
    }
}
