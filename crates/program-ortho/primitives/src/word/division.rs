//! Long division (Knuth, volume 2, algorithm 4.3.1 D) over 64-bit limbs.

use super::{Word, mul_add};

/// Quotient and remainder; both 0 for a zero divisor.
pub(super) fn div_rem(dividend: Word, divisor: Word) -> (Word, Word) {
    if let (Some(a), Some(b)) = (dividend.to_u64(), divisor.to_u64()) {
        return match (a.checked_div(b), a.checked_rem(b)) {
            (Some(quotient), Some(remainder)) => (quotient.into(), remainder.into()),
            _ => (Word::ZERO, Word::ZERO),
        };
    }
    if let (Some(a), Some(b)) = (dividend.to_u128(), divisor.to_u128()) {
        let (Some(quotient), Some(remainder)) = (a.checked_div(b), a.checked_rem(b)) else {
            return (Word::ZERO, Word::ZERO);
        };
        return (quotient.into(), remainder.into());
    }
    if divisor.is_zero() {
        return (Word::ZERO, Word::ZERO);
    }
    if dividend < divisor {
        return (Word::ZERO, dividend);
    }
    let [a, b, c, d] = dividend.limbs();
    let mut numerator = [a, b, c, d, 0, 0, 0, 0, 0];
    let quotient = divide(&mut numerator, divisor);
    let [q0, q1, q2, q3, ..] = quotient;
    let [r0, r1, r2, r3, ..] = numerator;
    (
        Word::from_limbs([q0, q1, q2, q3]),
        Word::from_limbs([r0, r1, r2, r3]),
    )
}

/// The remainder of a 512-bit number; 0 for a zero divisor.
pub(super) fn remainder(dividend: &[u64; 8], divisor: Word) -> Word {
    let [a, b, c, d, e, f, g, h] = *dividend;
    let mut numerator = [a, b, c, d, e, f, g, h, 0];
    if divisor.is_zero() {
        return Word::ZERO;
    }
    divide(&mut numerator, divisor);
    let [r0, r1, r2, r3, ..] = numerator;
    Word::from_limbs([r0, r1, r2, r3])
}

/// Divides `numerator` (its ninth limb zero) by a divisor that is not zero; leaves the remainder
/// in it and returns the quotient.
#[expect(
    clippy::indexing_slicing,
    reason = "n is 1 to 4 and j at most 8 - n, so every index is below 9"
)]
fn divide(numerator: &mut [u64; 9], divisor: Word) -> [u64; 8] {
    let n = divisor.bits().div_ceil(64) as usize;
    let mut quotient = [0u64; 8];
    if n == 1 {
        let shift = divisor.low_u64().leading_zeros();
        let divisor = divisor.low_u64() << shift;
        let reciprocal = reciprocal(divisor);
        shift_left(numerator, shift);
        let mut rest = numerator[8];
        for j in (0..8).rev() {
            (quotient[j], rest) = divide_two(rest, numerator[j], divisor, reciprocal);
            numerator[j] = 0;
        }
        numerator[0] = rest >> shift;
        return quotient;
    }
    // D1: normalise, so that the divisor's highest bit is set.
    let shift = divisor.limbs()[n - 1].leading_zeros();
    let v = divisor.shl_bits(shift).limbs();
    shift_left(numerator, shift);
    let reciprocal = reciprocal(v[n - 1]);
    for j in (0..=8 - n).rev() {
        // D3: estimate a digit from the two highest limbs, at most two too large.
        let wide = u128::from(numerator[j + n]) << 64 | u128::from(numerator[j + n - 1]);
        let (mut digit, mut rest);
        if numerator[j + n] >= v[n - 1] {
            digit = u128::from(u64::MAX);
            rest = wide - digit * u128::from(v[n - 1]);
        } else {
            let (high, low) = (numerator[j + n], numerator[j + n - 1]);
            let (quotient, remainder) = divide_two(high, low, v[n - 1], reciprocal);
            (digit, rest) = (quotient.into(), remainder.into());
        }
        while rest >> 64 == 0
            && digit * u128::from(v[n - 2]) > (rest << 64 | u128::from(numerator[j + n - 2]))
        {
            digit -= 1;
            rest += u128::from(v[n - 1]);
        }
        // D4: multiply and subtract.
        let mut digit = digit as u64;
        let (mut carry, mut borrow) = (0, false);
        for i in 0..n {
            let (low, high) = mul_add(digit, v[i], carry, 0);
            carry = high;
            (numerator[i + j], borrow) = super::sub_borrow(numerator[i + j], low, borrow);
        }
        (numerator[j + n], borrow) = super::sub_borrow(numerator[j + n], carry, borrow);
        // D6: the digit was one too large; add the divisor back.
        if borrow {
            digit -= 1;
            let mut carry = false;
            for i in 0..n {
                (numerator[i + j], carry) = super::add_carry(numerator[i + j], v[i], carry);
            }
            numerator[j + n] = numerator[j + n].wrapping_add(u64::from(carry));
        }
        quotient[j] = digit;
    }
    // D8: undo the normalisation.
    shift_right(numerator, shift);
    quotient
}

/// What [`divide_two`] multiplies by instead of dividing: `(2^128 - 1) / divisor - 2^64`, for a
/// divisor whose highest bit is set (Möller and Granlund, "Improved division by invariant
/// integers", 2011).
const fn reciprocal(divisor: u64) -> u64 {
    (u128::MAX / divisor as u128) as u64
}

/// Quotient and remainder of two limbs, of which the higher is below the divisor (algorithm 4
/// there).
#[inline]
const fn divide_two(high: u64, low: u64, divisor: u64, reciprocal: u64) -> (u64, u64) {
    let wide = (high as u128) << 64 | low as u128;
    let estimate = (reciprocal as u128 * high as u128).wrapping_add(wide);
    let mut quotient = ((estimate >> 64) as u64).wrapping_add(1);
    let mut remainder = low.wrapping_sub(quotient.wrapping_mul(divisor));
    if remainder > estimate as u64 {
        quotient = quotient.wrapping_sub(1);
        remainder = remainder.wrapping_add(divisor);
    }
    if remainder >= divisor {
        quotient = quotient.wrapping_add(1);
        remainder -= divisor;
    }
    (quotient, remainder)
}

fn shift_left(limbs: &mut [u64], bits: u32) {
    if bits == 0 {
        return;
    }
    let mut low = 0;
    for limb in limbs {
        let shifted = *limb << bits | low;
        low = *limb >> (64 - bits);
        *limb = shifted;
    }
}

fn shift_right(limbs: &mut [u64], bits: u32) {
    if bits == 0 {
        return;
    }
    let mut high = 0;
    for limb in limbs.iter_mut().rev() {
        let shifted = *limb >> bits | high;
        high = *limb << (64 - bits);
        *limb = shifted;
    }
}
