//! Measures the stateless execution of real blocks by both programs, in one process:
//! `cargo run --release -p endgame-bench-blocks -- DIR`.
//!
//! DIR is what `endgame conformance blocks` takes: a directory of blocks, or a `.tar.zst` of one.

use std::{collections::BTreeMap, env, path::PathBuf, time::Duration};

use anyhow::{Context, ensure};
use endgame_conformance::{Fixture, Outcome, ProgramKind, blocks};

/// Runs of each block; the fastest counts.
const RUNS: usize = 15;

/// The programs, the measured one first.
const PROGRAMS: [ProgramKind; 2] = [ProgramKind::Ortho, ProgramKind::Kona];

/// What is known of a block.
struct Measured {
    gas: u64,
    best: [Duration; 2],
}

fn main() -> anyhow::Result<()> {
    let path = env::args_os().nth(1).map(PathBuf::from);
    let fixture = Fixture::open(&path.context("usage: endgame-bench-blocks DIR")?)?;
    let mut measured = BTreeMap::<String, Measured>::new();
    for _ in 0..RUNS {
        for (which, program) in PROGRAMS.into_iter().enumerate() {
            let report = blocks(&fixture, None, program.program(), |_| {})?;
            for item in report.items {
                let name = &item.name;
                ensure!(item.outcome == Outcome::Passed, "{program} fails {name}");
                let block = measured.entry(item.name).or_insert(Measured {
                    gas: item.gas_used.unwrap_or_default(),
                    best: [Duration::MAX; 2],
                });
                if let Some(best) = block.best.get_mut(which) {
                    *best = item.elapsed.min(*best);
                }
            }
        }
    }
    let [ours, theirs] = PROGRAMS;
    println!("| block | gas | {ours} | {theirs} | ratio |");
    println!("|---|---|---|---|---|");
    for (name, Measured { gas, best }) in measured {
        let [ours, theirs] = best;
        let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
        println!("| {name} | {gas} | {ours:.1?} | {theirs:.1?} | {ratio:.2} |");
    }
    Ok(())
}
