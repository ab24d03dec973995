//! Batches: what a batcher writes about blocks.

mod singular;

pub use singular::SingularBatch;

/// A batch (OP specs `protocol/derivation.md`, "Batch Format").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Batch {
    /// Version 0: one block.
    Singular(SingularBatch),
}
