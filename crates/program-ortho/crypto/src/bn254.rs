//! The curve alt_bn128 (EIP-196, EIP-197).

use alloc::vec::Vec;

use substrate_bn::{AffineG1, AffineG2, Fq, Fq2, Fr, G1, G2, Group, Gt, pairing_batch};

use crate::CryptoError;

/// The sum of two points of G1.
pub fn bn254_add(input: &[u8; 128]) -> Result<[u8; 64], CryptoError> {
    let (points, _) = input.as_chunks::<64>();
    let mut sum = G1::zero();
    for point in points {
        sum = sum + g1(point)?;
    }
    Ok(encode(sum))
}

/// A point of G1 times a number.
pub fn bn254_mul(input: &[u8; 96]) -> Result<[u8; 64], CryptoError> {
    let (words, _) = input.as_chunks::<32>();
    let [x, y, scalar] = words else {
        return Err(CryptoError::Length(input.len()));
    };
    let scalar = Fr::from_slice(scalar).map_err(|_| CryptoError::FieldElement)?;
    Ok(encode(affine(x, y)? * scalar))
}

/// Whether the product of the pairings of `(G1, G2)` pairs of 192 bytes is one.
pub fn bn254_pairing(input: &[u8]) -> Result<bool, CryptoError> {
    let (pairs, rest) = input.as_chunks::<192>();
    if !rest.is_empty() {
        return Err(CryptoError::Length(input.len()));
    }
    let points = pairs.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
    Ok(pairing_batch(&points) == Gt::one())
}

fn pair(bytes: &[u8; 192]) -> Result<(G1, G2), CryptoError> {
    let (words, _) = bytes.as_chunks::<32>();
    let [x, y, x_imaginary, x_real, y_imaginary, y_real] = words else {
        return Err(CryptoError::Length(bytes.len()));
    };
    let g1 = affine(x, y)?;
    let x = Fq2::new(field(x_real)?, field(x_imaginary)?);
    let y = Fq2::new(field(y_real)?, field(y_imaginary)?);
    let g2 = if x.is_zero() && y.is_zero() {
        G2::zero()
    } else {
        AffineG2::new(x, y)
            .map_err(|_| CryptoError::NotInSubgroup)?
            .into()
    };
    Ok((g1, g2))
}

fn g1(bytes: &[u8; 64]) -> Result<G1, CryptoError> {
    let (words, _) = bytes.as_chunks::<32>();
    let [x, y] = words else {
        return Err(CryptoError::Length(bytes.len()));
    };
    affine(x, y)
}

/// A point from its coordinates; both 0 is the one at infinity.
fn affine(x: &[u8; 32], y: &[u8; 32]) -> Result<G1, CryptoError> {
    let (x, y) = (field(x)?, field(y)?);
    if x.is_zero() && y.is_zero() {
        return Ok(G1::zero());
    }
    AffineG1::new(x, y)
        .map(Into::into)
        .map_err(|_| CryptoError::NotOnCurve)
}

fn field(bytes: &[u8; 32]) -> Result<Fq, CryptoError> {
    Fq::from_slice(bytes).map_err(|_| CryptoError::FieldElement)
}

fn encode(point: G1) -> [u8; 64] {
    let mut out = [0; 64];
    if let Some(point) = AffineG1::from_jacobian(point) {
        let (x, y) = out.split_at_mut(32);
        // Each has the 32 bytes that a coordinate takes, so neither can fail.
        let _ = point.x().to_big_endian(x);
        let _ = point.y().to_big_endian(y);
    }
    out
}
