//! Results of precompiles, recomputed here: no provider is asked.

use alloy_primitives::{Address, address, keccak256};
use endgame_preimage::{KeyType, PreimageKey};
use revm_precompile::Precompiles;

use crate::HostError;

/// The longest input that is run: no L1 transaction can carry more.
const MAX_INPUT: usize = 1 << 20;

/// Programs leave these to L1: their cost is linear in the input, so nobody can stall the host.
const ACCELERATED: [Address; 14] = [
    address!("0000000000000000000000000000000000000001"),
    address!("0000000000000000000000000000000000000002"),
    address!("0000000000000000000000000000000000000006"),
    address!("0000000000000000000000000000000000000007"),
    address!("0000000000000000000000000000000000000008"),
    address!("000000000000000000000000000000000000000a"),
    address!("000000000000000000000000000000000000000b"),
    address!("000000000000000000000000000000000000000c"),
    address!("000000000000000000000000000000000000000d"),
    address!("000000000000000000000000000000000000000e"),
    address!("000000000000000000000000000000000000000f"),
    address!("0000000000000000000000000000000000000010"),
    address!("0000000000000000000000000000000000000011"),
    address!("0000000000000000000000000000000000000100"),
];

/// One call: address (20) ‖ required gas (8) ‖ input, as in the hint and under the key's hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call<'a> {
    address: Address,
    input: &'a [u8],
    encoded: &'a [u8],
}

impl<'a> Call<'a> {
    pub(crate) fn decode(encoded: &'a [u8]) -> Result<Self, HostError> {
        let bad = |reason| HostError::BadHint {
            name: "l1-precompile".into(),
            reason,
        };
        let (address, rest) = encoded
            .split_first_chunk::<20>()
            .ok_or_else(|| bad("shorter than an address"))?;
        let (_gas, input) = rest
            .split_first_chunk::<8>()
            .ok_or_else(|| bad("shorter than an address and the required gas"))?;
        if input.len() > MAX_INPUT {
            return Err(bad("input over 1 MiB"));
        }
        Ok(Self {
            address: address.into(),
            input,
            encoded,
        })
    }

    /// The key of the result.
    pub(crate) fn key(&self) -> PreimageKey {
        PreimageKey::new(KeyType::Precompile, keccak256(self.encoded).0)
    }

    /// The preimage: 1 ‖ output, or 0 alone when the precompile fails.
    ///
    /// L1 runs it with all the gas it has (`PreimageOracle.loadPrecompilePreimagePart`), at least the
    /// required gas, so gas never decides the result.
    pub(crate) fn run(&self) -> Result<Vec<u8>, HostError> {
        let precompile = ACCELERATED
            .contains(&self.address)
            .then(|| Precompiles::osaka().get(&self.address))
            .flatten()
            .ok_or(HostError::UnsupportedPrecompile(self.address))?;
        Ok(match precompile.execute(self.input, u64::MAX, 0) {
            Ok(output) if output.is_success() => [&[1], output.bytes.as_ref()].concat(),
            _ => vec![0],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::hex;

    fn encode(address: u8, input: &[u8]) -> Vec<u8> {
        let mut encoded = vec![0; 28];
        encoded[19] = address;
        encoded.extend_from_slice(input);
        encoded
    }

    #[test]
    fn sha256_result_is_one_and_the_digest() {
        let encoded = encode(2, b"abc");
        assert_eq!(
            Call::decode(&encoded).unwrap().run().unwrap(),
            hex!("01ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        );
    }

    #[test]
    fn ecrecover_of_garbage_succeeds_with_nothing() {
        let encoded = encode(1, &[0; 128]);
        assert_eq!(Call::decode(&encoded).unwrap().run().unwrap(), [1]);
    }

    #[test]
    fn pairing_of_an_odd_length_fails_with_a_single_zero() {
        let encoded = encode(8, &[0; 5]);
        assert_eq!(Call::decode(&encoded).unwrap().run().unwrap(), [0]);
        let encoded = encode(8, &[]);
        let mut one = vec![1; 1];
        one.extend([0; 31]);
        one.push(1);
        assert_eq!(Call::decode(&encoded).unwrap().run().unwrap(), one);
    }

    #[test]
    fn point_evaluation_and_bls_are_known() {
        // The zero polynomial opens to zero everywhere.
        let mut commitment = [0; 48];
        commitment[0] = 0xc0;
        let mut hash = [0; 32];
        hash.copy_from_slice(&<sha2::Sha256 as sha2::Digest>::digest(commitment));
        hash[0] = 1;
        let input = [&hash[..], &[0; 64], &commitment, &commitment].concat();
        let encoded = encode(10, &input);
        let result = Call::decode(&encoded).unwrap().run().unwrap();
        assert_eq!((result[0], result.len()), (1, 65));
        let encoded = encode(0x0b, &[0; 256]);
        let result = Call::decode(&encoded).unwrap().run().unwrap();
        assert_eq!((result[0], result.len()), (1, 129));
    }

    #[test]
    fn modexp_is_refused() {
        let encoded = encode(5, &[]);
        assert!(matches!(
            Call::decode(&encoded).unwrap().run(),
            Err(HostError::UnsupportedPrecompile(_))
        ));
    }

    #[test]
    fn short_call_is_refused() {
        assert!(matches!(
            Call::decode(&[0; 27]),
            Err(HostError::BadHint { .. })
        ));
    }
}
