//! The word against a peer's, on numbers that carry, borrow and divide badly.

use alloy_primitives::{I256, U256, U512};
use endgame_ortho_primitives::Word;
use proptest::prelude::*;

/// Limbs with long runs of zeros and ones are where carries go wrong.
fn number() -> impl Strategy<Value = U256> {
    let limb = prop_oneof![
        2 => Just(0u64),
        2 => Just(u64::MAX),
        1 => Just(1u64 << 63),
        1 => 0..4u64,
        3 => any::<u64>(),
    ];
    prop::array::uniform4(limb).prop_map(U256::from_limbs)
}

fn ours(number: U256) -> Word {
    Word::from_limbs(*number.as_limbs())
}

fn theirs(word: Word) -> U256 {
    U256::from_limbs(word.limbs())
}

fn wide(number: U256) -> U512 {
    let mut limbs = [0; 8];
    limbs[..4].copy_from_slice(number.as_limbs());
    U512::from_limbs(limbs)
}

fn narrow(number: U512) -> U256 {
    let [a, b, c, d, ..] = *number.as_limbs();
    U256::from_limbs([a, b, c, d])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn arithmetic_agrees_with_the_peer(a in number(), b in number(), m in number()) {
        let (x, y, n) = (ours(a), ours(b), ours(m));
        prop_assert_eq!(theirs(x.wrapping_add(y)), a.wrapping_add(b));
        prop_assert_eq!(theirs(x.wrapping_sub(y)), a.wrapping_sub(b));
        prop_assert_eq!(theirs(x.wrapping_mul(y)), a.wrapping_mul(b));
        prop_assert_eq!(x.checked_add(y).map(theirs), a.checked_add(b));
        prop_assert_eq!(x.checked_sub(y).map(theirs), a.checked_sub(b));
        prop_assert_eq!(x.checked_mul(y).map(theirs), a.checked_mul(b));
        prop_assert_eq!(theirs(x.div_or_zero(&y)), a.checked_div(b).unwrap_or_default());
        prop_assert_eq!(theirs(x.rem_or_zero(&y)), a.checked_rem(b).unwrap_or_default());
        let (sum, product) = (wide(a) + wide(b), wide(a) * wide(b));
        prop_assert_eq!(
            theirs(x.add_mod(&y, &n)),
            sum.checked_rem(wide(m)).map(narrow).unwrap_or_default()
        );
        prop_assert_eq!(
            theirs(x.mul_mod(&y, &n)),
            product.checked_rem(wide(m)).map(narrow).unwrap_or_default()
        );
        prop_assert_eq!(theirs(x.pow(y)), a.wrapping_pow(b));
    }

    #[test]
    fn inverses_agree_with_the_peer(a in number(), m in number()) {
        prop_assert_eq!(ours(a).inverse_mod(&ours(m)).map(theirs), a.inv_mod(m));
    }

    #[test]
    fn signed_arithmetic_agrees_with_the_peer(a in number(), b in number()) {
        let (x, y) = (ours(a), ours(b));
        let (i, j) = (I256::from_raw(a), I256::from_raw(b));
        let (quotient, remainder) = if b.is_zero() {
            (I256::ZERO, I256::ZERO)
        } else {
            (i.wrapping_div(j), i.wrapping_rem(j))
        };
        prop_assert_eq!(theirs(x.sdiv(&y)), quotient.into_raw());
        prop_assert_eq!(theirs(x.smod(&y)), remainder.into_raw());
        prop_assert_eq!(x.signed_cmp(y), i.cmp(&j));
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
    }

    #[test]
    fn shifts_and_bytes_agree_with_the_peer(a in number(), n in 0..300u64) {
        let (x, by) = (ours(a), Word::from(n));
        let shift = n as usize;
        prop_assert_eq!(theirs(x.shift_left(by)), if n < 256 { a << shift } else { U256::ZERO });
        prop_assert_eq!(theirs(x.shift_right(by)), if n < 256 { a >> shift } else { U256::ZERO });
        prop_assert_eq!(theirs(x.shift_right_signed(by)), a.arithmetic_shr(shift));
        let byte = if n < 32 { a.to_be_bytes::<32>()[shift] } else { 0 };
        prop_assert_eq!(theirs(x.byte(by)), U256::from(byte));
        prop_assert_eq!(x.bits() as usize, a.bit_len());
        prop_assert_eq!(x.leading_zeros() as usize, a.leading_zeros());
        prop_assert_eq!(x.to_be_bytes(), a.to_be_bytes::<32>());
        prop_assert_eq!(Word::from_be_bytes(x.to_be_bytes()), x);
        let extended = if n < 31 {
            let unused = 8 * (31 - shift);
            (a << unused).arithmetic_shr(unused)
        } else {
            a
        };
        prop_assert_eq!(theirs(x.sign_extend(by)), extended);
    }
}

#[test]
fn only_what_shares_no_factor_has_an_inverse() {
    let [zero, one, two, four] = [0, 1, 2, 4].map(|number: u64| Word::from(number));
    assert_eq!(one.inverse_mod(&Word::MAX), Some(one));
    assert_eq!(Word::MAX.inverse_mod(&two), Some(one));
    assert_eq!(two.inverse_mod(&four), None);
    assert_eq!(zero.inverse_mod(&four), None);
    assert_eq!(one.inverse_mod(&zero), None);
    let last = Word::MAX.wrapping_sub(one);
    assert_eq!(last.inverse_mod(&Word::MAX), Some(last));
}

#[test]
fn a_digit_guessed_too_large_is_corrected() {
    // Both corrections of algorithm D run here, which random numbers reach once in 2^62.
    let a = Word::from_limbs([0, u64::MAX - 1, 1 << 63, 0]);
    let b = Word::from_limbs([u64::MAX, 1 << 63, 0, 0]);
    let (x, y) = (theirs(a), theirs(b));
    assert_eq!(theirs(a.div_or_zero(&b)), x / y);
    assert_eq!(theirs(a.rem_or_zero(&b)), x % y);
    let a = Word::from_limbs([0, 0, 0x8000_0000_0000_0000, 0x7fff_ffff_ffff_ffff]);
    let b = Word::from_limbs([1, 0, 0x8000_0000_0000_0000, 0]);
    let (x, y) = (theirs(a), theirs(b));
    assert_eq!(theirs(a.div_or_zero(&b)), x / y);
    assert_eq!(theirs(a.rem_or_zero(&b)), x % y);
}
