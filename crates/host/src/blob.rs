//! A folder of blobs, for who has them before (or without) a beacon node.

use std::path::{Path, PathBuf};

use alloy_primitives::B256;

use crate::{HostError, kzg};

/// Blobs by versioned hash, one file each (its name is the hash in hex, its content the 131,072 bytes).
///
/// Several processes may share the folder. Files are written whole or not at all.
#[derive(Clone, Debug)]
pub struct BlobStore {
    dir: PathBuf,
}

impl BlobStore {
    /// The store in a folder, made if it is not there.
    pub fn open(dir: impl Into<PathBuf>) -> Result<Self, HostError> {
        let dir = dir.into();
        std::fs::create_dir_all(&dir)
            .map_err(|e| HostError::io(format!("make {}", dir.display()), &e))?;
        Ok(Self { dir })
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Stores a blob; returns its versioned hash, computed.
    pub fn put(&self, blob: &[u8]) -> Result<B256, HostError> {
        let hash = kzg::versioned_hash(&kzg::commitment(blob)?);
        let path = self.path(hash);
        let partial = path.with_extension(format!("partial-{}", std::process::id()));
        std::fs::write(&partial, blob)
            .and_then(|()| std::fs::rename(&partial, &path))
            .map_err(|e| HostError::io(format!("write {}", path.display()), &e))?;
        Ok(hash)
    }

    /// The blob with this versioned hash, if it is there. Not checked: [`Backend`](crate::Backend) does
    /// before it uses it.
    pub fn get(&self, hash: B256) -> Result<Option<Vec<u8>>, HostError> {
        let path = self.path(hash);
        match std::fs::read(&path) {
            Ok(blob) => Ok(Some(blob)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(HostError::io(format!("read {}", path.display()), &error)),
        }
    }

    fn path(&self, hash: B256) -> PathBuf {
        self.dir.join(hash.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blob_is_found_under_its_versioned_hash() {
        let dir = tempfile::tempdir().unwrap();
        let store = BlobStore::open(dir.path().join("blobs")).unwrap();
        let mut blob = vec![0; kzg::BLOB_BYTES];
        blob[40] = 1;
        let hash = store.put(&blob).unwrap();
        assert_eq!(hash[0], 1);
        assert_eq!(store.get(hash).unwrap(), Some(blob));
        assert_eq!(store.get(B256::ZERO).unwrap(), None);
        let names: Vec<_> = std::fs::read_dir(store.dir()).unwrap().collect();
        assert_eq!(names.len(), 1, "nothing partial is left");
    }

    #[test]
    fn what_is_no_blob_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let store = BlobStore::open(dir.path()).unwrap();
        assert!(store.put(b"short").is_err());
    }
}
