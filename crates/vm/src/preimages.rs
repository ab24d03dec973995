//! Reading the preimage oracle as the VMs do: with a length prefix, a few bytes at a time.

use std::sync::Arc;

use alloy_primitives::keccak256;
use endgame_preimage::{KeyType, OracleError, PreimageKey, PreimageOracle};
use sha2::{Digest as _, Sha256};

/// A preimage that a step read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreimageRead {
    /// The key.
    pub key: PreimageKey,
    /// The value with its length, a big-endian u64, in front.
    pub value: Arc<[u8]>,
    /// Where the step read, counted from the start of the length prefix.
    pub offset: u64,
}

/// An oracle client that keeps the last preimage, since a VM reads one in many small steps.
///
/// Values whose key is their hash are checked, whoever serves them: a step that rests on a wrong
/// one could not be repeated on chain.
#[derive(Clone)]
pub struct Preimages<'a> {
    oracle: &'a dyn PreimageOracle,
    last: Option<(PreimageKey, Arc<[u8]>)>,
}

impl std::fmt::Debug for Preimages<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Preimages")
            .field("last", &self.last.as_ref().map(|l| l.0))
            .finish()
    }
}

impl<'a> Preimages<'a> {
    /// A client of `oracle`.
    pub const fn new(oracle: &'a dyn PreimageOracle) -> Self {
        Self { oracle, last: None }
    }

    /// Passes a hint on.
    pub fn hint(&self, hint: &[u8]) -> Result<(), OracleError> {
        self.oracle.hint(hint)
    }

    /// The preimage of `key` with its length prefix.
    pub fn get(&mut self, key: PreimageKey) -> Result<Arc<[u8]>, OracleError> {
        if let Some((last, value)) = &self.last
            && *last == key
        {
            return Ok(value.clone());
        }
        let value = self.oracle.get(key)?;
        check(key, &value)?;
        let prefixed: Arc<[u8]> = [&(value.len() as u64).to_be_bytes(), &value[..]]
            .concat()
            .into();
        self.last = Some((key, prefixed.clone()));
        Ok(prefixed)
    }
}

/// Refuses a value that is not what its key says, as far as a hash can tell.
fn check(key: PreimageKey, value: &[u8]) -> Result<(), OracleError> {
    let digest = match key.key_type() {
        Ok(KeyType::Keccak256) => keccak256(value).0,
        Ok(KeyType::Sha256) => Sha256::digest(value).into(),
        _ => return Ok(()),
    };
    if digest.iter().skip(1).eq(key.as_bytes().iter().skip(1)) {
        Ok(())
    } else {
        Err(OracleError::Wrong {
            key,
            reason: format!("{} bytes that hash to something else", value.len()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct Counting(AtomicUsize);

    impl PreimageOracle for Counting {
        fn hint(&self, _: &[u8]) -> Result<(), OracleError> {
            Ok(())
        }

        fn get(&self, _: PreimageKey) -> Result<Vec<u8>, OracleError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(b"value".to_vec())
        }
    }

    #[test]
    fn a_preimage_is_fetched_once_and_prefixed() {
        let oracle = Counting(AtomicUsize::new(0));
        let mut preimages = Preimages::new(&oracle);
        let key = PreimageKey::keccak256(keccak256(b"value").0);
        for _ in 0..3 {
            assert_eq!(&*preimages.get(key).unwrap(), b"\0\0\0\0\0\0\0\x05value");
        }
        assert_eq!(oracle.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_value_that_does_not_hash_to_its_key_is_refused() {
        let oracle = Counting(AtomicUsize::new(0));
        let mut preimages = Preimages::new(&oracle);
        let key = PreimageKey::keccak256(keccak256(b"valve").0);
        assert!(matches!(preimages.get(key), Err(OracleError::Wrong { key: k, .. }) if k == key));
        let sha = PreimageKey::new(KeyType::Sha256, Sha256::digest(b"value").into());
        assert!(preimages.get(sha).is_ok());
        let other = PreimageKey::new(KeyType::Sha256, [3; 32]);
        assert!(preimages.get(other).is_err());
    }
}
