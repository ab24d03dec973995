//! Derivation as a whole, on small L1 chains.

use super::*;
use crate::upgrades::made_up_data;
use crate::{
    l1_info::{Fees, L1Info},
    stages::testing::{GENESIS_TIME, SpanBatch, channel, list, span, stored, tx},
};
use alloc::{format, vec, vec::Vec};
use alloy_consensus_v1::Header;
use alloy_eips_v1::eip2718::{Decodable2718, Encodable2718};
use alloy_primitives::{Bloom, Log, TxKind, U256, keccak256};
use endgame_kona_executor::{
    PreimageError, PreimageKind, Preimages,
    trie::{EMPTY_ROOT, Trie},
};
use endgame_preimage::{OracleError, PreimageKey, PreimageOracle};
use kona_genesis::CONFIG_UPDATE_TOPIC;
use op_alloy_consensus_v0::{OpTxEnvelope, TxDeposit};
use std::collections::HashMap;

const INBOX: Address = Address::repeat_byte(0x1b);
const BATCHER: Address = Address::repeat_byte(0xba);
const CONTRACT: Address = Address::repeat_byte(0x5c);

/// Keccak preimages.
#[derive(Clone, Debug, Default)]
struct Memory(HashMap<B256, Vec<u8>>);

impl Memory {
    fn add(&mut self, value: Vec<u8>) -> B256 {
        let hash = keccak256(&value);
        self.0.insert(hash, value);
        hash
    }

    fn add_list(&mut self, items: &[Bytes]) -> B256 {
        let mut trie = Trie::empty();
        for (i, item) in items.iter().enumerate() {
            trie.insert(&alloy_rlp::encode(i), item.clone(), &Memory::default())
                .unwrap();
        }
        let mut nodes = Vec::new();
        let root = trie.commit(&mut |_, node| nodes.push(node));
        for node in nodes {
            self.add(node);
        }
        root
    }
}

impl Preimages for Memory {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        Err(PreimageError::NotFound { kind, hash })
    }
}

impl PreimageOracle for Memory {
    fn hint(&self, _: &[u8]) -> Result<(), OracleError> {
        Ok(())
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        let known = self
            .0
            .iter()
            .find(|(hash, _)| PreimageKey::keccak256(hash.0) == key);
        Ok(known
            .map(|(_, value)| value.clone())
            .expect("known preimage"))
    }
}

/// L1 from block 10 on, and the L2 genesis.
struct Chains {
    memory: Memory,
    l1: Vec<(B256, Header)>,
    genesis: Bytes,
}

impl Chains {
    /// L1 up to block 10.
    fn new() -> Self {
        let genesis = Header {
            timestamp: GENESIS_TIME,
            extra_data: vec![0; 9].into(),
            transactions_root: EMPTY_ROOT,
            ..Header::default()
        };
        let mut memory = Memory::default();
        let genesis = Bytes::from(alloy_rlp::encode(genesis));
        memory.add(genesis.to_vec());
        let mut chains = Self {
            memory,
            l1: Vec::new(),
            genesis,
        };
        chains.add(&[], &[]);
        chains
    }

    /// The next L1 block: what the batcher sends, and the updates of the system configuration.
    fn add(&mut self, data: &[Vec<u8>], updates: &[(u64, u64)]) {
        let transactions: Vec<_> = data
            .iter()
            .map(|data| {
                let to = TxKind::Call(INBOX);
                let input = data.clone().into();
                TxDeposit {
                    from: BATCHER,
                    to,
                    input,
                    ..TxDeposit::default()
                }
                .encoded_2718()
                .into()
            })
            .collect();
        let word = |value: u64| B256::from(U256::from(value));
        let logs: Vec<_> = updates
            .iter()
            .map(|(kind, value)| {
                let topics = vec![CONFIG_UPDATE_TOPIC, word(0), word(*kind)];
                let data = [word(32), word(32), word(*value)].concat();
                Log::new_unchecked(CONTRACT, topics, data.into())
            })
            .collect();
        let receipt = Bytes::from(list(&[&true, &1u64, &Bloom::ZERO, &logs]));
        let number = 10 + self.l1.len() as u64;
        let header = Header {
            number,
            timestamp: GENESIS_TIME + 12 * (number - 10),
            parent_hash: self.l1.last().map(|(hash, _)| *hash).unwrap_or_default(),
            transactions_root: self.memory.add_list(&transactions),
            receipts_root: self.memory.add_list(&[receipt]),
            ..Header::default()
        };
        self.l1
            .push((self.memory.add(alloy_rlp::encode(&header)), header));
    }

    fn l1_hash(&self, number: u64) -> B256 {
        self.l1[number as usize - 10].0
    }

    /// A span batch from L2 block 1 on, on these chains.
    fn span(&self, origins: &[u64]) -> SpanBatch {
        let mut batch = span(1, origins);
        batch.parent_check = *keccak256(&self.genesis).first_chunk().unwrap();
        batch.l1_origin_check = *self
            .l1_hash(*origins.last().unwrap())
            .first_chunk()
            .unwrap();
        batch
    }

    fn config(&self, jovian_time: u64) -> ChainConfig {
        let forks: Vec<_> = [
            "regolith", "canyon", "delta", "ecotone", "fjord", "granite", "holocene", "isthmus",
        ]
        .map(|fork| format!(r#""{fork}_time": 0"#))
        .into();
        let json = format!(
            r#"{{
                "genesis": {{
                    "l1": {{"hash": "{}", "number": 10}}, "l2": {{"hash": "{}", "number": 0}},
                    "l2_time": {GENESIS_TIME},
                    "system_config": {{
                        "batcherAddr": "{BATCHER}", "overhead": "0x0", "scalar": "0x1",
                        "gasLimit": 30000000
                    }}
                }},
                "block_time": 2, "max_sequencer_drift": 600, "seq_window_size": 100,
                "channel_timeout": 300, "l1_chain_id": 900, "l2_chain_id": 10, {},
                "jovian_time": {jovian_time},
                "batch_inbox_address": "{INBOX}", "deposit_contract_address": "{INBOX}",
                "l1_system_config_address": "{CONTRACT}",
                "chain_op_config": {{
                    "eip1559Elasticity": 6, "eip1559Denominator": 50,
                    "eip1559DenominatorCanyon": 250
                }}
            }}"#,
            self.l1_hash(10),
            keccak256(&self.genesis),
            forks.join(", "),
        );
        let mut config = ChainConfig::from_json(json.as_bytes(), None).unwrap();
        config.upgrade_data = Arc::new(made_up_data());
        config
    }

    fn driver_with_holocene(&self, time: u64) -> Driver {
        let mut config = self.config(u64::MAX);
        let rollup = Arc::make_mut(&mut config.rollup);
        rollup.hardforks.holocene_time = Some(time);
        rollup.hardforks.isthmus_time = None;
        let source = Source::new(self.memory.clone(), true);
        let head = self.l1.last().unwrap().0;
        let genesis = (keccak256(&self.genesis), &self.genesis);
        Driver::new(source, &config, head, genesis, 0).unwrap()
    }

    /// All blocks that L1 gives.
    fn derive(&self, jovian_time: u64) -> Vec<Attributes> {
        let config = self.config(jovian_time);
        let source = Source::new(self.memory.clone(), true);
        let head = self.l1.last().unwrap().0;
        let genesis = keccak256(&self.genesis);
        let mut driver = Driver::new(source, &config, head, (genesis, &self.genesis), 0).unwrap();
        let mut blocks: Vec<Attributes> = Vec::new();
        let mut parent_hash = genesis;
        while let Some(attributes) = driver.next().unwrap() {
            parent_hash = execute(&mut driver, parent_hash, &attributes);
            blocks.push(attributes);
        }
        blocks
    }
}

/// Takes the attributes for executed, whatever they are; the block's hash.
fn execute(driver: &mut Driver, parent_hash: B256, attributes: &Attributes) -> B256 {
    let mut extra = vec![u8::from(attributes.min_base_fee.is_some())];
    extra.extend_from_slice(attributes.eip1559_params.unwrap_or_default().as_slice());
    extra.extend(
        attributes
            .min_base_fee
            .map(u64::to_be_bytes)
            .into_iter()
            .flatten(),
    );
    let header = Header {
        number: driver.safe().block_info.number + 1,
        parent_hash,
        timestamp: attributes.timestamp,
        gas_limit: attributes.gas_limit,
        extra_data: extra.into(),
        ..Header::default()
    };
    let header = Bytes::from(alloy_rlp::encode(header));
    let hash = keccak256(&header);
    driver
        .executed(hash, &header, &attributes.transactions)
        .unwrap();
    hash
}

/// A batcher transaction with one frame, that is a whole channel.
fn sent(id: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u32).to_be_bytes();
    [&[0], &[id; 16][..], &[0, 0], &length, content, &[1]].concat()
}

fn users(attributes: &Attributes) -> usize {
    let deposits = |tx: &&Bytes| !Attributes::is_deposit(tx);
    attributes.transactions.iter().filter(deposits).count()
}

fn info(attributes: &Attributes) -> L1Info {
    let first = OpTxEnvelope::decode_2718(&mut attributes.transactions[0].as_ref()).unwrap();
    L1Info::decode(&first.as_deposit().unwrap().input).unwrap()
}

/// Specs `protocol/holocene/derivation.md`: what is invalid harms nobody else.
#[test]
fn hostile_batches_change_nothing_about_the_good_ones() {
    let mut chains = Chains::new();
    let good = chains.span(&[10; 5]).encode();
    let mut bad_parent = chains.span(&[10; 3]);
    bad_parent.parent_check = [7; 20];
    let mut no_origin = chains.span(&[10; 3]);
    (no_origin.l1_origin_number, no_origin.l1_origin_check) = (3, [3; 20]);
    let mut bad_transaction = chains.span(&[10]);
    bad_transaction.transactions[0][0] = [vec![5], tx(1)].concat();
    let mut future = chains.span(&[10; 3]);
    future.rel_timestamp = u64::MAX / 2;
    let whole = |id: u8, batches: &[Vec<u8>]| sent(id, &stored(&channel(batches)));
    let mut hostile = vec![
        vec![],
        vec![0],
        vec![0; 30],
        vec![1, 2, 3],
        sent(1, b""),
        sent(2, &[0x78, 0x9c, 7]),
    ];
    for (i, batch) in [bad_parent, no_origin, bad_transaction, future]
        .iter()
        .enumerate()
    {
        // The good batch after each goes with it.
        hostile.push(whole(3 + i as u8, &[batch.encode(), good.clone()]));
    }
    let mut bad_frame = whole(9, core::slice::from_ref(&good));
    *bad_frame.last_mut().unwrap() = 2;
    hostile.push(bad_frame);
    chains.add(&hostile, &[(2, u64::MAX), (9, 1), (4, 1)]);
    assert_eq!(chains.derive(u64::MAX).len(), 0);
    // Once more, with the good one in the end; and what follows an error in its channel.
    let cut = {
        let mut stream = stored(&channel(&[good, chains.span(&[10; 2]).encode()]));
        stream.truncate(stream.len() - 10);
        stream
    };
    hostile.push(sent(10, &cut));
    chains.add(&hostile, &[]);
    chains.add(&hostile, &[]);
    let blocks = chains.derive(u64::MAX);
    assert_eq!(blocks.iter().map(users).collect::<Vec<_>>(), [1; 5]);
    let times: Vec<_> = blocks
        .iter()
        .map(|block| block.timestamp - GENESIS_TIME)
        .collect();
    assert_eq!(times, [2, 4, 6, 8, 10]);
    assert!(blocks.iter().all(|block| block.gas_limit == 30_000_000));
}

/// Specs `protocol/jovian/derivation.md`, `protocol/jovian/l1-attributes.md` and
/// `protocol/jovian/system-config.md`.
#[test]
fn jovian_changes_the_attributes_from_its_first_block_on() {
    let mut chains = Chains::new();
    chains.add(&[], &[(6, 1_000), (7, 77)]);
    let mut batch = chains.span(&[10, 10, 10, 10, 10, 11, 11]);
    // L2 block 2 is Jovian's first.
    batch.transactions[1].clear();
    chains.add(&[sent(1, &stored(&channel(&[batch.encode()])))], &[]);
    let blocks = chains.derive(GENESIS_TIME + 4);
    assert_eq!(
        blocks.iter().map(users).collect::<Vec<_>>(),
        [1, 0, 1, 1, 1, 1, 1]
    );
    let counts: Vec<_> = blocks
        .iter()
        .map(|block| block.transactions.len())
        .collect();
    assert_eq!(counts, [2, 6, 2, 2, 2, 2, 2]);
    let minima: Vec<_> = blocks.iter().map(|block| block.min_base_fee).collect();
    let zero = Some(0);
    assert_eq!(
        minima,
        [None, zero, zero, zero, zero, Some(1_000), Some(1_000)]
    );
    let footprints: Vec<_> = blocks
        .iter()
        .map(|block| match info(block).fees {
            Fees::Ecotone { footprint, .. } => footprint,
            Fees::Bedrock { .. } => panic!("Bedrock's attributes"),
        })
        .collect();
    let (default, set) = (Some(400), Some(77));
    assert_eq!(
        footprints,
        [None, None, default, default, default, set, set]
    );
    // A batch with transactions in that block is dropped.
    let mut chains = Chains::new();
    chains.add(&[], &[]);
    let batch = chains.span(&[10, 10]);
    chains.add(&[sent(1, &stored(&channel(&[batch.encode()])))], &[]);
    assert_eq!(chains.derive(GENESIS_TIME + 4).len(), 1);
}

/// Specs `protocol/holocene/derivation.md`, "Activation": by the L1 block that a batch came in.
#[test]
fn holocene_holds_for_batches_from_before_it_in_l1_blocks_after_it() {
    let mut chains = Chains::new();
    chains.add(&[], &[]);
    let batch = chains.span(&[10]).encode();
    chains.add(&[sent(1, &stored(&channel(&[batch])))], &[]);
    for (after, expected) in [(24, true), (25, false)] {
        let mut driver = chains.driver_with_holocene(GENESIS_TIME + after);
        let attributes = driver.next().unwrap().unwrap();
        assert_eq!(attributes.timestamp, GENESIS_TIME + 2);
        assert_eq!(attributes.eip1559_params, None);
        assert_eq!(driver.is_holocene(), expected);
    }
}

/// Specs `protocol/derivation.md`, "L1-sync", of a span batch: up to Holocene it is valid as a
/// whole or not at all.
#[test]
fn span_is_taken_back_whole_before_holocene_and_the_next_batch_takes_its_place() {
    let mut chains = Chains::new();
    chains.add(&[], &[]);
    let (first, mut second) = (chains.span(&[10, 10]), chains.span(&[10]));
    second.transactions[0].push(tx(2));
    let sent = |id, batch: &SpanBatch| sent(id, &stored(&channel(&[batch.encode()])));
    chains.add(&[sent(1, &first), sent(2, &second)], &[]);
    let mut driver = chains.driver_with_holocene(u64::MAX);
    let genesis = driver.safe();
    let block = driver.next().unwrap().unwrap();
    assert_eq!((users(&block), driver.ends_span()), (1, false));
    execute(&mut driver, genesis.block_info.hash, &block);
    let block = driver.next().unwrap().unwrap();
    assert_eq!(
        (block.timestamp, driver.ends_span()),
        (GENESIS_TIME + 4, true)
    );
    driver.rewind(genesis);
    let block = driver.next().unwrap().unwrap();
    assert_eq!((block.timestamp, users(&block)), (GENESIS_TIME + 2, 2));
}
