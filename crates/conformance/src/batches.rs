//! Batcher transactions, channels and span batches of real chains, read by `ortho` and by kona's
//! published reader.

use std::{fs, io::Read, path::Path, time::Instant};

use alloy_consensus::Transaction as _;
use alloy_eips::eip2718::Decodable2718;
use alloy_primitives::hex;
use endgame_ortho_derive::{Batch, ChannelReader, ChannelRules, Frame, SpanRules};
use endgame_ortho_types::Transaction;
use flate2::{Compression, bufread::ZlibEncoder};
use kona_genesis::RollupConfig;
use kona_protocol::{Batch as KonaBatch, BatchReader, Frame as KonaFrame, RawSpanBatch};

use crate::{ConformanceError, Fixture, Item, Outcome, Report};

/// Bytes of a channel that count (specs `protocol/fjord/derivation.md`, "Increasing
/// `MAX_RLP_BYTES_PER_CHANNEL`").
const MAX_RLP_BYTES: usize = 100_000_000;
/// OP Mainnet's, of which the data is. Only what a span batch leaves out depends on it.
const RULES: SpanRules = SpanRules {
    genesis_time: 1_686_068_903,
    block_time: 2,
    chain_id: 10,
};
/// The version of span batches.
const SPAN: u8 = 1;

/// A block of a batch: its time, the number of its L1 origin, its transactions.
type Block = (u64, u64, Vec<Vec<u8>>);

/// What a file holds, by how its name begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// An L1 transaction (EIP-2718) that carries frames.
    BatcherTransaction,
    /// The data of a channel.
    Channel,
    /// A span batch without its version byte.
    Span,
}

impl Kind {
    const ALL: [(&str, Self); 3] = [
        ("batcher-tx", Self::BatcherTransaction),
        ("channel", Self::Channel),
        ("raw-span-batch", Self::Span),
    ];

    fn of(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(start, _)| name.starts_with(start))
            .map(|(_, kind)| *kind)
    }
}

/// Reads each file below `fixture` (op-rs/kona, `testdata` of its protocol crates: `batcher-tx*`,
/// `channel*`, `raw-span-batch*`; text in hexadecimal where the name ends in `.hex`) with both
/// readers, which must find the same and not nothing.
pub fn batches(
    fixture: &Fixture,
    filter: Option<&str>,
    mut on_item: impl FnMut(&Item),
) -> Result<Report, ConformanceError> {
    let mut report = Report::default();
    let kinds = Kind::ALL.map(|(start, _)| format!("{start}*")).join(", ");
    let cases = fixture.files_named(|name| Kind::of(name).is_some(), &kinds, filter)?;
    for case in cases {
        let start = Instant::now();
        let compared = read(&case.path).and_then(|data| compare(&case.name, &data));
        let outcome = match compared {
            Ok(()) => Outcome::Passed,
            Err(reason) => Outcome::Failed(reason),
        };
        let item = Item {
            name: case.name,
            outcome,
            gas_used: None,
            steps: None,
            elapsed: start.elapsed(),
        };
        on_item(&item);
        report.add(item);
    }
    Ok(report)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let data = fs::read(path).map_err(|error| error.to_string())?;
    if path.extension().is_some_and(|extension| extension == "hex") {
        let text = String::from_utf8(data).map_err(|_| "not hexadecimal".to_owned())?;
        return hex::decode(text.trim()).map_err(|error| format!("not hexadecimal: {error}"));
    }
    Ok(data)
}

fn compare(name: &str, data: &[u8]) -> Result<(), String> {
    match Kind::of(name).ok_or("no file of a known kind")? {
        Kind::BatcherTransaction => same("frames", &ortho_frames(data)?, &kona_frames(data)?),
        Kind::Channel => same("batches", &ortho_batches(data), &kona_batches(data)),
        Kind::Span => {
            let string = alloy_rlp::encode([&[SPAN], data].concat().as_slice());
            let mut channel = ZlibEncoder::new(string.as_slice(), Compression::fast());
            let mut compressed = Vec::new();
            channel
                .read_to_end(&mut compressed)
                .map_err(|error| error.to_string())?;
            let batches = ortho_batches(&compressed);
            if batches.is_empty() {
                // kona's reader does not bear every span that is cut short.
                return Err("ortho: no span batch".to_owned());
            }
            same("batches", &batches, &kona_span(data)?)
        }
    }
}

/// Whether both found the same, and something.
fn same<T: PartialEq>(what: &str, ortho: &[T], kona: &[T]) -> Result<(), String> {
    let difference = ortho.iter().zip(kona).position(|(one, two)| one != two);
    match difference {
        Some(at) => Err(format!("{what} differ from number {at} on")),
        None if ortho.len() != kona.len() => {
            let (ortho, kona) = (ortho.len(), kona.len());
            Err(format!("ortho has {ortho} {what}, kona {kona}"))
        }
        None if ortho.is_empty() => Err(format!("no {what}")),
        None => Ok(()),
    }
}

/// Channel, number, data, and whether it is the last.
type AnyFrame = ([u8; 16], u16, Vec<u8>, bool);

fn ortho_frames(data: &[u8]) -> Result<Vec<AnyFrame>, String> {
    let Ok(Transaction::Signed(signed)) = Transaction::decode(data) else {
        return Err("ortho: no signed transaction".to_owned());
    };
    let frames = Frame::parse_all(&signed.body.data).map_err(|error| format!("ortho: {error}"))?;
    let frames = frames.into_iter();
    Ok(frames
        .map(|frame| (frame.channel, frame.number, frame.data, frame.is_last))
        .collect())
}

fn kona_frames(data: &[u8]) -> Result<Vec<AnyFrame>, String> {
    let transaction = alloy_consensus::TxEnvelope::decode_2718_exact(data)
        .map_err(|error| format!("alloy: {error}"))?;
    let frames =
        KonaFrame::parse_frames(transaction.input()).map_err(|error| format!("kona: {error}"))?;
    let frames = frames.into_iter();
    Ok(frames
        .map(|frame| (frame.id, frame.number, frame.data, frame.is_last))
        .collect())
}

fn ortho_batches(channel: &[u8]) -> Vec<Vec<Block>> {
    let rules = ChannelRules {
        max_rlp_bytes: MAX_RLP_BYTES as u64,
        brotli: true,
        span_batches: Some(RULES),
        is_strict: true,
    };
    let blocks = |batch| match batch {
        Batch::Singular(batch) => vec![(batch.timestamp, batch.epoch_number, batch.transactions)],
        Batch::Span(span) => {
            let blocks = span.blocks.into_iter();
            let block =
                blocks.map(|block| (block.timestamp, block.epoch_number, block.transactions));
            block.collect()
        }
    };
    ChannelReader::new(channel.to_vec(), rules)
        .map(blocks)
        .collect()
}

fn kona_batches(channel: &[u8]) -> Vec<Vec<Block>> {
    let mut config = RollupConfig {
        block_time: RULES.block_time,
        l2_chain_id: RULES.chain_id.into(),
        ..RollupConfig::default()
    };
    config.genesis.l2_time = RULES.genesis_time;
    let mut reader = BatchReader::new(channel, MAX_RLP_BYTES);
    std::iter::from_fn(|| reader.next_batch(&config))
        .map(kona_blocks)
        .collect()
}

fn kona_span(mut data: &[u8]) -> Result<Vec<Vec<Block>>, String> {
    let mut raw = RawSpanBatch::decode(&mut data).map_err(|error| format!("kona: {error}"))?;
    let span = raw
        .derive(RULES.block_time, RULES.genesis_time, RULES.chain_id)
        .map_err(|error| format!("kona: {error}"))?;
    Ok(vec![kona_blocks(KonaBatch::Span(span))])
}

fn kona_blocks(batch: KonaBatch) -> Vec<Block> {
    let raw = |transactions: Vec<alloy_primitives::Bytes>| {
        let transactions = transactions.into_iter();
        transactions.map(|raw| raw.to_vec()).collect()
    };
    match batch {
        KonaBatch::Single(batch) => {
            vec![(batch.timestamp, batch.epoch_num, raw(batch.transactions))]
        }
        KonaBatch::Span(span) => {
            let blocks = span.batches.into_iter();
            blocks
                .map(|block| (block.timestamp, block.epoch_num, raw(block.transactions)))
                .collect()
        }
    }
}
