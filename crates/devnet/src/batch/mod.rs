//! Encoding of L2 blocks for L1 (specs `protocol/derivation.md` and `protocol/delta`): blocks
//! become batches, batches a compressed channel, the channel frames, frames transactions.

mod blob;
mod channel;
mod single;
mod span;
mod varint;

pub use blob::{BLOB_CAPACITY, blob};
pub use channel::{Channel, Frame, MAX_FRAME_OVERHEAD, calldata};
pub use single::{BatchBlock, single_batch};
pub use span::{SpanContext, SpanError, span_batch};
