//! One file with many preimages: what `export` writes and `import` reads.
//!
//! Format: the magic, then for each preimage, by ascending key, the key (32), the value's length
//! (4, big-endian) and the value; then 32 zero bytes (no key's type is 0), the count (8, big-endian) and
//! the SHA-256 of all before it.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use endgame_preimage::{KeyType, PreimageKey};
use sha2::{Digest, Sha256};

use super::Batch;
use crate::{
    HostError, kzg,
    verify::{self, verify_with},
};

const MAGIC: &[u8; 16] = b"endgame-preimg-1";
const END: [u8; 32] = [0; 32];

/// The longest value taken from a file: 1 GiB, as over the wire.
const MAX_VALUE: u32 = 1 << 30;

pub(crate) struct Writer {
    path: PathBuf,
    partial: PathBuf,
    out: BufWriter<File>,
    hash: Sha256,
    count: u64,
}

impl Writer {
    pub(crate) fn create(path: &Path) -> Result<Self, HostError> {
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let file = File::create(&partial)
            .map_err(|e| HostError::io(format!("create {}", partial.display()), &e))?;
        let mut writer = Self {
            path: path.into(),
            partial,
            out: BufWriter::new(file),
            hash: Sha256::new(),
            count: 0,
        };
        writer.write(MAGIC)?;
        Ok(writer)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), HostError> {
        self.hash.update(bytes);
        self.out
            .write_all(bytes)
            .map_err(|e| HostError::io(format!("write {}", self.partial.display()), &e))
    }

    pub(crate) fn entry(&mut self, key: PreimageKey, value: &[u8]) -> Result<(), HostError> {
        let len = u32::try_from(value.len())
            .ok()
            .filter(|len| *len <= MAX_VALUE)
            .ok_or_else(|| HostError::Store(format!("preimage {key} is over 1 GiB")))?;
        self.write(key.as_bytes())?;
        self.write(&len.to_be_bytes())?;
        self.write(value)?;
        self.count += 1;
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<u64, HostError> {
        self.write(&END)?;
        self.write(&self.count.to_be_bytes())?;
        let digest = self.hash.clone().finalize();
        self.write(&digest)?;
        let failed = |what: &str, path: &Path, e: &io::Error| {
            HostError::io(format!("{what} {}", path.display()), e)
        };
        self.out
            .flush()
            .and_then(|()| self.out.get_ref().sync_all())
            .map_err(|e| failed("write", &self.partial, &e))?;
        std::fs::rename(&self.partial, &self.path)
            .map_err(|e| failed("rename", &self.partial, &e))?;
        Ok(self.count)
    }
}

struct Reader {
    input: BufReader<File>,
    hash: Sha256,
}

impl Reader {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], HostError> {
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes).map_err(|e| short(&e))?;
        self.hash.update(bytes);
        Ok(bytes)
    }

    fn take_vec(&mut self, len: u32) -> Result<Vec<u8>, HostError> {
        let mut bytes = Vec::new();
        (&mut self.input)
            .take(len.into())
            .read_to_end(&mut bytes)
            .map_err(|e| short(&e))?;
        if bytes.len() != len as usize {
            return Err(HostError::Import("the file ends too early".into()));
        }
        self.hash.update(&bytes);
        Ok(bytes)
    }
}

fn short(error: &io::Error) -> HostError {
    HostError::Import(if error.kind() == io::ErrorKind::UnexpectedEof {
        "the file ends too early".into()
    } else {
        error.to_string()
    })
}

/// Reads a whole file, checking its frame and each preimage.
pub(crate) fn read_checked(path: &Path) -> Result<Batch, HostError> {
    let batch = read(path)?;
    check(&batch)?;
    Ok(batch)
}

fn read(path: &Path) -> Result<Batch, HostError> {
    let file =
        File::open(path).map_err(|e| HostError::io(format!("open {}", path.display()), &e))?;
    let mut reader = Reader {
        input: BufReader::new(file),
        hash: Sha256::new(),
    };
    if reader.take()? != *MAGIC {
        return Err(HostError::Import("not an export of preimages".into()));
    }
    let mut batch = Batch::default();
    loop {
        let key: [u8; 32] = reader.take()?;
        if key == END {
            break;
        }
        let len = u32::from_be_bytes(reader.take()?);
        if len > MAX_VALUE {
            return Err(HostError::Import("a preimage over 1 GiB".into()));
        }
        let value = reader.take_vec(len)?;
        batch.proven(PreimageKey::from_raw(key), value);
    }
    if u64::from_be_bytes(reader.take()?) != batch.len() as u64 {
        return Err(HostError::Import("the count is wrong".into()));
    }
    let digest: [u8; 32] = reader.hash.clone().finalize().into();
    if reader.take()? != digest {
        return Err(HostError::Import("the checksum is wrong".into()));
    }
    if reader.input.read(&mut [0]).map_err(|e| short(&e))? != 0 {
        return Err(HostError::Import("bytes after the end".into()));
    }
    Ok(batch)
}

/// Each preimage against its key. The elements of a blob are checked once a blob.
fn check(batch: &Batch) -> Result<(), HostError> {
    let map: std::collections::HashMap<_, _> = batch
        .0
        .iter()
        .map(|(key, value)| (*key, value.as_slice()))
        .collect();
    let lookup = |key| map.get(&key).map(|value| value.to_vec());
    let mut elements = HashSet::new();
    for (key, value) in &batch.0 {
        if key.key_type() == Ok(KeyType::Blob) {
            if elements.contains(key) {
                continue;
            }
            verify_with(*key, value, &lookup)?;
            if let Some((commitment, _)) = map
                .get(&verify::named_by(*key))
                .and_then(|name| name.split_first_chunk::<48>())
            {
                elements.extend(kzg::element_keys(commitment));
            }
            continue;
        }
        verify_with(*key, value, &lookup)?;
    }
    Ok(())
}
