//! Long division (Knuth, volume 2, algorithm 4.3.1 D) over 64-bit limbs.

mod reciprocal;
#[cfg(test)]
mod tests;

use super::{add_carry, mul_add, sub_borrow};
use reciprocal::{join, split};

/// A number's limbs, the lowest first.
type Limbs = [u64; 4];

/// Quotient; 0 for a zero divisor.
#[inline(never)]
pub(super) fn quotient(dividend: &Limbs, divisor: &Limbs) -> Limbs {
    if is_below(dividend, divisor) {
        return [0; 4];
    }
    divide(dividend, divisor).0
}

/// Remainder; 0 for a zero divisor.
#[inline(never)]
pub(super) fn remainder(dividend: &Limbs, divisor: &Limbs) -> Limbs {
    if is_below(dividend, divisor) {
        return *dividend;
    }
    divide(dividend, divisor).1
}

/// The remainder of a product; 0 for a zero divisor.
#[inline(never)]
pub(super) fn wide_remainder(dividend: &[u64; 8], divisor: &Limbs) -> Limbs {
    match *dividend {
        [a, b, c, d, 0, 0, 0, 0] => remainder(&[a, b, c, d], divisor),
        _ => divide(dividend, divisor).1,
    }
}

#[inline]
fn is_below(a: &Limbs, b: &Limbs) -> bool {
    let borrow = |borrow, (a, b): (&u64, &u64)| sub_borrow(*a, *b, borrow).1;
    a.iter().zip(b).fold(false, borrow)
}

/// Quotient and remainder, by as many limbs as the divisor has.
#[inline]
fn divide<const M: usize>(dividend: &[u64; M], divisor: &Limbs) -> ([u64; M], Limbs) {
    match *divisor {
        [0, 0, 0, 0] => ([0; M], [0; 4]),
        [a, 0, 0, 0] => {
            let (quotient, [a]) = long(dividend, [a]);
            (quotient, [a, 0, 0, 0])
        }
        [a, b, 0, 0] => {
            let (quotient, [a, b]) = long(dividend, [a, b]);
            (quotient, [a, b, 0, 0])
        }
        [a, b, c, 0] => {
            let (quotient, [a, b, c]) = long(dividend, [a, b, c]);
            (quotient, [a, b, c, 0])
        }
        _ => long(dividend, *divisor),
    }
}

/// Quotient and remainder by a divisor whose highest limb is not 0 and that has no more limbs than
/// the dividend.
#[inline]
#[expect(
    clippy::indexing_slicing,
    reason = "indices follow from the sizes: no check is left in the code"
)]
fn long<const M: usize, const N: usize>(
    dividend: &[u64; M],
    divisor: [u64; N],
) -> ([u64; M], [u64; N]) {
    // D1: normalise, so that the divisor's highest bit is set. The dividend gets a limb more.
    let shift = divisor[N - 1].leading_zeros();
    let below = |limbs: &[u64], i: usize| if i == 0 { 0 } else { limbs[i - 1] };
    let limbs = core::array::from_fn(|i| shift_left(divisor[i], below(&divisor, i), shift));
    let divisor = Divisor::new(limbs);
    let mut rest: [u64; N] = core::array::from_fn(|i| {
        let at = M - N + 1 + i;
        let limb = if at == M { 0 } else { dividend[at] };
        shift_left(limb, dividend[at - 1], shift)
    });
    // The highest limbs are below the divisor: that shift is less than 64, and the divisor's
    // highest bit is set. So each digit is one limb.
    let mut quotient = [0; M];
    for j in (0..=M - N).rev() {
        let limb = shift_left(dividend[j], below(dividend, j), shift);
        quotient[j] = divisor.digit(&mut rest, limb);
    }
    // D8: undo the normalisation.
    let remainder = core::array::from_fn(|i| {
        let above = if i == N - 1 { 0 } else { rest[i + 1] };
        rest[i] >> shift | above << 1 << (63 - shift)
    });
    (quotient, remainder)
}

/// A limb shifted left by less than 64 bits, filled from the one below.
#[inline]
const fn shift_left(limb: u64, below: u64, shift: u32) -> u64 {
    limb << shift | below >> 1 >> (63 - shift)
}

/// A divisor whose highest bit is set.
struct Divisor<const N: usize> {
    limbs: [u64; N],
    reciprocal: u64,
}

impl<const N: usize> Divisor<N> {
    #[inline]
    fn new(limbs: [u64; N]) -> Self {
        let reciprocal = match limbs.as_slice() {
            [.., d0, d1] => reciprocal::of_two_limbs(join(*d1, *d0)),
            [d] => reciprocal::of_limb(*d),
            [] => 0,
        };
        Self { limbs, reciprocal }
    }

    /// Divides `rest`, which is below the divisor, and a limb under it: the quotient's digit, and the
    /// new rest.
    #[inline]
    fn digit(&self, rest: &mut [u64; N], limb: u64) -> u64 {
        match (self.limbs.as_slice(), rest.as_mut_slice()) {
            ([d], [r]) => {
                let digit;
                (digit, *r) = reciprocal::two_by_one(*r, limb, *d, self.reciprocal);
                digit
            }
            ([d0, d1], [r0, r1]) => {
                let (digit, remainder) =
                    reciprocal::three_by_two(join(*r1, *r0), limb, join(*d1, *d0), self.reciprocal);
                (*r1, *r0) = split(remainder);
                digit
            }
            ([.., d0, d1], [.., third, r0, r1]) => {
                let (high, divisor) = (join(*r1, *r0), join(*d1, *d0));
                // D3, by two of the divisor's limbs: at most one too large.
                let (digit, top) = if high == divisor {
                    // Then it is the largest digit.
                    let top = divisor.overflowing_add((*third).into());
                    (u64::MAX, top)
                } else {
                    let reciprocal = self.reciprocal;
                    let (digit, top) = reciprocal::three_by_two(high, *third, divisor, reciprocal);
                    (digit, (top, false))
                };
                self.subtract(rest, limb, digit, top)
            }
            _ => 0,
        }
    }

    /// D4 to D6: `rest` and `limb` less `digit` times the divisor, or one time less. `top` is what is
    /// left of the highest three limbs by the divisor's highest two, and whether it overflows.
    #[inline]
    #[expect(
        clippy::indexing_slicing,
        reason = "indices follow from the sizes: no check is left in the code"
    )]
    fn subtract(
        &self,
        rest: &mut [u64; N],
        limb: u64,
        digit: u64,
        (top, overflow): (u128, bool),
    ) -> u64 {
        let (mut carry, mut borrow) = (0, false);
        let mut above = limb;
        for (place, d) in rest.iter_mut().zip(self.limbs).take(N - 2) {
            let low;
            (low, carry) = mul_add(digit, d, carry, 0);
            let next = *place;
            (*place, borrow) = sub_borrow(above, low, borrow);
            above = next;
        }
        let (top, underflow) = top.overflowing_sub(u128::from(carry) + u128::from(borrow));
        (rest[N - 1], rest[N - 2]) = split(top);
        if underflow == overflow {
            return digit;
        }
        let mut carry = false;
        for (limb, d) in rest.iter_mut().zip(self.limbs) {
            (*limb, carry) = add_carry(*limb, d, carry);
        }
        digit - 1
    }
}
