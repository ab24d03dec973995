//! KZG proofs of a polynomial's value at a point (EIP-4844).

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
