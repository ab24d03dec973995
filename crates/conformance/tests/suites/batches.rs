//! What batchers posted.

use std::io::Write;

use alloy_consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Signature, hex};
use alloy_rlp::Encodable;
use endgame_conformance::{Fixture, Report, batches};
use flate2::{Compression, write::ZlibEncoder};
use kona_protocol::{Frame, SingleBatch};

use crate::{failure, heard, made::Made};

fn run(made: &Made) -> Report {
    let fixture = Fixture::open(&made.path).unwrap();
    heard(|on_item| batches(&fixture, None, on_item).unwrap())
}

fn channel(batch: &SingleBatch) -> Vec<u8> {
    let mut bytes = vec![0];
    batch.encode(&mut bytes);
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder
        .write_all(&alloy_rlp::encode(bytes.as_slice()))
        .unwrap();
    encoder.finish().unwrap()
}

fn transaction(input: Vec<u8>) -> Vec<u8> {
    let unsigned = TxEip1559 {
        chain_id: 1,
        input: input.into(),
        ..TxEip1559::default()
    };
    let signed = unsigned.into_signed(Signature::test_signature());
    TxEnvelope::from(signed).encoded_2718()
}

fn frame() -> Vec<u8> {
    let frame = Frame {
        id: [7; 16],
        number: 2,
        data: vec![1, 2, 3],
        is_last: true,
    };
    [&[0], frame.encode().as_slice()].concat()
}

#[test]
fn both_readers_find_the_same_in_transactions_channels_and_spans() {
    let made = Made::new();
    let batch = SingleBatch {
        epoch_num: 5,
        timestamp: 1_700_000_000,
        transactions: vec![vec![2, 0xc0].into()],
        ..SingleBatch::default()
    };
    made.write_raw("", "channel-1.hex", hex::encode(channel(&batch)).as_bytes());
    made.write_raw("", "channel-2.bin", &channel(&batch));
    made.write_raw("", "batcher-tx.bin", &transaction(frame()));
    // Two blocks, the second of another L1 origin, without transactions.
    let span = [&[10, 5], &[0xab; 40][..], &[2, 0b10, 0, 0]].concat();
    made.write_raw("", "raw-span-batch.bin", &span);
    made.write_raw("", "notes.bin", b"not looked at");
    let report = run(&made);
    assert_eq!((report.passed, report.failed), (4, 0), "{report:?}");
}

#[test]
fn what_is_no_batch_fails_with_a_reason() {
    for (name, data, expected) in [
        ("channel.bin", vec![0x78, 0x9c, 1, 2, 3], "no batches"),
        ("channel.hex", b"7g".to_vec(), "not hexadecimal"),
        (
            "batcher-tx.bin",
            vec![2, 0xc0],
            "ortho: no signed transaction",
        ),
        (
            "batcher-tx.bin",
            transaction(vec![1, 2]),
            "ortho: batcher transaction of version 1",
        ),
        ("raw-span-batch.bin", vec![1, 2], "ortho: no span batch"),
    ] {
        let made = Made::new();
        made.write_raw("", name, &data);
        let report = run(&made);
        assert!(failure(&report).starts_with(expected), "{report:?}");
    }
}
