//! keccak-256.

use crate::{Hash, meter};
use tiny_keccak::{Hasher, Keccak};

/// Bytes that one permutation takes in.
const RATE: usize = 136;

/// keccak-256 of `data`.
pub fn keccak256(data: &[u8]) -> Hash {
    meter::work((data.len() / RATE + 1) * RATE);
    let mut hasher = Keccak::v256();
    hasher.update(data);
    let mut hash = Hash::ZERO;
    hasher.finalize(&mut hash.0);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_of_nothing_is_the_known_constant() {
        assert_eq!(keccak256(&[]), Hash::KECCAK_EMPTY);
    }
}
