//! The 256-bit word, hashes and addresses that `ortho` is built on.
//!
//! Nothing here is shared with the other program: two implementations of a state transition
//! function are only worth two if a wrong carry in one is not a wrong carry in both.
#![no_std]

#[cfg(test)]
extern crate std;

mod bytes;
mod keccak;
pub mod meter;
mod word;

pub use bytes::{Address, Bloom, Hash, ParseHexError};
pub use keccak::keccak256;
pub use word::Word;
