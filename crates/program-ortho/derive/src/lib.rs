//! Derivation: from the blocks of L1 to the payload attributes of L2 (OP specs
//! `protocol/derivation.md`).
//!
//! A proof reads L1 up to one head and knows its blocks by hash, so there are no reorganisations
//! here and nothing to wait for: what comes out is a pure function of what a [`Source`] gives.
#![no_std]

extern crate alloc;

mod batch;
mod blob;
mod block;
mod channel;
mod channel_assembler;
mod channel_bank;
mod channel_reader;
mod config;
mod data;
mod decompress;
mod error;
mod frame;
mod frame_queue;
mod limits;
mod rlp_stream;
mod source;

pub use batch::{Batch, SingularBatch};
pub use blob::decode_blob;
pub use block::{BlockId, L1Block, L2Block};
pub use channel_assembler::ChannelAssembler;
pub use channel_bank::ChannelBank;
pub use channel_reader::{ChannelReader, ChannelRules};
pub use config::{BlobSchedule, Genesis, Rollup, SystemConfig};
pub use data::batcher_data;
pub use error::DeriveError;
pub use frame::{ChannelId, Frame, FrameError};
pub use frame_queue::FrameQueue;
pub use limits::{max_channel_bank_size, max_rlp_bytes_per_channel};
pub use source::Source;
