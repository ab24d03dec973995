//! Measures `ortho`'s EVM against revm in one process:
//! `cargo run --release -p endgame-bench-evm [-- PART-OF-A-WORKLOAD'S-NAME]`.

mod workloads;

use std::{env, time::Duration};

use endgame_ortho_differential::{Case, SENDER, ours, peer};
use endgame_ortho_evm::ExtraFees;
use revm::ExecuteEvm;
use rustix::time::{ClockId, clock_gettime};
use workloads::{Workload, workloads};

/// Runs of each workload; the fastest counts.
const RUNS: usize = 15;

fn main() {
    let part = env::args().nth(1).unwrap_or_default();
    println!("| workload | gas | ortho | revm | ratio |");
    println!("|---|---|---|---|---|");
    for workload in workloads().filter(|workload| workload.name.contains(&part)) {
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

/// What this thread has had of a processor: others that wait for one don't count.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn run_ours(workload: &Workload) -> (Duration, u64) {
    let mut evm = ours::evm(&workload.case);
    let mut gas = 0;
    let start = processor_time();
    for transaction in &workload.transactions {
        let result = evm.transact(transaction, SENDER, u64::MAX, &ExtraFees::default());
        gas += result.map_or(0, |result| result.gas_used);
    }
    let changes = evm.state.changes();
    let time = processor_time().saturating_sub(start);
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
    let start = processor_time();
    for transaction in transactions {
        let result = evm.transact_one(transaction);
        gas += result.map_or(0, |result| result.gas().tx_gas_used());
    }
    let changes = evm.finalize();
    let time = processor_time().saturating_sub(start);
    assert!(!changes.is_empty(), "fees at least were paid");
    (time, gas)
}
