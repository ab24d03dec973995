//! Does a value match its key?

use alloy_primitives::keccak256;
use endgame_preimage::{KeyType, PreimageKey};
use sha2::{Digest, Sha256};

use crate::{HostError, kzg, precompile::Call};

/// Looks a preimage up, to judge another by it.
pub type Lookup<'a> = &'a dyn Fn(PreimageKey) -> Option<Vec<u8>>;

/// Checks a value whose key is its hash (keccak-256, SHA-256).
///
/// The other types commit to something besides the value: [`verify_with`] finds it.
pub fn verify(key: PreimageKey, value: &[u8]) -> Result<(), HostError> {
    verify_with(key, value, &|_| None)
}

/// Checks a value against its key, looking up what the key's hash stands for.
///
/// The result of a precompile is recomputed from its input; a blob's field element is held against the
/// KZG commitment, for which all 4096 elements must be at hand. Local and generic keys are bound to no
/// hash and always refused.
pub fn verify_with(key: PreimageKey, value: &[u8], lookup: Lookup<'_>) -> Result<(), HostError> {
    let corrupt = |reason: &str| HostError::Corrupt {
        key,
        reason: reason.into(),
    };
    let key_type = key.key_type().map_err(|_| corrupt("unknown key type"))?;
    let digest = match key_type {
        KeyType::Keccak256 => keccak256(value).0,
        KeyType::Sha256 => Sha256::digest(value).into(),
        KeyType::Precompile => {
            let input = lookup(named_by(key)).ok_or_else(|| corrupt("its input is not known"))?;
            return if Call::decode(&input)?.run()? == value {
                Ok(())
            } else {
                Err(corrupt("the precompile returns something else"))
            };
        }
        KeyType::Blob => return verify_element(key, value, lookup),
        KeyType::Local | KeyType::GlobalGeneric => {
            return Err(corrupt("its key is bound to no hash"));
        }
    };
    if PreimageKey::new(key_type, digest) == key {
        Ok(())
    } else {
        Err(corrupt("its hash is another"))
    }
}

/// The keccak-256 key with the same digest: what a blob or precompile key commits to.
pub(crate) fn named_by(key: PreimageKey) -> PreimageKey {
    PreimageKey::keccak256(*key.as_bytes())
}

fn verify_element(key: PreimageKey, value: &[u8], lookup: Lookup<'_>) -> Result<(), HostError> {
    let corrupt = |reason: &str| HostError::Corrupt {
        key,
        reason: reason.into(),
    };
    let name = lookup(named_by(key)).ok_or_else(|| corrupt("its commitment is not known"))?;
    let (commitment, root) = name
        .split_first_chunk::<48>()
        .ok_or_else(|| corrupt("its key names no field element"))?;
    let root = root
        .try_into()
        .map_err(|_| corrupt("its key names no field element"))?;
    let index =
        kzg::element_index(&root).ok_or_else(|| corrupt("its point is no root of unity"))?;
    let blob = assemble_blob(commitment, lookup)
        .ok_or_else(|| corrupt("the rest of its blob is not known"))?;
    let same = blob.chunks_exact(32).nth(index) == Some(value);
    if same && kzg::commitment(&blob)? == *commitment {
        Ok(())
    } else {
        Err(corrupt("the KZG commitment is another blob's"))
    }
}

/// Puts a blob together from its field elements; none if one is missing or misshapen.
fn assemble_blob(commitment: &[u8; 48], lookup: Lookup<'_>) -> Option<Vec<u8>> {
    let mut blob = Vec::with_capacity(kzg::BLOB_BYTES);
    for key in kzg::element_keys(commitment) {
        let element = lookup(key).filter(|element| element.len() == 32)?;
        blob.extend(element);
    }
    Some(blob)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use endgame_preimage::LocalIndex;

    #[test]
    fn value_must_hash_to_its_key() {
        let key = PreimageKey::keccak256(keccak256(b"a").0);
        assert_eq!(verify(key, b"a"), Ok(()));
        assert!(matches!(verify(key, b"b"), Err(HostError::Corrupt { .. })));
        let key = PreimageKey::new(KeyType::Sha256, Sha256::digest(b"a").into());
        assert_eq!(verify(key, b"a"), Ok(()));
        assert!(verify(key, b"").is_err());
    }

    #[test]
    fn keys_bound_to_no_hash_are_refused() {
        assert!(verify(PreimageKey::local(LocalIndex::L1Head), b"a").is_err());
        for type_byte in [0, 3, 7] {
            assert!(verify(PreimageKey::from_raw([type_byte; 32]), b"a").is_err());
        }
    }

    #[test]
    fn precompile_result_is_recomputed() {
        let mut input = vec![0; 28];
        input[19] = 2;
        let key = Call::decode(&input).unwrap().key();
        let right = Call::decode(&input).unwrap().run().unwrap();
        let lookup = |asked| (asked == named_by(key)).then(|| input.clone());
        assert_eq!(verify_with(key, &right, &lookup), Ok(()));
        assert!(verify_with(key, &[0], &lookup).is_err());
        assert!(verify(key, &right).is_err());
    }

    #[test]
    fn field_element_is_held_against_the_commitment() {
        let mut blob = vec![0; kzg::BLOB_BYTES];
        blob[63] = 9;
        let commitment = kzg::commitment(&blob).unwrap();
        let store = Store::memory();
        store.put(kzg::preimages(&blob, &commitment)).unwrap();
        let name = kzg::element_names(&commitment).nth(1).unwrap();
        let key = PreimageKey::new(KeyType::Blob, keccak256(name).0);
        let value = store.get(key).unwrap().unwrap();
        assert_eq!(value[31], 9);
        let lookup = |key| store.get(key).unwrap();
        assert_eq!(verify_with(key, &value, &lookup), Ok(()));
        assert!(verify_with(key, &[1; 32], &lookup).is_err());
        // A store whose other elements are forged vouches for none.
        let forged = |asked: PreimageKey| {
            let value = store.get(asked).unwrap()?;
            Some(if asked.key_type() == Ok(KeyType::Blob) && asked != key {
                vec![0; 32].into_iter().map(|_: u8| 1).collect()
            } else {
                value
            })
        };
        assert!(verify_with(key, &value, &forged).is_err());
    }
}
