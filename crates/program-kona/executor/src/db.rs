//! The state of a block, read from tries.

use alloc::{string::ToString, vec::Vec};

use alloy_consensus::{Header, Sealed};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256, map::HashMap};
use alloy_rlp::Decodable;
use alloy_trie::TrieAccount;
use revm::{
    Database,
    database::{BundleAccount, BundleState},
    database_interface::DBErrorMarker,
    primitives::BLOCK_HASH_HISTORY,
    state::{AccountInfo, Bytecode},
};

use crate::{
    ExecutorError, PreimageKind, Preimages,
    seal::decode_header,
    trie::{Trie, TrieError},
};

impl DBErrorMarker for TrieError {}

/// The state after the block [`parent`](Self::parent), and what was read of it.
///
/// It follows the chain: [`Chain::execute`](crate::Chain::execute) moves it to the block it built.
/// Nodes, codes and headers of the blocks built stay in memory, since no oracle has them.
#[derive(Clone, Debug)]
pub struct TrieDb<P> {
    source: P,
    parent: Sealed<Header>,
    state: Trie,
    storage: HashMap<Address, Trie>,
    codes: HashMap<B256, Bytecode>,
    headers: HashMap<B256, Sealed<Header>>,
    recorded: Option<Vec<(B256, Bytes)>>,
    fault: Option<TrieError>,
}

impl<P: Preimages> TrieDb<P> {
    /// The state after `parent`.
    pub fn new(parent: Sealed<Header>, source: P) -> Self {
        Self {
            source,
            state: Trie::new(parent.state_root),
            parent,
            storage: HashMap::default(),
            codes: HashMap::default(),
            headers: HashMap::default(),
            recorded: None,
            fault: None,
        }
    }

    /// The same, and it keeps what blocks add for [`take_new_preimages`](Self::take_new_preimages).
    pub fn recording(parent: Sealed<Header>, source: P) -> Self {
        Self {
            recorded: Some(Vec::new()),
            ..Self::new(parent, source)
        }
    }

    /// The last block.
    pub const fn parent(&self) -> &Sealed<Header> {
        &self.parent
    }

    /// The trie nodes and codes that the blocks since the last call added, by their hash. Empty
    /// unless made by [`recording`](Self::recording).
    pub fn take_new_preimages(&mut self) -> Vec<(B256, Bytes)> {
        self.recorded
            .as_mut()
            .map(core::mem::take)
            .unwrap_or_default()
    }

    /// The account at `address`.
    pub fn account(&mut self, address: Address) -> Result<Option<TrieAccount>, TrieError> {
        self.source.prefetch_account(address);
        let Some(raw) = self
            .state
            .get(keccak256(address).as_slice(), &self.source)?
        else {
            return Ok(None);
        };
        TrieAccount::decode(&mut raw.as_ref())
            .map(Some)
            .map_err(|e| TrieError::Value(e.to_string()))
    }

    /// The value of a storage slot.
    pub fn slot(&mut self, address: Address, slot: U256) -> Result<U256, TrieError> {
        let slot = B256::from(slot);
        self.source.prefetch_storage(address, slot);
        let (trie, source) = self.storage_trie(address)?;
        match trie.get(keccak256(slot).as_slice(), source)? {
            Some(raw) => {
                U256::decode(&mut raw.as_ref()).map_err(|e| TrieError::Value(e.to_string()))
            }
            None => Ok(U256::ZERO),
        }
    }

    /// The code with this hash.
    pub fn code(&mut self, hash: B256) -> Result<Bytecode, TrieError> {
        if let Some(code) = self.codes.get(&hash) {
            return Ok(code.clone());
        }
        let code = Bytecode::new_raw(self.source.get(PreimageKind::Code, hash)?);
        self.codes.insert(hash, code.clone());
        Ok(code)
    }

    /// The nodes from the state root to an account, as `eth_getProof` returns them.
    pub fn account_proof(&mut self, address: Address) -> Result<Vec<Bytes>, TrieError> {
        self.state
            .proof(keccak256(address).as_slice(), &self.source)
    }

    /// The nodes from an account's storage root to a slot.
    pub fn storage_proof(&mut self, address: Address, slot: B256) -> Result<Vec<Bytes>, TrieError> {
        let (trie, source) = self.storage_trie(address)?;
        trie.proof(keccak256(slot).as_slice(), source)
    }

    fn storage_trie(&mut self, address: Address) -> Result<(&mut Trie, &P), TrieError> {
        if !self.storage.contains_key(&address) {
            let trie = match self.account(address)? {
                Some(account) => Trie::new(account.storage_root),
                None => Trie::empty(),
            };
            self.storage.insert(address, trie);
        }
        let trie = self.storage.entry(address).or_insert_with(Trie::empty);
        Ok((trie, &self.source))
    }

    /// The hash of the ancestor with this number, zero if the EVM may not see it.
    fn ancestor_hash(&mut self, number: u64) -> Result<B256, TrieError> {
        let mut at = self.parent.clone();
        if number > at.number || at.number - number >= BLOCK_HASH_HISTORY {
            return Ok(B256::ZERO);
        }
        while at.number > number {
            let hash = at.parent_hash;
            at = if let Some(header) = self.headers.get(&hash) {
                header.clone()
            } else {
                let raw = self.source.get(PreimageKind::Header, hash)?;
                let header =
                    decode_header(&raw, hash).map_err(|e| TrieError::Value(e.to_string()))?;
                self.headers.insert(hash, header.clone());
                header
            };
        }
        Ok(at.hash())
    }

    /// Writes the changes of a block into the tries; the new state root.
    ///
    /// Removals come last: what a block adds beside a removed key spares the witness the sibling.
    pub(crate) fn apply(&mut self, bundle: &BundleState) -> Result<B256, TrieError> {
        let mut recorded = self.recorded.take();
        let mut sink = |hash: B256, node: Vec<u8>| {
            if let Some(recorded) = &mut recorded {
                recorded.push((hash, node.into()));
            }
        };
        let mut changed: Vec<_> = bundle
            .state()
            .iter()
            .filter(|(_, account)| !account.status.is_not_modified())
            .map(|(address, account)| (keccak256(address), *address, account))
            .collect();
        changed.sort_unstable_by_key(|(key, ..)| *key);
        let mut removed = Vec::new();
        for (key, address, account) in changed {
            let Some(info) = account.account_info() else {
                self.storage.remove(&address);
                removed.push(key);
                continue;
            };
            let storage_root = self.apply_storage(address, account, &mut sink)?;
            let account = TrieAccount {
                nonce: info.nonce,
                balance: info.balance,
                code_hash: info.code_hash,
                storage_root,
            };
            let value = alloy_rlp::encode(account).into();
            self.state.insert(key.as_slice(), value, &self.source)?;
        }
        for key in removed {
            self.state.remove(key.as_slice(), &self.source)?;
        }
        let root = self.state.commit(&mut sink);
        for (hash, code) in &bundle.contracts {
            if let Some(recorded) = &mut recorded {
                recorded.push((*hash, code.original_bytes()));
            }
            self.codes.insert(*hash, code.clone());
        }
        self.recorded = recorded;
        Ok(root)
    }

    /// The new storage root of a changed account.
    fn apply_storage(
        &mut self,
        address: Address,
        account: &BundleAccount,
        sink: &mut impl FnMut(B256, Vec<u8>),
    ) -> Result<B256, TrieError> {
        let emptied = account.was_destroyed();
        if emptied {
            // Destroyed and made again: the bundle holds the storage since then, all of it.
            self.storage.insert(address, Trie::empty());
        }
        let mut slots: Vec<_> = account
            .storage
            .iter()
            .filter(|(_, slot)| emptied || slot.is_changed())
            .map(|(key, slot)| (keccak256(B256::from(*key)), slot.present_value))
            .collect();
        slots.sort_unstable_by_key(|(key, value)| (value.is_zero(), *key));
        let (trie, source) = self.storage_trie(address)?;
        for (key, value) in slots {
            if value.is_zero() {
                trie.remove(key.as_slice(), source)?;
            } else {
                trie.insert(key.as_slice(), alloy_rlp::encode(value).into(), source)?;
            }
        }
        Ok(trie.commit(sink))
    }

    /// Moves to the block that was built.
    pub(crate) fn advance(&mut self, header: Sealed<Header>) {
        let parent = core::mem::replace(&mut self.parent, header);
        self.headers.insert(parent.hash(), parent);
    }

    /// The error that the EVM met when it read the state, which its own errors may hide.
    pub(crate) const fn take_fault(&mut self) -> Option<TrieError> {
        self.fault.take()
    }

    fn noted<T>(&mut self, result: Result<T, TrieError>) -> Result<T, TrieError> {
        if let Err(error) = &result {
            self.fault.get_or_insert_with(|| error.clone());
        }
        result
    }
}

impl<P: Preimages> Database for TrieDb<P> {
    type Error = TrieError;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, TrieError> {
        let account = self.account(address);
        Ok(self.noted(account)?.map(|account| AccountInfo {
            balance: account.balance,
            nonce: account.nonce,
            code_hash: account.code_hash,
            // revm's default is the empty code, which it would run instead of the account's.
            code: None,
            ..AccountInfo::default()
        }))
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, TrieError> {
        let code = self.code(hash);
        self.noted(code)
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, TrieError> {
        let value = self.slot(address, slot);
        self.noted(value)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, TrieError> {
        let hash = self.ancestor_hash(number);
        self.noted(hash)
    }
}

impl<P: Preimages> TrieDb<P> {
    /// The output root of the last block (specs `protocol/withdrawals.md`, version 0).
    pub fn output_root(&mut self) -> Result<B256, ExecutorError> {
        let storage_root = self.message_passer_root()?;
        Ok(crate::output_root(
            self.parent.state_root,
            storage_root,
            self.parent.hash(),
        ))
    }

    /// The storage root of the contract that withdrawals go through.
    pub fn message_passer_root(&mut self) -> Result<B256, TrieError> {
        Ok(self
            .account(crate::MESSAGE_PASSER)?
            .map_or(crate::trie::EMPTY_ROOT, |account| account.storage_root))
    }
}
