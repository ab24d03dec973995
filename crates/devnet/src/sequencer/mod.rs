//! The sequencer: which transactions and which L1 origin go into the next L2 block.

mod origin;
mod pool;
mod task;

pub use origin::{MAX_SEQUENCER_DRIFT, OriginChoice, choose_origin};
pub use pool::{Pool, PoolError, PooledTransaction, SenderState};
pub use task::Sequencer;
