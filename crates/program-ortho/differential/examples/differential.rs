//! `cargo run --release -p endgame-ortho-differential --example differential -- COUNT [SEED]`

use std::{env, process::ExitCode};

use endgame_ortho_differential::{Case, compare, entropy};

fn main() -> ExitCode {
    let mut numbers = env::args()
        .skip(1)
        .filter_map(|text| text.parse::<u64>().ok());
    let (count, first) = (
        numbers.next().unwrap_or(10_000),
        numbers.next().unwrap_or(0),
    );
    let (mut ran, mut failed) = (0, 0);
    for seed in first..first.saturating_add(count) {
        let case = Case::from_bytes(&entropy(seed, 2048));
        match compare(&case) {
            Ok(valid) => ran += u64::from(valid),
            Err(difference) => {
                failed += 1;
                println!("seed {seed} {:?}: {difference}", case.fork);
            }
        }
    }
    println!("{count} cases, {ran} ran, {failed} differ");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
