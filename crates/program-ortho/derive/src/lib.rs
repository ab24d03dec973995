//! Derivation: from the blocks of L1 to the payload attributes of L2 (OP specs
//! `protocol/derivation.md`).
//!
//! A proof reads L1 up to one head and knows its blocks by hash, so there are no reorganisations
//! here and nothing to wait for: what comes out is a pure function of what a [`Source`] gives.
#![no_std]

extern crate alloc;

mod blob;
mod block;
mod channel;
mod channel_assembler;
mod channel_bank;
mod config;
mod data;
mod error;
mod frame;
mod frame_queue;
mod source;

pub use blob::decode_blob;
pub use block::{BlockId, L1Block, L2Block};
pub use channel_assembler::ChannelAssembler;
pub use channel_bank::ChannelBank;
pub use config::{BlobSchedule, Genesis, Rollup, SystemConfig};
pub use data::batcher_data;
pub use error::DeriveError;
pub use frame::{ChannelId, Frame, FrameError};
pub use frame_queue::FrameQueue;
pub use source::Source;
