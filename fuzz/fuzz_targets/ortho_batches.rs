//! Any bytes as a batcher's data, as a channel and as a blob: none may make `ortho` panic.
#![no_main]

use endgame_ortho_derive::{ChannelReader, ChannelRules, Frame, SpanRules, decode_blob};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Frame::parse_all(bytes);
    let _ = decode_blob(bytes);
    let rules = ChannelRules {
        max_rlp_bytes: 1_000_000,
        brotli: true,
        span_batches: Some(SpanRules {
            genesis_time: 1_000,
            block_time: 2,
            chain_id: 10,
        }),
        is_strict: false,
    };
    ChannelReader::new(bytes.to_vec(), rules).for_each(drop);
});
