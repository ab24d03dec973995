//! An L1 and an L2 in memory, for derivation to read.

#![allow(
    dead_code,
    reason = "each test file that has this module uses part of it"
)]

use std::{cell::RefCell, collections::HashMap, convert::Infallible, rc::Rc};

use endgame_ortho_derive::{
    BlockId, Derivation, Genesis, L1Block, L2Block, Rejected, Rollup, Source, SystemConfig,
};
use endgame_ortho_execute::{Attributes, Fork, Forks};
use endgame_ortho_primitives::{Address, Bloom, Hash, Word};
use endgame_ortho_rlp::Encoder;
use endgame_ortho_types::{Deposit, Header, Log, Outcome, Receipt};

/// Who writes batches.
pub(crate) const BATCHER: Address = Address([0xba; 20]);
/// Where batches go.
pub(crate) const INBOX: Address = Address([0xff; 20]);
/// The deposit contract.
pub(crate) const PORTAL: Address = Address([0xdd; 20]);
/// The contract `SystemConfig`.
pub(crate) const SYSTEM_CONFIG: Address = Address([0xcc; 20]);
/// Seconds between L1 blocks.
pub(crate) const L1_TIME: u64 = 12;
/// The time of the first blocks of L1 and L2.
pub(crate) const START: u64 = 1_000;

/// What derivation reads, and how often.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) l1: Vec<Rc<L1Block>>,
    pub(crate) transactions: HashMap<Hash, Vec<Vec<u8>>>,
    pub(crate) receipts: HashMap<Hash, Vec<Vec<u8>>>,
    pub(crate) blobs: HashMap<Hash, Vec<u8>>,
    pub(crate) l2: Vec<Rc<L2Block>>,
    /// L2 blocks that were asked for.
    pub(crate) l2_reads: u64,
}

/// A shared world.
#[derive(Clone, Default)]
pub(crate) struct Chain(pub Rc<RefCell<World>>);

impl Source for Chain {
    type Error = Infallible;

    fn l1_block(&mut self, hash: Hash) -> Result<Rc<L1Block>, Infallible> {
        let world = self.0.borrow();
        Ok(world.l1.iter().find(|b| b.hash == hash).unwrap().clone())
    }

    fn l1_block_at(&mut self, number: u64) -> Result<Option<Rc<L1Block>>, Infallible> {
        Ok(self.0.borrow().l1.get(number as usize).cloned())
    }

    fn l1_transactions(&mut self, block: &L1Block) -> Result<Vec<Vec<u8>>, Infallible> {
        Ok(self.0.borrow().transactions[&block.hash].clone())
    }

    fn l1_receipts(&mut self, block: &L1Block) -> Result<Vec<Vec<u8>>, Infallible> {
        Ok(self.0.borrow().receipts[&block.hash].clone())
    }

    fn blob(&mut self, _: &L1Block, _: u64, hash: Hash) -> Result<Vec<u8>, Infallible> {
        Ok(self.0.borrow().blobs[&hash].clone())
    }

    fn l2_block(&mut self, number: u64) -> Result<Rc<L2Block>, Infallible> {
        let mut world = self.0.borrow_mut();
        world.l2_reads += 1;
        Ok(world.l2[number as usize].clone())
    }
}

impl Chain {
    /// Both chains with their first blocks, all forks up to `last` active from the beginning.
    pub(crate) fn new(last: Fork) -> (Self, Rollup) {
        Self::with_forks(Forks::all_up_to(last))
    }

    /// Both chains with their first blocks.
    pub(crate) fn with_forks(forks: Forks) -> (Self, Rollup) {
        let chain = Self::default();
        let l1 = chain.l1(START, vec![], &[]);
        let header = Header {
            timestamp: START,
            gas_limit: 30_000_000,
            extra_data: vec![0; 9],
            ..Header::default()
        };
        let l2 = Rc::new(L2Block {
            hash: header.hash(),
            header,
            transactions: vec![],
            origin: l1,
            sequence_number: 0,
        });
        let rollup = Rollup {
            genesis: Genesis {
                l1,
                l2: l2.id(),
                l2_time: START,
                system_config: SystemConfig {
                    batcher: BATCHER,
                    gas_limit: 30_000_000,
                    ..SystemConfig::default()
                },
            },
            l2_chain_id: 901,
            block_time: 2,
            max_sequencer_drift: 20,
            seq_window_size: 6,
            channel_timeout: 5,
            channel_timeout_granite: 3,
            forks,
            batch_inbox: INBOX,
            deposit_contract: PORTAL,
            system_config_address: SYSTEM_CONFIG,
            ..Rollup::default()
        };
        chain.0.borrow_mut().l2.push(l2);
        (chain, rollup)
    }

    /// Adds an L1 block.
    pub(crate) fn l1(
        &self,
        timestamp: u64,
        transactions: Vec<Vec<u8>>,
        receipts: &[Receipt],
    ) -> BlockId {
        let mut world = self.0.borrow_mut();
        let mut bloom = Bloom::default();
        for receipt in receipts {
            bloom.merge(&receipt.logs_bloom);
        }
        let header = Header {
            parent_hash: world.l1.last().map_or(Hash::ZERO, |block| block.hash),
            number: world.l1.len() as u64,
            timestamp,
            logs_bloom: Box::new(bloom),
            base_fee_per_gas: Some(Word::from(7u64)),
            excess_blob_gas: Some(0),
            parent_beacon_block_root: Some(Hash([0xbe; 32])),
            ..Header::default()
        };
        let block = L1Block {
            hash: header.hash(),
            header,
        };
        let id = block.id();
        world.transactions.insert(id.hash, transactions);
        let receipts = receipts.iter().map(Receipt::encode).collect();
        world.receipts.insert(id.hash, receipts);
        world.l1.push(Rc::new(block));
        id
    }

    /// Adds an L1 block, 12 s after the last one, in which the batcher wrote these data.
    pub(crate) fn l1_with(&self, data: &[Vec<u8>]) -> BlockId {
        let transactions = data.iter().map(|data| batcher_transaction(BATCHER, data));
        self.l1(self.next_l1_time(), transactions.collect(), &[])
    }

    /// The time of the next L1 block.
    pub(crate) fn next_l1_time(&self) -> u64 {
        self.0.borrow().l1.last().unwrap().header.timestamp + L1_TIME
    }

    /// The last L2 block.
    pub(crate) fn head(&self) -> Rc<L2Block> {
        self.0.borrow().l2.last().unwrap().clone()
    }

    /// Derivation after the last L2 block.
    pub(crate) fn derivation(&self, rollup: &Rollup) -> Derivation<Self> {
        Derivation::new(rollup.clone(), self.clone(), self.head()).unwrap()
    }

    /// Makes a block of attributes, as an execution that finds every transaction valid.
    pub(crate) fn execute(&self, rollup: &Rollup, attributes: &Attributes) -> Rc<L2Block> {
        let parent = self.head();
        let header = Header {
            parent_hash: parent.hash,
            number: parent.header.number + 1,
            timestamp: attributes.timestamp,
            gas_limit: attributes.gas_limit,
            extra_data: extra_data(attributes),
            // Stands for the transactions in the hash.
            mix_hash: endgame_ortho_primitives::keccak256(&attributes.transactions.concat()),
            ..Header::default()
        };
        let transactions = attributes.transactions.clone();
        let block =
            L2Block::new::<Infallible>(header.hash(), header, transactions, &rollup.genesis)
                .unwrap();
        let block = Rc::new(block);
        self.0.borrow_mut().l2.push(Rc::clone(&block));
        block
    }

    /// Derives all that L1 gives. `is_valid` judges a block's sequenced transactions.
    pub(crate) fn derive(
        &self,
        rollup: &Rollup,
        derivation: &mut Derivation<Self>,
        is_valid: impl Fn(&[Vec<u8>]) -> bool,
    ) {
        while let Some(mut attributes) = derivation.next_attributes().unwrap() {
            if !is_valid(&sequenced(&attributes.transactions)) {
                match derivation.rejected() {
                    Rejected::DepositsOnly => attributes = attributes.deposits_only(),
                    Rejected::BackTo(number) => {
                        self.0.borrow_mut().l2.truncate(number as usize + 1);
                        continue;
                    }
                }
            }
            derivation.accepted(self.execute(rollup, &attributes));
        }
    }

    /// Each L2 block after the first: its origin's number and its sequenced transactions.
    pub(crate) fn blocks(&self) -> Vec<(u64, Vec<Vec<u8>>)> {
        let world = self.0.borrow();
        let blocks = world.l2.iter().skip(1);
        blocks
            .map(|block| (block.origin.number, sequenced(&block.transactions)))
            .collect()
    }
}

/// The header's EIP-1559 parameters, which are none of derivation's business here.
fn extra_data(attributes: &Attributes) -> Vec<u8> {
    let version = u8::from(attributes.min_base_fee.is_some());
    let mut data = vec![version, 0, 0, 0, 250, 0, 0, 0, 6];
    match (attributes.eip1559_params, attributes.min_base_fee) {
        (None, _) => data.clear(),
        (Some(_), fee) => data.extend(
            fee.map(u64::to_be_bytes)
                .unwrap_or_default()
                .iter()
                .take(8 * usize::from(version)),
        ),
    }
    data
}

/// The transactions that are no deposits.
pub(crate) fn sequenced(transactions: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let users = transactions.iter().filter(|raw| raw[0] != 0x7e);
    users.cloned().collect()
}

/// A transaction to the inbox. L1s may be L2s themselves, whose deposits name their sender: that
/// saves a signature.
pub(crate) fn batcher_transaction(from: Address, data: &[u8]) -> Vec<u8> {
    Deposit {
        from,
        to: Some(INBOX),
        data: data.to_vec(),
        ..Deposit::default()
    }
    .encode()
}

/// A receipt of a transaction that logged this.
pub(crate) fn receipt(logs: Vec<Log>) -> Receipt {
    Receipt {
        tx_type: 2,
        outcome: Outcome::Status(true),
        cumulative_gas_used: 21_000,
        logs_bloom: Box::new(Receipt::bloom_of(&logs)),
        logs,
        deposit: endgame_ortho_types::DepositReceipt::default(),
    }
}

/// A batch of one block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Single {
    pub(crate) parent: Hash,
    pub(crate) epoch: BlockId,
    pub(crate) timestamp: u64,
    pub(crate) transactions: Vec<Vec<u8>>,
}

impl Single {
    /// The batch of an L2 block after `parent`.
    pub(crate) fn after(parent: &L2Block, epoch: BlockId, transactions: &[&[u8]]) -> Self {
        Self {
            parent: parent.hash,
            epoch,
            timestamp: parent.header.timestamp + 2,
            transactions: transactions.iter().map(|raw| raw.to_vec()).collect(),
        }
    }

    /// The batch's bytes in a channel, with its version.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::after(vec![0]);
        encoder.list(|items| {
            items.bytes(&self.parent.0);
            items.u64(self.epoch.number);
            items.bytes(&self.epoch.hash.0);
            items.u64(self.timestamp);
            items.list(|list| self.transactions.iter().for_each(|raw| list.bytes(raw)));
        });
        encoder.finish()
    }
}

/// A channel of these batches: RLP strings in a zlib stream of stored blocks.
pub(crate) fn channel(batches: &[Vec<u8>]) -> Vec<u8> {
    let mut encoder = Encoder::new();
    for batch in batches {
        encoder.bytes(batch);
    }
    zlib_stored(&encoder.finish())
}

/// A zlib stream that compresses nothing (RFC 1950, 1951).
pub(crate) fn zlib_stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut chunks = data.chunks(0xffff).peekable();
    while let Some(chunk) = chunks.next() {
        let length = chunk.len() as u16;
        out.push(u8::from(chunks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(chunk);
    }
    let (mut a, mut b) = (1u32, 0u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend((b << 16 | a).to_be_bytes());
    out
}

/// A batcher transaction's data with these frames.
pub(crate) fn frames(frames: &[(u8, u16, &[u8], bool)]) -> Vec<u8> {
    let mut out = vec![0];
    for (channel, number, data, is_last) in frames {
        out.extend([*channel; 16]);
        out.extend(number.to_be_bytes());
        out.extend((data.len() as u32).to_be_bytes());
        out.extend(*data);
        out.push(u8::from(*is_last));
    }
    out
}

/// A batcher transaction's data with a whole channel of these batches.
pub(crate) fn whole_channel(id: u8, batches: &[Vec<u8>]) -> Vec<u8> {
    frames(&[(id, 0, &channel(batches), true)])
}

/// A legacy transaction with this nonce; its signature is one in form alone.
pub(crate) fn legacy(nonce: u64) -> Vec<u8> {
    let mut encoder = Encoder::new();
    encoder.list(|items| {
        items.u64(nonce);
        items.u64(1);
        items.u64(21_000);
        items.bytes(&[7; 20]);
        items.u64(0);
        items.bytes(&[]);
        items.u64(27);
        items.u64(1);
        items.u64(1);
    });
    encoder.finish()
}

/// A block of a span batch: its origin, and the nonces of its transactions ([`legacy`]).
pub(crate) type SpanBlock<'a> = (BlockId, &'a [u64]);

/// The span batch of the blocks after `parent` (`delta/span-batches.md`, "Span batch format").
pub(crate) fn span(parent: &L2Block, blocks: &[SpanBlock<'_>]) -> Vec<u8> {
    let mut out = vec![1];
    let (last, _) = blocks[blocks.len() - 1];
    uvarint(&mut out, parent.header.timestamp + 2 - START);
    uvarint(&mut out, last.number);
    out.extend(&parent.hash.0[..20]);
    out.extend(&last.hash.0[..20]);
    uvarint(&mut out, blocks.len() as u64);
    let mut before = parent.origin.number;
    let changes = blocks.iter().map(|(origin, _)| {
        let changes = origin.number != before;
        before = origin.number;
        changes
    });
    bits(&mut out, &changes.collect::<Vec<_>>());
    for (_, nonces) in blocks {
        uvarint(&mut out, nonces.len() as u64);
    }
    let nonces: Vec<u64> = blocks.iter().flat_map(|(_, n)| n.iter().copied()).collect();
    let none = vec![false; nonces.len()];
    // Creations, y parities; signatures, recipients, data, nonces, gas; EIP-155.
    bits(&mut out, &none);
    bits(&mut out, &none);
    for _ in &nonces {
        out.extend(Word::ONE.to_be_bytes());
        out.extend(Word::ONE.to_be_bytes());
    }
    for _ in &nonces {
        out.extend([7; 20]);
    }
    for _ in &nonces {
        let mut encoder = Encoder::new();
        encoder.list(|items| {
            items.u64(0);
            items.u64(1);
            items.bytes(&[]);
        });
        out.extend(encoder.finish());
    }
    for nonce in &nonces {
        uvarint(&mut out, *nonce);
    }
    for _ in &nonces {
        uvarint(&mut out, 21_000);
    }
    bits(&mut out, &none);
    out
}

fn uvarint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A list of bits as a big-endian number, the first the lowest.
fn bits(out: &mut Vec<u8>, bits: &[bool]) {
    let bytes = bits.chunks(8).map(|chunk| {
        let set = |(at, bit): (usize, &bool)| u8::from(*bit) << at;
        chunk.iter().enumerate().map(set).sum::<u8>()
    });
    out.extend(bytes.collect::<Vec<_>>().iter().rev());
}
