//! Encoders that the tests of channels share.

use std::io::Write;

use endgame_ortho_derive::{Batch, ChannelReader, ChannelRules, SingularBatch, SpanRules};
use endgame_ortho_primitives::Hash;
use endgame_ortho_rlp::Encoder;
use flate2::{Compression, write::ZlibEncoder};

/// Rules after Fjord.
pub(crate) const RULES: ChannelRules = ChannelRules {
    max_rlp_bytes: 100_000_000,
    brotli: true,
    span_batches: Some(SpanRules {
        genesis_time: 1_000,
        block_time: 2,
        chain_id: 10,
    }),
    is_strict: false,
};

/// A batch whose only transaction has this length.
pub(crate) fn batch(timestamp: u64, length: usize) -> SingularBatch {
    SingularBatch {
        parent_hash: Hash([1; 32]),
        epoch_number: 1024,
        epoch_hash: Hash([2; 32]),
        timestamp,
        transactions: vec![(0..length).map(|at| ((at * at) >> 7) as u8).collect()],
    }
}

/// Its version byte and content.
pub(crate) fn encode(batch: &SingularBatch) -> Vec<u8> {
    let mut encoder = Encoder::after(vec![0]);
    encoder.list(|items| {
        items.bytes(&batch.parent_hash.0);
        items.u64(batch.epoch_number);
        items.bytes(&batch.epoch_hash.0);
        items.u64(batch.timestamp);
        items.list(|list| batch.transactions.iter().for_each(|item| list.bytes(item)));
    });
    encoder.finish()
}

/// What a channel of these batches compresses.
pub(crate) fn rlp(batches: &[SingularBatch]) -> Vec<u8> {
    let mut encoder = Encoder::new();
    for batch in batches {
        encoder.bytes(&encode(batch));
    }
    encoder.finish()
}

/// Compresses.
pub(crate) fn zlib(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The singular batches of a channel with this data.
pub(crate) fn read(data: &[u8], rules: ChannelRules) -> Vec<SingularBatch> {
    ChannelReader::new(data.to_vec(), rules)
        .filter_map(|batch| match batch {
            Batch::Singular(batch) => Some(batch),
            Batch::Span(_) => None,
        })
        .collect()
}
