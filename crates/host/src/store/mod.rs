//! Where verified preimages are kept.

mod cache;
mod disk;
mod file;

use std::{collections::HashMap, path::Path, sync::RwLock};

use alloy_primitives::{B256, keccak256};
use endgame_preimage::{KeyType, PreimageKey};
use sha2::{Digest, Sha256};

use crate::{HostError, poison::Unpoison, verify::verify};
use cache::Cache;
use disk::Disk;

/// Preimages that match their keys by construction, to be stored together.
#[derive(Clone, Debug, Default)]
pub struct Batch(Vec<(PreimageKey, Vec<u8>)>);

impl Batch {
    /// Adds a value under its own keccak-256; returns the hash.
    pub fn keccak(&mut self, value: Vec<u8>) -> B256 {
        let hash = keccak256(&value);
        self.0.push((PreimageKey::keccak256(hash.0), value));
        hash
    }

    /// Adds a value under its own SHA-256.
    pub fn sha256(&mut self, value: Vec<u8>) {
        let hash = Sha256::digest(&value).into();
        self.0
            .push((PreimageKey::new(KeyType::Sha256, hash), value));
    }

    /// Adds a value that the caller has checked, or computed itself.
    pub(crate) fn proven(&mut self, key: PreimageKey, value: Vec<u8>) {
        self.0.push((key, value));
    }

    /// True if `key` is among them.
    pub fn contains(&self, key: PreimageKey) -> bool {
        self.0.iter().any(|(known, _)| *known == key)
    }

    /// The number of preimages.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A store of preimages by key. Shared by threads; on disk, by one process at a time.
///
/// What [`put`](Self::put) has returned for survives a kill at any later moment.
#[derive(Debug)]
pub struct Store(Kind);

#[derive(Debug)]
enum Kind {
    Memory(RwLock<HashMap<PreimageKey, Vec<u8>>>),
    Disk { disk: Disk, cache: Cache },
}

impl Store {
    /// A store that ends with the process.
    pub fn memory() -> Self {
        Self(Kind::Memory(RwLock::default()))
    }

    /// Opens the store in a file, made if it is not there.
    pub fn open(path: &Path) -> Result<Self, HostError> {
        Ok(Self(Kind::Disk {
            disk: Disk::open(path)?,
            cache: Cache::default(),
        }))
    }

    /// The preimage of a key, if stored.
    ///
    /// What comes from disk is held against its key again where the key is its hash.
    pub fn get(&self, key: PreimageKey) -> Result<Option<Vec<u8>>, HostError> {
        match &self.0 {
            Kind::Memory(map) => Ok(map.unpoisoned_read().get(&key).cloned()),
            Kind::Disk { disk, cache } => {
                if let Some(value) = cache.get(key) {
                    return Ok(Some(value));
                }
                let Some(value) = disk.get(key)? else {
                    return Ok(None);
                };
                if matches!(key.key_type(), Ok(KeyType::Keccak256 | KeyType::Sha256)) {
                    verify(key, &value)?;
                }
                cache.insert(key, value.clone());
                Ok(Some(value))
            }
        }
    }

    /// True if the key is stored.
    pub fn contains(&self, key: PreimageKey) -> Result<bool, HostError> {
        match &self.0 {
            Kind::Memory(map) => Ok(map.unpoisoned_read().contains_key(&key)),
            Kind::Disk { disk, cache } => Ok(cache.contains(key) || disk.get(key)?.is_some()),
        }
    }

    /// Stores preimages, all or none.
    pub fn put(&self, batch: Batch) -> Result<(), HostError> {
        if batch.is_empty() {
            return Ok(());
        }
        match &self.0 {
            Kind::Memory(map) => map.unpoisoned_write().extend(batch.0),
            Kind::Disk { disk, cache } => {
                disk.put(&batch.0)?;
                for (key, value) in batch.0 {
                    cache.insert(key, value);
                }
            }
        }
        Ok(())
    }

    /// How many preimages are stored.
    pub fn len(&self) -> Result<u64, HostError> {
        match &self.0 {
            Kind::Memory(map) => Ok(map.unpoisoned_read().len() as u64),
            Kind::Disk { disk, .. } => disk.len(),
        }
    }

    /// True if nothing is stored.
    pub fn is_empty(&self) -> Result<bool, HostError> {
        Ok(self.len()? == 0)
    }

    /// Writes every preimage to one file; returns how many. A file of that name is replaced only when
    /// the new one is complete.
    pub fn export(&self, path: &Path) -> Result<u64, HostError> {
        let mut writer = file::Writer::create(path)?;
        match &self.0 {
            Kind::Memory(map) => {
                let map = map.unpoisoned_read();
                let mut sorted: Vec<_> = map.iter().collect();
                sorted.sort_unstable_by_key(|(key, _)| **key);
                for (key, value) in sorted {
                    writer.entry(*key, value)?;
                }
            }
            Kind::Disk { disk, .. } => disk.for_each(|key, value| writer.entry(key, value))?,
        }
        writer.finish()
    }

    /// Adds every preimage of an exported file, each checked against its key; all or none. Returns how
    /// many the file holds.
    pub fn import(&self, path: &Path) -> Result<u64, HostError> {
        let batch = file::read_checked(path)?;
        let count = batch.len() as u64;
        self.put(batch)?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> (Batch, PreimageKey) {
        let mut batch = Batch::default();
        let hash = batch.keccak(b"hello".to_vec());
        batch.sha256(b"world".to_vec());
        (batch, PreimageKey::keccak256(hash.0))
    }

    #[test]
    fn stored_values_are_read_back_after_reopening() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store");
        let (batch, key) = sample();
        let store = Store::open(&path).unwrap();
        store.put(batch).unwrap();
        assert_eq!(store.get(key).unwrap().unwrap(), b"hello");
        drop(store);
        let store = Store::open(&path).unwrap();
        assert_eq!(store.get(key).unwrap().unwrap(), b"hello");
        assert_eq!(store.len().unwrap(), 2);
        assert!(store.contains(key).unwrap());
    }

    #[test]
    fn store_in_use_is_a_typed_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store");
        let _held = Store::open(&path).unwrap();
        assert!(matches!(Store::open(&path), Err(HostError::StoreBusy(_))));
    }

    #[test]
    fn value_that_rotted_on_disk_is_not_served() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("store")).unwrap();
        let key = PreimageKey::keccak256([7; 32]);
        let Kind::Disk { disk, .. } = &store.0 else {
            unreachable!("opened on disk")
        };
        disk.put(&[(key, b"wrong".to_vec())]).unwrap();
        assert!(matches!(store.get(key), Err(HostError::Corrupt { .. })));
    }

    #[test]
    fn export_and_import_carry_everything_over() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("preimages");
        let (batch, key) = sample();
        let from = Store::open(&dir.path().join("store")).unwrap();
        from.put(batch).unwrap();
        assert_eq!(from.export(&file).unwrap(), 2);
        let to = Store::memory();
        assert_eq!(to.import(&file).unwrap(), 2);
        assert_eq!(to.get(key).unwrap().unwrap(), b"hello");
        let again = dir.path().join("again");
        to.export(&again).unwrap();
        assert_eq!(
            std::fs::read(&file).unwrap(),
            std::fs::read(&again).unwrap()
        );
    }

    #[test]
    fn blob_and_precompile_results_are_checked_on_import() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("preimages");
        let blob = vec![0; crate::kzg::BLOB_BYTES];
        let commitment = crate::kzg::commitment(&blob).unwrap();
        let mut batch = crate::kzg::preimages(&blob, &commitment);
        let mut input = vec![0; 28];
        input[19] = 2;
        let call = crate::precompile::Call::decode(&input).unwrap();
        let (call_key, result) = (call.key(), call.run().unwrap());
        batch.keccak(input.clone());
        batch.proven(call_key, result);
        let from = Store::memory();
        from.put(batch).unwrap();
        from.export(&file).unwrap();
        let to = Store::memory();
        to.import(&file).unwrap();
        assert_eq!(to.len().unwrap(), from.len().unwrap());

        let mut lie = Batch::default();
        lie.proven(call_key, vec![0]);
        from.put(lie).unwrap();
        from.export(&file).unwrap();
        let to = Store::memory();
        assert!(matches!(to.import(&file), Err(HostError::Corrupt { key, .. }) if key == call_key));
        assert!(to.is_empty().unwrap());
    }

    #[test]
    fn damaged_import_is_refused_whole() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("preimages");
        let (batch, _) = sample();
        let from = Store::memory();
        from.put(batch).unwrap();
        from.export(&file).unwrap();
        let good = std::fs::read(&file).unwrap();
        let to = Store::memory();
        for (name, bytes) in [
            ("empty", vec![]),
            ("other file", b"hello, world, this is no export".to_vec()),
            ("truncated", good[..good.len() - 1].to_vec()),
            ("longer", [&good[..], &[0]].concat()),
            ("flipped", {
                let mut bytes = good.clone();
                let last = bytes.len() - 40;
                bytes[last] ^= 1;
                bytes
            }),
        ] {
            std::fs::write(&file, bytes).unwrap();
            assert!(
                matches!(to.import(&file), Err(HostError::Import(_))),
                "{name}"
            );
        }
        assert!(to.is_empty().unwrap());
    }
}
