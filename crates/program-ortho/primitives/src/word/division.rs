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
fn divide(numerator: &mut [u64; 9], divisor: Word) -> [u64; 8] {
    // D1: normalise, so that the divisor's highest bit is set.
    let shift = divisor.leading_zeros() % 64;
    let [a, b, c, d] = divisor.shl_bits(shift).limbs();
    shift_left(numerator, shift);
    let mut quotient = [0; 8];
    match divisor.bits().div_ceil(64) {
        1 => divide_by_limb(numerator, a, &mut quotient),
        2 => divide_by(numerator, [a, b], &mut quotient),
        3 => divide_by(numerator, [a, b, c], &mut quotient),
        _ => divide_by(numerator, [a, b, c, d], &mut quotient),
    }
    // D8: undo the normalisation.
    shift_right(numerator, shift);
    quotient
}

/// One limb: each digit's remainder goes on into the next.
fn divide_by_limb(numerator: &mut [u64; 9], divisor: u64, quotient: &mut [u64; 8]) {
    let reciprocal = reciprocal(divisor);
    let [low @ .., mut rest] = *numerator;
    for (digit, limb) in quotient.iter_mut().zip(low).rev() {
        (*digit, rest) = divide_two(rest, limb, divisor, reciprocal);
    }
    *numerator = [rest, 0, 0, 0, 0, 0, 0, 0, 0];
}

/// Two limbs or more.
fn divide_by<const N: usize>(numerator: &mut [u64; 9], v: [u64; N], quotient: &mut [u64; 8]) {
    let [.., below, highest] = v.as_slice() else {
        return;
    };
    let reciprocal = reciprocal(*highest);
    // Digits above the number's own are 0.
    let used = numerator.iter().rposition(|limb| *limb != 0).unwrap_or(0);
    for j in (0..=(8 - N).min(used.saturating_sub(N - 1))).rev() {
        let window = numerator
            .get_mut(j..)
            .and_then(<[u64]>::split_first_chunk_mut::<N>);
        let Some((window, [top, ..])) = window else {
            return;
        };
        let mut digit = estimate(window, *top, *highest, *below, reciprocal);
        // D4: multiply and subtract.
        let (mut carry, mut borrow) = (0, false);
        for (limb, v) in window.iter_mut().zip(v) {
            let low;
            (low, carry) = mul_add(digit, v, carry, 0);
            (*limb, borrow) = super::sub_borrow(*limb, low, borrow);
        }
        (*top, borrow) = super::sub_borrow(*top, carry, borrow);
        // D6: the digit was one too large; add the divisor back.
        if borrow {
            digit -= 1;
            let mut carry = false;
            for (limb, v) in window.iter_mut().zip(v) {
                (*limb, carry) = super::add_carry(*limb, v, carry);
            }
            *top = top.wrapping_add(u64::from(carry));
        }
        if let Some(to) = quotient.get_mut(j) {
            *to = digit;
        }
    }
}

/// D3: a digit by the highest limbs, at most one too large.
#[inline]
fn estimate<const N: usize>(
    window: &[u64; N],
    top: u64,
    highest: u64,
    below: u64,
    reciprocal: u64,
) -> u64 {
    let [.., third, second] = window.as_slice() else {
        return 0;
    };
    let (mut digit, mut rest);
    if top >= highest {
        digit = u64::MAX;
        let wide = u128::from(top) << 64 | u128::from(*second);
        rest = wide - u128::from(digit) * u128::from(highest);
    } else {
        let (quotient, remainder) = divide_two(top, *second, highest, reciprocal);
        (digit, rest) = (quotient, remainder.into());
    }
    while rest >> 64 == 0
        && u128::from(digit) * u128::from(below) > (rest << 64 | u128::from(*third))
    {
        digit -= 1;
        rest += u128::from(highest);
    }
    digit
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
