//! Batches: what a batcher writes about blocks.

mod error;
mod singular;
mod span;

pub use error::BatchError;
pub use singular::SingularBatch;
pub(crate) use span::RawSpanBatch;
pub use span::{SpanBatch, SpanBlock, SpanRules};

/// A batch (OP specs `protocol/derivation.md`, "Batch Format").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Batch {
    /// Version 0: one block.
    Singular(SingularBatch),
    /// Version 1: consecutive blocks.
    Span(SpanBatch),
}
