//! A small chain and its batches, for tests.

use alloc::{boxed::Box, collections::VecDeque, sync::Arc, vec, vec::Vec};
use core::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use alloy_primitives::{B256, Bytes, keccak256};
use alloy_rlp::{Encodable, Header};
use async_trait::async_trait;
use kona_derive::{
    OriginAdvancer, OriginProvider, PipelineError, PipelineResult, Signal, SignalReceiver,
};
use kona_genesis::{ChainGenesis, HardForkConfig, RollupConfig};
use kona_protocol::{BlockInfo, Frame, L2BlockInfo, SingleBatch};
use spin::Mutex;

use super::{BatchSource, SafeBlock, SafeChain, batch::Batch, decompress::adler32};
use crate::l1::ProviderError;

/// The time of L1 block 10 and of L2 block 0. L1 has a block each 12 seconds, L2 each 2.
pub(crate) const GENESIS_TIME: u64 = 1_000_000;

/// A rollup with every fork up to Isthmus.
pub(crate) fn config() -> RollupConfig {
    let hardforks = HardForkConfig {
        regolith_time: Some(0),
        canyon_time: Some(0),
        delta_time: Some(0),
        ecotone_time: Some(0),
        fjord_time: Some(0),
        granite_time: Some(0),
        holocene_time: Some(0),
        isthmus_time: Some(0),
        ..HardForkConfig::default()
    };
    RollupConfig {
        genesis: ChainGenesis {
            l1: l1_block(10).id(),
            l2: safe_block(0, 10).block_info.id(),
            l2_time: GENESIS_TIME,
            ..ChainGenesis::default()
        },
        block_time: 2,
        seq_window_size: 100,
        max_sequencer_drift: 600,
        channel_timeout: 300,
        granite_channel_timeout: 50,
        l2_chain_id: 10.into(),
        hardforks,
        ..RollupConfig::default()
    }
}

/// The same rollup with the forks up to Granite alone.
pub(crate) fn config_before_holocene() -> RollupConfig {
    let mut config = config();
    config.hardforks.holocene_time = None;
    config.hardforks.isthmus_time = None;
    config
}

pub(crate) fn l1_block(number: u64) -> BlockInfo {
    let hash = |number: u64| keccak256([b"L1".as_slice(), &number.to_be_bytes()].concat());
    BlockInfo {
        hash: hash(number),
        number,
        parent_hash: hash(number - 1),
        timestamp: GENESIS_TIME + 12 * (number - 10),
    }
}

fn l2_hash(number: u64) -> B256 {
    keccak256([b"L2".as_slice(), &number.to_be_bytes()].concat())
}

/// The L2 block with this number, of which the L1 origin is the block `origin`.
pub(crate) fn safe_block(number: u64, origin: u64) -> L2BlockInfo {
    L2BlockInfo {
        block_info: BlockInfo {
            hash: l2_hash(number),
            number,
            parent_hash: l2_hash(number.wrapping_sub(1)),
            timestamp: GENESIS_TIME + 2 * number,
        },
        l1_origin: l1_block(origin).id(),
        seq_num: 0,
    }
}

/// The chain in which every epoch has six blocks, from L2 block 0 and L1 block 10.
pub(crate) const fn usual_origin(number: u64) -> u64 {
    10 + number / 6
}

/// A singular batch for the L2 block with this number.
pub(crate) fn singular(number: u64, origin: u64) -> SingularBatch {
    SingularBatch(SingleBatch {
        parent_hash: l2_hash(number - 1),
        epoch_num: origin,
        epoch_hash: l1_block(origin).hash,
        timestamp: safe_block(number, origin).block_info.timestamp,
        transactions: vec![Bytes::from(vec![2, 0xc0])],
    })
}

pub(crate) struct SingularBatch(pub(crate) SingleBatch);

impl SingularBatch {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = vec![0];
        self.0.encode(&mut out);
        out
    }
}

/// A span batch of blocks with these L1 origins, the first with the number `start`, each with one
/// transaction.
pub(crate) fn span(start: u64, origins: &[u64]) -> SpanBatch {
    let last = *origins.last().unwrap();
    SpanBatch {
        rel_timestamp: 2 * start,
        l1_origin_number: last,
        parent_check: *l2_hash(start.wrapping_sub(1)).first_chunk().unwrap(),
        l1_origin_check: *l1_block(last).hash.first_chunk().unwrap(),
        origin_bits: core::iter::once(false)
            .chain(origins.windows(2).map(|pair| pair[0] != pair[1]))
            .collect(),
        transactions: origins.iter().map(|_| vec![tx(1)]).collect(),
    }
}

pub(crate) struct SpanBatch {
    pub rel_timestamp: u64,
    pub l1_origin_number: u64,
    pub parent_check: [u8; 20],
    pub l1_origin_check: [u8; 20],
    pub origin_bits: Vec<bool>,
    /// Data of transactions, by block; all of them legacy and contract creations.
    pub transactions: Vec<Vec<Vec<u8>>>,
}

/// The data of a transaction that sends `value`.
pub(crate) fn tx(value: u8) -> Vec<u8> {
    let mut data = vec![0xc3];
    value.encode(&mut data);
    data.extend_from_slice(&[1, 0x80]);
    data
}

impl SpanBatch {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = vec![1];
        for value in [self.rel_timestamp, self.l1_origin_number] {
            uvarint(&mut out, value);
        }
        out.extend_from_slice(&self.parent_check);
        out.extend_from_slice(&self.l1_origin_check);
        uvarint(&mut out, self.origin_bits.len() as u64);
        out.extend_from_slice(&bits(&self.origin_bits));
        for transactions in &self.transactions {
            uvarint(&mut out, transactions.len() as u64);
        }
        let all = self.transactions.concat();
        let each = |set| bits(&vec![set; all.len()]);
        out.extend_from_slice(&each(true));
        out.extend_from_slice(&each(false));
        out.extend_from_slice(&vec![1; 64 * all.len()]);
        out.extend_from_slice(&all.concat());
        // Nonces and gas limits.
        out.extend_from_slice(&vec![1; 2 * all.len()]);
        out.extend_from_slice(&each(true));
        out
    }

    pub(crate) fn decode(&self) -> Batch {
        Batch::decode(&self.encode(), &config()).unwrap()
    }
}

fn uvarint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn bits(set: &[bool]) -> Vec<u8> {
    let mut bytes = vec![0; set.len().div_ceil(8)];
    for (i, _) in set.iter().enumerate().filter(|(_, set)| **set) {
        *bytes.iter_mut().nth_back(i / 8).unwrap() |= 1 << (i % 8);
    }
    bytes
}

/// The content of a channel with these batches.
pub(crate) fn channel(batches: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    for batch in batches {
        batch.as_slice().encode(&mut out);
    }
    out
}

/// A frame of the channel with this id, with data that tell it from others.
pub(crate) fn frame(id: u8, number: u16, is_last: bool) -> Frame {
    Frame {
        id: [id; 16],
        number,
        data: vec![id, number as u8, u8::from(is_last)],
        is_last,
    }
}

/// A zlib stream of stored blocks.
pub(crate) fn stored(content: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut chunks = content.chunks(0xffff).peekable();
    while let Some(chunk) = chunks.next() {
        let len = chunk.len() as u16;
        out.push(u8::from(chunks.peek().is_none()));
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&(!len).to_le_bytes());
        out.extend_from_slice(chunk);
    }
    out.extend(adler32(content).to_be_bytes());
    out
}

/// An RLP list of `fields`.
pub(crate) fn list(fields: &[&dyn Encodable]) -> Vec<u8> {
    let mut payload = Vec::new();
    for field in fields {
        field.encode(&mut payload);
    }
    let mut out = Vec::new();
    let payload_length = payload.len();
    Header {
        list: true,
        payload_length,
    }
    .encode(&mut out);
    out.extend_from_slice(&payload);
    out
}

/// Awaits a future that never waits.
pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits"),
    }
}

/// A stage that gives what it was given, at an L1 block that tests move.
#[derive(Clone, Debug)]
pub(crate) struct Given<T>(Arc<Mutex<Inner<T>>>);

#[derive(Debug)]
struct Inner<T> {
    items: VecDeque<T>,
    origin: u64,
    flushed: usize,
}

impl<T> Given<T> {
    pub(crate) fn new(items: impl IntoIterator<Item = T>, origin: u64) -> Self {
        let items = items.into_iter().collect();
        Self(Arc::new(Mutex::new(Inner {
            items,
            origin,
            flushed: 0,
        })))
    }

    pub(crate) fn next(&self) -> PipelineResult<T> {
        self.0
            .lock()
            .items
            .pop_front()
            .ok_or(PipelineError::Eof.temp())
    }

    pub(crate) fn add(&self, item: T) {
        self.0.lock().items.push_back(item);
    }

    pub(crate) fn set_origin(&self, origin: u64) {
        self.0.lock().origin = origin;
    }

    pub(crate) fn left(&self) -> usize {
        self.0.lock().items.len()
    }

    /// How often the channel was dropped.
    pub(crate) fn flushed(&self) -> usize {
        self.0.lock().flushed
    }
}

impl<T> OriginProvider for Given<T> {
    fn origin(&self) -> Option<BlockInfo> {
        Some(l1_block(self.0.lock().origin))
    }
}

#[async_trait]
impl<T: Send> OriginAdvancer for Given<T> {
    async fn advance_origin(&mut self) -> PipelineResult<()> {
        self.0.lock().origin += 1;
        Ok(())
    }
}

#[async_trait]
impl<T: Send> SignalReceiver for Given<T> {
    async fn signal(&mut self, _: Signal) -> PipelineResult<()> {
        Ok(())
    }
}

#[async_trait]
impl BatchSource for Given<Batch> {
    async fn next_batch(&mut self) -> PipelineResult<Batch> {
        self.next()
    }

    fn flush(&mut self) {
        self.0.lock().flushed += 1;
    }
}

/// The usual chain, with these transactions in every block.
#[derive(Clone, Debug, Default)]
pub(crate) struct UsualChain(pub(crate) Vec<Bytes>);

impl SafeChain for UsualChain {
    fn info_at(&self, number: u64) -> Result<L2BlockInfo, ProviderError> {
        Ok(safe_block(number, usual_origin(number)))
    }

    fn block_at(&self, number: u64) -> Result<SafeBlock, ProviderError> {
        let deposit = Bytes::from(vec![0x7e]);
        Ok(SafeBlock {
            info: self.info_at(number)?,
            transactions: [vec![deposit], self.0.clone()].concat(),
        })
    }
}
