//! Blobs, one field element a preimage.

use alloc::vec::Vec;

use endgame_ortho_crypto::{FIELD_ELEMENTS_PER_BLOB, blob_points};
use endgame_ortho_derive::L1Block;
use endgame_ortho_primitives::{Hash, keccak256};
use endgame_preimage::{KeyType, PreimageKey};

use crate::{PreimageError, oracle::Oracle};

/// Blobs as derivation reads them.
#[derive(Debug)]
pub(crate) struct Blobs {
    oracle: Oracle,
    /// Computed when the first blob is read.
    points: Vec<[u8; 32]>,
}

impl Blobs {
    pub(crate) const fn new(oracle: Oracle) -> Self {
        Self {
            oracle,
            points: Vec::new(),
        }
    }

    /// The blob with this versioned hash, the `index`-th of its block's.
    ///
    /// The commitment is checked against the versioned hash (a sha-256 preimage); that the elements
    /// belong to the commitment is what L1 checks, and the host before it.
    pub(crate) fn blob(
        &mut self,
        block: &L1Block,
        index: u64,
        hash: Hash,
    ) -> Result<Vec<u8>, PreimageError> {
        if self.points.is_empty() {
            self.points = blob_points();
        }
        let (index, time) = (index.to_be_bytes(), block.header.timestamp.to_be_bytes());
        self.oracle.hint("l1-blob", &[&hash.0, &index, &time])?;
        let commitment: [u8; 48] = self
            .oracle
            .exact(PreimageKey::new(KeyType::Sha256, hash.0))?;
        let mut blob = Vec::with_capacity(FIELD_ELEMENTS_PER_BLOB * 32);
        for point in &self.points {
            let digest = keccak256(&[&commitment[..], point].concat());
            let key = PreimageKey::new(KeyType::Blob, digest.0);
            blob.extend_from_slice(&self.oracle.exact::<32>(key)?);
        }
        Ok(blob)
    }
}

#[cfg(test)]
mod tests {
    use endgame_ortho_crypto::{sha256, versioned_hash};
    use endgame_ortho_types::Header;

    use super::*;
    use crate::testing::Served;

    const COMMITMENT: [u8; 48] = [0xc0; 48];

    fn key(point: &[u8; 32]) -> PreimageKey {
        let digest = keccak256(&[&COMMITMENT[..], point].concat());
        PreimageKey::new(KeyType::Blob, digest.0)
    }

    /// An oracle with a blob whose n-th element ends in n.
    fn served() -> (Served, L1Block, Hash) {
        let served = Served::default();
        for (index, point) in (0u64..).zip(blob_points()) {
            let element = [[0; 24].as_slice(), &index.to_be_bytes()].concat();
            served.put(key(&point), element);
        }
        let commitment = PreimageKey::new(KeyType::Sha256, sha256(&COMMITMENT));
        served.put(commitment, COMMITMENT.to_vec());
        let header = Header {
            timestamp: 0x77,
            ..Header::default()
        };
        let block = L1Block {
            hash: header.hash(),
            header,
        };
        (served, block, Hash(versioned_hash(&COMMITMENT)))
    }

    #[test]
    fn elements_come_in_the_blobs_order_after_the_hint() {
        let (served, block, hash) = served();
        let blob = Blobs::new(served.natively()).blob(&block, 3, hash).unwrap();
        assert_eq!(blob.len(), 131_072);
        let last = |n: usize| u64::from_be_bytes(blob[32 * n + 24..][..8].try_into().unwrap());
        assert_eq!([last(0), last(1), last(4095)], [0, 1, 4095]);
        let hint = alloc::format!("l1-blob {hash}{:016x}{:016x}", 3, 0x77);
        assert_eq!(served.hints(), [hint]);
    }

    #[test]
    fn wrong_commitment_and_misshapen_elements_are_refused() {
        let (served, block, hash) = served();
        let point = blob_points()[1000];
        served.put(key(&point), [0; 31].to_vec());
        let misshapen = PreimageError::Length {
            key: key(&point),
            expected: 32,
            actual: 31,
        };
        let mut blobs = Blobs::new(served.natively());
        assert_eq!(blobs.blob(&block, 0, hash), Err(misshapen));
        let commitment = PreimageKey::new(KeyType::Sha256, hash.0);
        served.put(commitment, [0xc1; 48].to_vec());
        let wrong = PreimageError::Mismatch(commitment);
        assert_eq!(blobs.blob(&block, 0, hash), Err(wrong));
    }
}
