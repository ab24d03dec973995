//! Measures `ortho`'s EVM against revm in one process: `cargo run --release -p endgame-bench-evm`.

mod workloads;

use std::time::{Duration, Instant};

use endgame_ortho_differential::{Case, SENDER, ours, peer};
use endgame_ortho_evm::ExtraFees;
use revm::ExecuteEvm;
use workloads::{Workload, workloads};

/// Runs of each workload; the fastest counts.
const RUNS: usize = 7;

fn main() {
    println!("| workload | gas | ortho | revm | ratio |");
    println!("|---|---|---|---|---|");
    for workload in workloads() {
        let mut best = [Duration::MAX; 2];
        let mut gas = [0; 2];
        for _ in 0..RUNS {
            let ours = run_ours(&workload);
            let theirs = run_peer(&workload);
            for ((best, gas), (time, used)) in best.iter_mut().zip(&mut gas).zip([ours, theirs]) {
                *best = time.min(*best);
                *gas = used;
            }
        }
        let [ours, theirs] = best;
        let [gas, same] = gas;
        assert_eq!(gas, same, "both must do the same work");
        let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
        println!(
            "| {} | {gas} | {ours:.1?} | {theirs:.1?} | {ratio:.2} |",
            workload.name
        );
    }
}

fn run_ours(workload: &Workload) -> (Duration, u64) {
    let mut evm = ours::evm(&workload.case);
    let mut gas = 0;
    let start = Instant::now();
    for transaction in &workload.transactions {
        let result = evm.transact(transaction, SENDER, u64::MAX, &ExtraFees::default());
        gas += result.map_or(0, |result| result.gas_used);
    }
    let changes = evm.state.changes();
    let time = start.elapsed();
    assert!(!changes.is_empty(), "fees at least were paid");
    (time, gas)
}

fn run_peer(workload: &Workload) -> (Duration, u64) {
    let mut evm = peer::evm(&Case {
        ..workload.case.clone()
    });
    let transactions: Vec<_> = workload
        .transactions
        .iter()
        .map(peer::transaction)
        .collect();
    let mut gas = 0;
    let start = Instant::now();
    for transaction in transactions {
        let result = evm.transact_one(transaction);
        gas += result.map_or(0, |result| result.gas().tx_gas_used());
    }
    let changes = evm.finalize();
    let time = start.elapsed();
    assert!(!changes.is_empty(), "fees at least were paid");
    (time, gas)
}
