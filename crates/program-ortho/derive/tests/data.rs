//! What counts as a batcher's data (OP specs `protocol/derivation.md`, "L1 Retrieval";
//! `protocol/ecotone/derivation.md`, "Ecotone: Blob Retrieval", "Blob Encoding").
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod l1;

use endgame_ortho_derive::{DeriveError, Rollup, batcher_data, decode_blob};
use endgame_ortho_execute::{Fork, Forks};
use endgame_ortho_primitives::{Address, Hash};
use endgame_ortho_types::{AccessListItem, Authorization, Deposit, Transaction, TxType, Unsigned};
use l1::{L1, Missing, address_of, l1_block, sign};
use proptest::prelude::*;

const INBOX: Address = Address([0xff; 20]);
const BATCHER: u8 = 1;
const SOMEBODY: u8 = 2;
const ECOTONE: u64 = 1000;

fn rollup() -> Rollup {
    Rollup {
        forks: Forks::new([(Fork::Ecotone, ECOTONE)]),
        batch_inbox: INBOX,
        ..Rollup::default()
    }
}

fn to_inbox(tx_type: TxType, data: &[u8]) -> Unsigned {
    Unsigned {
        tx_type,
        chain_id: Some(1),
        to: Some(INBOX),
        data: data.to_vec(),
        ..Unsigned::default()
    }
}

fn with_blobs(hashes: &[u8]) -> Unsigned {
    Unsigned {
        blob_hashes: hashes.iter().map(|byte| Hash([*byte; 32])).collect(),
        ..to_inbox(TxType::Blob, b"call data")
    }
}

fn data_at(time: u64, l1: &mut L1, transactions: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    try_data_at(time, l1, transactions).unwrap()
}

fn try_data_at(
    time: u64,
    l1: &mut L1,
    transactions: Vec<Vec<u8>>,
) -> Result<Vec<Vec<u8>>, DeriveError<Missing>> {
    let block = l1_block(5, time);
    l1.transactions.insert(block.hash, transactions);
    batcher_data(l1, &rollup(), &block, address_of(BATCHER))
}

/// The encoding as the specification writes it down: reads of 31 and 1 bytes, four elements each.
fn encode_blob(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0];
    stream.extend(&(data.len() as u32).to_be_bytes()[1..]);
    stream.extend(data);
    stream.resize(130_048, 0);
    let mut blob = Vec::new();
    for round in stream.chunks(127) {
        let (x, y, z) = (round[31], round[63], round[95]);
        blob.push(x & 0b0011_1111);
        blob.extend(&round[..31]);
        blob.push((y & 0b0000_1111) | ((x & 0b1100_0000) >> 2));
        blob.extend(&round[32..63]);
        blob.push(z & 0b0011_1111);
        blob.extend(&round[64..95]);
        blob.push(((z & 0b1100_0000) >> 2) | ((y & 0b1111_0000) >> 4));
        blob.extend(&round[96..]);
    }
    blob
}

#[test]
fn data_of_every_allowed_type_comes_in_order() {
    let types = [TxType::Legacy, TxType::AccessList, TxType::DynamicFee];
    let mut transactions: Vec<_> = types
        .iter()
        .map(|tx_type| sign(to_inbox(*tx_type, &[*tx_type as u8]), BATCHER))
        .collect();
    transactions.push(
        Transaction::Deposit(Deposit {
            from: address_of(BATCHER),
            to: Some(INBOX),
            data: vec![0x7e],
            ..Deposit::default()
        })
        .encode(),
    );
    for time in [ECOTONE - 1, ECOTONE] {
        let data = data_at(time, &mut L1::default(), transactions.clone());
        assert_eq!(data, [[0], [1], [2], [0x7e]]);
    }
}

#[test]
fn others_and_other_recipients_are_passed_over() {
    let elsewhere = Unsigned {
        to: Some(Address([1; 20])),
        ..to_inbox(TxType::DynamicFee, b"elsewhere")
    };
    let creation = Unsigned {
        to: None,
        ..to_inbox(TxType::DynamicFee, b"creation")
    };
    let deposit = Deposit {
        from: address_of(SOMEBODY),
        to: Some(INBOX),
        ..Deposit::default()
    };
    let transactions = vec![
        sign(to_inbox(TxType::DynamicFee, b"another's"), SOMEBODY),
        sign(elsewhere, BATCHER),
        sign(creation, BATCHER),
        Transaction::Deposit(deposit).encode(),
    ];
    assert!(data_at(ECOTONE, &mut L1::default(), transactions).is_empty());
}

/// "The transaction type is one of `0`, `1`, `2`, `3`, or `0x7e`."
#[test]
fn set_code_transactions_are_no_batchers() {
    let set_code = Unsigned {
        authorizations: vec![Authorization::default()],
        ..to_inbox(TxType::SetCode, b"data")
    };
    let transactions = vec![sign(set_code, BATCHER)];
    assert!(data_at(ECOTONE, &mut L1::default(), transactions).is_empty());
}

#[test]
fn unsigned_unknown_and_broken_transactions_are_passed_over() {
    let unsigned = Transaction::Signed(endgame_ortho_types::Signed {
        body: to_inbox(TxType::DynamicFee, b"data"),
        ..Default::default()
    });
    let good = sign(to_inbox(TxType::DynamicFee, b"good"), BATCHER);
    let mut future = good.clone();
    future[0] = 5;
    let transactions = vec![unsigned.encode(), future, vec![], good[1..].to_vec(), good];
    let data = data_at(ECOTONE, &mut L1::default(), transactions);
    assert_eq!(data, [b"good"]);
}

/// "If the batcher transaction is a blob transaction, then its calldata MUST be ignored."
#[test]
fn blobs_come_instead_of_call_data_from_ecotone_on() {
    let transactions = vec![
        sign(to_inbox(TxType::DynamicFee, b"first"), BATCHER),
        sign(with_blobs(&[7, 8]), BATCHER),
        sign(to_inbox(TxType::DynamicFee, b"last"), BATCHER),
    ];
    let mut l1 = L1::default();
    l1.blobs.insert((0, Hash([7; 32])), encode_blob(b"seven"));
    l1.blobs.insert((1, Hash([8; 32])), encode_blob(b"eight"));
    let data = data_at(ECOTONE, &mut l1, transactions.clone());
    assert_eq!(data, [&b"first"[..], b"seven", b"eight", b"last"]);

    let data = data_at(ECOTONE - 1, &mut l1, transactions);
    assert_eq!(data, [&b"first"[..], b"call data", b"last"]);
}

#[test]
fn blob_indices_count_the_blobs_of_others() {
    let transactions = vec![
        sign(with_blobs(&[1, 2]), SOMEBODY),
        sign(with_blobs(&[3]), BATCHER),
        sign(
            Unsigned {
                to: Some(Address([1; 20])),
                ..with_blobs(&[4])
            },
            BATCHER,
        ),
        sign(with_blobs(&[3]), BATCHER),
    ];
    let mut l1 = L1::default();
    for index in [2, 4] {
        l1.blobs
            .insert((index, Hash([3; 32])), encode_blob(&[index as u8]));
    }
    assert_eq!(data_at(ECOTONE, &mut l1, transactions), [[2], [4]]);
    assert_eq!(
        *l1.asked_blobs.borrow(),
        [(2, Hash([3; 32])), (4, Hash([3; 32]))]
    );
}

/// "If the blob has a valid encoding, decode it [...]. Otherwise the blob is ignored."
#[test]
fn invalid_blobs_are_ignored_and_missing_ones_are_an_error() {
    let transactions = vec![sign(with_blobs(&[7, 8]), BATCHER)];
    let mut l1 = L1::default();
    let mut other_version = encode_blob(b"seven");
    other_version[1] = 1;
    l1.blobs.insert((0, Hash([7; 32])), other_version);
    l1.blobs.insert((1, Hash([8; 32])), encode_blob(b"eight"));
    assert_eq!(data_at(ECOTONE, &mut l1, transactions.clone()), [b"eight"]);

    l1.blobs.clear();
    assert_eq!(
        try_data_at(ECOTONE, &mut l1, transactions),
        Err(DeriveError::Source(Missing("blob")))
    );
}

#[test]
fn blob_lengths_are_taken_up_to_the_most_that_fit() {
    for length in [0, 1, 26, 27, 28, 123, 124, 130_043, 130_044] {
        let data: Vec<u8> = (0..length).map(|n: u32| (n * 7 + 255) as u8).collect();
        assert_eq!(decode_blob(&encode_blob(&data)).unwrap(), data, "{length}");
    }
    let mut too_long = encode_blob(&[]);
    too_long[2..5].copy_from_slice(&130_045_u32.to_be_bytes()[1..]);
    assert_eq!(decode_blob(&too_long), None);
    assert_eq!(decode_blob(&vec![0; 131_071]), None);
    assert_eq!(decode_blob(&[]), None);
}

/// "Any trailing data, past the length delimiter, must be 0, to keep the encoding/decoding
/// bijective."
#[test]
fn bits_after_the_data_make_a_blob_invalid() {
    for at in [5 + 1, 32, 128, 131_040, 131_071] {
        let mut blob = encode_blob(&[0]);
        assert_eq!(decode_blob(&blob), Some(vec![0]));
        blob[at] |= 1;
        assert_eq!(decode_blob(&blob), None, "{at}");
    }
}

/// "The top-most two bits of each field-element must be 0": but those of the first are read by
/// neither op-node nor kona.
#[test]
fn unused_bits_make_a_blob_invalid_but_for_the_first_element() {
    let full = encode_blob(&vec![0x5a; 130_044]);
    for element in [1, 2, 3, 4, 4095] {
        for bit in [0x40, 0x80] {
            let mut blob = full.clone();
            blob[32 * element] |= bit;
            assert_eq!(decode_blob(&blob), None, "{element}");
        }
    }
    let mut blob = full;
    blob[0] |= 0x40;
    assert_eq!(decode_blob(&blob), Some(vec![0x5a; 130_044]));
}

fn any_transaction() -> impl Strategy<Value = Vec<u8>> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..200);
    let body = (0..5_u8, bytes(), any::<u64>(), any::<bool>());
    let signed = (body, any::<bool>()).prop_map(|((tx_type, data, id, inbox), batcher)| {
        let tx_type = [
            TxType::Legacy,
            TxType::AccessList,
            TxType::DynamicFee,
            TxType::Blob,
            TxType::SetCode,
        ][tx_type as usize];
        let body = Unsigned {
            chain_id: Some(id),
            to: Some(if inbox { INBOX } else { Address::ZERO }),
            access_list: vec![AccessListItem::default()],
            blob_hashes: vec![Hash::ZERO],
            ..to_inbox(tx_type, &data)
        };
        sign(body, if batcher { BATCHER } else { SOMEBODY })
    });
    let flipped =
        (signed, any::<prop::sample::Index>(), any::<u8>()).prop_map(|(mut raw, at, byte)| {
            let at = at.index(raw.len());
            raw[at] ^= byte;
            raw
        });
    prop_oneof![flipped, bytes()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Only a blob that the source has not got ends derivation.
    #[test]
    fn no_transaction_ends_derivation(
        transactions in prop::collection::vec(any_transaction(), 0..6),
        time in ECOTONE - 1..=ECOTONE,
    ) {
        match try_data_at(time, &mut L1::default(), transactions) {
            Ok(_) | Err(DeriveError::Source(Missing("blob"))) => {}
            Err(error) => prop_assert!(false, "{error:?}"),
        }
    }

    #[test]
    fn blobs_give_back_what_was_encoded(data in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert_eq!(decode_blob(&encode_blob(&data)).unwrap(), data);
    }
}
