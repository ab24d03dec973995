//! Preimage keys, the oracle trait and the fd wire protocol that programs, VMs and host share.
//!
//! A fault proof program learns everything it knows from *preimages*: byte strings named by a
//! 32-byte [`PreimageKey`] whose first byte tells how the rest commits to the value (specs
//! `fault-proof/index.md`, "Pre-image key types"). [`PreimageOracle`] is the one seam between a
//! program, native or in a VM, and whatever serves its preimages. With the feature `std`,
//! [`wire`] speaks the protocol over the file descriptors 3 to 6.
#![no_std]
#[cfg(feature = "std")]
extern crate std;

extern crate alloc;

mod hint;
mod key;
mod oracle;
#[cfg(feature = "std")]
pub mod wire;

pub use hint::Hint;
pub use key::{InvalidKey, KeyType, LocalIndex, PreimageKey};
pub use oracle::{OracleError, PreimageOracle};
