//! Receipts and what users deposit in them (OP specs `protocol/deposits.md`, "User-Deposited
//! Transactions"; `protocol/derivation.md`, "On Future-Proof Transaction Log Derivation").
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod l1;

use alloy_primitives::{B256, LogData};
use endgame_ortho_derive::{DeriveError, Rollup, receipts, user_deposits};
use endgame_ortho_primitives::{Address, Hash, Word, keccak256};
use endgame_ortho_types::{Deposit, DepositReceipt, Log, Outcome, Receipt};
use kona_protocol::decode_deposit;
use l1::{L1, Missing, l1_block, receipt};
use proptest::prelude::*;

const PORTAL: Address = Address([0xde; 20]);
const FROM: Address = Address([0xf0; 20]);
const TO: Address = Address([0x70; 20]);

/// `abi.encode(abi.encodePacked(mint, value, gas limit, is creation, data))`.
fn event(mint: u64, value: u64, gas_limit: u64, is_creation: u8, data: &[u8]) -> Log {
    let word = |value: u64| Word::from(value).to_be_bytes();
    let mut opaque = [word(mint), word(value)].concat();
    opaque.extend(gas_limit.to_be_bytes());
    opaque.push(is_creation);
    opaque.extend(data);
    let mut encoded = [word(32), word(opaque.len() as u64)].concat();
    encoded.extend(&opaque);
    encoded.resize(encoded.len().next_multiple_of(32), 0);
    Log {
        address: PORTAL,
        topics: vec![
            keccak256(b"TransactionDeposited(address,address,uint256,bytes)"),
            FROM.to_word().into(),
            TO.to_word().into(),
            Hash::ZERO,
        ],
        data: encoded,
    }
}

fn deposits_of(receipts: &[Receipt]) -> Result<Vec<Deposit>, DeriveError<Missing>> {
    let rollup = Rollup {
        deposit_contract: PORTAL,
        ..Rollup::default()
    };
    user_deposits(&l1_block(3, 4), receipts, &rollup)
}

fn deposits(logs: Vec<Log>) -> Result<Vec<Deposit>, DeriveError<Missing>> {
    deposits_of(&[receipt(2, logs)])
}

/// "`keccak256(bytes32(uint256(0)), keccak256(l1BlockHash, bytes32(uint256(l1LogIndex))))`".
fn source_hash(index: u8) -> Hash {
    let mut inner = l1_block(3, 4).hash.0.to_vec();
    inner.extend([0; 31]);
    inner.push(index);
    keccak256(&[&[0; 32][..], &keccak256(&inner).0].concat())
}

#[test]
fn event_becomes_a_deposit() {
    let expected = Deposit {
        source_hash: source_hash(0),
        from: FROM,
        to: Some(TO),
        mint: Word::from(5_u64),
        value: Word::from(6_u64),
        gas_limit: 100_000,
        is_system: false,
        data: b"data".to_vec(),
    };
    let call = event(5, 6, 100_000, 0, b"data");
    assert_eq!(deposits(vec![call]).unwrap().first(), Some(&expected));

    let creation = Deposit {
        to: None,
        ..expected
    };
    for is_creation in [1, 255] {
        let log = event(5, 6, 100_000, is_creation, b"data");
        assert_eq!(deposits(vec![log]).unwrap().first(), Some(&creation));
    }
}

#[test]
fn data_of_any_length_is_kept() {
    for length in [0, 22, 23, 24, 55, 1000] {
        let data = vec![7; length];
        let deposit = deposits(vec![event(0, 0, 21_000, 0, &data)]).unwrap();
        assert_eq!(deposit[0].data, data);
    }
}

/// "`l1LogIndex` is the index of the deposit event log in the combined list of log events of the
/// block."
#[test]
fn log_index_counts_every_log_of_the_block() {
    let log = || event(0, 0, 21_000, 0, &[]);
    let other = || Log::default();
    let receipts = [
        receipt(0, vec![other(), log()]),
        receipt(2, vec![]),
        receipt(2, vec![other(), log(), other(), log()]),
    ];
    let deposits = deposits_of(&receipts).unwrap();
    let hashes: Vec<_> = deposits.iter().map(|deposit| deposit.source_hash).collect();
    assert_eq!(hashes, [1, 3, 5].map(source_hash));
}

#[test]
fn others_logs_and_failed_transactions_deposit_nothing() {
    let mut elsewhere = event(0, 0, 21_000, 0, &[]);
    elsewhere.address = Address([1; 20]);
    let mut other_event = event(0, 0, 21_000, 0, &[]);
    other_event.topics[0] = Hash::ZERO;
    let mut no_topic = event(0, 0, 21_000, 0, &[]);
    no_topic.topics.clear();
    assert_eq!(
        deposits(vec![elsewhere, other_event, no_topic]).unwrap(),
        []
    );

    let mut failed = receipt(2, vec![event(0, 0, 21_000, 0, &[])]);
    for outcome in [Outcome::Status(false), Outcome::StateRoot(Hash::ZERO)] {
        failed.outcome = outcome;
        assert_eq!(deposits_of(&[failed.clone()]).unwrap(), []);
    }
}

/// The contract logs nothing of the kind: a configuration that names another is no chain's.
#[test]
fn malformed_deposit_is_an_error_and_is_not_passed_over() {
    let good = || event(1, 2, 21_000, 0, b"data");
    let mut three_topics = good();
    three_topics.topics.pop();
    let mut version = good();
    version.topics[3] = Hash([1; 32]);
    let mut offset = good();
    offset.data[31] = 64;
    let mut too_long = good();
    too_long.data[62] = 1;
    let mut huge = good();
    huge.data[32..64].fill(0xff);
    let mut short = good();
    short.data[63] = 72;
    let mut unaligned = good();
    unaligned.data.pop();
    let mut padded = good();
    padded.data.extend([0; 32]);
    let mut empty = good();
    empty.data.clear();
    let bad = [
        three_topics,
        version,
        offset,
        too_long,
        huge,
        short,
        unaligned,
        padded,
        empty,
    ];
    for log in bad {
        let result = deposits(vec![good(), log.clone()]);
        assert!(matches!(result, Err(DeriveError::Block { .. })), "{log:?}");
    }
}

/// The log as the peer has it.
fn peers_log(log: &Log) -> alloy_primitives::Log {
    let topics = log.topics.iter().map(|topic| B256::from(topic.0)).collect();
    alloy_primitives::Log {
        address: log.address.0.into(),
        data: LogData::new_unchecked(topics, log.data.clone().into()),
    }
}

/// The receipts of a block with these encodings, of transactions that begin with these bytes.
fn read(
    encoded: Vec<Vec<u8>>,
    transactions: Vec<Vec<u8>>,
) -> Result<Vec<Receipt>, DeriveError<Missing>> {
    let block = l1_block(3, 4);
    let mut l1 = L1::default();
    l1.receipts.insert(block.hash, encoded);
    l1.transactions.insert(block.hash, transactions);
    receipts(&mut l1, &block)
}

#[test]
fn receipts_of_every_known_type_are_read() {
    let mut expected: Vec<Receipt> = (0..5)
        .map(|tx_type| receipt(tx_type, vec![Log::default()]))
        .collect();
    expected.push(Receipt {
        deposit: DepositReceipt {
            nonce: Some(7),
            version: Some(1),
        },
        ..receipt(0x7e, vec![])
    });
    let encoded = expected.iter().map(Receipt::encode).collect();
    assert_eq!(read(encoded, vec![]).unwrap(), expected);
}

/// "The receipt payload is decoded as if it is encoded as `rlp([status,
/// cumulative_transaction_gas_used, logs_bloom, logs])`. [...] If this decoding fails, the
/// transaction's receipt is discarded as invalid."
#[test]
fn receipts_of_future_types_are_read_as_well_as_possible() {
    let deposit = || vec![event(0, 0, 21_000, 0, &[])];
    let first = receipt(2, vec![Log::default()]);
    for tx_type in [0x05, 0x64, 0x7d] {
        let future = receipt(tx_type, deposit());
        let encoded = vec![first.encode(), future.encode()];
        let transactions = vec![vec![2], vec![tx_type, 0xc0]];
        let read_back = read(encoded, transactions).unwrap();
        assert_eq!(read_back, [first.clone(), future]);
        let deposits = deposits_of(&read_back).unwrap();
        assert_eq!(deposits[0].source_hash, source_hash(1));
    }
    let mut longer = receipt(0x05, deposit());
    longer.cumulative_gas_used = 1;
    let mut broken = longer.encode();
    broken.push(0);
    let last = receipt(2, deposit());
    let encoded = vec![broken, vec![0x05], last.encode()];
    let transactions = vec![vec![5], vec![5], vec![2]];
    assert_eq!(read(encoded, transactions).unwrap(), [last]);
}

/// "The _future_ receipt encoding's first byte must be the same byte as the transaction encoding's
/// first byte, or it is discarded as invalid."
#[test]
fn receipt_of_another_future_type_than_its_transaction_is_discarded() {
    let future = receipt(0x05, vec![]);
    for transaction in [vec![6], vec![2], vec![]] {
        let read_back = read(vec![future.encode()], vec![transaction]).unwrap();
        assert_eq!(read_back, []);
    }
    let reserved = receipt(0x7f, vec![]).encode();
    assert_eq!(read(vec![reserved], vec![vec![0x7f]]).unwrap(), []);
}

#[test]
fn known_receipt_that_does_not_decode_is_an_error() {
    let mut encoded = receipt(2, vec![]).encode();
    encoded.pop();
    let result = read(vec![encoded], vec![]);
    assert!(matches!(result, Err(DeriveError::Malformed { .. })));
}

proptest! {
    #[test]
    fn deposits_are_what_was_logged(
        numbers in any::<[u64; 3]>(),
        is_creation in any::<u8>(),
        data in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let [mint, value, gas_limit] = numbers;
        let log = event(mint, value, gas_limit, is_creation, &data);
        let deposits = deposits(vec![log.clone()]).unwrap();
        let theirs = decode_deposit(l1_block(3, 4).hash.0.into(), 0, &peers_log(&log)).unwrap();
        prop_assert_eq!(deposits[0].encode(), theirs.to_vec());
        prop_assert_eq!(&deposits[0].data, &data);
        prop_assert_eq!(deposits[0].mint, Word::from(mint));
        prop_assert_eq!(deposits[0].value, Word::from(value));
        prop_assert_eq!(deposits[0].gas_limit, gas_limit);
        prop_assert_eq!(deposits[0].to.is_none(), is_creation != 0);
    }

    #[test]
    fn any_log_data_is_a_deposit_or_an_error(
        data in prop::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 0..300),
        length in 0..300_u64,
    ) {
        let mut log = event(0, 0, 0, 0, &[]);
        log.data = [&log.data[..32], &Word::from(length).to_be_bytes(), &data].concat();
        match deposits(vec![log]) {
            Ok(deposits) => prop_assert_eq!(deposits[0].data.len() as u64, length - 73),
            Err(error) => {
                let is_block = matches!(error, DeriveError::Block { .. });
                prop_assert!(is_block);
            }
        }
    }

    #[test]
    fn any_receipts_are_read_or_an_error(
        encoded in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..4),
        first in 0_u8..=255,
    ) {
        let transactions = vec![vec![first]; encoded.len()];
        match read(encoded, transactions) {
            Ok(_) | Err(DeriveError::Malformed { .. }) => {}
            Err(error) => prop_assert!(false, "{error:?}"),
        }
    }
}
