//! Runs made-up transactions on `ortho`'s EVM and on revm, and compares everything: for tests,
//! fuzzing and measuring. No program depends on it.
//!
//! A [`Case`] is made from any bytes, so that the same generator serves a loop over seeds and a
//! coverage-guided fuzzer. Its programs are mostly meaningful: valid instructions on operands that
//! make sense, calls to each other, to precompiles and to nobody, creations, loops, logs.

mod bytes;
mod case;
mod compare;
pub mod ours;
pub mod peer;
mod program;

pub use case::{CONTRACTS, Case, SENDER};
pub use compare::{Ran, compare};

/// A program of at most so many statements, chosen by bytes: for who makes whole blocks of them.
pub fn program(bytes: &[u8], statements: usize) -> Vec<u8> {
    program::program(&mut bytes::Choices::new(bytes), statements)
}

/// Bytes that follow from a seed (xorshift64*).
pub fn entropy(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        bytes.extend(state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_be_bytes());
    }
    bytes.truncate(length);
    bytes
}
