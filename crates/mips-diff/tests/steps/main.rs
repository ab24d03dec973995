//! The VM on L1 makes the steps that the VM off-chain makes, and no others.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod gas;
mod instructions;
mod programs;
mod proofs;
mod system_calls;
mod tally;
mod threads;
