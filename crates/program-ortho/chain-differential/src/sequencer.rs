//! The L2 chain that an honest sequencer makes.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use alloy_consensus::{Header, Sealable, Sealed};
use alloy_consensus_v1::{Header as KonaHeader, Receipt as KonaReceipt, TxEnvelope};
use alloy_eips_v1::{
    BlockNumHash,
    eip2718::{Decodable2718, Encodable2718},
};
use alloy_primitives::{Address, B256, Bytes, keccak256};
use alloy_rlp::Decodable;
use async_trait::async_trait;
use endgame_kona_executor::{Attributes, Chain, TrieDb};
use endgame_program_kona::{ChainConfig, upgrade_transactions};
use kona_derive::{
    AttributesBuilder, ChainProvider, L2ChainProvider, PipelineError, PipelineErrorKind,
    StatefulAttributesBuilder,
};
use kona_genesis::{RollupConfig, SystemConfig};
use kona_protocol::{BatchValidationProvider, BlockInfo, L2BlockInfo};
use op_alloy_consensus_v0::{OpBlock, OpTxEnvelope};

use crate::{l1::L1, oracle::Store};

/// How many transactions Jovian brings.
const JOVIAN_TRANSACTIONS: usize = 5;

/// A block of L2.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) header: Sealed<Header>,
    /// Where its L1 origin stands among the blocks of L1.
    pub(crate) origin: usize,
    pub(crate) sequence_number: u64,
    /// Those that are no deposits.
    pub(crate) transactions: Vec<Bytes>,
    pub(crate) output_root: B256,
}

/// L1 as one block's attributes need it.
#[derive(Clone, Debug)]
struct Epoch {
    header: KonaHeader,
    receipts: Vec<KonaReceipt>,
    system: SystemConfig,
}

#[expect(clippy::result_large_err, reason = "kona takes it so")]
fn nothing<T>() -> Result<T, PipelineErrorKind> {
    Err(PipelineError::EndOfSource.crit())
}

#[async_trait]
impl ChainProvider for Epoch {
    type Error = PipelineErrorKind;

    async fn header_by_hash(&mut self, _: B256) -> Result<KonaHeader, Self::Error> {
        Ok(self.header.clone())
    }

    async fn block_info_by_number(&mut self, _: u64) -> Result<BlockInfo, Self::Error> {
        nothing()
    }

    async fn receipts_by_hash(&mut self, _: B256) -> Result<Vec<KonaReceipt>, Self::Error> {
        Ok(self.receipts.clone())
    }

    async fn block_info_and_transactions_by_hash(
        &mut self,
        _: B256,
    ) -> Result<(BlockInfo, Vec<TxEnvelope>), Self::Error> {
        nothing()
    }
}

#[async_trait]
impl BatchValidationProvider for Epoch {
    type Error = PipelineErrorKind;

    async fn l2_block_info_by_number(&mut self, _: u64) -> Result<L2BlockInfo, Self::Error> {
        nothing()
    }

    async fn block_by_number(&mut self, _: u64) -> Result<OpBlock, Self::Error> {
        nothing()
    }
}

#[async_trait]
impl L2ChainProvider for Epoch {
    type Error = PipelineErrorKind;

    async fn system_config_by_number(
        &mut self,
        _: u64,
        _: Arc<RollupConfig>,
    ) -> Result<SystemConfig, PipelineErrorKind> {
        Ok(self.system)
    }
}

/// L2 from genesis on, as far as the sequencer went.
#[derive(Debug)]
pub(crate) struct Sequencer {
    pub(crate) nodes: Vec<Node>,
    config: ChainConfig,
    chain: Chain,
    store: Store,
    db: TrieDb<Store>,
}

impl Sequencer {
    pub(crate) fn new(genesis: Header, config: ChainConfig, store: &Store) -> Self {
        let header = genesis.seal_slow();
        let mut sequencer = Self {
            nodes: Vec::new(),
            chain: config.chain(),
            config,
            store: store.clone(),
            db: TrieDb::recording(header.clone(), store.clone()),
        };
        sequencer.store.add(alloy_rlp::encode(header.inner()));
        let output_root = sequencer.output_root();
        sequencer.nodes.push(Node {
            header,
            origin: 0,
            sequence_number: 0,
            transactions: Vec::new(),
            output_root,
        });
        sequencer
    }

    pub(crate) fn head(&self) -> &Node {
        self.nodes.last().unwrap()
    }

    /// The nonce of an account after the last block.
    pub(crate) fn nonce(&mut self, address: Address) -> u64 {
        let account = self.db.account(address).unwrap();
        account.map_or(0, |account| account.nonce)
    }

    /// Goes back to the block of this number.
    pub(crate) fn rewind(&mut self, number: usize) {
        if number + 1 < self.nodes.len() {
            self.nodes.truncate(number + 1);
            self.db = TrieDb::recording(self.head().header.clone(), self.store.clone());
        }
    }

    /// Makes the next block with this L1 origin; false if the rules forbid it.
    pub(crate) fn extend(&mut self, l1: &L1, origin: usize, transactions: &[Bytes]) -> bool {
        let Some(mut attributes) = self.attributes(l1, origin) else {
            return false;
        };
        attributes.transactions.extend_from_slice(transactions);
        self.execute(l1, &attributes).is_some()
    }

    fn attributes(&self, l1: &L1, origin: usize) -> Option<Attributes> {
        let (parent, block) = (self.head(), l1.blocks.get(origin)?);
        let parent_origin = l1.blocks.get(parent.origin)?;
        let raw = alloy_rlp::encode(&block.header);
        let epoch = Epoch {
            header: KonaHeader::decode(&mut raw.as_slice()).ok()?,
            receipts: block.receipts.clone(),
            system: parent_origin.system,
        };
        let id = |hash, number| BlockNumHash { hash, number };
        let info = L2BlockInfo {
            block_info: BlockInfo {
                hash: parent.header.hash(),
                number: parent.header.number,
                parent_hash: parent.header.parent_hash,
                timestamp: parent.header.timestamp,
            },
            l1_origin: id(parent_origin.hash, parent_origin.header.number),
            seq_num: parent.sequence_number,
        };
        let rollup = self.config.rollup();
        let mut builder =
            StatefulAttributesBuilder::new(Arc::new(rollup.clone()), epoch.clone(), epoch);
        let epoch = id(block.hash, block.header.number);
        let attributes = ready(builder.prepare_payload_attributes(info, epoch)).ok()?;
        let payload = attributes.payload_attributes;
        let mut transactions = attributes.transactions?;
        let is_jovian = rollup.is_jovian_active(payload.timestamp);
        if rollup.is_first_jovian_block(payload.timestamp) {
            let upgrades = upgrade_transactions(&self.config, payload.timestamp).ok()?;
            // Those of earlier forks, which may begin here too, are known to kona's builder.
            let known = upgrades.len() - JOVIAN_TRANSACTIONS;
            transactions.extend(upgrades.into_iter().skip(known));
        } else if is_jovian && let Some(first) = transactions.first_mut() {
            *first = with_footprint(first, block.jovian.da_footprint_gas_scalar)?;
        }
        Some(Attributes {
            timestamp: payload.timestamp,
            prev_randao: payload.prev_randao,
            fee_recipient: payload.suggested_fee_recipient,
            parent_beacon_root: payload.parent_beacon_block_root,
            gas_limit: attributes.gas_limit?,
            transactions,
            eip1559_params: attributes.eip_1559_params,
            min_base_fee: is_jovian.then_some(block.jovian.min_base_fee),
        })
    }

    /// Executes the next block; its hash.
    pub(crate) fn execute(&mut self, l1: &L1, attributes: &Attributes) -> Option<B256> {
        let Ok(outcome) = self.chain.execute(&mut self.db, attributes) else {
            self.db = TrieDb::recording(self.head().header.clone(), self.store.clone());
            return None;
        };
        self.store.add_all(self.db.take_new_preimages());
        self.store.add(alloy_rlp::encode(outcome.header.inner()));
        self.store.add_list(&attributes.transactions);
        let (number, sequence_number) = l1_origin(attributes.transactions.first()?)?;
        let first = l1.blocks.first()?.header.number;
        let output_root = self.output_root();
        let hash = outcome.header.hash();
        let users = attributes.transactions.iter();
        self.nodes.push(Node {
            header: outcome.header,
            origin: (number - first) as usize,
            sequence_number,
            transactions: users
                .filter(|raw| !Attributes::is_deposit(raw))
                .cloned()
                .collect(),
            output_root,
        });
        Some(hash)
    }

    fn output_root(&mut self) -> B256 {
        let parent = self.db.parent().clone();
        let passer = self.db.message_passer_root().unwrap();
        let output = [B256::ZERO, parent.state_root, passer, parent.hash()].concat();
        self.store.add(output)
    }
}

/// Jovian's L1 attributes made of Isthmus's, which are the last that kona knows (OP specs
/// `protocol/jovian/l1-attributes.md`).
fn with_footprint(transaction: &Bytes, scalar: u16) -> Option<Bytes> {
    let OpTxEnvelope::Deposit(deposit) =
        OpTxEnvelope::decode_2718(&mut transaction.as_ref()).ok()?
    else {
        return None;
    };
    let mut deposit = deposit.into_inner();
    let selector = keccak256("setL1BlockValuesJovian()");
    let scalar = if scalar == 0 { 400 } else { scalar };
    let values = deposit.input.get(4..)?;
    deposit.input = [&selector[..4], values, &scalar.to_be_bytes()]
        .concat()
        .into();
    Some(OpTxEnvelope::from(deposit).encoded_2718().into())
}

/// The number of the L1 origin and the sequence number, by the L1 attributes.
fn l1_origin(transaction: &Bytes) -> Option<(u64, u64)> {
    let OpTxEnvelope::Deposit(deposit) =
        OpTxEnvelope::decode_2718(&mut transaction.as_ref()).ok()?
    else {
        return None;
    };
    let number = |at: usize| {
        let bytes = deposit.input.get(at..)?.first_chunk()?;
        Some(u64::from_be_bytes(*bytes))
    };
    if deposit.input.len() == 260 {
        Some((number(4 + 24)?, number(4 + 4 * 32 + 24)?))
    } else {
        Some((number(28)?, number(12)?))
    }
}

/// Runs a future that never waits.
fn ready<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
