//! Every scenario comes to the end that the rules have for it. What an end is, the scenarios check
//! themselves: who is paid, which instruction L1 ran, what the anchor is.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{sync::Arc, time::Duration};

use endgame_devnet::DevnetConfig;
use endgame_prestate::Program;
use endgame_scenario::{Ending, Kind, Narrator, play};

async fn played(kind: Kind) -> Ending {
    played_by(Program::Kona, kind).await
}

async fn played_by(program: Program, kind: Kind) -> Ending {
    let config = DevnetConfig {
        l1_interval: Duration::from_millis(250),
        ..DevnetConfig::default()
    };
    let (ending, devnet) = play(kind, program, config, Arc::new(Narrator::new(true)))
        .await
        .unwrap();
    devnet.stop().await;
    ending
}

/// The spec's honest challenger (`honest-challenger-fdg.md`), down to the single step of
/// `fault-dispute-game.md`; `anchor-state-registry.md` for what is paid afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn false_root_falls_by_one_instruction_and_a_true_one_pays_a_withdrawal() {
    false_root_falls(&played(Kind::FalseClaim).await);
}

/// The same games, decided by one instruction of the other program.
#[tokio::test(flavor = "multi_thread")]
async fn false_root_falls_by_one_instruction_of_program_ortho() {
    let ending = played_by(Program::Ortho, Kind::FalseClaim).await;
    assert_eq!(ending.program, "ortho");
    false_root_falls(&ending);
}

fn false_root_falls(ending: &Ending) {
    let [truth, falsehood] = &ending.games[..] else {
        panic!("{ending:?}")
    };
    assert_eq!(truth.verdict, "the root is accepted");
    assert_eq!(falsehood.verdict, "the root is rejected");
    assert!(truth.step.is_none() && falsehood.step.is_some_and(|step| step > 1_000_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn true_root_stands_by_one_instruction() {
    for program in Program::ALL {
        let ending = played_by(program, Kind::FalseStep).await;
        assert_eq!(ending.games[0].verdict, "the root is accepted");
        assert!(ending.games[0].step_transaction.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn root_under_another_number_falls_by_its_header() {
    let ending = played(Kind::WrongBlockNumber).await;
    assert_eq!(ending.games[0].verdict, "the root is rejected");
}

/// Specs `bond-incentives.md`: a freeloader's claim earns nothing.
#[tokio::test(flavor = "multi_thread")]
async fn freeloader_loses_the_bond_to_the_challenger() {
    let ending = played(Kind::Freeloader).await;
    assert_eq!(ending.games[0].verdict, "the root is rejected");
}

#[tokio::test(flavor = "multi_thread")]
async fn undefended_root_falls_when_its_clock_runs_out() {
    let ending = played(Kind::Timeout).await;
    assert_eq!(ending.games[0].verdict, "the root is rejected");
}

#[tokio::test(flavor = "multi_thread")]
async fn false_roots_fall_where_the_program_reads_preimages() {
    for program in Program::ALL {
        let ending = played_by(program, Kind::Preimage).await;
        // Of a small and a large keccak256 preimage, a blob, a precompile.
        assert_eq!(ending.games.len(), 4);
        assert!(ending.games.iter().all(|game| game.step.is_some()));
    }
}
