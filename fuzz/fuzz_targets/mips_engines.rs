//! The fast MIPS64 engine is the reference wherever it stops: `cargo fuzz run mips_engines`.
#![no_main]

use endgame_mips::{Fast, differential::agree};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    agree(bytes, |state| {
        Fast::new(state).expect("64 GiB of address space")
    });
});
