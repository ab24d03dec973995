//! Blobs: from 128 KiB to a versioned hash, and to the preimages of their field elements.

use std::sync::LazyLock;

use alloy_primitives::{B256, U256, keccak256, uint};
use c_kzg::KzgSettings;
use endgame_preimage::{KeyType, PreimageKey};
use sha2::{Digest, Sha256};

use crate::{HostError, store::Batch};

/// Field elements in a blob (EIP-4844).
pub(crate) const FIELD_ELEMENTS: usize = 4096;
/// Bytes in a blob.
pub const BLOB_BYTES: usize = FIELD_ELEMENTS * 32;

/// The order of the BLS12-381 scalar field.
const MODULUS: U256 =
    uint!(0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001_U256);

/// The points a blob's polynomial is given at, in the order of its field elements: the 4096th roots
/// of unity, bit-reversed (consensus-specs `polynomial-commitments.md`).
static ROOTS_OF_UNITY: LazyLock<Vec<B256>> = LazyLock::new(|| {
    let order = U256::from(FIELD_ELEMENTS);
    // 7 generates the field's multiplicative group.
    let root = U256::from(7).pow_mod((MODULUS - U256::from(1)) / order, MODULUS);
    let natural: Vec<B256> = std::iter::successors(Some(U256::from(1)), |power| {
        Some(power.mul_mod(root, MODULUS))
    })
    .take(FIELD_ELEMENTS)
    .map(B256::from)
    .collect();
    let bits = FIELD_ELEMENTS.trailing_zeros();
    (0..FIELD_ELEMENTS as u32)
        .filter_map(|index| natural.get((index.reverse_bits() >> (32 - bits)) as usize))
        .copied()
        .collect()
});

fn settings() -> &'static KzgSettings {
    c_kzg::ethereum_kzg_settings(0)
}

/// The commitment of a blob, computed.
pub(crate) fn commitment(blob: &[u8]) -> Result<[u8; 48], HostError> {
    let kzg = |error: c_kzg::Error| HostError::Kzg(format!("{error:?}"));
    let blob = c_kzg::Blob::from_bytes(blob).map_err(kzg)?;
    let commitment = settings().blob_to_kzg_commitment(&blob).map_err(kzg)?;
    Ok(commitment.to_bytes().into_inner())
}

/// 1 ‖ SHA-256 of the commitment without its first byte (EIP-4844).
pub(crate) fn versioned_hash(commitment: &[u8; 48]) -> B256 {
    let mut hash = B256::from_slice(&Sha256::digest(commitment));
    hash.0[0] = 1;
    hash
}

/// The preimage that a field element's key is the keccak-256 of: commitment (48) ‖ root (32).
pub(crate) fn element_name(commitment: &[u8; 48], root: &B256) -> [u8; 80] {
    let mut name = [0; 80];
    let (head, tail) = name.split_at_mut(48);
    head.copy_from_slice(commitment);
    tail.copy_from_slice(root.as_slice());
    name
}

/// The position of the element that is named by a root of unity.
pub(crate) fn element_index(root: &B256) -> Option<usize> {
    ROOTS_OF_UNITY.iter().position(|known| known == root)
}

/// The names of a blob's elements in their order.
pub(crate) fn element_names(commitment: &[u8; 48]) -> impl Iterator<Item = [u8; 80]> + '_ {
    ROOTS_OF_UNITY
        .iter()
        .map(move |root| element_name(commitment, root))
}

/// The keys of a blob's elements in their order.
pub(crate) fn element_keys(commitment: &[u8; 48]) -> impl Iterator<Item = PreimageKey> + '_ {
    element_names(commitment).map(|name| PreimageKey::new(KeyType::Blob, keccak256(name).0))
}

/// All preimages of a blob whose commitment was computed from it: the commitment under the versioned
/// hash, each field element, and each element's name, which whoever loads it on L1 needs.
pub(crate) fn preimages(blob: &[u8], commitment: &[u8; 48]) -> Batch {
    let mut batch = Batch::default();
    batch.sha256(commitment.to_vec());
    for (name, element) in element_names(commitment).zip(blob.chunks_exact(32)) {
        let hash = keccak256(name);
        batch.keccak(name.to_vec());
        batch.proven(PreimageKey::new(KeyType::Blob, hash.0), element.to_vec());
    }
    batch
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::b256;

    #[test]
    fn roots_of_unity_start_with_one_and_minus_one() {
        assert_eq!(ROOTS_OF_UNITY.len(), FIELD_ELEMENTS);
        assert_eq!(ROOTS_OF_UNITY[0], B256::from(U256::from(1)));
        assert_eq!(
            ROOTS_OF_UNITY[1],
            B256::from(MODULUS - U256::from(1)),
            "bit reversal puts the square root of one second"
        );
        assert_eq!(element_index(&ROOTS_OF_UNITY[77]), Some(77));
        assert_eq!(element_index(&B256::ZERO), None);
    }

    /// The library's own evaluation at each root agrees with our order of them.
    #[test]
    fn field_elements_are_the_values_at_our_roots() {
        let mut blob = vec![0; BLOB_BYTES];
        for (index, element) in blob.chunks_exact_mut(32).enumerate() {
            element[30..].copy_from_slice(&(index as u16).to_be_bytes());
        }
        let kzg_blob = c_kzg::Blob::from_bytes(&blob).unwrap();
        for index in [0, 1, 2, 77, 4095] {
            let point = c_kzg::Bytes32::new(ROOTS_OF_UNITY[index].0);
            let (_proof, value) = settings().compute_kzg_proof(&kzg_blob, &point).unwrap();
            assert_eq!(value.as_slice(), &blob[index * 32..index * 32 + 32]);
        }
    }

    #[test]
    fn empty_blob_has_the_known_versioned_hash() {
        let commitment = commitment(&vec![0; BLOB_BYTES]).unwrap();
        assert_eq!(
            versioned_hash(&commitment),
            b256!("010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014")
        );
    }

    #[test]
    fn element_over_the_modulus_is_refused() {
        assert!(matches!(
            commitment(&vec![0xff; BLOB_BYTES]),
            Err(HostError::Kzg(_))
        ));
        assert!(matches!(commitment(&[0; 5]), Err(HostError::Kzg(_))));
    }
}
