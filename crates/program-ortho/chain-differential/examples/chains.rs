//! `cargo run -p endgame-ortho-chain-differential --example chains -- COUNT [SEED]`, or
//! `--describe SEED`.

use std::{env, panic, process::ExitCode, time::Instant};

use endgame_ortho_chain_differential::Case;

fn main() -> ExitCode {
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
        println!("ortho: {:#?}", case.ortho());
        let whole = case.from_genesis();
        println!("kona from the genesis on: {:#?}", whole.kona());
        println!("ortho from the genesis on: {:#?}", whole.ortho());
        return ExitCode::SUCCESS;
    }
    let (count, first) = (number(0).unwrap_or(1000), number(1).unwrap_or(0));
    let started = Instant::now();
    let (mut blocks, mut failed, mut different) = (0, 0, 0);
    for seed in first..first + count {
        let case = Case::from_seed(seed);
        let (kona, ortho) = (case.kona(), case.ortho());
        blocks += kona.blocks.len();
        failed += u64::from(kona.verdict.is_err());
        if !kona.agrees(&ortho) {
            different += 1;
            println!(
                "seed {seed}: kona {:?}, ortho {:?}",
                kona.verdict, ortho.verdict
            );
        }
    }
    let milliseconds = started.elapsed().as_millis() as u64;
    println!(
        "{count} chains, {blocks} blocks, {failed} without verdict, {different} different, {} chains/s",
        count * 1000 / milliseconds.max(1)
    );
    ExitCode::from(u8::from(different > 0))
}
