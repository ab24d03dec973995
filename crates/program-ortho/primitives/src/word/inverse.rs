//! Inverses modulo a number.

use super::Word;

/// So many times a subtraction is cheaper than a division. Five of six quotients that Euclid's
/// algorithm meets are no larger than 4.
const SUBTRACTIONS: usize = 4;

impl Word {
    /// What `self` must be multiplied by to give 1 modulo `modulus`; none if they have a factor in
    /// common, or if that is 1, which leaves nothing but 0.
    ///
    /// Takes longer for some numbers than for others: nothing for secrets.
    pub fn inverse_mod(&self, modulus: &Self) -> Option<Self> {
        // Euclid's algorithm. `a` is `x` times `self`, modulo `modulus`, or `-x` times it, in turns;
        // and so is `b` with `y`, the other way round.
        let (mut a, mut b) = (*modulus, self.rem_or_zero(modulus));
        let (mut x, mut y) = (Self::ZERO, Self::ONE);
        let mut positive = false;
        while !b.is_zero() {
            let (mut rest, mut factor) = (a, x);
            for _ in 0..SUBTRACTIONS {
                if rest < b {
                    break;
                }
                rest = rest.wrapping_sub(b);
                factor = factor.wrapping_add(y);
            }
            if rest >= b {
                let quotient = rest.div_or_zero(&b);
                rest = rest.wrapping_sub(quotient.wrapping_mul(b));
                factor = factor.wrapping_add(quotient.wrapping_mul(y));
            }
            (a, b) = (b, rest);
            (x, y) = (y, factor);
            positive = !positive;
        }
        (a == Self::ONE && *modulus != a)
            .then(|| if positive { x } else { modulus.wrapping_sub(x) })
    }
}
