//! Whole games on a real L1 node with the real contracts and the real VM, over a small program.
//!
//! Needs `anvil`: by `ENDGAME_ANVIL`, on the `PATH`, or from the contracts' npm tools.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "the helpers of tests may panic"
)]

mod anvil;
mod games;
mod judges;
mod proposals;
mod proxy;
mod trouble;
mod world;
