//! Blobs, one field element a preimage.

use alloc::{boxed::Box, vec::Vec};

use alloy_eips_v1::eip4844::{Blob, IndexedBlobHash};
use alloy_primitives::{B256, U256, keccak256, uint};
use endgame_preimage::{KeyType, PreimageKey};
use kona_protocol::BlockInfo;

use crate::{ProgramError, source::Source};

/// Field elements in a blob (EIP-4844).
const ELEMENTS: u64 = 4096;
/// The order of BLS12-381's scalar field.
const MODULUS: U256 =
    uint!(0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001_U256);
/// A primitive root of unity of order 4096: 7 to the power of (modulus - 1) / 4096.
const ROOT: U256 = uint!(0x564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306_U256);

/// The roots of unity in the order of a blob's elements (bit-reversed; specs of EIP-4844,
/// "Cryptographic helpers").
fn roots_of_unity() -> Vec<B256> {
    let mut powers = Vec::with_capacity(ELEMENTS as usize);
    let mut power = U256::ONE;
    for _ in 0..ELEMENTS {
        powers.push(B256::from(power));
        power = power.mul_mod(ROOT, MODULUS);
    }
    (0..ELEMENTS)
        .filter_map(|i| {
            let reversed = (i as u16).reverse_bits() >> (16 - ELEMENTS.trailing_zeros());
            powers.get(usize::from(reversed)).copied()
        })
        .collect()
}

/// Blobs from the oracle.
#[derive(Clone, Debug)]
pub(crate) struct OracleBlobs {
    source: Source,
    roots: Vec<B256>,
}

impl OracleBlobs {
    pub(crate) const fn new(source: Source) -> Self {
        Self {
            source,
            roots: Vec::new(),
        }
    }

    /// The commitment is checked against the versioned hash (a sha-256 preimage); that the
    /// elements belong to the commitment is what L1 checks, and the host before it.
    pub(crate) fn blob(
        &mut self,
        block: &BlockInfo,
        blob: &IndexedBlobHash,
    ) -> Result<Box<Blob>, ProgramError> {
        if self.roots.is_empty() {
            self.roots = roots_of_unity();
        }
        let (index, time) = (blob.index.to_be_bytes(), block.timestamp.to_be_bytes());
        self.source
            .hint("l1-blob", &[blob.hash.as_slice(), &index, &time])?;
        let key = PreimageKey::new(KeyType::Sha256, blob.hash.0);
        let commitment = self.source.exact::<48>(key)?;
        let mut preimage = [0; 80];
        let (head, tail) = preimage.split_at_mut(48);
        head.copy_from_slice(&commitment);
        let mut data = Vec::with_capacity(ELEMENTS as usize * 32);
        for root in &self.roots {
            tail.copy_from_slice(root.as_slice());
            let digest = keccak256([&*head, &*tail].concat());
            let key = PreimageKey::new(KeyType::Blob, digest.0);
            data.extend_from_slice(&self.source.exact::<32>(key)?);
        }
        let mut blob = Box::<Blob>::default();
        blob.copy_from_slice(&data);
        Ok(blob)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_primitive_of_order_4096() {
        let exponent = (MODULUS - U256::ONE) / U256::from(ELEMENTS);
        assert_eq!(U256::from(7).pow_mod(exponent, MODULUS), ROOT);
        assert_eq!(ROOT.pow_mod(U256::from(ELEMENTS), MODULUS), U256::ONE);
        assert_ne!(ROOT.pow_mod(U256::from(ELEMENTS / 2), MODULUS), U256::ONE);
    }

    #[test]
    fn roots_come_bit_reversed() {
        let roots = roots_of_unity();
        assert_eq!(roots.len(), 4096);
        assert_eq!(roots[0], B256::from(U256::ONE));
        assert_eq!(roots[1], B256::from(MODULUS - U256::ONE));
        assert_eq!(roots[2048], B256::from(ROOT));
    }
}
