//! The chain store: blocks, where transactions are, and every trie node and code by its hash.

use std::{path::Path, sync::Arc};

use alloy::primitives::{B256, Bytes, keccak256};
use endgame_kona_executor::{PreimageError, PreimageKind, Preimages};
use endgame_preimage::PreimageKey;
use redb::{Database, ReadableDatabase as _, TableDefinition, backends::InMemoryBackend};

use crate::{DevnetError, l2::L2Block};

/// Preimage key to preimage: trie nodes, codes, headers. Keyed as the fault proof program asks.
const PREIMAGES: TableDefinition<'_, [u8; 32], &[u8]> = TableDefinition::new("preimages");
const BLOCKS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("blocks");
const NUMBERS: TableDefinition<'_, [u8; 32], u64> = TableDefinition::new("numbers");
/// Transaction hash to (block number, index).
const TRANSACTIONS: TableDefinition<'_, [u8; 32], (u64, u64)> =
    TableDefinition::new("transactions");

fn key(hash: B256) -> [u8; 32] {
    *PreimageKey::keccak256(hash.0).as_bytes()
}

/// Where the L2 chain is kept. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store(Arc<Database>);

impl Store {
    /// A store that is gone with the process.
    pub fn in_memory() -> Result<Self, DevnetError> {
        Self::prepare(Database::builder().create_with_backend(InMemoryBackend::new())?)
    }

    /// A store in a file, made if absent. What was committed survives a kill.
    pub fn open(path: &Path) -> Result<Self, DevnetError> {
        Self::prepare(Database::create(path)?)
    }

    fn prepare(db: Database) -> Result<Self, DevnetError> {
        let write = db.begin_write()?;
        write.open_table(PREIMAGES)?;
        write.open_table(BLOCKS)?;
        write.open_table(NUMBERS)?;
        write.open_table(TRANSACTIONS)?;
        write.commit()?;
        Ok(Self(Arc::new(db)))
    }

    /// Appends a block with the preimages that are new with it, all or nothing.
    pub fn append(
        &self,
        block: &L2Block,
        preimages: impl IntoIterator<Item = (B256, Bytes)>,
    ) -> Result<(), DevnetError> {
        let number = block.header.number;
        let write = self.0.begin_write()?;
        {
            let mut table = write.open_table(PREIMAGES)?;
            for (hash, bytes) in preimages {
                table.insert(key(hash), bytes.as_ref())?;
            }
            table.insert(
                key(block.hash),
                alloy::rlp::encode(&block.header).as_slice(),
            )?;
            write
                .open_table(BLOCKS)?
                .insert(number, block.encode().as_slice())?;
            write.open_table(NUMBERS)?.insert(block.hash.0, number)?;
            let mut places = write.open_table(TRANSACTIONS)?;
            for (index, raw) in block.transactions.iter().enumerate() {
                places.insert(keccak256(raw).0, (number, index as u64))?;
            }
        }
        write.commit()?;
        Ok(())
    }

    /// The preimage of a keccak-256 hash.
    pub fn preimage(&self, hash: B256) -> Result<Option<Bytes>, DevnetError> {
        self.by_key(&PreimageKey::keccak256(hash.0))
    }

    /// The preimage with this key.
    pub fn by_key(&self, key: &PreimageKey) -> Result<Option<Bytes>, DevnetError> {
        let table = self.0.begin_read()?.open_table(PREIMAGES)?;
        Ok(table
            .get(key.as_bytes())?
            .map(|v| Bytes::copy_from_slice(v.value())))
    }

    /// The block at a height.
    pub fn block(&self, number: u64) -> Result<Option<Arc<L2Block>>, DevnetError> {
        let table = self.0.begin_read()?.open_table(BLOCKS)?;
        table
            .get(number)?
            .map(|v| L2Block::decode(v.value()).map(Arc::new))
            .transpose()
    }

    /// The height of the block with this hash.
    pub fn number(&self, hash: B256) -> Result<Option<u64>, DevnetError> {
        let table = self.0.begin_read()?.open_table(NUMBERS)?;
        Ok(table.get(hash.0)?.map(|v| v.value()))
    }

    /// In which block, and where in it, the transaction with this hash is.
    pub fn transaction(&self, hash: B256) -> Result<Option<(u64, u64)>, DevnetError> {
        let table = self.0.begin_read()?.open_table(TRANSACTIONS)?;
        Ok(table.get(hash.0)?.map(|v| v.value()))
    }

    /// The height of the newest block, if there is any.
    pub fn height(&self) -> Result<Option<u64>, DevnetError> {
        use redb::ReadableTable as _;
        let table = self.0.begin_read()?.open_table(BLOCKS)?;
        Ok(table.last()?.map(|(k, _)| k.value()))
    }
}

impl Preimages for Store {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        match self.preimage(hash) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(PreimageError::NotFound { kind, hash }),
            Err(error) => Err(PreimageError::Source {
                kind,
                hash,
                reason: error.to_string(),
            }),
        }
    }
}
