//! Against a division bit by bit, on numbers whose digits are guessed badly.

use std::{vec, vec::Vec};

use super::{super::mul_add, *};

/// Shifts a dividend's bits into a remainder, one by one.
fn bit_by_bit(dividend: &[u64; 8], divisor: &Limbs) -> ([u64; 8], Limbs) {
    let (mut quotient, mut rest) = ([0; 8], [0; 5]);
    for bit in (0..512).rev() {
        let mut low = dividend[bit / 64] >> (bit % 64) & 1;
        for limb in &mut rest {
            (low, *limb) = (*limb >> 63, *limb << 1 | low);
        }
        let mut less = [0; 5];
        let mut borrow = false;
        for (i, limb) in less.iter_mut().enumerate() {
            let d = divisor.get(i).copied().unwrap_or(0);
            (*limb, borrow) = sub_borrow(rest[i], d, borrow);
        }
        if !borrow {
            rest = less;
            quotient[bit / 64] |= 1 << (bit % 64);
        }
    }
    let [a, b, c, d, _] = rest;
    (quotient, [a, b, c, d])
}

/// `a * b + c`, which must fit.
fn multiply(a: &Limbs, b: &Limbs, c: &Limbs) -> [u64; 8] {
    let mut product = [0; 8];
    product[..4].copy_from_slice(c);
    for (i, a) in a.iter().enumerate() {
        let mut carry = 0;
        for (j, b) in b.iter().enumerate() {
            (product[i + j], carry) = mul_add(*a, *b, product[i + j], carry);
        }
        for limb in &mut product[i + 4..] {
            (*limb, carry) = mul_add(carry, 1, *limb, 0);
        }
    }
    product
}

fn less_one<const N: usize>(mut limbs: [u64; N]) -> [u64; N] {
    let mut borrow = true;
    for limb in &mut limbs {
        (*limb, borrow) = sub_borrow(*limb, 0, borrow);
    }
    limbs
}

/// Every number of four such limbs, 0 apart.
fn numbers(limbs: &[u64]) -> Vec<Limbs> {
    let mut numbers = vec![[0; 4]];
    for i in 0..4 {
        let longer = numbers.iter().flat_map(|number| {
            limbs.iter().map(move |limb| {
                let mut number = *number;
                number[i] = *limb;
                number
            })
        });
        numbers = longer.collect();
    }
    numbers.retain(|number| *number != [0; 4]);
    numbers
}

/// Powers of two and their neighbours.
fn near_powers_of_two() -> Vec<Limbs> {
    let powers = (0..256).map(|bit| {
        let mut power = [0; 4];
        power[bit / 64] = 1 << (bit % 64);
        power
    });
    let near = powers.flat_map(|power| {
        let mut above = power;
        above[0] |= 1;
        [less_one(power), power, above]
    });
    near.filter(|number| *number != [0; 4]).collect()
}

fn widened(number: &Limbs) -> [u64; 8] {
    let [a, b, c, d] = *number;
    [a, b, c, d, 0, 0, 0, 0]
}

#[track_caller]
fn check(dividend: &[u64; 8], divisor: &Limbs, quotient: [u64; 8], rest: Limbs) {
    assert_eq!(divide(dividend, divisor), (quotient, rest));
    assert_eq!(wide_remainder(dividend, divisor), rest);
    if let [a, b, c, d, 0, 0, 0, 0] = *dividend {
        let narrow = [a, b, c, d];
        assert_eq!(widened(&super::quotient(&narrow, divisor)), quotient);
        assert_eq!(remainder(&narrow, divisor), rest);
        let (digits, remainder) = divide(&narrow, divisor);
        assert_eq!((widened(&digits), remainder), (quotient, rest));
    }
}

#[test]
fn edges_divide_as_bit_by_bit() {
    let numbers = numbers(&[0, 1, 1 << 63, u64::MAX]);
    for (i, divisor) in numbers.iter().enumerate() {
        for (j, dividend) in numbers.iter().enumerate() {
            let low = numbers[(i + 7 * j) % numbers.len()];
            let mut wide = widened(&low);
            wide[4..].copy_from_slice(dividend);
            for dividend in [widened(dividend), wide] {
                let (quotient, rest) = bit_by_bit(&dividend, divisor);
                check(&dividend, divisor, quotient, rest);
            }
        }
    }
}

#[test]
fn near_powers_of_two_divide_as_bit_by_bit() {
    let dividends = numbers(&[0, 1 << 32, u64::MAX - 1]);
    for (i, divisor) in near_powers_of_two().iter().enumerate() {
        for dividend in dividends.iter().skip(i % 4).step_by(4) {
            let wide = multiply(dividend, divisor, &[u64::MAX, 0, 0, 0]);
            for dividend in [widened(dividend), wide, less_one(wide)] {
                let (quotient, rest) = bit_by_bit(&dividend, divisor);
                check(&dividend, divisor, quotient, rest);
            }
        }
    }
}

/// One below a multiple of the divisor is where a digit guessed by its highest limbs is too large.
#[test]
fn multiples_and_their_neighbours_divide_exactly() {
    let numbers = numbers(&[0, 1, (1 << 63) - 1, 1 << 63, u64::MAX - 1, u64::MAX]);
    for (i, divisor) in numbers.iter().enumerate() {
        for factor in numbers.iter().skip(i % 16).step_by(16) {
            let multiple = multiply(factor, divisor, &[0; 4]);
            check(&multiple, divisor, widened(factor), [0; 4]);
            let last = less_one(*divisor);
            check(
                &multiply(factor, divisor, &last),
                divisor,
                widened(factor),
                last,
            );
            let below = widened(&less_one(*factor));
            check(&less_one(multiple), divisor, below, last);
        }
    }
}

#[test]
fn zero_divides_to_zero() {
    let zero = [0; 4];
    check(&[u64::MAX; 8], &zero, [0; 8], zero);
    check(&widened(&[1, 2, 3, 4]), &zero, [0; 8], zero);
    check(&[0; 8], &zero, [0; 8], zero);
}

/// Divisors of one limb and two, their highest bit set.
fn normalised() -> impl Iterator<Item = u64> {
    let steps = (0..1 << 16).map(|step| 1 << 63 | step << 47);
    steps.flat_map(|d| [d, d + 1, d | ((1 << 47) - 1)])
}

#[test]
fn reciprocals_are_quotients() {
    for d in normalised() {
        assert_eq!(reciprocal::of_limb(d), (u128::MAX / u128::from(d)) as u64);
    }
    for d in normalised().step_by(97) {
        for below in [0, 1, d, 1 << 63, u64::MAX] {
            let all = [u64::MAX, u64::MAX, u64::MAX, 0, 0, 0, 0, 0];
            let ([low, high, ..], _) = bit_by_bit(&all, &[below, d, 0, 0]);
            assert_eq!((reciprocal::of_two_limbs(join(d, below)), 1), (low, high));
        }
    }
}
