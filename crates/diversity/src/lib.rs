//! What proving mechanisms have in common.
//!
//! A claim is final when independent mechanisms agree, so what two of them share is where both can be
//! wrong in the same way. This crate knows what each is made of (`facts.json`, made from the lock
//! files and the contracts' sources, and checked by a test) and compares every pair.

mod error;
mod facts;
mod pair;
mod report;
mod words;

pub use error::DiversityError;
pub use facts::{Component, Crate, Facts, Kind, Mechanism};
pub use pair::{ComponentPair, CryptographyPair, Pair, SharedCrate};
pub use report::Report;
