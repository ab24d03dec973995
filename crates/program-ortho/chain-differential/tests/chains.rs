//! Made-up chains.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use endgame_ortho_chain_differential::{Case, ChannelCase};

/// What proves nothing about attacks proves that the generator's honest batcher is one.
#[test]
fn honest_chains_are_derived() {
    let (mut derived, mut made) = (0, 0);
    for case in (0..120).map(Case::from_seed).filter(|case| case.honest) {
        let outcome = case.from_genesis().kona();
        outcome.verdict.unwrap();
        derived += outcome.blocks.len() as u64;
        made += case.head;
    }
    assert!(made > 100, "{made} made");
    assert!(derived * 10 > made * 7, "{derived} of {made} derived");
}

/// Whatever is on L1, both programs derive the same blocks from it and come to the same verdict.
#[test]
fn programs_agree_on_hostile_chains() {
    let mut verdicts = 0;
    for seed in 0..400 {
        let case = Case::from_seed(seed);
        let (kona, ortho) = (case.kona(), case.ortho());
        assert!(kona.agrees(&ortho), "seed {seed}: {kona:?} {ortho:?}");
        verdicts += u64::from(kona.verdict.is_ok());
    }
    assert!(verdicts > 380, "{verdicts} verdicts");
}

/// What is read of a corrupt channel before the error is the same (OP specs
/// `protocol/derivation.md`, "Channel Format").
#[test]
fn programs_read_the_same_of_corrupt_channels() {
    let mut strings = 0;
    for seed in 0..600 {
        let case = ChannelCase::from_seed(seed);
        let kona = case.kona();
        assert!(kona == case.ortho(), "seed {seed}");
        strings += kona.len();
    }
    assert!(strings > 600, "{strings} strings");
}
