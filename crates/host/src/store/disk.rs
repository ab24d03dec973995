//! The store's file.

use std::path::Path;

use endgame_preimage::PreimageKey;
use redb::{
    Database, DatabaseError, ReadableDatabase, ReadableTable, ReadableTableMetadata,
    TableDefinition,
};

use crate::HostError;

const PREIMAGES: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("preimages");

#[derive(Debug)]
pub(crate) struct Disk(Database);

impl Disk {
    pub(crate) fn open(path: &Path) -> Result<Self, HostError> {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)
                .map_err(|e| HostError::io(format!("make {}", parent.display()), &e))?;
        }
        let database = Database::create(path).map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => HostError::StoreBusy(path.display().to_string()),
            other => HostError::Store(format!("{}: {other}", path.display())),
        })?;
        // A table exists from its first write on; reading needs it.
        let transaction = database.begin_write().map_err(HostError::store)?;
        transaction
            .open_table(PREIMAGES)
            .map_err(HostError::store)?;
        transaction.commit().map_err(HostError::store)?;
        Ok(Self(database))
    }

    pub(crate) fn get(&self, key: PreimageKey) -> Result<Option<Vec<u8>>, HostError> {
        let transaction = self.0.begin_read().map_err(HostError::store)?;
        let table = transaction
            .open_table(PREIMAGES)
            .map_err(HostError::store)?;
        let value = table.get(key.as_bytes()).map_err(HostError::store)?;
        Ok(value.map(|value| value.value().to_vec()))
    }

    pub(crate) fn put(&self, entries: &[(PreimageKey, Vec<u8>)]) -> Result<(), HostError> {
        let transaction = self.0.begin_write().map_err(HostError::store)?;
        {
            let mut table = transaction
                .open_table(PREIMAGES)
                .map_err(HostError::store)?;
            for (key, value) in entries {
                table
                    .insert(key.as_bytes(), value.as_slice())
                    .map_err(HostError::store)?;
            }
        }
        transaction.commit().map_err(HostError::store)
    }

    pub(crate) fn len(&self) -> Result<u64, HostError> {
        let transaction = self.0.begin_read().map_err(HostError::store)?;
        let table = transaction
            .open_table(PREIMAGES)
            .map_err(HostError::store)?;
        table.len().map_err(HostError::store)
    }

    /// Calls `visit` with every entry, by ascending key.
    pub(crate) fn for_each(
        &self,
        mut visit: impl FnMut(PreimageKey, &[u8]) -> Result<(), HostError>,
    ) -> Result<(), HostError> {
        let transaction = self.0.begin_read().map_err(HostError::store)?;
        let table = transaction
            .open_table(PREIMAGES)
            .map_err(HostError::store)?;
        for entry in table.iter().map_err(HostError::store)? {
            let (key, value) = entry.map_err(HostError::store)?;
            visit(PreimageKey::from_raw(*key.value()), value.value())?;
        }
        Ok(())
    }
}
