//! Stages of derivation, behind kona's stage traits.
//!
//! They stand where kona-derive's own ones take hostile input for something else than the specs and
//! op-node do.

#![expect(clippy::result_large_err, reason = "kona's error is as large as it is")]

pub(crate) mod batch;
mod channel_reader;
mod decompress;
mod inflate;
#[cfg(test)]
pub(crate) mod testing;

use alloc::boxed::Box;

use async_trait::async_trait;
use kona_derive::{
    OriginAdvancer, OriginProvider, PipelineError, PipelineErrorKind, PipelineResult,
    SignalReceiver,
};

pub(crate) use batch::{BatchQueue, SafeBlock, SafeChain};
pub(crate) use channel_reader::ChannelReader;

use batch::Batch;

/// What every stage is to the one after it.
pub(crate) trait Stage:
    OriginAdvancer + OriginProvider + SignalReceiver + core::fmt::Debug + Send
{
}

impl<T> Stage for T where
    T: OriginAdvancer + OriginProvider + SignalReceiver + core::fmt::Debug + Send
{
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
