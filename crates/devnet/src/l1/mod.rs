//! The L1: an `anvil` process, its clock, and a verified view of its blocks.

mod anvil;
mod client;
mod clock;

pub use anvil::{Anvil, AnvilOptions, find_anvil};
pub use client::{L1Block, L1Client, L1Ref};
pub use clock::{ChainClock, Mining};
