//! Stages of derivation, behind kona's stage traits.
//!
//! They stand where kona-derive's own ones take hostile input for something else than the specs and
//! op-node do.

#![expect(clippy::result_large_err, reason = "kona's error is as large as it is")]

pub(crate) mod batch;
mod blob;
mod channel_reader;
mod channels;
mod decompress;
mod frames;
mod inflate;
mod retrieval;
mod strings;
#[cfg(test)]
pub(crate) mod testing;
mod traversal;
mod unbrotli;

use alloc::{boxed::Box, sync::Arc, vec::Vec};

use alloy_eips_v1::eip4844::{Blob, IndexedBlobHash};
use alloy_primitives::{B256, Bytes};
use async_trait::async_trait;
use kona_derive::{
    OriginAdvancer, OriginProvider, PipelineError, PipelineErrorKind, PipelineResult,
    SignalReceiver,
};

pub(crate) use batch::{BatchQueue, SafeBlock, SafeChain};
pub(crate) use channel_reader::ChannelReader;
pub(crate) use channels::Channels;
pub(crate) use frames::FrameQueue;
pub(crate) use retrieval::L1Retrieval;
pub use strings::channel_strings;
pub(crate) use traversal::L1Traversal;

use crate::{l1::ProviderError, receipts::L1Log};
use batch::Batch;
use kona_protocol::BlockInfo;

/// What every stage is to the one after it.
pub(crate) trait Stage:
    OriginAdvancer + OriginProvider + SignalReceiver + core::fmt::Debug + Send
{
}

impl<T> Stage for T where
    T: OriginAdvancer + OriginProvider + SignalReceiver + core::fmt::Debug + Send
{
}

/// L1 up to the head of the run.
pub(crate) trait L1Chain: core::fmt::Debug + Send + Sync {
    /// The block with this number, `None` past the head.
    fn block_at(&self, number: u64) -> Result<Option<BlockInfo>, ProviderError>;

    /// The logs of the rollup's contracts in a block.
    fn logs(&self, hash: B256) -> Result<Arc<[L1Log]>, ProviderError>;

    /// The encodings of a block's transactions.
    fn transactions(&self, hash: B256) -> Result<Vec<Bytes>, ProviderError>;

    /// A blob of a block.
    fn blob(&self, block: &BlockInfo, blob: &IndexedBlobHash) -> Result<Box<Blob>, ProviderError>;
}

/// A stage that gives batches.
#[async_trait]
pub(crate) trait BatchSource: Stage {
    /// The next batch, or that there is none: before the next L1 block (end of file), or yet.
    async fn next_batch(&mut self) -> PipelineResult<Batch>;

    /// Drops what is left of the channel in use.
    fn flush(&mut self);
}

/// Whether the error says that there is nothing before the next L1 block.
pub(crate) const fn is_eof(error: &PipelineErrorKind) -> bool {
    matches!(error, PipelineErrorKind::Temporary(PipelineError::Eof))
}
