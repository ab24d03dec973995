//! The stage that puts batches in order and makes empty ones where there are none.

use alloc::{boxed::Box, collections::VecDeque, sync::Arc, vec::Vec};

use async_trait::async_trait;
use kona_derive::{
    AttributesProvider, OriginAdvancer, OriginProvider, PipelineError, PipelineErrorKind,
    PipelineResult, ResetError, ResetSignal, Signal, SignalReceiver,
};
use kona_genesis::RollupConfig;
use kona_protocol::{BatchValidity, BlockInfo, L2BlockInfo, SingleBatch};

use super::{Batch, SafeChain, Span, check::Context};
use crate::stages::{BatchSource, is_eof};

/// Batches from the channels, one block at a time.
///
/// Up to Holocene it is the batch queue of specs `protocol/derivation.md`; from there on the batch
/// stage of `protocol/holocene/derivation.md`, which takes batches in their order alone.
#[derive(Debug)]
pub(crate) struct BatchQueue<P, C> {
    config: Arc<RollupConfig>,
    prev: P,
    chain: C,
    /// The L1 block that derivation is at.
    origin: BlockInfo,
    /// Consecutive L1 blocks, from the safe head's origin, or the one after it, to `origin`.
    l1_blocks: VecDeque<BlockInfo>,
    /// The blocks of the span batch that is in use.
    span: VecDeque<SingleBatch>,
    /// Batches that may become valid, with the L1 block that completed each; up to Holocene.
    waiting: Vec<(Batch, BlockInfo)>,
}

/// Nothing yet, but it may be asked again.
const fn again<T>() -> PipelineResult<T> {
    Err(PipelineError::NotEnoughData.temp())
}

/// Nothing before the next L1 block.
const fn eof<T>() -> PipelineResult<T> {
    Err(PipelineError::Eof.temp())
}

impl<P: BatchSource, C: SafeChain> BatchQueue<P, C> {
    pub(crate) fn new(config: Arc<RollupConfig>, prev: P, chain: C) -> Self {
        Self {
            config,
            prev,
            chain,
            origin: BlockInfo::default(),
            l1_blocks: VecDeque::new(),
            span: VecDeque::new(),
            waiting: Vec::new(),
        }
    }

    fn prev_origin(&self) -> PipelineResult<BlockInfo> {
        self.prev
            .origin()
            .ok_or(PipelineError::MissingOrigin.crit())
    }

    /// Notes the L1 block that derivation is at, and forgets those before the safe head's origin.
    fn update_origins(&mut self, safe: &L2BlockInfo) -> PipelineResult<()> {
        let origin = self.prev_origin()?;
        if self.origin != origin {
            self.origin = origin;
            if origin.number < safe.l1_origin.number {
                self.l1_blocks.clear();
            } else {
                self.l1_blocks.push_back(origin);
            }
        }
        let epoch = safe.l1_origin.number;
        if self.l1_blocks.iter().any(|block| block.number == epoch) {
            self.l1_blocks.retain(|block| block.number >= epoch);
        }
        Ok(())
    }

    /// The L1 origin that the next block can have at the least. It is one ahead of the safe
    /// head's where the empty blocks of that have all been made.
    fn epoch(&self, safe: &L2BlockInfo) -> PipelineResult<BlockInfo> {
        let epoch = *self
            .l1_blocks
            .front()
            .ok_or(PipelineError::MissingOrigin.crit())?;
        let before = safe.l1_origin.number;
        if safe.l1_origin == epoch.id() || before + 1 == epoch.number {
            Ok(epoch)
        } else {
            Err(ResetError::L1OriginMismatch(before, epoch.number).reset())
        }
    }

    fn judge(
        &mut self,
        safe: L2BlockInfo,
        batch: &Batch,
        inclusion: BlockInfo,
    ) -> PipelineResult<BatchValidity> {
        let context = Context {
            config: &self.config,
            l1_blocks: self.l1_blocks.make_contiguous(),
            safe,
            inclusion,
        };
        match batch {
            Batch::Singular(batch) => Ok(context.check(batch)),
            Batch::Span(span) => context
                .check_span(span, &self.chain)
                .map_err(PipelineErrorKind::from),
        }
    }

    /// Takes a span batch into use; false where the L1 origin of a new block is not to be had.
    fn take_span(&mut self, span: Span, safe: L2BlockInfo) -> bool {
        let context = Context {
            config: &self.config,
            l1_blocks: self.l1_blocks.make_contiguous(),
            safe,
            inclusion: self.origin,
        };
        let blocks = span
            .blocks
            .into_iter()
            .filter(|block| block.timestamp > safe.block_info.timestamp)
            .map(|block| {
                let (origin, _) = context.origin(block.epoch)?;
                Some(SingleBatch {
                    epoch_num: block.epoch,
                    epoch_hash: origin.hash,
                    timestamp: block.timestamp,
                    transactions: block.transactions,
                    ..SingleBatch::default()
                })
            })
            .collect::<Option<_>>();
        self.span = blocks.unwrap_or_default();
        !self.span.is_empty()
    }

    /// The next block of the span batch in use, which is given up where it does not fit.
    fn next_of_span(&mut self, safe: &L2BlockInfo) -> Option<SingleBatch> {
        let next = safe.block_info.timestamp + self.config.block_time;
        match self.span.pop_front() {
            Some(batch) if batch.timestamp == next => Some(SingleBatch {
                parent_hash: safe.block_info.hash,
                ..batch
            }),
            _ => {
                self.span.clear();
                None
            }
        }
    }

    /// Drops what is left of the channel in use (specs `protocol/holocene/derivation.md`, "Fast
    /// Channel Invalidation").
    fn flush(&mut self) {
        self.span.clear();
        self.prev.flush();
    }

    /// The next block from Holocene on.
    async fn next_in_order(&mut self, safe: L2BlockInfo) -> PipelineResult<SingleBatch> {
        self.update_origins(&safe)?;
        // A channel that ends in the safe head's origin or before it holds past batches alone.
        if self.origin.number <= safe.l1_origin.number {
            self.prev.next_batch().await?;
            return again();
        }
        if self.l1_blocks.len() < 2 {
            return Err(PipelineError::MissingOrigin.crit());
        }
        self.epoch(&safe)?;
        let batch = match self.next_candidate(safe).await {
            Err(error) if is_eof(&error) => return self.empty_batch(&safe, true),
            batch => batch?,
        };
        let batch = Batch::Singular(batch);
        let verdict = self.judge(safe, &batch, self.origin)?;
        match (verdict, batch) {
            (BatchValidity::Accept, Batch::Singular(batch)) => return Ok(batch),
            (BatchValidity::Drop, _) => self.flush(),
            _ => {}
        }
        again()
    }

    /// The next batch of one block, not yet judged.
    async fn next_candidate(&mut self, safe: L2BlockInfo) -> PipelineResult<SingleBatch> {
        if let Some(batch) = self.next_of_span(&safe) {
            return Ok(batch);
        }
        let batch = match self.prev.next_batch().await? {
            Batch::Singular(batch) => return Ok(batch),
            span @ Batch::Span(_) => span,
        };
        let verdict = self.judge(safe, &batch, self.origin)?;
        if let (BatchValidity::Accept, Batch::Span(span)) = (verdict, batch) {
            // The rules for the whole span leave such origins to be found here, and are as
            // those for its blocks (specs `protocol/holocene/derivation.md`, "Span Batches").
            if self.take_span(span, safe) {
                return self.next_of_span(&safe).map_or_else(again, Ok);
            }
            self.flush();
        } else if verdict == BatchValidity::Drop {
            self.flush();
        }
        again()
    }

    /// The next block up to Holocene.
    async fn next_of_queue(&mut self, safe: L2BlockInfo) -> PipelineResult<SingleBatch> {
        if let Some(batch) = self.next_of_span(&safe) {
            return Ok(batch);
        }
        self.update_origins(&safe)?;
        let behind = self.origin.number < safe.l1_origin.number;
        let out_of_data = match self.prev.next_batch().await {
            Ok(batch) => {
                if !behind && self.judge(safe, &batch, self.origin)? != BatchValidity::Drop {
                    self.waiting.push((batch, self.origin));
                }
                false
            }
            Err(error) if is_eof(&error) => true,
            Err(error) => return Err(error),
        };
        let batch = if behind {
            eof()
        } else {
            self.next_waiting(safe, out_of_data)
        };
        match batch {
            Err(error) if is_eof(&error) && !out_of_data => again(),
            batch => batch,
        }
    }

    /// The first batch in the queue that is valid, or an empty one.
    fn next_waiting(
        &mut self,
        safe: L2BlockInfo,
        out_of_data: bool,
    ) -> PipelineResult<SingleBatch> {
        self.epoch(&safe)?;
        let mut waiting = core::mem::take(&mut self.waiting).into_iter();
        let mut found = eof();
        while let Some((batch, inclusion)) = waiting.next() {
            match (self.judge(safe, &batch, inclusion)?, batch) {
                (BatchValidity::Accept, Batch::Singular(batch)) => found = Ok(batch),
                (BatchValidity::Accept, Batch::Span(span)) => {
                    self.take_span(span, safe);
                    found = self.next_of_span(&safe).map_or_else(again, Ok);
                }
                (BatchValidity::Undecided, batch) => self.waiting.push((batch, inclusion)),
                (BatchValidity::Future, batch) => {
                    self.waiting.push((batch, inclusion));
                    continue;
                }
                (BatchValidity::Drop | BatchValidity::Past, _) => continue,
            }
            self.waiting.extend(waiting);
            return found;
        }
        self.empty_batch(&safe, out_of_data)
    }

    /// An empty batch where the sequencing window of the epoch has passed (specs
    /// `protocol/derivation.md`, "Batch Queue").
    fn empty_batch(
        &mut self,
        safe: &L2BlockInfo,
        out_of_data: bool,
    ) -> PipelineResult<SingleBatch> {
        let epoch = self.epoch(safe)?;
        let expiry = epoch.number + self.config.seq_window_size;
        let expired = expiry < self.origin.number || expiry == self.origin.number && out_of_data;
        let Some(next) = self.l1_blocks.get(1).filter(|_| expired) else {
            return eof();
        };
        let timestamp = safe.block_info.timestamp + self.config.block_time;
        let first_of_epoch = epoch.number == safe.l1_origin.number + 1;
        if timestamp < next.timestamp || first_of_epoch {
            return Ok(SingleBatch {
                parent_hash: safe.block_info.hash,
                epoch_num: epoch.number,
                epoch_hash: epoch.hash,
                timestamp,
                transactions: Vec::new(),
            });
        }
        // The epoch has all its blocks.
        self.l1_blocks.pop_front();
        eof()
    }
}

#[async_trait]
impl<P: BatchSource, C: SafeChain> AttributesProvider for BatchQueue<P, C>
where
    C: Sync,
    P: Sync,
{
    async fn next_batch(&mut self, safe: L2BlockInfo) -> PipelineResult<SingleBatch> {
        let origin = self.prev_origin()?;
        if self.config.is_holocene_active(origin.timestamp) {
            self.next_in_order(safe).await
        } else {
            self.next_of_queue(safe).await
        }
    }

    fn is_last_in_span(&self) -> bool {
        self.span.is_empty()
    }
}

#[async_trait]
impl<P: BatchSource, C: SafeChain> SignalReceiver for BatchQueue<P, C> {
    async fn signal(&mut self, signal: Signal) -> PipelineResult<()> {
        self.prev.signal(signal).await?;
        self.span.clear();
        if let Signal::Reset(ResetSignal { l1_origin, .. }) = signal {
            self.origin = l1_origin;
            self.l1_blocks = [l1_origin].into();
        }
        if !matches!(signal, Signal::FlushChannel) {
            self.waiting.clear();
        }
        Ok(())
    }
}

impl<P: BatchSource, C: SafeChain> OriginProvider for BatchQueue<P, C> {
    fn origin(&self) -> Option<BlockInfo> {
        self.prev.origin()
    }
}

#[async_trait]
impl<P: BatchSource, C: SafeChain> OriginAdvancer for BatchQueue<P, C> {
    async fn advance_origin(&mut self) -> PipelineResult<()> {
        self.prev.advance_origin().await
    }
}

#[cfg(test)]
mod tests;
