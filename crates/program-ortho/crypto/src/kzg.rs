//! KZG proofs of a polynomial's value at a point (EIP-4844).

use alloc::vec::Vec;

use bls12_381::{
    G1Affine, G1Projective, G2Affine, G2Prepared, G2Projective, Scalar, multi_miller_loop,
};

use crate::{CryptoError, sha256};

/// τ·G2 of the trusted setup that the KZG ceremony of 2023 made.
const TAU_G2: [u8; 96] = [
    0xb5, 0xbf, 0xd7, 0xdd, 0x8c, 0xde, 0xb1, 0x28, 0x84, 0x3b, 0xc2, 0x87, 0x23, 0x0a, 0xf3, 0x89,
    0x26, 0x18, 0x70, 0x75, 0xcb, 0xfb, 0xef, 0xa8, 0x10, 0x09, 0xa2, 0xce, 0x61, 0x5a, 0xc5, 0x3d,
    0x29, 0x14, 0xe5, 0x87, 0x0c, 0xb4, 0x52, 0xd2, 0xaf, 0xaa, 0xab, 0x24, 0xf3, 0x49, 0x9f, 0x72,
    0x18, 0x5c, 0xbf, 0xee, 0x53, 0x49, 0x27, 0x14, 0x73, 0x44, 0x29, 0xb7, 0xb3, 0x86, 0x08, 0xe2,
    0x39, 0x26, 0xc9, 0x11, 0xcc, 0xec, 0xea, 0xc9, 0xa3, 0x68, 0x51, 0x47, 0x7b, 0xa4, 0xc6, 0x0b,
    0x08, 0x70, 0x41, 0xde, 0x62, 0x10, 0x00, 0xed, 0xc9, 0x8e, 0xda, 0xda, 0x20, 0xc1, 0xde, 0xf2,
];

/// The versioned hash of a commitment: SHA-256 with its first byte replaced by 1.
pub fn versioned_hash(commitment: &[u8; 48]) -> [u8; 32] {
    let mut hash = sha256(commitment);
    let [version, ..] = &mut hash;
    *version = 1;
    hash
}

/// How many field elements a blob has.
pub const FIELD_ELEMENTS_PER_BLOB: usize = 4096;

/// The points, big-endian, at which the polynomial behind a blob has the blob's field elements as
/// its values: the roots of unity of order 4096, their exponents bit-reversed (EIP-4844's
/// polynomial commitments, "Bit-reversal permutation").
pub fn blob_points() -> Vec<[u8; 32]> {
    /// (modulus - 1) / 4096.
    const EXPONENT: [u64; 4] = [
        0xbfef_ffff_fff0_0000,
        0x8055_3bda_402f_ffe5,
        0xd483_339d_8080_9a1d,
        0x0007_3eda_7532_99d7,
    ];
    /// Generates the multiplicative group.
    const GENERATOR: u64 = 7;
    let root = Scalar::from(GENERATOR).pow(&EXPONENT);
    let mut powers = Vec::with_capacity(FIELD_ELEMENTS_PER_BLOB);
    let mut power = Scalar::one();
    for _ in 0..FIELD_ELEMENTS_PER_BLOB {
        let mut bytes = power.to_bytes();
        bytes.reverse();
        powers.push(bytes);
        power *= root;
    }
    let bits = FIELD_ELEMENTS_PER_BLOB.trailing_zeros();
    (0..FIELD_ELEMENTS_PER_BLOB)
        .filter_map(|index| powers.get(index.reverse_bits() >> (usize::BITS - bits)))
        .copied()
        .collect()
}

/// Checks that the polynomial behind `commitment` is `y` at `z`: e(C - y·G1 + z·π, -G2) ·
/// e(π, τ·G2) = 1, which is the usual equation with the multiplication moved to G1.
pub fn kzg_verify(
    commitment: &[u8; 48],
    z: &[u8; 32],
    y: &[u8; 32],
    proof: &[u8; 48],
) -> Result<(), CryptoError> {
    let (commitment, proof) = (g1(commitment)?, g1(proof)?);
    let (z, y) = (scalar(z)?, scalar(y)?);
    let tau = Option::<G2Affine>::from(G2Affine::from_compressed_unchecked(&TAU_G2))
        .ok_or(CryptoError::FieldElement)?;
    let left = G1Projective::from(commitment) - G1Projective::generator() * y + proof * z;
    let minus_g2 = G2Prepared::from(G2Affine::from(-G2Projective::generator()));
    let product = multi_miller_loop(&[
        (&G1Affine::from(left), &minus_g2),
        (&proof, &G2Prepared::from(tau)),
    ]);
    if product.final_exponentiation() == bls12_381::Gt::identity() {
        Ok(())
    } else {
        Err(CryptoError::Proof)
    }
}

fn g1(bytes: &[u8; 48]) -> Result<G1Affine, CryptoError> {
    Option::from(G1Affine::from_compressed(bytes)).ok_or(CryptoError::NotInSubgroup)
}

fn scalar(bytes: &[u8; 32]) -> Result<Scalar, CryptoError> {
    let mut little = *bytes;
    little.reverse();
    Option::from(Scalar::from_bytes(&little)).ok_or(CryptoError::FieldElement)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blob_points_are_the_roots_of_unity_bit_reversed() {
        let points = blob_points();
        let scalars: Vec<Scalar> = points.iter().map(|point| scalar(point).unwrap()).collect();
        assert_eq!(scalars.len(), 4096);
        assert_eq!(scalars[0], Scalar::one());
        assert_eq!(scalars[1], -Scalar::one());
        // The root itself is of order 4096, no less, and stands where 1 is reversed to.
        assert_eq!(scalars[2048].pow(&[2048, 0, 0, 0]), -Scalar::one());
        assert_eq!(scalars[1024], scalars[2048].square());
        // Its first bytes, as every implementation has them.
        assert_eq!(
            points[2048][..8],
            [0x56, 0x4c, 0x0a, 0x11, 0xa0, 0xf7, 0x04, 0xf4]
        );
    }
}
