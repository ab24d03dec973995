//! The curve BLS12-381 (EIP-2537).

mod map_of_zero;
mod msm;
mod points;

use alloc::vec::Vec;

use bls12_381::{
    G1Affine, G1Projective, G2Affine, G2Prepared, G2Projective, Gt, hash_to_curve::MapToCurve,
    multi_miller_loop,
};

use crate::CryptoError;
use points::{decode_g1, decode_g2, encode_g1, encode_g2, fp, fp2, in_subgroup_g1, in_subgroup_g2};

/// The sum of two points of G1, which need not be in the subgroup.
pub fn g1_add(input: &[u8; 256]) -> Result<[u8; 128], CryptoError> {
    let (points, _) = input.as_chunks::<128>();
    let mut sum = G1Projective::identity();
    for point in points {
        sum += decode_g1(point)?;
    }
    Ok(encode_g1(sum))
}

/// The sum of two points of G2, which need not be in the subgroup.
pub fn g2_add(input: &[u8; 512]) -> Result<[u8; 256], CryptoError> {
    let (points, _) = input.as_chunks::<256>();
    let mut sum = G2Projective::identity();
    for point in points {
        sum += decode_g2(point)?;
    }
    Ok(encode_g2(&sum))
}

/// The sum of points of G1, each times a number of 32 bytes.
pub fn g1_msm(input: &[u8]) -> Result<[u8; 128], CryptoError> {
    let (terms, rest) = input.as_chunks::<160>();
    if terms.is_empty() || !rest.is_empty() {
        return Err(CryptoError::Length(input.len()));
    }
    let mut points = Vec::with_capacity(terms.len());
    for term in terms {
        let (point, scalar) = split::<160, 128>(term)?;
        points.push((in_subgroup_g1(point)?, *scalar));
    }
    Ok(encode_g1(msm::msm(&points)))
}

/// The sum of points of G2, each times a number of 32 bytes.
pub fn g2_msm(input: &[u8]) -> Result<[u8; 256], CryptoError> {
    let (terms, rest) = input.as_chunks::<288>();
    if terms.is_empty() || !rest.is_empty() {
        return Err(CryptoError::Length(input.len()));
    }
    let mut points = Vec::with_capacity(terms.len());
    for term in terms {
        let (point, scalar) = split::<288, 256>(term)?;
        points.push((in_subgroup_g2(point)?, *scalar));
    }
    Ok(encode_g2(&msm::msm(&points)))
}

/// Whether the product of the pairings of `(G1, G2)` pairs of 384 bytes is one.
pub fn pairing(input: &[u8]) -> Result<bool, CryptoError> {
    let (pairs, rest) = input.as_chunks::<384>();
    if pairs.is_empty() || !rest.is_empty() {
        return Err(CryptoError::Length(input.len()));
    }
    let mut points: Vec<(G1Affine, G2Prepared)> = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let (g1, g2) = pair
            .split_first_chunk::<128>()
            .and_then(|(g1, g2)| Some((g1, g2.first_chunk::<256>()?)))
            .ok_or(CryptoError::Length(input.len()))?;
        let (g1, g2): (G1Affine, G2Affine) = (in_subgroup_g1(g1)?, in_subgroup_g2(g2)?);
        points.push((g1, G2Prepared::from(g2)));
    }
    let terms: Vec<_> = points.iter().map(|(g1, g2)| (g1, g2)).collect();
    Ok(multi_miller_loop(&terms).final_exponentiation() == Gt::identity())
}

/// A field element to a point of G1's subgroup.
pub fn map_fp_to_g1(input: &[u8; 64]) -> Result<[u8; 128], CryptoError> {
    Ok(encode_g1(G1Projective::map_to_curve(&fp(input)?).clear_h()))
}

/// An element of the field's extension to a point of G2's subgroup.
pub fn map_fp2_to_g2(input: &[u8; 128]) -> Result<[u8; 256], CryptoError> {
    let element = fp2(input)?;
    if bool::from(element.is_zero()) {
        let mut point = [0; 256];
        let (fields, _) = point.as_chunks_mut::<64>();
        for (field, number) in fields.iter_mut().zip(map_of_zero::G2) {
            if let Some(to) = field.last_chunk_mut() {
                *to = number;
            }
        }
        return Ok(point);
    }
    Ok(encode_g2(&G2Projective::map_to_curve(&element).clear_h()))
}

fn split<const N: usize, const P: usize>(
    term: &[u8; N],
) -> Result<(&[u8; P], &[u8; 32]), CryptoError> {
    term.split_first_chunk::<P>()
        .and_then(|(point, scalar)| Some((point, scalar.first_chunk::<32>()?)))
        .ok_or(CryptoError::Length(N))
}
