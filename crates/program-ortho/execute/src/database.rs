//! The state after a block.

use alloc::{collections::BTreeMap, vec::Vec};

use endgame_ortho_evm::{AccountChange, AccountInfo, Database, PrecompileAnswer};
use endgame_ortho_precompiles::Precompile;
use endgame_ortho_primitives::{Address, Hash, Word, keccak256};
use endgame_ortho_rlp::{Encoder, Reader};
use endgame_ortho_trie::{NodeStore, Trie};
use endgame_ortho_types::{Account, Header};

use crate::{Found, MESSAGE_PASSER, StateError, StateSource, output_root};

/// How many blocks BLOCKHASH reaches back.
const RECENT: u64 = 256;

/// The state after a block. What was read stays in memory, across blocks too.
///
/// A clone is a way back: it stays where it is when the original moves on.
#[derive(Clone, Debug)]
pub struct StateDatabase<S> {
    source: Nodes<S>,
    parent: Header,
    /// Hash of `parent`.
    hash: Hash,
    accounts: Trie,
    storage: BTreeMap<Address, Trie>,
    codes: BTreeMap<Hash, Vec<u8>>,
    /// Hashes of recent blocks before the parent, the latest first; filled as far as was asked.
    ancestors: Vec<Hash>,
    /// The parent hash of the last of them.
    next_ancestor: Hash,
}

/// A source as a trie wants it.
#[derive(Clone, Debug)]
struct Nodes<S>(S);

impl<S: StateSource> NodeStore for Nodes<S> {
    type Error = S::Error;

    fn node(&self, hash: Hash) -> Result<Vec<u8>, S::Error> {
        self.0.preimage(Found::Node, hash)
    }

    fn vouches(&self) -> bool {
        self.0.vouches()
    }

    fn expect_sibling(&self, hash: Hash) -> Result<(), S::Error> {
        self.0.expect_sibling(hash)
    }
}

impl<S: StateSource> StateDatabase<S> {
    /// The state after the block with this header.
    pub fn new(parent: Header, source: S) -> Self {
        Self {
            source: Nodes(source),
            hash: parent.hash(),
            accounts: Trie::at(parent.state_root),
            storage: BTreeMap::new(),
            codes: BTreeMap::new(),
            ancestors: Vec::new(),
            next_ancestor: parent.parent_hash,
            parent,
        }
    }

    /// The block that this is the state after.
    pub const fn parent(&self) -> &Header {
        &self.parent
    }

    /// That block's hash.
    pub const fn parent_hash(&self) -> Hash {
        self.hash
    }

    /// An account, if it exists.
    pub fn account_at(
        &mut self,
        address: Address,
    ) -> Result<Option<Account>, StateError<S::Error>> {
        self.source
            .0
            .expect_account(address)
            .map_err(StateError::Source)?;
        let key = keccak256(&address.0);
        let leaf = self
            .accounts
            .get(&self.source, &key.0)
            .map_err(StateError::Trie)?;
        leaf.map(Account::decode)
            .transpose()
            .map_err(|error| StateError::Malformed {
                found: Found::Node,
                hash: key,
                error,
            })
    }

    /// The output root of the state's block.
    pub fn output_root(&mut self) -> Result<Hash, StateError<S::Error>> {
        let root = self.message_passer_root()?;
        Ok(output_root(self.parent.state_root, root, self.hash))
    }

    /// The storage root of the contract that withdrawals go through.
    pub(crate) fn message_passer_root(&mut self) -> Result<Hash, StateError<S::Error>> {
        let account = self.account_at(MESSAGE_PASSER)?;
        Ok(account.map_or(Hash::EMPTY_TRIE, |account| account.storage_root))
    }

    /// Makes a block's changes; the new state root.
    pub(crate) fn apply(
        &mut self,
        changes: Vec<(Address, AccountChange)>,
    ) -> Result<Hash, StateError<S::Error>> {
        for (address, change) in changes {
            let key = keccak256(&address.0);
            let AccountChange::Updated {
                nonce,
                balance,
                code_hash,
                code,
                wiped,
                storage,
            } = change
            else {
                self.storage.remove(&address);
                self.accounts
                    .delete(&self.source, &key.0)
                    .map_err(StateError::Trie)?;
                continue;
            };
            if let Some(code) = code {
                self.codes.insert(code_hash, code);
            }
            let before = self.account_at(address)?.unwrap_or_default();
            if wiped {
                self.storage.insert(address, Trie::new());
            }
            let storage_root = if wiped || !storage.is_empty() {
                let trie = self
                    .storage
                    .entry(address)
                    .or_insert_with(|| Trie::at(before.storage_root));
                write_slots(trie, &self.source, storage)?;
                trie.root()
            } else {
                before.storage_root
            };
            let account = Account {
                nonce,
                balance,
                storage_root,
                code_hash,
            };
            self.accounts
                .insert(&self.source, &key.0, account.encode())
                .map_err(StateError::Trie)?;
        }
        Ok(self.accounts.root())
    }

    /// Moves to the block whose changes were made.
    pub(crate) fn advance(&mut self, header: Header) -> Hash {
        self.ancestors.insert(0, self.hash);
        self.ancestors.truncate(RECENT as usize);
        self.hash = header.hash();
        self.parent = header;
        self.hash
    }

    fn read(&self, what: Found, hash: Hash) -> Result<Vec<u8>, StateError<S::Error>> {
        let bytes = self
            .source
            .0
            .preimage(what, hash)
            .map_err(StateError::Source)?;
        if self.source.0.vouches() {
            return Ok(bytes);
        }
        let found = keccak256(&bytes);
        if found == hash {
            Ok(bytes)
        } else {
            Err(StateError::WrongPreimage {
                found: what,
                expected: hash,
                hash: found,
            })
        }
    }

    /// Walks one header further back.
    fn load_ancestor(&mut self) -> Result<(), StateError<S::Error>> {
        let hash = self.next_ancestor;
        let rlp = self.read(Found::Header, hash)?;
        let header = Header::decode(&rlp).map_err(|error| StateError::Malformed {
            found: Found::Header,
            hash,
            error,
        })?;
        self.ancestors.push(hash);
        self.next_ancestor = header.parent_hash;
        Ok(())
    }
}

/// Writes slots of storage: insertions before deletions. A deletion may need a sibling that no
/// other access has loaded; with the insertions made, fewer do.
fn write_slots<S: StateSource>(
    trie: &mut Trie,
    source: &Nodes<S>,
    storage: Vec<(Word, Word)>,
) -> Result<(), StateError<S::Error>> {
    let (deletions, insertions): (Vec<_>, Vec<_>) =
        storage.into_iter().partition(|(_, value)| value.is_zero());
    for (slot, value) in insertions {
        let mut encoder = Encoder::new();
        encoder.word(value);
        let key = keccak256(&slot.to_be_bytes());
        trie.insert(source, &key.0, encoder.finish())
            .map_err(StateError::Trie)?;
    }
    for (slot, _) in deletions {
        let key = keccak256(&slot.to_be_bytes());
        trie.delete(source, &key.0).map_err(StateError::Trie)?;
    }
    Ok(())
}

impl<S: StateSource> Database for StateDatabase<S> {
    type Error = StateError<S::Error>;

    fn account(&mut self, address: Address) -> Result<Option<AccountInfo>, Self::Error> {
        Ok(self.account_at(address)?.map(|account| AccountInfo {
            nonce: account.nonce,
            balance: account.balance,
            code_hash: account.code_hash,
            has_storage: account.storage_root != Hash::EMPTY_TRIE,
        }))
    }

    fn storage(&mut self, address: Address, slot: Word) -> Result<Word, Self::Error> {
        self.source
            .0
            .expect_slot(address, slot)
            .map_err(StateError::Source)?;
        if !self.storage.contains_key(&address) {
            let account = self.account_at(address)?.unwrap_or_default();
            self.storage.insert(address, Trie::at(account.storage_root));
        }
        let Some(trie) = self.storage.get_mut(&address) else {
            return Ok(Word::ZERO);
        };
        let key = keccak256(&slot.to_be_bytes());
        let Some(value) = trie.get(&self.source, &key.0).map_err(StateError::Trie)? else {
            return Ok(Word::ZERO);
        };
        let mut reader = Reader::new(value);
        let word = reader.word().and_then(|word| reader.end().map(|()| word));
        word.map_err(|error| StateError::Malformed {
            found: Found::Node,
            hash: key,
            error: error.into(),
        })
    }

    fn code(&mut self, hash: Hash) -> Result<Vec<u8>, Self::Error> {
        match self.codes.get(&hash) {
            Some(code) => Ok(code.clone()),
            None => self.read(Found::Code, hash),
        }
    }

    fn block_hash(&mut self, number: u64) -> Result<Hash, Self::Error> {
        let Some(age) = self
            .parent
            .number
            .checked_sub(number)
            .filter(|age| *age < RECENT)
        else {
            return Ok(Hash::ZERO);
        };
        let Some(index) = age.checked_sub(1) else {
            return Ok(self.hash);
        };
        while self.ancestors.len() as u64 <= index {
            self.load_ancestor()?;
        }
        Ok(self
            .ancestors
            .get(index as usize)
            .copied()
            .unwrap_or_default())
    }

    fn precompile(
        &mut self,
        precompile: Precompile,
        gas: u64,
        input: &[u8],
    ) -> Result<Option<PrecompileAnswer>, Self::Error> {
        self.source
            .0
            .precompile(precompile, gas, input)
            .map_err(StateError::Source)
    }
}
