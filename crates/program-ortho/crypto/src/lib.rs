//! The cryptography behind `ortho`'s precompiles.
//!
//! The curves come from libraries that the other program does not use; the hash functions are
//! short enough to be written here. Every function takes and gives the bytes that the precompile
//! of its name does, already padded to their fixed length; prices are somebody else's concern.
#![no_std]

extern crate alloc;

mod blake2;
pub mod bls12_381;
mod bn254;
mod error;
mod kzg;
mod modexp;
mod p256;
mod ripemd160;
mod secp256k1;
mod sha256;

pub use blake2::blake2f;
pub use bn254::{bn254_add, bn254_mul, bn254_pairing};
pub use error::CryptoError;
pub use kzg::{FIELD_ELEMENTS_PER_BLOB, blob_points, kzg_verify, versioned_hash};
pub use modexp::modexp;
pub use p256::p256_verify;
pub use ripemd160::ripemd160;
pub use secp256k1::recover;
pub use sha256::sha256;
