//! RLP (yellow paper, appendix B), decoded strictly: one value has one encoding, and any other
//! is refused.
//!
//! ```
//! use endgame_ortho_rlp::{Encoder, Reader};
//!
//! let mut encoder = Encoder::new();
//! encoder.list(|list| {
//!     list.u64(1024);
//!     list.bytes(b"dog");
//! });
//! let encoded = encoder.finish();
//! assert_eq!(encoded, [0xc7, 0x82, 4, 0, 0x83, b'd', b'o', b'g']);
//!
//! let mut outer = Reader::new(&encoded);
//! let mut list = outer.list()?;
//! assert_eq!(list.u64()?, 1024);
//! assert_eq!(list.bytes()?, b"dog");
//! list.end()?;
//! outer.end()?;
//! # Ok::<(), endgame_ortho_rlp::RlpError>(())
//! ```
#![no_std]

extern crate alloc;

mod decode;
mod encode;

pub use decode::{Item, Reader, RlpError};
pub use encode::Encoder;
