//! The stage that goes from one L1 block to the next.

use alloc::{boxed::Box, sync::Arc};

use alloy_primitives::Address;
use async_trait::async_trait;
use kona_derive::{
    L1RetrievalProvider, OriginAdvancer, OriginProvider, PipelineError, PipelineErrorKind,
    PipelineResult, ResetError, ResetSignal, Signal, SignalReceiver,
};
use kona_genesis::RollupConfig;
use kona_protocol::BlockInfo;

use super::L1Chain;
use crate::system_config::batcher_after;

/// The L1 blocks in their order (specs `protocol/derivation.md`, "L1 Traversal").
#[derive(Debug)]
pub(crate) struct L1Traversal<L> {
    config: Arc<RollupConfig>,
    chain: L,
    block: BlockInfo,
    /// Whether the block was handed on.
    done: bool,
    batcher: Address,
}

impl<L: L1Chain> L1Traversal<L> {
    pub(crate) fn new(config: Arc<RollupConfig>, chain: L) -> Self {
        Self {
            config,
            chain,
            block: BlockInfo::default(),
            done: false,
            batcher: Address::ZERO,
        }
    }
}

#[async_trait]
impl<L: L1Chain> L1RetrievalProvider for L1Traversal<L> {
    async fn next_l1_block(&mut self) -> PipelineResult<Option<BlockInfo>> {
        if core::mem::replace(&mut self.done, true) {
            Err(PipelineError::Eof.temp())
        } else {
            Ok(Some(self.block))
        }
    }

    fn batcher_addr(&self) -> Address {
        self.batcher
    }
}

#[async_trait]
impl<L: L1Chain> OriginAdvancer for L1Traversal<L> {
    async fn advance_origin(&mut self) -> PipelineResult<()> {
        let next = self
            .chain
            .block_at(self.block.number + 1)
            .map_err(PipelineErrorKind::from)?
            .ok_or(PipelineError::EndOfSource.crit())?;
        let logs = self
            .chain
            .logs(next.hash)
            .map_err(PipelineErrorKind::from)?;
        self.batcher = batcher_after(self.batcher, &logs, self.config.l1_system_config_address);
        let is_holocene = |block: &BlockInfo| self.config.is_holocene_active(block.timestamp);
        let activates = !is_holocene(&self.block) && is_holocene(&next);
        self.block = next;
        self.done = false;
        if activates {
            return Err(ResetError::HoloceneActivation.reset());
        }
        Ok(())
    }
}

impl<L: L1Chain> OriginProvider for L1Traversal<L> {
    fn origin(&self) -> Option<BlockInfo> {
        Some(self.block)
    }
}

#[async_trait]
impl<L: L1Chain> SignalReceiver for L1Traversal<L> {
    async fn signal(&mut self, signal: Signal) -> PipelineResult<()> {
        if let Signal::Reset(ResetSignal {
            l1_origin,
            system_config,
            ..
        }) = signal
        {
            self.block = l1_origin;
            self.done = false;
            self.batcher = system_config.unwrap_or_default().batcher_address;
        }
        Ok(())
    }
}
