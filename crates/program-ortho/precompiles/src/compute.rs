//! What a call answers, in software.

use alloc::{vec, vec::Vec};

use endgame_ortho_crypto::{self as crypto, CryptoError, bls12_381};
use endgame_ortho_primitives::Word;

use crate::{Precompile, PrecompileError};

/// The modulus of the BLS12-381 scalar field, which a point evaluation gives back (EIP-4844).
const BLS_MODULUS: Word = Word::from_limbs([
    0xffff_ffff_0000_0001,
    0x53bd_a402_fffe_5bfe,
    0x3339_d808_09a1_d805,
    0x73ed_a753_299d_7d48,
]);

/// How many field elements a blob has.
const FIELD_ELEMENTS_PER_BLOB: u64 = 4096;

/// The answer to `input`, whatever it costs. Forks differ only in what they take and charge.
pub fn compute(precompile: Precompile, input: &[u8]) -> Result<Vec<u8>, PrecompileError> {
    Ok(match precompile {
        Precompile::EcRecover => ec_recover(input),
        Precompile::Sha256 => crypto::sha256(input).to_vec(),
        Precompile::Ripemd160 => [&[0; 12][..], &crypto::ripemd160(input)].concat(),
        Precompile::Identity => input.to_vec(),
        Precompile::ModExp => modexp(input),
        Precompile::Bn254Add => crypto::bn254_add(&padded(input))?.to_vec(),
        Precompile::Bn254Mul => crypto::bn254_mul(&padded(input))?.to_vec(),
        Precompile::Bn254Pairing => truth(crypto::bn254_pairing(input)?),
        Precompile::Blake2F => crypto::blake2f(input)?.to_vec(),
        Precompile::PointEvaluation => point_evaluation(input)?,
        Precompile::BlsG1Add => bls12_381::g1_add(exact(input)?)?.to_vec(),
        Precompile::BlsG1Msm => bls12_381::g1_msm(input)?.to_vec(),
        Precompile::BlsG2Add => bls12_381::g2_add(exact(input)?)?.to_vec(),
        Precompile::BlsG2Msm => bls12_381::g2_msm(input)?.to_vec(),
        Precompile::BlsPairing => truth(bls12_381::pairing(input)?),
        Precompile::BlsMapFpToG1 => bls12_381::map_fp_to_g1(exact(input)?)?.to_vec(),
        Precompile::BlsMapFp2ToG2 => bls12_381::map_fp2_to_g2(exact(input)?)?.to_vec(),
        Precompile::P256Verify => match input.try_into() {
            Ok(input) if crypto::p256_verify(input) => truth(true),
            _ => Vec::new(),
        },
    })
}

/// The first `N` bytes; zeros where the input ends before.
pub(crate) fn padded<const N: usize>(input: &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    bytes
        .iter_mut()
        .zip(input)
        .for_each(|(to, from)| *to = *from);
    bytes
}

/// The word at `at`; zeros where the input ends before.
pub(crate) fn padded_word(input: &[u8], at: usize) -> Word {
    Word::from_be_bytes(padded(input.get(at..).unwrap_or_default()))
}

fn exact<const N: usize>(input: &[u8]) -> Result<&[u8; N], CryptoError> {
    input
        .try_into()
        .map_err(|_| CryptoError::Length(input.len()))
}

fn truth(value: bool) -> Vec<u8> {
    Word::from(value).to_be_bytes().to_vec()
}

fn ec_recover(input: &[u8]) -> Vec<u8> {
    let y_odd = match padded_word(input, 32).to_u64() {
        Some(27) => false,
        Some(28) => true,
        _ => return Vec::new(),
    };
    let (r, s) = (padded_word(input, 64), padded_word(input, 96));
    crypto::recover(&padded(input), y_odd, r, s)
        .map(|address| address.to_word().to_be_bytes().to_vec())
        .unwrap_or_default()
}

fn modexp(input: &[u8]) -> Vec<u8> {
    let [base, exponent, modulus] = [0, 32, 64]
        .map(|at| usize::try_from(padded_word(input, at).saturating_u64()).unwrap_or(usize::MAX));
    // Whoever paid for a longer number than fits memory does not exist, except for an exponent
    // of nothing: the answer has the modulus' length, 0.
    if modulus == 0 {
        return Vec::new();
    }
    let mut rest = input.get(96..).unwrap_or_default();
    let mut number = |length: usize| {
        let (now, after) = rest.split_at(length.min(rest.len()));
        rest = after;
        let mut bytes = vec![0; length];
        bytes.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
        bytes
    };
    let (base, exponent) = (number(base), number(exponent));
    crypto::modexp(&base, &exponent, &number(modulus))
}

/// `versioned hash (32) ‖ z (32) ‖ y (32) ‖ commitment (48) ‖ proof (48)`.
fn point_evaluation(input: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let input: &[u8; 192] = exact(input)?;
    let wrong = CryptoError::Length(input.len());
    let (hash, rest) = input.split_first_chunk::<32>().ok_or(wrong)?;
    let (z, rest) = rest.split_first_chunk::<32>().ok_or(wrong)?;
    let (y, rest) = rest.split_first_chunk::<32>().ok_or(wrong)?;
    let (commitment, rest) = rest.split_first_chunk::<48>().ok_or(wrong)?;
    let proof = rest.first_chunk::<48>().ok_or(wrong)?;
    if crypto::versioned_hash(commitment) != *hash {
        return Err(CryptoError::VersionedHash);
    }
    crypto::kzg_verify(commitment, z, y, proof)?;
    let words = [Word::from(FIELD_ELEMENTS_PER_BLOB), BLS_MODULUS].map(Word::to_be_bytes);
    Ok(words.as_flattened().to_vec())
}
