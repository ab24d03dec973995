//! Proving to L1 what a field element of a blob is.

use alloy::primitives::{B256, U256, keccak256, uint};
use endgame_preimage::{KeyType, PreimageKey, PreimageOracle};

use super::mips::behind;
use crate::{AgentError, traces::OpenedKey};

/// Field elements of a blob (EIP-4844).
const ELEMENTS: usize = 4096;
/// Order of the BLS12-381 scalar field.
const MODULUS: U256 =
    uint!(0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001_U256);

/// Opens the key of a field element and proves its value with the rest of its blob, which the
/// oracle has because a program reads blobs whole.
pub(super) fn open(
    key: PreimageKey,
    value: &[u8],
    oracle: &impl PreimageOracle,
) -> Result<OpenedKey, AgentError> {
    let name = behind(key, oracle)?;
    let Some((commitment, z)) = name.split_first_chunk::<48>() else {
        return Err(AgentError::Preimage(format!(
            "{key} is not a field element's"
        )));
    };
    let z = B256::try_from(z)
        .map_err(|_| AgentError::Preimage(format!("{key} is not a field element's")))?;
    let mut blob = Vec::with_capacity(ELEMENTS * 32);
    for root in roots_of_unity() {
        let digest = keccak256([commitment.as_slice(), root.as_slice()].concat());
        let element = oracle
            .get(PreimageKey::new(KeyType::Blob, digest.0))
            .map_err(|e| AgentError::Preimage(format!("the blob of {key}: {e}")))?;
        blob.extend_from_slice(&element);
    }
    let proof = prove(&blob, z, value)?;
    Ok(OpenedKey::Blob {
        z,
        commitment: commitment.to_vec(),
        proof,
    })
}

fn prove(blob: &[u8], z: B256, value: &[u8]) -> Result<Vec<u8>, AgentError> {
    let kzg = |e: c_kzg::Error| AgentError::Preimage(format!("KZG: {e:?}"));
    let blob = c_kzg::Blob::from_bytes(blob).map_err(kzg)?;
    let (proof, y) = c_kzg::ethereum_kzg_settings(0)
        .compute_kzg_proof(&blob, &c_kzg::Bytes32::new(z.0))
        .map_err(kzg)?;
    if y.as_slice() != value {
        return Err(AgentError::Preimage(
            "the blob has another element there".to_owned(),
        ));
    }
    Ok(proof.to_bytes().as_slice().to_vec())
}

/// The points that a blob's elements are values at, in their order: the 4096th roots of unity by
/// bit-reversed index.
fn roots_of_unity() -> impl Iterator<Item = B256> {
    // 7 generates the field's multiplicative group.
    let exponent = (MODULUS - U256::from(1)) / U256::from(ELEMENTS);
    let root = U256::from(7).pow_mod(exponent, MODULUS);
    (0..ELEMENTS as u32).map(move |index| {
        let reversed = index.reverse_bits() >> (32 - ELEMENTS.trailing_zeros());
        root.pow_mod(U256::from(reversed), MODULUS).into()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use endgame_preimage::OracleError;

    use super::*;

    struct Map(HashMap<PreimageKey, Vec<u8>>);

    impl PreimageOracle for Map {
        fn hint(&self, _hint: &[u8]) -> Result<(), OracleError> {
            Ok(())
        }
        fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
            self.0.get(&key).cloned().ok_or(OracleError::NotFound(key))
        }
    }

    #[test]
    fn proof_of_a_field_element_verifies() {
        let elements: Vec<[u8; 32]> = (0..ELEMENTS)
            .map(|i| keccak256(i.to_be_bytes()).0)
            .map(|mut e| {
                e[0] = 0;
                e
            })
            .collect();
        let bytes = elements.concat();
        let settings = c_kzg::ethereum_kzg_settings(0);
        let blob = c_kzg::Blob::from_bytes(&bytes).unwrap();
        let commitment = settings.blob_to_kzg_commitment(&blob).unwrap().to_bytes();
        let mut map = HashMap::new();
        let mut keys = Vec::new();
        for (root, element) in roots_of_unity().zip(&elements) {
            let name = [commitment.as_slice(), root.as_slice()].concat();
            let digest = keccak256(&name).0;
            map.insert(PreimageKey::new(KeyType::Blob, digest), element.to_vec());
            map.insert(PreimageKey::keccak256(digest), name);
            keys.push(PreimageKey::new(KeyType::Blob, digest));
        }
        let mut oracle = Map(map);
        let opened = open(keys[77], &elements[77], &oracle).unwrap();
        let OpenedKey::Blob {
            z,
            commitment: opened_commitment,
            proof,
        } = opened
        else {
            panic!("not a blob");
        };
        assert_eq!(opened_commitment, commitment.as_slice());
        let proof = c_kzg::Bytes48::from_bytes(&proof).unwrap();
        let y = c_kzg::Bytes32::new(elements[77]);
        let z = c_kzg::Bytes32::new(z.0);
        assert!(
            settings
                .verify_kzg_proof(&commitment, &z, &y, &proof)
                .unwrap()
        );
        assert!(open(keys[77], &elements[78], &oracle).is_err());
        oracle.0.remove(&keys[5]);
        assert!(matches!(
            open(keys[77], &elements[77], &oracle),
            Err(AgentError::Preimage(_))
        ));
    }
}
