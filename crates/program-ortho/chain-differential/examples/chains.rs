//! `cargo run -p endgame-ortho-chain-differential --example chains -- COUNT [SEED]`, or
//! `--describe SEED`.

use std::{env, panic, time::Instant};

use endgame_ortho_chain_differential::Case;

fn main() {
    // A panic of a program is reported as its outcome.
    panic::set_hook(Box::new(|_| {}));
    let arguments: Vec<_> = env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<u64>().ok());
    if arguments.first().is_some_and(|first| first == "--describe") {
        let case = Case::from_seed(number(1).unwrap_or(0));
        println!("{}", String::from_utf8_lossy(&case.rollup));
        for note in &case.notes {
            println!("{note}");
        }
        println!("kona: {:#?}", case.kona());
        return;
    }
    let (count, first) = (number(0).unwrap_or(1000), number(1).unwrap_or(0));
    let started = Instant::now();
    let mut blocks = 0;
    let mut failed = 0;
    for seed in first..first + count {
        let outcome = Case::from_seed(seed).kona();
        blocks += outcome.blocks.len();
        if let Err(error) = outcome.verdict {
            failed += 1;
            println!("seed {seed}: {error}");
        }
    }
    let milliseconds = started.elapsed().as_millis() as u64;
    println!(
        "{count} chains, {blocks} blocks, {failed} without verdict, {} chains/s",
        count * 1000 / milliseconds.max(1)
    );
}
