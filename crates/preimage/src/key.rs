//! Typed preimage keys.

use core::fmt;

/// How a key commits to its preimage: the key's first byte.
///
/// Specs `fault-proof/index.md`, "Pre-image key types".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum KeyType {
    /// Bootstrap data, bound to one run and not to any hash.
    Local = 1,
    /// keccak-256 of the preimage, first byte replaced.
    Keccak256 = 2,
    /// Reserved for keys that no hash binds; never used here (S2-VER-4).
    GlobalGeneric = 3,
    /// SHA-256 of the preimage, first byte replaced.
    Sha256 = 4,
    /// One field element of an EIP-4844 blob: keccak-256 of commitment (48) ‖ root of unity (32).
    Blob = 5,
    /// The result of a precompile: keccak-256 of address (20) ‖ required gas (8) ‖ input.
    Precompile = 6,
}

/// A key whose first byte names no known type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("preimage key {0}: unknown type byte")]
pub struct InvalidKey(pub PreimageKey);

/// The 32-byte name of a preimage.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PreimageKey([u8; 32]);

/// The boot inputs that L1 can supply (`addLocalData` knows no others).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum LocalIndex {
    /// Hash of the L1 block that the run may read up to (32 bytes).
    L1Head = 1,
    /// Output root agreed upon by both sides (32 bytes).
    AgreedOutputRoot = 2,
    /// Output root in dispute (32 bytes).
    ClaimedOutputRoot = 3,
    /// L2 block number of the claim (8 bytes, big-endian).
    ClaimedBlock = 4,
    /// L2 chain id (8 bytes, big-endian).
    ChainId = 5,
}

impl PreimageKey {
    /// A key from a digest: `digest` with its first byte replaced by the type.
    pub const fn new(key_type: KeyType, mut digest: [u8; 32]) -> Self {
        digest[0] = key_type as u8;
        Self(digest)
    }

    /// The key of a local (bootstrap) value.
    pub const fn local(index: LocalIndex) -> Self {
        let mut key = [0; 32];
        key[0] = KeyType::Local as u8;
        key[31] = index as u8;
        Self(key)
    }

    /// The key of a preimage with this keccak-256 hash.
    pub const fn keccak256(hash: [u8; 32]) -> Self {
        Self::new(KeyType::Keccak256, hash)
    }

    /// A key as it came over the wire, its type byte not yet judged.
    pub const fn from_raw(raw: [u8; 32]) -> Self {
        Self(raw)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The type, if the first byte names one.
    pub const fn key_type(&self) -> Result<KeyType, InvalidKey> {
        Ok(match self.0[0] {
            1 => KeyType::Local,
            2 => KeyType::Keccak256,
            3 => KeyType::GlobalGeneric,
            4 => KeyType::Sha256,
            5 => KeyType::Blob,
            6 => KeyType::Precompile,
            _ => return Err(InvalidKey(*self)),
        })
    }
}

impl fmt::Display for PreimageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for PreimageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_key_holds_the_index_big_endian() {
        let key = PreimageKey::local(LocalIndex::ChainId);
        let mut raw = [0; 32];
        raw[0] = 1;
        raw[31] = 5;
        assert_eq!(key, PreimageKey::from_raw(raw));
        assert_eq!(key.key_type(), Ok(KeyType::Local));
    }

    #[test]
    fn unknown_type_byte_is_refused() {
        let key = PreimageKey::from_raw([7; 32]);
        assert_eq!(key.key_type(), Err(InvalidKey(key)));
    }
}
