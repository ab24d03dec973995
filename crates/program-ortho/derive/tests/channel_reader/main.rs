//! What batches a channel holds.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod brotli;
mod parts;
mod span;
mod support;
mod zlib;
