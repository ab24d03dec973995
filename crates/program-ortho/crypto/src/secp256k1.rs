//! Recovery of signers.

use endgame_ortho_primitives::{Address, Word, keccak256};
use libsecp256k1::{
    ECMULT_CONTEXT,
    curve::{Affine, Field, Jacobian, Scalar},
};

/// How many points the group has.
const ORDER: Word = Word::from_limbs([
    0xbfd2_5e8c_d036_4141,
    0xbaae_dce6_af48_a03b,
    0xffff_ffff_ffff_fffe,
    0xffff_ffff_ffff_ffff,
]);

/// The address whose key signed `hash`; none if no key can have.
///
/// Takes any `s` below the group's order: that it must be in the lower half is a rule of
/// transactions (EIP-2), not of the precompile.
pub fn recover(hash: &[u8; 32], y_odd: bool, r: Word, s: Word) -> Option<Address> {
    if r.is_zero() || s.is_zero() || r >= ORDER || s >= ORDER {
        return None;
    }
    // SEC 1, 4.1.6: the key is the point at `r` times `s / r`, less the generator times `hash / r`.
    let point = point_at(r, y_odd)?;
    let inverse = r.inverse_mod(&ORDER)?;
    let of_point = inverse.mul_mod(&s, &ORDER);
    let of_generator = inverse.mul_mod(&Word::from_be_bytes(*hash), &ORDER);
    let mut key = Jacobian::default();
    ECMULT_CONTEXT.ecmult(&mut key, &point, &scalar(of_point), &-scalar(of_generator));
    if key.is_infinity() {
        return None;
    }
    let mut key = Affine::from_gej(&key);
    key.x.normalize_var();
    key.y.normalize_var();
    let bytes = [key.x.b32(), key.y.b32()];
    Some(Address::from_word(
        keccak256(bytes.as_flattened()).to_word(),
    ))
}

/// The point with this coordinate, if there is one.
fn point_at(x: Word, y_odd: bool) -> Option<Jacobian> {
    let mut coordinate = Field::default();
    let mut point = Affine::default();
    (coordinate.set_b32(&x.to_be_bytes()) && point.set_xo_var(&coordinate, y_odd)).then(|| {
        let mut jacobian = Jacobian::default();
        jacobian.set_ge(&point);
        jacobian
    })
}

/// A number below the order.
fn scalar(number: Word) -> Scalar {
    let mut scalar = Scalar::default();
    // It was reduced: nothing overflows.
    let _ = scalar.set_b32(&number.to_be_bytes());
    scalar
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use libsecp256k1::{Message, RecoveryId, Signature};

    use super::*;

    /// The crate's own recovery, which divides by taking powers.
    fn by_the_crate(hash: &[u8; 32], y_odd: bool, r: Word, s: Word) -> Option<Address> {
        let signature = [r.to_be_bytes(), s.to_be_bytes()];
        let signature = Signature::parse_standard_slice(signature.as_flattened()).ok()?;
        let id = RecoveryId::parse(y_odd.into()).unwrap();
        let key = libsecp256k1::recover(&Message::parse(hash), &signature, &id).ok()?;
        let point = keccak256(&key.serialize()[1..]);
        Some(Address::from_word(point.to_word()))
    }

    #[test]
    fn recovers_whom_the_crate_recovers() {
        let mut numbers = vec![
            // Where the generator is.
            Word::from_limbs([
                0x59f2_815b_16f8_1798,
                0x029b_fcdb_2dce_28d9,
                0x55a0_6295_ce87_0b07,
                0x79be_667e_f9dc_bbac,
            ]),
            Word::ZERO,
            Word::ONE,
            ORDER.wrapping_sub(Word::ONE),
            ORDER,
            Word::MAX,
        ];
        numbers.extend((0..12_u8).map(|number| keccak256(&[number]).to_word()));
        let mut found = 0;
        for r in &numbers {
            for s in &numbers {
                for hash in numbers.iter().take(8) {
                    let hash = hash.to_be_bytes();
                    for y_odd in [false, true] {
                        let key = recover(&hash, y_odd, *r, *s);
                        assert_eq!(key, by_the_crate(&hash, y_odd, *r, *s), "{r} {s}");
                        found += u32::from(key.is_some());
                    }
                }
            }
        }
        assert!(found > 1000, "only {found}");
    }
}
