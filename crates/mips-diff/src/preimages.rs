//! Preimages of every kind, with what L1 needs to believe them.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, U256, b256, keccak256};
use c_kzg::{Blob, Bytes32, ethereum_kzg_settings};
use endgame_preimage::{KeyType, LocalIndex, OracleError, PreimageKey, PreimageOracle};
use sha2::{Digest as _, Sha256};

use crate::Dice;

/// How a preimage is shown to the oracle on L1.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A boot input, which the dispute game vouches for.
    Local {
        /// Which one.
        ident: U256,
        /// Its value, left-aligned.
        word: B256,
    },
    /// Bytes with this keccak-256 hash.
    Keccak256,
    /// Bytes with this SHA-256 hash.
    Sha256,
    /// A field element of a blob.
    Blob {
        /// Where the polynomial is opened.
        z: B256,
        /// The KZG commitment to the blob.
        commitment: Bytes,
        /// The KZG proof of the opening.
        proof: Bytes,
    },
    /// The result of a precompile.
    Precompile {
        /// Which one.
        address: Address,
        /// The gas that the program found it to need.
        required_gas: u64,
        /// What it is called with.
        input: Bytes,
    },
}

/// Why the catalogue could not be made.
#[derive(Debug, thiserror::Error)]
#[error("KZG: {0}")]
pub struct CatalogError(String);

/// Some preimages of every kind, short and long.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    entries: BTreeMap<PreimageKey, (Vec<u8>, Origin)>,
}

impl Catalog {
    /// The catalogue, the same every time.
    pub fn new() -> Result<Self, CatalogError> {
        let mut catalog = Self::default();
        let mut dice = Dice::new(1);
        for len in [0, 1, 7, 8, 9, 31, 32, 33, 136, 1000] {
            let bytes: Vec<u8> = (0..len).map(|_| dice.roll() as u8).collect();
            catalog.hashed(bytes);
        }
        for (index, size) in [
            (LocalIndex::L1Head, 32),
            (LocalIndex::ClaimedOutputRoot, 32),
            (LocalIndex::ClaimedBlock, 8),
        ] {
            catalog.local(index, size, &mut dice);
        }
        catalog.blob()?;
        catalog.precompiles();
        Ok(catalog)
    }

    /// The keys.
    pub fn keys(&self) -> Vec<PreimageKey> {
        self.entries.keys().copied().collect()
    }

    /// A preimage and where it comes from.
    pub fn entry(&self, key: PreimageKey) -> Option<(&[u8], &Origin)> {
        let (value, origin) = self.entries.get(&key)?;
        Some((value, origin))
    }

    fn hashed(&mut self, bytes: Vec<u8>) {
        let key = PreimageKey::keccak256(keccak256(&bytes).0);
        self.entries.insert(key, (bytes.clone(), Origin::Keccak256));
        let key = PreimageKey::new(KeyType::Sha256, Sha256::digest(&bytes).into());
        self.entries.insert(key, (bytes, Origin::Sha256));
    }

    fn local(&mut self, index: LocalIndex, size: usize, dice: &mut Dice) {
        let value: Vec<u8> = (0..size).map(|_| dice.roll() as u8).collect();
        let word = B256::right_padding_from(&value);
        let ident = U256::from(index as u8);
        self.entries.insert(
            PreimageKey::local(index),
            (value, Origin::Local { ident, word }),
        );
    }

    fn blob(&mut self) -> Result<(), CatalogError> {
        let failed = |error: c_kzg::Error| CatalogError(format!("{error:?}"));
        let mut bytes = vec![0; c_kzg::BYTES_PER_BLOB];
        // Below 2^248 every number is a field element.
        for (i, byte) in (0..4096_u64).zip(bytes.iter_mut().skip(31).step_by(32)) {
            *byte = i as u8;
        }
        let blob = Blob::from_bytes(&bytes).map_err(failed)?;
        // Any field element will do as the point: that programs open at roots of unity is their affair.
        let z = b256!("0x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
        let settings = ethereum_kzg_settings(0);
        let commitment = settings.blob_to_kzg_commitment(&blob).map_err(failed)?;
        let (proof, y) = settings
            .compute_kzg_proof(&blob, &Bytes32::new(z.0))
            .map_err(failed)?;
        let commitment = Bytes::copy_from_slice(&commitment.to_bytes()[..]);
        let key = keccak256([&commitment[..], z.as_slice()].concat());
        let origin = Origin::Blob {
            z,
            commitment,
            proof: Bytes::copy_from_slice(&proof.to_bytes()[..]),
        };
        let key = PreimageKey::new(KeyType::Blob, key.0);
        self.entries.insert(key, (y.to_vec(), origin));
        Ok(())
    }

    fn precompiles(&mut self) {
        let input = b"what goes in comes out".to_vec();
        self.precompile(4, 100, &input, &[&[1], &input[..]].concat());
        let digest = Sha256::digest(&input);
        self.precompile(2, 100, &input, &[&[1], &digest[..]].concat());
        // Not a point of the curve: the precompile fails.
        self.precompile(6, 150, &[1; 64], &[0]);
    }

    fn precompile(&mut self, number: u8, required_gas: u64, input: &[u8], result: &[u8]) {
        let address = Address::with_last_byte(number);
        let request = [address.as_slice(), &required_gas.to_be_bytes(), input].concat();
        let key = PreimageKey::new(KeyType::Precompile, keccak256(request).0);
        let origin = Origin::Precompile {
            address,
            required_gas,
            input: Bytes::copy_from_slice(input),
        };
        self.entries.insert(key, (result.to_vec(), origin));
    }
}

impl PreimageOracle for Catalog {
    fn hint(&self, _hint: &[u8]) -> Result<(), OracleError> {
        Ok(())
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        self.entry(key)
            .map(|(value, _)| value.to_vec())
            .ok_or(OracleError::NotFound(key))
    }
}
