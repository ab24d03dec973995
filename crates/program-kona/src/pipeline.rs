//! The derivation pipeline: the stages put together, and driven.

use alloc::{string::ToString, sync::Arc};
use core::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use alloy_primitives::{Address, B256, Bytes};
use endgame_kona_executor::Attributes;
use kona_derive::{
    ActivationSignal, AttributesProvider, OriginAdvancer, OriginProvider, PipelineError,
    PipelineErrorKind, ResetError, ResetSignal, Signal, SignalReceiver,
};
use kona_genesis::RollupConfig;
use kona_protocol::{BlockInfo, L2BlockInfo};

use crate::{
    ChainConfig, ProgramError,
    attributes::Builder,
    l1::L1Provider,
    l2::L2Provider,
    source::Source,
    stages::{BatchQueue, ChannelReader, Channels, FrameQueue, L1Retrieval, L1Traversal, is_eof},
    system_config::names_batcher,
};

type Frames = FrameQueue<L1Retrieval<L1Traversal<L1Provider>, L1Provider>>;
type Stages = BatchQueue<ChannelReader<Channels<Frames>>, L2Provider>;

/// Resets in a row without a block in between, after which there will be no end of them.
const MAX_RESETS: u32 = 16;

/// Derives the attributes of one block after the other.
pub(crate) struct Driver {
    stages: Stages,
    builder: Builder,
    rollup: Arc<RollupConfig>,
    source: Source,
    l1: L1Provider,
    l2: L2Provider,
    safe: L2BlockInfo,
}

impl Driver {
    /// A pipeline that goes on after the block `safe_head`, of which `header` is the RLP, and reads
    /// L1 up to `l1_head`.
    pub(crate) fn new(
        source: Source,
        config: &ChainConfig,
        l1_head: B256,
        (safe_head, header): (B256, &Bytes),
        safe_number: u64,
    ) -> Result<Self, ProgramError> {
        let rollup = Arc::clone(&config.rollup);
        let l1 = L1Provider::new(source.clone(), l1_head, &rollup)?;
        let l2 = L2Provider::new(source.clone(), config, safe_head, header)?;
        let safe = l2.info_at(safe_number)?;
        let mut driver = Self {
            stages: assemble(&rollup, &l1, &l2),
            builder: Builder::new(config.clone(), l1.clone(), l2.clone()),
            rollup,
            source,
            l1,
            l2,
            safe,
        };
        driver.reset()?;
        Ok(driver)
    }

    /// The next block's attributes, `None` when L1 up to the head gives no more.
    pub(crate) fn next(&mut self) -> Result<Option<Attributes>, ProgramError> {
        let mut resets = 0;
        loop {
            let error = match block_on(self.stages.next_batch(self.safe)) {
                Ok(batch) => match self.builder.attributes(&self.safe, &batch)? {
                    Ok(attributes) => return Ok(Some(attributes)),
                    Err(error) => Some(ResetError::AttributesBuilder(error).reset()),
                },
                Err(error) if is_eof(&error) => block_on(self.stages.advance_origin()).err(),
                Err(error) => Some(error),
            };
            // kona's stages carry errors as text; the one that was noted says more.
            if let Some(fault) = self.source.take_fault() {
                return Err(fault);
            }
            match error {
                None | Some(PipelineErrorKind::Temporary(_)) => {}
                Some(PipelineErrorKind::Critical(PipelineError::EndOfSource)) => return Ok(None),
                Some(PipelineErrorKind::Critical(error)) => {
                    return Err(ProgramError::Derivation(error.to_string()));
                }
                Some(PipelineErrorKind::Reset(reason)) => {
                    resets += 1;
                    if resets > MAX_RESETS {
                        return Err(ProgramError::EndlessReset(self.safe.block_info.number));
                    }
                    self.recover(&reason)?;
                }
            }
        }
    }

    fn recover(&mut self, reason: &ResetError) -> Result<(), ProgramError> {
        if !matches!(reason, ResetError::HoloceneActivation) {
            return self.reset();
        }
        let signal = ActivationSignal {
            l2_safe_head: self.safe,
            l1_origin: self.stages.origin().unwrap_or_default(),
            system_config: None,
        };
        self.signal(signal.signal())
    }

    /// Starts over at the first L1 block that can matter to what comes after the safe head.
    fn reset(&mut self) -> Result<(), ProgramError> {
        let l1_origin = self.base()?;
        let system_config = kona_genesis::SystemConfig {
            batcher_address: self.batcher_at(l1_origin.number)?,
            ..kona_genesis::SystemConfig::default()
        };
        let signal = ResetSignal {
            l2_safe_head: self.safe,
            l1_origin,
            system_config: Some(system_config),
        };
        self.signal(signal.signal())
    }

    /// The L1 block at which a channel may have begun that is read at the safe head's origin
    /// (specs `protocol/derivation.md`, "Finding the sync starting point").
    fn base(&self) -> Result<BlockInfo, ProgramError> {
        let head = self.safe.l1_origin.number;
        let mut number = head;
        loop {
            let block = self.l1.block_at(number)?.ok_or_else(|| {
                ProgramError::Derivation("the L1 head is older than the agreed block".to_string())
            })?;
            let timeout = self.rollup.channel_timeout(block.timestamp);
            if number <= self.rollup.genesis.l1.number || number + timeout <= head {
                return Ok(block);
            }
            number -= 1;
        }
    }

    /// The batcher as of the L1 block with this number. It is the safe head's, unless L1 has named
    /// one since; then an L2 block of that time knows it.
    fn batcher_at(&self, base: u64) -> Result<Address, ProgramError> {
        let contract = self.rollup.l1_system_config_address;
        let mut block = self.safe;
        for number in base + 1..=self.safe.l1_origin.number {
            let Some(info) = self.l1.block_at(number)? else {
                break;
            };
            if names_batcher(&self.l1.logs(info.hash)?, contract) {
                while block.l1_origin.number > base
                    && block.block_info.number > self.rollup.genesis.l2.number
                {
                    block = self.l2.info_at(block.block_info.number - 1)?;
                }
                break;
            }
        }
        Ok(self.l2.system_config(block.block_info.number)?.batcher)
    }

    /// Whether Holocene's rules hold, which is so from its first L1 block on, whatever L2 blocks are
    /// in its batches (specs `protocol/holocene/derivation.md`, "Activation").
    pub(crate) fn is_holocene(&self) -> bool {
        let origin = self.stages.origin().unwrap_or_default();
        self.rollup.is_holocene_active(origin.timestamp)
    }

    /// The block that derivation goes on after.
    pub(crate) const fn safe(&self) -> L2BlockInfo {
        self.safe
    }

    /// Whether the last attributes were those of the last block of a batch.
    pub(crate) fn ends_span(&self) -> bool {
        self.stages.is_last_in_span()
    }

    /// Goes back to the block that the span batch in use began on. What is left of the batch does
    /// not fit there and is dropped.
    pub(crate) const fn rewind(&mut self, safe: L2BlockInfo) {
        self.safe = safe;
    }

    /// Drops the channel that the last block came from: one of its transactions was invalid
    /// (Holocene).
    pub(crate) fn flush(&mut self) -> Result<(), ProgramError> {
        self.signal(Signal::FlushChannel)
    }

    #[expect(clippy::large_types_passed_by_value, reason = "kona takes it so")]
    fn signal(&mut self, signal: Signal) -> Result<(), ProgramError> {
        let result = block_on(self.stages.signal(signal));
        if let Some(fault) = self.source.take_fault() {
            return Err(fault);
        }
        result.map_err(|e| ProgramError::Derivation(e.to_string()))
    }

    /// Takes the block that the last attributes became.
    pub(crate) fn executed(
        &mut self,
        hash: B256,
        header: &Bytes,
        transactions: &[Bytes],
    ) -> Result<(), ProgramError> {
        self.safe = self.l2.add(hash, header, transactions)?;
        Ok(())
    }
}

/// The stages, from L1 blocks to batches.
fn assemble(rollup: &Arc<RollupConfig>, l1: &L1Provider, l2: &L2Provider) -> Stages {
    let rollup = || Arc::clone(rollup);
    let blocks = L1Traversal::new(rollup(), l1.clone());
    let data = L1Retrieval::new(rollup(), blocks, l1.clone());
    let channels = Channels::new(rollup(), FrameQueue::new(rollup(), data));
    let batches = ChannelReader::new(rollup(), channels);
    BatchQueue::new(rollup(), batches, l2.clone())
}

/// Runs a future whose providers never wait.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

#[cfg(test)]
mod tests;
