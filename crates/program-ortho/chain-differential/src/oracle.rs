//! Preimages in memory.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, OnceLock, RwLock},
};

use alloy_primitives::{B256, Bytes, U256, keccak256, uint};
use endgame_kona_executor::{PreimageError, PreimageKind, Preimages, trie::Trie};
use endgame_preimage::{KeyType, OracleError, PreimageKey, PreimageOracle};
use sha2::{Digest, Sha256};

/// Field elements in a blob (EIP-4844).
const ELEMENTS: u16 = 4096;
/// Bytes of a blob.
pub(crate) const BLOB: usize = 131_072;
/// Blobs that a case may have: their commitments, and so the keys of their elements, are always
/// the same.
pub(crate) const BLOBS: usize = 6;

const MODULUS: U256 =
    uint!(0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001_U256);
/// 7 to the power of (modulus - 1) / 4096.
const ROOT: U256 = uint!(0x564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306_U256);

/// Nobody checks that a commitment is to the blob: the programs leave that to L1.
const fn commitment(blob: usize) -> [u8; 48] {
    [0xb0 + blob as u8; 48]
}

/// The versioned hash of the case's blob of this index.
pub(crate) fn blob_hash(blob: usize) -> B256 {
    let mut hash: [u8; 32] = Sha256::digest(commitment(blob)).into();
    hash[0] = 1;
    B256::from(hash)
}

/// Which element of which blob a key asks for.
fn elements() -> &'static HashMap<PreimageKey, (usize, usize)> {
    static KEYS: OnceLock<HashMap<PreimageKey, (usize, usize)>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let mut keys = HashMap::new();
        let mut power = U256::ONE;
        for exponent in 0..ELEMENTS {
            let element = usize::from(exponent.reverse_bits() >> 4);
            for blob in 0..BLOBS {
                let digest =
                    keccak256([&commitment(blob)[..], &power.to_be_bytes::<32>()].concat());
                keys.insert(PreimageKey::new(KeyType::Blob, digest.0), (blob, element));
            }
            power = power.mul_mod(ROOT, MODULUS);
        }
        keys
    })
}

#[derive(Default)]
struct Content {
    keccak: HashMap<PreimageKey, Bytes>,
    blobs: Vec<Vec<u8>>,
}

/// Everything that both programs may ask for, but for the boot inputs.
#[derive(Clone, Default)]
pub(crate) struct Store(Arc<RwLock<Content>>);

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    pub(crate) fn add(&self, bytes: impl Into<Bytes>) -> B256 {
        let bytes = bytes.into();
        let hash = keccak256(&bytes);
        self.0
            .write()
            .unwrap()
            .keccak
            .insert(PreimageKey::keccak256(hash.0), bytes);
        hash
    }

    /// Adds byte strings under their hashes.
    pub(crate) fn add_all(&self, preimages: impl IntoIterator<Item = (B256, Bytes)>) {
        let preimages = preimages
            .into_iter()
            .map(|(hash, bytes)| (PreimageKey::keccak256(hash.0), bytes));
        self.0.write().unwrap().keccak.extend(preimages);
    }

    /// Adds a list's trie; its root.
    pub(crate) fn add_list(&self, items: &[Bytes]) -> B256 {
        let mut trie = Trie::empty();
        for (index, item) in items.iter().enumerate() {
            trie.insert(&alloy_rlp::encode(index), item.clone(), self)
                .unwrap();
        }
        let mut nodes = Vec::new();
        let root = trie.commit(&mut |hash, node| nodes.push((hash, node.into())));
        self.add_all(nodes);
        root
    }

    /// Adds a blob; its versioned hash. `None` once there are enough.
    pub(crate) fn add_blob(&self, blob: Vec<u8>) -> Option<B256> {
        let blobs = &mut self.0.write().unwrap().blobs;
        (blobs.len() < BLOBS).then(|| {
            blobs.push(blob);
            blob_hash(blobs.len() - 1)
        })
    }

    fn find(&self, key: PreimageKey) -> Option<Vec<u8>> {
        let content = self.0.read().unwrap();
        match key.key_type().ok()? {
            KeyType::Keccak256 => content.keccak.get(&key).map(|bytes| bytes.to_vec()),
            KeyType::Sha256 => (0..BLOBS)
                .find(|blob| blob_hash(*blob).0[1..] == key.as_bytes()[1..])
                .map(|blob| commitment(blob).to_vec()),
            KeyType::Blob => {
                let (blob, element) = *elements().get(&key)?;
                let blob = content.blobs.get(blob)?;
                Some(blob[32 * element..][..32].to_vec())
            }
            _ => None,
        }
    }
}

impl Preimages for Store {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        let key = PreimageKey::keccak256(hash.0);
        let found = self.0.read().unwrap().keccak.get(&key).cloned();
        found.ok_or(PreimageError::NotFound { kind, hash })
    }
}

/// The boot inputs of a run over a store, and what it hinted at.
#[derive(Clone, Debug)]
pub(crate) struct Oracle {
    pub(crate) store: Store,
    pub(crate) boot: endgame_program_kona::BootInputs,
    /// The data of hints that name the block that is executed next.
    pub(crate) payloads: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Oracle {
    pub(crate) fn new(store: &Store, boot: endgame_program_kona::BootInputs) -> Self {
        Self {
            store: store.clone(),
            boot,
            payloads: Arc::default(),
        }
    }

    /// The payload attributes of the blocks that were executed, as the hints have them.
    pub(crate) fn attributes(&self) -> Vec<serde_json::Value> {
        let payloads = self.payloads.lock().unwrap();
        let json = payloads.iter().filter_map(|payload| payload.get(32..));
        json.filter_map(|json| serde_json::from_slice(json).ok())
            .collect()
    }
}

impl PreimageOracle for Oracle {
    fn hint(&self, hint: &[u8]) -> Result<(), OracleError> {
        if hint.starts_with(b"l2-payload-witness ") {
            let hint = endgame_preimage::Hint::parse(hint)?;
            self.payloads.lock().unwrap().push(hint.data);
        }
        Ok(())
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        self.boot
            .local(key)
            .or_else(|| self.store.find(key))
            .ok_or(OracleError::NotFound(key))
    }
}
