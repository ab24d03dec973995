//! Points and field elements as EIP-2537 encodes them: field elements padded to 64 bytes, the
//! point at infinity as zeros.

use bls12_381::{G1Affine, G1Projective, G2Affine, G2Projective, hash_to_curve::MapToCurve};

use crate::CryptoError;

type Fp = <G1Projective as MapToCurve>::Field;
type Fp2 = <G2Projective as MapToCurve>::Field;

/// The 48 bytes that count of a field element's 64.
fn unpadded(bytes: &[u8; 64]) -> Result<&[u8; 48], CryptoError> {
    match bytes.split_last_chunk::<48>() {
        Some((padding, number)) if padding.iter().all(|byte| *byte == 0) => Ok(number),
        _ => Err(CryptoError::FieldElement),
    }
}

/// A field element below the modulus.
pub(super) fn fp(bytes: &[u8; 64]) -> Result<Fp, CryptoError> {
    Option::from(Fp::from_bytes(unpadded(bytes)?)).ok_or(CryptoError::FieldElement)
}

/// An element of the extension: real part, then imaginary part.
pub(super) fn fp2(bytes: &[u8; 128]) -> Result<Fp2, CryptoError> {
    let (parts, _) = bytes.as_chunks::<64>();
    let [c0, c1] = parts else {
        return Err(CryptoError::Length(bytes.len()));
    };
    Ok(Fp2 {
        c0: fp(c0)?,
        c1: fp(c1)?,
    })
}

/// Copies the 48-byte numbers of `bytes` from 64-byte fields, in the order that `order` gives.
fn gather<const N: usize>(bytes: &[u8], order: [usize; N]) -> Result<[[u8; 48]; N], CryptoError> {
    let (fields, _) = bytes.as_chunks::<64>();
    let mut numbers = [[0; 48]; N];
    for (to, from) in numbers.iter_mut().zip(order) {
        let field = fields.get(from).ok_or(CryptoError::Length(bytes.len()))?;
        *to = *unpadded(field)?;
        // Checked here, so that flags in the top bits cannot be taken for the library's own.
        fp(field)?;
    }
    Ok(numbers)
}

/// A point of G1 on the curve.
pub(super) fn decode_g1(bytes: &[u8; 128]) -> Result<G1Affine, CryptoError> {
    let numbers = gather(bytes, [0, 1])?;
    if numbers.iter().flatten().all(|byte| *byte == 0) {
        return Ok(G1Affine::identity());
    }
    let mut plain = [0; 96];
    plain.copy_from_slice(numbers.as_flattened());
    Option::<G1Affine>::from(G1Affine::from_uncompressed_unchecked(&plain))
        .filter(|point| point.is_on_curve().into())
        .ok_or(CryptoError::NotOnCurve)
}

/// A point of G1's subgroup.
pub(super) fn in_subgroup_g1(bytes: &[u8; 128]) -> Result<G1Affine, CryptoError> {
    let point = decode_g1(bytes)?;
    if point.is_torsion_free().into() {
        Ok(point)
    } else {
        Err(CryptoError::NotInSubgroup)
    }
}

/// A point of G2 on the curve. The library wants the imaginary parts first.
pub(super) fn decode_g2(bytes: &[u8; 256]) -> Result<G2Affine, CryptoError> {
    let numbers = gather(bytes, [1, 0, 3, 2])?;
    if numbers.iter().flatten().all(|byte| *byte == 0) {
        return Ok(G2Affine::identity());
    }
    let mut plain = [0; 192];
    plain.copy_from_slice(numbers.as_flattened());
    Option::<G2Affine>::from(G2Affine::from_uncompressed_unchecked(&plain))
        .filter(|point| point.is_on_curve().into())
        .ok_or(CryptoError::NotOnCurve)
}

/// A point of G2's subgroup.
pub(super) fn in_subgroup_g2(bytes: &[u8; 256]) -> Result<G2Affine, CryptoError> {
    let point = decode_g2(bytes)?;
    if point.is_torsion_free().into() {
        Ok(point)
    } else {
        Err(CryptoError::NotInSubgroup)
    }
}

/// The encoding of a point of G1.
pub(super) fn encode_g1(point: G1Projective) -> [u8; 128] {
    let mut out = [0; 128];
    if bool::from(point.is_identity()) {
        return out;
    }
    scatter(&G1Affine::from(point).to_uncompressed(), &mut out, [0, 1]);
    out
}

/// The encoding of a point of G2.
pub(super) fn encode_g2(point: &G2Projective) -> [u8; 256] {
    let mut out = [0; 256];
    if bool::from(point.is_identity()) {
        return out;
    }
    scatter(
        &G2Affine::from(point).to_uncompressed(),
        &mut out,
        [1, 0, 3, 2],
    );
    out
}

fn scatter<const N: usize>(plain: &[u8], out: &mut [u8], order: [usize; N]) {
    let (numbers, _) = plain.as_chunks::<48>();
    let (fields, _) = out.as_chunks_mut::<64>();
    for (number, to) in numbers.iter().zip(order) {
        if let Some((_, field)) = fields
            .get_mut(to)
            .and_then(|to| to.split_last_chunk_mut::<48>())
        {
            *field = *number;
        }
    }
}
