//! Made-up chains of L1 for both programs: any difference is a crash.
#![no_main]

use endgame_ortho_chain_differential::Case;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let case = Case::from_bytes(bytes);
    let (kona, ortho) = (case.kona(), case.ortho());
    assert!(kona.agrees(&ortho), "{kona:#?}\n{ortho:#?}\n{:#?}", case.notes);
});
