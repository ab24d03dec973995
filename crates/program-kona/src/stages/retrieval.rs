//! The stage that reads batcher transactions and their blobs.

use alloc::{boxed::Box, collections::VecDeque, sync::Arc, vec::Vec};

use alloy_consensus_v1::{Transaction, TxEnvelope, transaction::SignerRecoverable};
use alloy_eips_v1::{eip2718::Decodable2718, eip4844::IndexedBlobHash};
use alloy_primitives::{Address, B256, Bytes};
use async_trait::async_trait;
use kona_derive::{
    FrameQueueProvider, L1RetrievalProvider, OriginAdvancer, OriginProvider, PipelineError,
    PipelineErrorKind, PipelineResult, Signal, SignalReceiver,
};
use kona_genesis::RollupConfig;
use kona_protocol::BlockInfo;
use op_alloy_consensus_v0::OpTxEnvelope;

use super::{L1Chain, Stage, blob};

/// Types of transactions (EIP-2718).
const BLOB: u8 = 3;
const DEPOSIT: u8 = 0x7e;
/// The first byte of a legacy transaction is at least this.
const LEGACY: u8 = 0xc0;

/// What batcher transactions carry (specs `protocol/derivation.md`, "L1 Retrieval").
#[derive(Debug)]
pub(crate) struct L1Retrieval<P, L> {
    config: Arc<RollupConfig>,
    prev: P,
    chain: L,
    /// What is left of the L1 block in use.
    data: Option<VecDeque<Bytes>>,
}

/// A transaction as a batcher may send it.
struct BatcherTransaction {
    /// Its sender, where it is to the inbox.
    from: Option<Address>,
    input: Bytes,
    blobs: Vec<B256>,
}

impl BatcherTransaction {
    /// `None` for a transaction of a type that no batcher transaction has.
    fn decode(mut raw: &[u8], inbox: Address) -> Option<Self> {
        let kind = *raw.first()?;
        if kind == DEPOSIT {
            // On an L1 that is itself a rollup.
            let OpTxEnvelope::Deposit(deposit) = OpTxEnvelope::decode_2718(&mut raw).ok()? else {
                return None;
            };
            let deposit = deposit.into_inner();
            return Some(Self {
                from: (deposit.to.to() == Some(&inbox)).then_some(deposit.from),
                input: deposit.input,
                blobs: Vec::new(),
            });
        }
        if (BLOB + 1..LEGACY).contains(&kind) {
            return None;
        }
        let transaction = TxEnvelope::decode_2718(&mut raw).ok()?;
        let is_to_inbox = transaction.to() == Some(inbox);
        Some(Self {
            from: is_to_inbox
                .then(|| transaction.recover_signer().ok())
                .flatten(),
            input: transaction.input().clone(),
            blobs: transaction
                .blob_versioned_hashes()
                .unwrap_or_default()
                .to_vec(),
        })
    }
}

impl<P: L1RetrievalProvider + Stage, L: L1Chain> L1Retrieval<P, L> {
    pub(crate) const fn new(config: Arc<RollupConfig>, prev: P, chain: L) -> Self {
        Self {
            config,
            prev,
            chain,
            data: None,
        }
    }

    /// What the batcher put into a block.
    fn read(&self, block: &BlockInfo) -> PipelineResult<VecDeque<Bytes>> {
        let batcher = self.prev.batcher_addr();
        let inbox = self.config.batch_inbox_address;
        let reads_blobs = self.config.is_ecotone_active(block.timestamp);
        let transactions = self.chain.transactions(block.hash);
        let mut data = VecDeque::new();
        let mut index = 0;
        for raw in transactions.map_err(PipelineErrorKind::from)? {
            let Some(transaction) = BatcherTransaction::decode(&raw, inbox) else {
                continue;
            };
            let first = index;
            index += transaction.blobs.len() as u64;
            if transaction.from != Some(batcher) {
                continue;
            }
            if !reads_blobs || raw.first() != Some(&BLOB) {
                data.push_back(transaction.input);
                continue;
            }
            for (index, hash) in (first..).zip(transaction.blobs) {
                let blob = self.chain.blob(block, &IndexedBlobHash { index, hash });
                // A blob that holds nothing readable is passed over.
                let blob = blob.map_err(PipelineErrorKind::from)?;
                data.extend(blob::decode(blob.as_slice()));
            }
        }
        Ok(data)
    }
}

#[async_trait]
impl<P: L1RetrievalProvider + Stage, L: L1Chain> FrameQueueProvider for L1Retrieval<P, L> {
    type Item = Bytes;

    async fn next_data(&mut self) -> PipelineResult<Bytes> {
        if self.data.is_none() {
            let block = self.prev.next_l1_block().await?;
            let block = block.ok_or(PipelineError::MissingL1Data.temp())?;
            self.data = Some(self.read(&block)?);
        }
        let next = self.data.as_mut().and_then(VecDeque::pop_front);
        next.ok_or_else(|| {
            self.data = None;
            PipelineError::Eof.temp()
        })
    }
}

impl<P: Stage, L: L1Chain> OriginProvider for L1Retrieval<P, L> {
    fn origin(&self) -> Option<BlockInfo> {
        self.prev.origin()
    }
}

#[async_trait]
impl<P: Stage, L: L1Chain> OriginAdvancer for L1Retrieval<P, L> {
    async fn advance_origin(&mut self) -> PipelineResult<()> {
        self.prev.advance_origin().await
    }
}

#[async_trait]
impl<P: Stage, L: L1Chain> SignalReceiver for L1Retrieval<P, L> {
    async fn signal(&mut self, signal: Signal) -> PipelineResult<()> {
        self.prev.signal(signal).await?;
        if matches!(signal, Signal::Reset(_)) {
            self.data = None;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        l1::ProviderError,
        receipts::L1Log,
        stages::{
            L1Traversal, is_eof,
            testing::{GENESIS_TIME, config, l1_block, ready},
        },
    };
    use alloc::vec;
    use alloy_consensus_v1::{SignableTransaction, TxEip1559, TxEip4844, TxEip7702};
    use alloy_eips_v1::{eip2718::Encodable2718, eip4844::Blob};
    use alloy_primitives::{Log, Signature, TxKind, U256};
    use kona_derive::ResetSignal;
    use kona_genesis::{CONFIG_UPDATE_TOPIC, SystemConfig};
    use op_alloy_consensus_v0::TxDeposit;

    const INBOX: Address = Address::repeat_byte(0x1b);
    const BATCHER: Address = Address::repeat_byte(0xba);

    /// L1 up to block 12, with these transactions in block 11 and a new batcher in block 12.
    #[derive(Clone, Debug, Default)]
    struct Chain(Vec<Bytes>);

    impl L1Chain for Chain {
        fn block_at(&self, number: u64) -> Result<Option<BlockInfo>, ProviderError> {
            Ok((number <= 12).then(|| l1_block(number)))
        }

        fn logs(&self, hash: B256) -> Result<Arc<[L1Log]>, ProviderError> {
            if hash != l1_block(12).hash {
                return Ok(Arc::default());
            }
            let word = |value: u64| B256::from(U256::from(value));
            let topics = vec![CONFIG_UPDATE_TOPIC, word(0), word(0)];
            let data = [word(32), word(32), INBOX.into_word()].concat();
            let log = Log::new_unchecked(Address::ZERO, topics, data.into());
            Ok(vec![L1Log { index: 0, log }].into())
        }

        fn transactions(&self, hash: B256) -> Result<Vec<Bytes>, ProviderError> {
            let is_ours = hash == l1_block(11).hash;
            Ok(if is_ours { self.0.clone() } else { Vec::new() })
        }

        fn blob(
            &self,
            _: &BlockInfo,
            blob: &IndexedBlobHash,
        ) -> Result<alloc::boxed::Box<Blob>, ProviderError> {
            // No data, nothing readable, or one byte: the blob's place in the block.
            let mut content = alloc::boxed::Box::<Blob>::default();
            match blob.hash.0[0] {
                9 => return Err(ProviderError("no such blob".into())),
                0 => {}
                1 => content[1] = 1,
                _ => (content[4], content[5]) = (1, blob.index as u8),
            }
            Ok(content)
        }
    }

    fn stage(
        config: RollupConfig,
        batcher: Address,
        transactions: &[Bytes],
    ) -> L1Retrieval<L1Traversal<Chain>, Chain> {
        let config = Arc::new(RollupConfig {
            batch_inbox_address: INBOX,
            ..config
        });
        let chain = Chain(transactions.to_vec());
        let traversal = L1Traversal::new(config.clone(), chain.clone());
        let mut stage = L1Retrieval::new(config, traversal, chain);
        let system_config = Some(SystemConfig {
            batcher_address: batcher,
            ..SystemConfig::default()
        });
        let signal = ResetSignal {
            l1_origin: l1_block(11),
            system_config,
            ..ResetSignal::default()
        };
        ready(stage.signal(signal.signal())).unwrap();
        stage
    }

    fn read(config: RollupConfig, batcher: Address, transactions: &[Bytes]) -> Vec<Vec<u8>> {
        let mut stage = stage(config, batcher, transactions);
        let mut found = Vec::new();
        loop {
            match ready(stage.next_data()) {
                Ok(data) => found.push(data.to_vec()),
                Err(error) => {
                    assert!(is_eof(&error));
                    return found;
                }
            }
        }
    }

    fn deposit(from: Address, to: Address, input: &'static [u8]) -> Bytes {
        let input = Bytes::from_static(input);
        TxDeposit {
            from,
            to: TxKind::Call(to),
            input,
            ..TxDeposit::default()
        }
        .encoded_2718()
        .into()
    }

    fn signed<T: SignableTransaction<Signature>>(transaction: T) -> (Address, Bytes)
    where
        TxEnvelope: From<alloy_consensus_v1::Signed<T>>,
    {
        let envelope = TxEnvelope::from(transaction.into_signed(Signature::test_signature()));
        (
            envelope.recover_signer().unwrap(),
            envelope.encoded_2718().into(),
        )
    }

    fn blob_transaction(to: Address, kinds: &[u8]) -> (Address, Bytes) {
        let blob_versioned_hashes = kinds.iter().map(|kind| B256::repeat_byte(*kind)).collect();
        let input = Bytes::from_static(b"calldata");
        signed(TxEip4844 {
            to,
            blob_versioned_hashes,
            input,
            ..TxEip4844::default()
        })
    }

    /// Specs `protocol/derivation.md`, "L1 Retrieval".
    #[test]
    fn only_the_batchers_transactions_to_the_inbox_are_read() {
        let transactions = [
            deposit(BATCHER, INBOX, b"good"),
            deposit(INBOX, INBOX, b"another sender"),
            deposit(BATCHER, BATCHER, b"another recipient"),
            Bytes::from_static(&[0x55, 1, 2, 3]),
            deposit(BATCHER, INBOX, b"too"),
        ];
        assert_eq!(
            read(config(), BATCHER, &transactions),
            [&b"good"[..], b"too"]
        );
        let input = Bytes::from_static(b"call");
        let (sender, raw) = signed(TxEip1559 {
            to: TxKind::Call(INBOX),
            input: input.clone(),
            ..TxEip1559::default()
        });
        assert_eq!(read(config(), sender, &[raw]), [&b"call"[..]]);
        let (sender, raw) = signed(TxEip7702 {
            to: INBOX,
            input,
            ..TxEip7702::default()
        });
        assert!(read(config(), sender, &[raw]).is_empty());
    }

    /// A blob that holds no data or nothing readable takes none of the others with it, and ends no
    /// run.
    #[test]
    fn blobs_are_read_one_by_one() {
        let (_, foreign) = blob_transaction(BATCHER, &[2, 2]);
        let (sender, raw) = blob_transaction(INBOX, &[0, 1, 2]);
        assert_eq!(
            read(config(), sender, &[foreign, raw.clone()]),
            [vec![], vec![4]]
        );
        // Up to Ecotone there are no blobs, and the call data count.
        let before = RollupConfig {
            hardforks: kona_genesis::HardForkConfig::default(),
            ..config()
        };
        assert_eq!(read(before, sender, &[raw]), [&b"calldata"[..]]);
    }

    #[test]
    fn a_blob_that_cannot_be_had_ends_the_run() {
        let (sender, raw) = blob_transaction(INBOX, &[2, 9]);
        let mut stage = stage(config(), sender, &[raw]);
        let error = ready(stage.next_data()).unwrap_err();
        assert!(matches!(error, PipelineErrorKind::Critical(_)), "{error:?}");
    }

    /// Specs `protocol/derivation.md`, "L1 Traversal".
    #[test]
    fn a_new_batcher_counts_from_its_l1_block_on_and_the_head_ends_it() {
        let mut stage = stage(config(), BATCHER, &[]);
        assert_eq!(stage.prev.batcher_addr(), BATCHER);
        assert!(is_eof(&ready(stage.next_data()).unwrap_err()));
        ready(stage.advance_origin()).unwrap();
        assert_eq!(
            (stage.prev.batcher_addr(), stage.origin()),
            (INBOX, Some(l1_block(12)))
        );
        let end = ready(stage.advance_origin()).unwrap_err();
        assert_eq!(end, PipelineError::EndOfSource.crit());
    }

    /// Specs `protocol/holocene/derivation.md`, "Activation".
    #[test]
    fn the_first_l1_block_of_holocene_is_announced() {
        let mut config = config();
        config.hardforks.holocene_time = Some(GENESIS_TIME + 24);
        config.hardforks.isthmus_time = None;
        let mut stage = stage(config, BATCHER, &[]);
        let announced = ready(stage.advance_origin()).unwrap_err();
        assert_eq!(
            announced,
            kona_derive::ResetError::HoloceneActivation.reset()
        );
        assert_eq!(stage.origin(), Some(l1_block(12)));
    }
}
