//! The stage that reads batches from channels.

use alloc::{boxed::Box, sync::Arc};

use async_trait::async_trait;
use kona_derive::{
    ChannelReaderProvider, OriginAdvancer, OriginProvider, PipelineError, PipelineResult, Signal,
    SignalReceiver,
};
use kona_genesis::RollupConfig;
use kona_protocol::BlockInfo;

use super::{
    BatchSource, Stage,
    batch::{Batch, BatchError},
    strings::Strings,
};

/// Batches from channels (specs `protocol/derivation.md`, "Channel Reader").
#[derive(Debug)]
pub(crate) struct ChannelReader<P> {
    config: Arc<RollupConfig>,
    prev: P,
    /// What is left of the channel in use.
    channel: Option<Strings>,
}

impl<P> ChannelReader<P> {
    pub(crate) const fn new(config: Arc<RollupConfig>, prev: P) -> Self {
        Self {
            config,
            prev,
            channel: None,
        }
    }
}

impl<P: ChannelReaderProvider + Stage> ChannelReader<P> {
    /// The next batch of the channel in use, if any; the channel is dropped at its end and at
    /// bytes that are no batch.
    fn next_in_channel(&mut self, origin: BlockInfo) -> Option<Batch> {
        let bytes = self.channel.as_mut()?.next();
        match bytes.map(|bytes| Batch::decode(&bytes, &self.config)) {
            // Specs `protocol/delta/span-batches.md`, "Span Batch Activation Rule".
            Some(Ok(Batch::Span(_))) if !self.config.is_delta_active(origin.timestamp) => None,
            Some(Ok(batch)) => Some(batch),
            // Up to Holocene the next batch is not touched by what is wrong with this one.
            Some(Err(BatchError::BadTransactions))
                if !self.config.is_holocene_active(origin.timestamp) =>
            {
                None
            }
            Some(Err(_)) | None => {
                self.channel = None;
                None
            }
        }
    }
}

#[async_trait]
impl<P: ChannelReaderProvider + Stage> BatchSource for ChannelReader<P> {
    async fn next_batch(&mut self) -> PipelineResult<Batch> {
        let origin = |stage: &Self| stage.origin().ok_or(PipelineError::MissingOrigin.crit());
        if self.channel.is_none() {
            let channel = self.prev.next_data().await?.unwrap_or_default();
            let time = origin(self)?.timestamp;
            let limit = self.config.max_rlp_bytes_per_channel(time) as usize;
            let brotli = self.config.is_fjord_active(time);
            self.channel = Strings::new(&channel, limit, brotli);
        }
        let origin = origin(self)?;
        self.next_in_channel(origin)
            .ok_or(PipelineError::NotEnoughData.temp())
    }

    fn flush(&mut self) {
        self.channel = None;
    }
}

impl<P: ChannelReaderProvider + Stage> OriginProvider for ChannelReader<P> {
    fn origin(&self) -> Option<BlockInfo> {
        self.prev.origin()
    }
}

#[async_trait]
impl<P: ChannelReaderProvider + Stage> OriginAdvancer for ChannelReader<P> {
    async fn advance_origin(&mut self) -> PipelineResult<()> {
        self.prev.advance_origin().await
    }
}

#[async_trait]
impl<P: ChannelReaderProvider + Stage> SignalReceiver for ChannelReader<P> {
    async fn signal(&mut self, signal: Signal) -> PipelineResult<()> {
        self.prev.signal(signal).await?;
        self.channel = None;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::testing::{
        Given, channel, config, config_before_holocene, ready, singular, span, stored, tx,
    };
    use alloc::{vec, vec::Vec};
    use alloy_primitives::Bytes;
    use kona_genesis::HardForkConfig;

    #[async_trait]
    impl ChannelReaderProvider for Given<Vec<u8>> {
        async fn next_data(&mut self) -> PipelineResult<Option<Bytes>> {
            self.next().map(Bytes::from).map(Some)
        }
    }

    /// All batches of the channels, with the rules of `config`.
    fn read(config: RollupConfig, channels: Vec<Vec<u8>>) -> Vec<Batch> {
        let mut reader = ChannelReader::new(Arc::new(config), Given::new(channels, 14));
        let mut batches = Vec::new();
        loop {
            match ready(reader.next_batch()) {
                Ok(batch) => batches.push(batch),
                Err(error) if super::super::is_eof(&error) => return batches,
                Err(error) => assert_eq!(error, PipelineError::NotEnoughData.temp()),
            }
        }
    }

    fn good(number: u64) -> Vec<u8> {
        singular(number, 10).encode()
    }

    /// Specs `protocol/derivation.md`, "Channel Format": what lies past the limit does not exist,
    /// and what lies before it counts.
    #[test]
    fn batches_before_the_limit_of_a_channel_are_read() {
        let filler = vec![0; 60_000_000];
        let content = channel(&[good(1), good(2), [vec![9], filler.clone()].concat()]);
        assert_eq!(read(config(), vec![stored(&content)]).len(), 2);
        // 10,000,000 bytes up to Fjord: the second batch is the last that fits, to the byte.
        let mut before = config_before_holocene();
        before.hardforks.fjord_time = None;
        before.hardforks.granite_time = None;
        let huge = |len: usize| {
            let mut batch = singular(2, 10);
            batch.0.transactions = vec![vec![2; len].into()];
            batch.encode()
        };
        let overhead = channel(&[good(1), huge(9_000_000)]).len() - 9_000_000;
        for (len, expected) in [(10_000_000 - overhead, 2), (10_000_001 - overhead, 1)] {
            let content = channel(&[good(1), huge(len), good(3)]);
            assert_eq!(read(before.clone(), vec![stored(&content)]).len(), expected);
        }
    }

    /// Specs `protocol/derivation.md`, "Batch Format": no data between batches is ignored.
    #[test]
    fn a_channel_ends_at_what_is_no_batch_and_the_next_one_is_read() {
        for bad in [
            vec![],
            vec![2, 0xc0],
            vec![0, 0xc1],
            span(1, &[10]).encode()[..50].to_vec(),
        ] {
            let content = channel(&[good(1), bad, good(2)]);
            let channels = vec![
                stored(&content),
                vec![0x55],
                vec![],
                stored(&channel(&[good(3)])),
            ];
            assert_eq!(read(config(), channels).len(), 2);
        }
        // A list, and a length that is not in its shortest form.
        for bad in [vec![0xc1, 0x80], vec![0xb8, 1, 0]] {
            let content = [channel(&[good(1)]), bad, channel(&[good(2)])].concat();
            assert_eq!(read(config(), vec![stored(&content)]).len(), 1);
        }
    }

    /// Specs `protocol/holocene/derivation.md`, "Fast Channel Invalidation"; before Holocene
    /// op-node passes such a span batch over.
    #[test]
    fn span_with_malformed_transactions_ends_its_channel_from_holocene_on() {
        let mut bad = span(1, &[10]);
        bad.transactions = vec![vec![[vec![3], tx(1)].concat()]];
        let mut bytes = bad.encode();
        // No legacy transaction, so no bit says whether it is protected.
        bytes.pop();
        let channels = || vec![stored(&channel(&[good(1), bytes.clone(), good(2)]))];
        assert_eq!(read(config(), channels()).len(), 1);
        assert_eq!(read(config_before_holocene(), channels()).len(), 2);
    }

    /// Specs `protocol/delta/span-batches.md`, "Span Batch Activation Rule".
    #[test]
    fn span_batches_are_passed_over_before_delta() {
        let channels = || vec![stored(&channel(&[span(1, &[10]).encode(), good(2)]))];
        assert_eq!(read(config(), channels()).len(), 2);
        let before = RollupConfig {
            hardforks: HardForkConfig::default(),
            ..config()
        };
        assert_eq!(read(before, channels()).len(), 1);
    }
}
