//! Any bytes as a channel's data: both programs read the same strings.
#![no_main]

use endgame_ortho_chain_differential::ChannelCase;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let case = ChannelCase::from_bytes(bytes);
    assert_eq!(case.kona(), case.ortho());
});
