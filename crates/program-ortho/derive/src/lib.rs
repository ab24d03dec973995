//! Derivation: from the blocks of L1 to the payload attributes of L2 (OP specs
//! `protocol/derivation.md`).
//!
//! A proof reads L1 up to one head and knows its blocks by hash, so there are no reorganisations
//! here and nothing to wait for: what comes out is a pure function of what a [`Source`] gives.
#![no_std]

extern crate alloc;

mod abi;
mod attributes;
mod batch;
mod batch_queue;
mod batch_stage;
mod blob;
mod block;
mod channel;
mod channel_assembler;
mod channel_bank;
mod channel_reader;
mod channels;
mod config;
mod data;
mod decompress;
mod deposits;
mod derivation;
mod epochs;
mod error;
mod frame;
mod frame_queue;
mod l1_attributes;
mod limits;
mod predeploy;
mod receipts;
mod rlp_stream;
mod source;
mod source_hash;
mod system_config;
mod upgrades;
mod validity;

pub use attributes::attributes;
pub use batch::{Batch, BatchError, SingularBatch, SpanBatch, SpanBlock, SpanRules};
pub use blob::decode_blob;
pub use block::{BlockId, L1Block, L2Block};
pub use channel_assembler::ChannelAssembler;
pub use channel_bank::ChannelBank;
pub use channel_reader::{ChannelReader, ChannelRules, channel_strings};
pub use config::{BlobSchedule, Genesis, Rollup, SystemConfig};
pub use data::batcher_data;
pub use deposits::user_deposits;
pub use derivation::{Derivation, Rejected};
pub use error::DeriveError;
pub use frame::{ChannelId, Frame, FrameError};
pub use frame_queue::FrameQueue;
pub use l1_attributes::{L1Attributes, l1_attributes};
pub use limits::{max_channel_bank_size, max_rlp_bytes_per_channel};
pub use receipts::receipts;
pub use source::Source;
pub use upgrades::{upgrade_data_hashes, upgrade_deposits};

use predeploy::predeploy;
