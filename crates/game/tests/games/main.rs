//! Games played to their end, in a made-up world.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of tests may panic"
)]

mod honest_play;
mod resolution;
mod world;
