//! Made-up transactions on `ortho`'s EVM and on revm: any difference is a crash.
#![no_main]

use endgame_ortho_differential::{Case, compare};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let case = Case::from_bytes(bytes);
    if let Err(difference) = compare(&case) {
        panic!("{difference}\n{case:#?}");
    }
});
