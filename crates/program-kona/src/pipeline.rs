//! The derivation pipeline: kona's stages, put together here so that each can be replaced.

use alloc::{string::ToString, sync::Arc};
use core::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use alloy_primitives::{B256, Bytes};
use endgame_kona_executor::Attributes;
use kona_derive::{
    ActivationSignal, AttributesQueue, ChannelProvider, DerivationPipeline, EthereumDataSource,
    FrameQueue, L1Retrieval, OriginProvider, Pipeline, PipelineError, PipelineErrorKind,
    PollingTraversal, ResetError, ResetSignal, Signal, SignalReceiver, StepResult,
};
use kona_protocol::{BlockInfo, L2BlockInfo};

use crate::{
    ChainConfig, ProgramError,
    attributes::{Builder, to_executor},
    blobs::OracleBlobs,
    l1::L1Provider,
    l2::L2Provider,
    source::Source,
    stages::{BatchQueue, ChannelReader},
};

type Retrieval =
    L1Retrieval<EthereumDataSource<L1Provider, OracleBlobs>, PollingTraversal<L1Provider>>;
type Batches = BatchQueue<ChannelReader<ChannelProvider<FrameQueue<Retrieval>>>, L2Provider>;
type Stages = AttributesQueue<Batches, Builder>;

/// Resets in a row without a block in between, after which there will be no end of them.
const MAX_RESETS: u32 = 16;

/// Derives the attributes of one block after the other.
pub(crate) struct Driver {
    pipeline: DerivationPipeline<Stages, L2Provider>,
    source: Source,
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
        let l1 = L1Provider::new(source.clone(), l1_head, rollup.l1_system_config_address)?;
        let l2 = L2Provider::new(source.clone(), Arc::clone(&rollup), safe_head, header)?;
        let safe = l2.info_at(safe_number)?;
        // A channel that ends at the safe head's origin may have begun this much earlier.
        let origin = safe
            .l1_origin
            .number
            .saturating_sub(rollup.channel_timeout(safe.block_info.timestamp))
            .max(rollup.genesis.l1.number);
        let origin = l1.block_at(origin)?.ok_or_else(|| {
            ProgramError::Derivation("the L1 head is older than the agreed block".to_string())
        })?;
        let stages = assemble(config, &source, &l1, &l2, origin);
        let mut driver = Self {
            pipeline: DerivationPipeline::new(stages, rollup, l2.clone()),
            source,
            l2,
            safe,
        };
        driver.reset(origin)?;
        Ok(driver)
    }

    /// The next block's attributes, `None` when L1 up to the head gives no more.
    pub(crate) fn next(&mut self) -> Result<Option<Attributes>, ProgramError> {
        let mut resets = 0;
        loop {
            let step = block_on(self.pipeline.step(self.safe));
            // kona takes some failures of providers for a lack of data and would ask for ever.
            if let Some(fault) = self.source.take_fault() {
                return Err(fault);
            }
            match step {
                StepResult::PreparedAttributes => {
                    if let Some(prepared) = self.pipeline.next() {
                        return Ok(Some(to_executor(prepared.inner)));
                    }
                }
                StepResult::AdvancedOrigin => {}
                StepResult::OriginAdvanceErr(error) | StepResult::StepFailed(error) => {
                    match error {
                        PipelineErrorKind::Temporary(_) => {}
                        PipelineErrorKind::Critical(PipelineError::EndOfSource) => return Ok(None),
                        PipelineErrorKind::Critical(error) => {
                            return Err(ProgramError::Derivation(error.to_string()));
                        }
                        PipelineErrorKind::Reset(reason) => {
                            resets += 1;
                            if resets > MAX_RESETS {
                                let number = self.safe.block_info.number;
                                return Err(ProgramError::EndlessReset(number));
                            }
                            self.recover(&reason)?;
                        }
                    }
                }
            }
        }
    }

    fn recover(&mut self, reason: &ResetError) -> Result<(), ProgramError> {
        let origin = self.pipeline.origin().unwrap_or_default();
        if matches!(reason, ResetError::HoloceneActivation) {
            let signal = ActivationSignal {
                l2_safe_head: self.safe,
                l1_origin: origin,
                system_config: None,
            };
            self.signal(signal.signal())
        } else {
            self.reset(origin)
        }
    }

    fn reset(&mut self, origin: BlockInfo) -> Result<(), ProgramError> {
        let signal = ResetSignal {
            l2_safe_head: self.safe,
            l1_origin: origin,
            system_config: None,
        };
        self.signal(signal.signal())
    }

    /// Drops the channel that the last block came from: one of its transactions was invalid
    /// (Holocene).
    pub(crate) fn flush(&mut self) -> Result<(), ProgramError> {
        self.signal(Signal::FlushChannel)
    }

    #[expect(clippy::large_types_passed_by_value, reason = "kona takes it so")]
    fn signal(&mut self, signal: Signal) -> Result<(), ProgramError> {
        let result = block_on(self.pipeline.signal(signal));
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

/// The stages, from L1 blocks to payload attributes.
fn assemble(
    config: &ChainConfig,
    source: &Source,
    l1: &L1Provider,
    l2: &L2Provider,
    origin: BlockInfo,
) -> Stages {
    let rollup = || Arc::clone(&config.rollup);
    let blobs = OracleBlobs::new(source.clone());
    let data = EthereumDataSource::new_from_parts(l1.clone(), blobs, &config.rollup);
    let mut traversal = PollingTraversal::new(l1.clone(), rollup());
    traversal.block = Some(origin);
    let frames = FrameQueue::new(L1Retrieval::new(traversal, data), rollup());
    let channels = ChannelReader::new(rollup(), ChannelProvider::new(rollup(), frames));
    let batches = BatchQueue::new(rollup(), channels, l2.clone());
    let builder = Builder::new(config.clone(), l1.clone(), l2.clone());
    AttributesQueue::new(rollup(), batches, builder)
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
