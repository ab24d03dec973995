//! Payload attributes (OP specs `protocol/derivation.md`, "Deriving Payload Attributes").
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod l1;

use std::rc::Rc;

use endgame_ortho_derive::{
    BlockId, DeriveError, Genesis, L1Attributes, L1Block, L2Block, Rollup, SystemConfig,
    attributes, l1_attributes, upgrade_data_hashes,
};
use endgame_ortho_execute::{Attributes, Fork, Forks};
use endgame_ortho_primitives::{Address, Hash, Word, keccak256};
use endgame_ortho_types::{Deposit, Header, Log, Transaction};
use l1::{L1, Missing, l1_block, receipt};

const PORTAL: Address = Address([0xde; 20]);
const SYSTEM_CONFIG: Address = Address([0xc0; 20]);
/// Of the parent.
const TIME: u64 = 1000;

fn config() -> SystemConfig {
    SystemConfig {
        batcher: Address([0xba; 20]),
        gas_limit: 30_000_000,
        ..SystemConfig::default()
    }
}

/// A chain on which `before` is active from the first block on and `fork` from the block after
/// [`TIME`] on.
fn rollup(before: Fork, fork: Fork) -> Rollup {
    let hashes = upgrade_data_hashes(fork);
    Rollup {
        forks: Forks::new([(Fork::Regolith, 0), (fork, TIME + 2), (before, 0)]),
        deposit_contract: PORTAL,
        system_config_address: SYSTEM_CONFIG,
        upgrade_data: hashes.iter().map(|hash| (*hash, vec![1])).collect(),
        ..Rollup::default()
    }
}

/// An L1 of two blocks, of which the second logs a deposit and an update of the gas limit.
struct Chain {
    l1: L1,
    first: L1Block,
    second: L1Block,
}

impl Chain {
    fn new() -> Self {
        let first = l1_block(10, 990);
        let mut second = l1_block(11, 1002);
        second.header.parent_hash = first.hash;
        second.header.mix_hash = Hash([0xab; 32]);
        second.header.parent_beacon_block_root = Some(Hash([0xcd; 32]));
        second.hash = second.header.hash();
        let mut l1 = L1::default();
        for block in [&first, &second] {
            l1.blocks.insert(block.hash, Rc::new(block.clone()));
        }
        let logs = vec![update(2, 40_000_000), deposit_log()];
        l1.receipts
            .insert(second.hash, vec![receipt(2, logs).encode()]);
        Self { l1, first, second }
    }

    /// The parent, with these EIP-1559 parameters from Holocene on.
    fn parent(&self, rollup: &Rollup, extra_data: &[u8]) -> L2Block {
        let deposit = l1_attributes(rollup, &config(), &self.first, 4, TIME - 2, TIME);
        let header = Header {
            number: 7,
            timestamp: TIME,
            gas_limit: 30_000_000,
            extra_data: extra_data.to_vec(),
            ..Header::default()
        };
        let transactions = vec![Transaction::Deposit(deposit).encode()];
        L2Block::new::<Missing>(Hash([7; 32]), header, transactions, &Genesis::default()).unwrap()
    }

    fn next(
        &mut self,
        rollup: &Rollup,
        epoch: BlockId,
        extra_data: &[u8],
    ) -> Result<Attributes, DeriveError<Missing>> {
        let parent = self.parent(rollup, extra_data);
        let user = vec![vec![2, 0xc0]];
        attributes(&mut self.l1, rollup, &parent, epoch, TIME + 2, user)
    }
}

fn update(update_type: u64, value: u64) -> Log {
    let words = [32, 32, value].map(|word| Word::from(word).to_be_bytes());
    Log {
        address: SYSTEM_CONFIG,
        topics: vec![
            keccak256(b"ConfigUpdate(uint256,uint8,bytes)"),
            Hash::ZERO,
            Word::from(update_type).into(),
        ],
        data: words.concat(),
    }
}

fn deposit_log() -> Log {
    let mut data = [32_u64, 73]
        .map(|word| Word::from(word).to_be_bytes())
        .concat();
    data.extend([0; 96]);
    Log {
        address: PORTAL,
        topics: vec![
            keccak256(b"TransactionDeposited(address,address,uint256,bytes)"),
            Hash::ZERO,
            Hash::ZERO,
            Hash::ZERO,
        ],
        data,
    }
}

fn deposit(raw: &[u8]) -> Deposit {
    match Transaction::decode(raw).unwrap() {
        Transaction::Deposit(deposit) => deposit,
        Transaction::Signed(_) => panic!("not a deposit"),
    }
}

/// "User-deposited transactions are only present in the first block of a L2 epoch."
#[test]
fn block_of_the_same_epoch_takes_no_deposits() {
    let mut chain = Chain::new();
    let rollup = rollup(Fork::Granite, Fork::Granite);
    let id = chain.first.id();
    // So that it would be seen if receipts of the epoch were read again.
    chain
        .l1
        .receipts
        .insert(id.hash, vec![receipt(2, vec![deposit_log()]).encode()]);
    let attributes = chain.next(&rollup, id, &[]).unwrap();
    assert_eq!(attributes.transactions.len(), 2);
    let l1 = L1Attributes::decode(&deposit(&attributes.transactions[0]).data).unwrap();
    assert_eq!((l1.block, l1.sequence_number), (id, 5));
    assert_eq!(attributes.gas_limit, 30_000_000);
    // "default to zero": the first block of L1 here knows no beacon chain.
    assert_eq!(attributes.parent_beacon_block_root, Some(Hash::ZERO));
}

#[test]
fn first_block_of_an_epoch_takes_its_deposits_and_configuration() {
    let mut chain = Chain::new();
    let rollup = rollup(Fork::Granite, Fork::Granite);
    let id = chain.second.id();
    let attributes = chain.next(&rollup, id, &[]).unwrap();
    let expected = Attributes {
        timestamp: TIME + 2,
        prev_randao: Hash([0xab; 32]),
        fee_recipient: "0x4200000000000000000000000000000000000011"
            .parse()
            .unwrap(),
        parent_beacon_block_root: Some(Hash([0xcd; 32])),
        gas_limit: 40_000_000,
        transactions: attributes.transactions.clone(),
        eip1559_params: None,
        min_base_fee: None,
    };
    assert_eq!(attributes, expected);
    assert_eq!(attributes.transactions.len(), 3);
    let l1 = L1Attributes::decode(&deposit(&attributes.transactions[0]).data).unwrap();
    assert_eq!((l1.block, l1.sequence_number), (id, 0));
    assert_eq!(l1.batcher, config().batcher);
    assert_eq!(deposit(&attributes.transactions[1]).gas_limit, 0);
    assert_eq!(attributes.transactions[2], [2, 0xc0]);
}

/// "Transactions **must** appear in this order": L1 attributes, user deposits, network upgrades,
/// sequenced ones.
#[test]
fn upgrades_come_between_deposits_and_the_batchs_transactions() {
    let mut chain = Chain::new();
    let rollup = rollup(Fork::Ecotone, Fork::Fjord);
    let id = chain.second.id();
    let attributes = chain.next(&rollup, id, &[]).unwrap();
    let all = &attributes.transactions;
    assert_eq!(all.len(), 2 + 3 + 1);
    let oracle: Address = "0x4210000000000000000000000000000000000002"
        .parse()
        .unwrap();
    assert_eq!(deposit(&all[2]).from, oracle);
    assert_eq!(all[5], [2, 0xc0]);
}

#[test]
fn beacon_root_belongs_to_ecotone() {
    let mut chain = Chain::new();
    let rollup = rollup(Fork::Delta, Fork::Delta);
    let id = chain.second.id();
    let attributes = chain.next(&rollup, id, &[]).unwrap();
    assert_eq!(attributes.parent_beacon_block_root, None);
}

const HOLOCENE_EXTRA: [u8; 9] = [0, 0, 0, 0, 50, 0, 0, 0, 6];

/// "On the fork activation block, the attributes builder will include a 0'd out `eip1559Params`."
#[test]
fn eip1559_parameters_are_zero_in_holocenes_first_block() {
    let mut chain = Chain::new();
    let id = chain.second.id();
    let logs = vec![update(4, 250 << 32 | 2)];
    chain
        .l1
        .receipts
        .insert(id.hash, vec![receipt(2, logs).encode()]);
    let first = chain
        .next(&rollup(Fork::Granite, Fork::Holocene), id, &[])
        .unwrap();
    assert_eq!(first.eip1559_params, Some([0; 8]));

    let holocene = rollup(Fork::Holocene, Fork::Holocene);
    let updated = chain.next(&holocene, id, &HOLOCENE_EXTRA).unwrap();
    assert_eq!(updated.eip1559_params, Some([0, 0, 0, 250, 0, 0, 0, 2]));
    let same = chain
        .next(&holocene, chain.first.id(), &HOLOCENE_EXTRA)
        .unwrap();
    assert_eq!(same.eip1559_params, Some([0, 0, 0, 50, 0, 0, 0, 6]));
    assert_eq!(same.min_base_fee, None);
}

/// "The `minBaseFee` MUST be `null` prior to the Jovian fork, and MUST be non-`null` after."
#[test]
fn minimum_base_fee_begins_with_jovian() {
    let mut chain = Chain::new();
    let first = chain
        .next(
            &rollup(Fork::Isthmus, Fork::Jovian),
            chain.first.id(),
            &HOLOCENE_EXTRA,
        )
        .unwrap();
    assert_eq!(first.min_base_fee, Some(0));
    let mut extra = vec![1];
    extra.extend(&HOLOCENE_EXTRA[1..]);
    extra.extend(77_u64.to_be_bytes());
    let later = chain
        .next(
            &rollup(Fork::Jovian, Fork::Jovian),
            chain.first.id(),
            &extra,
        )
        .unwrap();
    assert_eq!(later.min_base_fee, Some(77));
    assert_eq!(later.eip1559_params, Some([0, 0, 0, 50, 0, 0, 0, 6]));
}

#[test]
fn epoch_that_does_not_follow_is_an_error() {
    let rollup = rollup(Fork::Granite, Fork::Granite);
    let mut chain = Chain::new();
    let unknown = BlockId {
        hash: Hash([9; 32]),
        number: 11,
    };
    assert_eq!(
        chain.next(&rollup, unknown, &[]),
        Err(DeriveError::Source(Missing("block")))
    );
    let mut forked = chain.second.clone();
    forked.header.parent_hash = Hash([9; 32]);
    forked.hash = forked.header.hash();
    let mut late = chain.second.clone();
    late.header.timestamp = TIME + 3;
    late.hash = late.header.hash();
    for block in [forked, late] {
        chain.l1.blocks.insert(block.hash, Rc::new(block.clone()));
        let result = chain.next(&rollup, block.id(), &[]);
        assert!(matches!(result, Err(DeriveError::Block { .. })));
    }
}
