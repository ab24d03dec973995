//! Dividing by multiplying (Möller and Granlund, "Improved division by invariant integers", 2011).
//!
//! Neither a division of 128-bit numbers nor one that hardware might have: a VM's processor and most
//! others take long over both.

/// `(2^19 - 3 * 2^8) / d` for each `d` of nine bits of which the highest is set.
#[expect(clippy::indexing_slicing, reason = "checked when it compiles")]
const FIRST: [u16; 256] = {
    let mut table = [0; 256];
    let mut low = 0;
    while low < 256 {
        table[low] = (((1 << 19) - 3 * (1 << 8)) / (256 + low)) as u16;
        low += 1;
    }
    table
};

/// `(2^128 - 1) / divisor - 2^64`, for a divisor whose highest bit is set (algorithm 3): a table's 11
/// bits, and three steps of Newton's.
#[inline]
pub(super) fn of_limb(divisor: u64) -> u64 {
    let upper_40 = (divisor >> 24) + 1;
    let upper_63 = divisor.div_ceil(2);
    let v0 = FIRST
        .get((divisor >> 55) as usize & 0xff)
        .copied()
        .map_or(0, u64::from);
    let v1 = (v0 << 11) - ((v0 * v0 * upper_40) >> 40) - 1;
    let v2 = (v1 << 13) + ((v1 * ((1 << 60) - v1 * upper_40)) >> 47);
    let error =
        ((v2 >> 1) & 0_u64.wrapping_sub(divisor & 1)).wrapping_sub(v2.wrapping_mul(upper_63));
    let v3 = (v2 << 31).wrapping_add(high(v2, error) >> 1);
    let last = (u128::from(v3) * u128::from(divisor)).wrapping_add(u128::from(divisor));
    v3.wrapping_sub((last >> 64) as u64).wrapping_sub(divisor)
}

/// `(2^192 - 1) / divisor - 2^64`, for a divisor whose highest bit is set (algorithm 6).
#[inline]
pub(super) fn of_two_limbs(divisor: u128) -> u64 {
    let (d1, d0) = split(divisor);
    let mut v = of_limb(d1);
    let (mut p, carry) = d1.wrapping_mul(v).overflowing_add(d0);
    if carry {
        v = v.wrapping_sub(1);
        if p >= d1 {
            v = v.wrapping_sub(1);
            p = p.wrapping_sub(d1);
        }
        p = p.wrapping_sub(d1);
    }
    let (t1, t0) = split(u128::from(v) * u128::from(d0));
    let (p, carry) = p.overflowing_add(t1);
    if carry {
        v = v.wrapping_sub(1);
        if join(p, t0) >= divisor {
            v = v.wrapping_sub(1);
        }
    }
    v
}

/// Quotient and remainder of two limbs, of which the higher is below the divisor (algorithm 4).
#[inline]
pub(super) const fn two_by_one(high: u64, low: u64, divisor: u64, reciprocal: u64) -> (u64, u64) {
    let (q1, q0) = split((reciprocal as u128 * high as u128).wrapping_add(join(high, low)));
    let mut quotient = q1.wrapping_add(1);
    let mut remainder = low.wrapping_sub(quotient.wrapping_mul(divisor));
    if remainder > q0 {
        quotient = quotient.wrapping_sub(1);
        remainder = remainder.wrapping_add(divisor);
    }
    if remainder >= divisor {
        quotient = quotient.wrapping_add(1);
        remainder -= divisor;
    }
    (quotient, remainder)
}

/// Quotient and remainder of three limbs, of which the higher two are below the divisor
/// (algorithm 5).
#[inline]
pub(super) const fn three_by_two(
    high: u128,
    low: u64,
    divisor: u128,
    reciprocal: u64,
) -> (u64, u128) {
    let (u2, u1) = split(high);
    let (d1, d0) = split(divisor);
    let (q1, q0) = split((reciprocal as u128 * u2 as u128).wrapping_add(high));
    let r1 = u1.wrapping_sub(q1.wrapping_mul(d1));
    let mut quotient = q1.wrapping_add(1);
    let mut remainder = join(r1, low)
        .wrapping_sub(d0 as u128 * q1 as u128)
        .wrapping_sub(divisor);
    if (remainder >> 64) as u64 >= q0 {
        quotient = quotient.wrapping_sub(1);
        remainder = remainder.wrapping_add(divisor);
    }
    if remainder >= divisor {
        quotient = quotient.wrapping_add(1);
        remainder -= divisor;
    }
    (quotient, remainder)
}

/// The product's higher limb.
#[inline]
const fn high(a: u64, b: u64) -> u64 {
    ((a as u128 * b as u128) >> 64) as u64
}

/// The higher limb and the lower one.
#[inline]
pub(super) const fn split(wide: u128) -> (u64, u64) {
    ((wide >> 64) as u64, wide as u64)
}

#[inline]
pub(super) const fn join(high: u64, low: u64) -> u128 {
    (high as u128) << 64 | low as u128
}
