//! Modular exponentiation of large numbers (EIP-198).

use alloc::{vec, vec::Vec};

use num_bigint::BigUint;

/// `base ^ exponent mod modulus`, big-endian, as long as `modulus`; 0 for the modulus 0.
pub fn modexp(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Vec<u8> {
    let mut out = vec![0; modulus.len()];
    let number = BigUint::from_bytes_be(modulus);
    if number == BigUint::ZERO {
        return out;
    }
    let power = BigUint::from_bytes_be(base).modpow(&BigUint::from_bytes_be(exponent), &number);
    let digits = power.to_bytes_be();
    out.iter_mut()
        .rev()
        .zip(digits.iter().rev())
        .for_each(|(to, from)| *to = *from);
    out
}
