//! `cargo run -p endgame-ortho-chain-differential --example chains -- COUNT [SEED [THREADS]]`, or
//! `--describe SEED`.
//!
//! With `--jovian DIR` before that the chains cross Jovian, whose init code is in the files of DIR
//! that end in `.code`.

use std::{
    env,
    error::Error,
    panic,
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use endgame_ortho_chain_differential::{Case, init_code_in};

/// How often the tally is printed.
const PROGRESS: Duration = Duration::from_mins(1);

/// What was found so far.
#[derive(Default)]
struct Tally {
    chains: AtomicU64,
    blocks: AtomicU64,
    without_verdict: AtomicU64,
    different: AtomicU64,
}

impl Tally {
    fn print(&self, started: Instant) {
        let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let milliseconds = started.elapsed().as_millis() as u64;
        println!(
            "{} chains, {} blocks, {} without verdict, {} different, {} chains/s",
            count(&self.chains),
            count(&self.blocks),
            count(&self.without_verdict),
            count(&self.different),
            count(&self.chains) * 1000 / milliseconds.max(1)
        );
    }

    fn run(&self, case: &Case, seed: u64) {
        let (kona, ortho) = (case.kona(), case.ortho());
        let add = |number: &AtomicU64, more| number.fetch_add(more, Ordering::Relaxed);
        add(&self.chains, 1);
        add(&self.blocks, kona.blocks.len() as u64);
        add(&self.without_verdict, u64::from(kona.verdict.is_err()));
        if !kona.agrees(&ortho) {
            add(&self.different, 1);
            println!(
                "seed {seed}: kona {:?}, ortho {:?}",
                kona.verdict, ortho.verdict
            );
        }
    }
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    // A panic of a program is reported as its outcome, unless it ends the process.
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or("", panic::Location::file);
        if place.contains("chain-differential") || cfg!(panic = "abort") {
            eprintln!("{info}");
        }
    }));
    let mut arguments: Vec<_> = env::args().skip(1).collect();
    let mut init_code = Vec::new();
    if arguments.first().is_some_and(|first| first == "--jovian") {
        init_code = init_code_in(arguments.get(1).ok_or("--jovian names no directory")?)?;
        if init_code.is_empty() {
            return Err("no file of --jovian's directory ends in .code".into());
        }
        arguments.drain(..2);
    }
    let case = |seed| {
        if init_code.is_empty() {
            Case::from_seed(seed)
        } else {
            Case::crossing_jovian(seed, &init_code)
        }
    };
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<u64>().ok());
    if arguments.first().is_some_and(|first| first == "--describe") {
        describe(&case(number(1).unwrap_or(0)));
        return Ok(ExitCode::SUCCESS);
    }
    let (count, first) = (number(0).unwrap_or(1000), number(1).unwrap_or(0));
    let started = Instant::now();
    let (next, tally) = (AtomicU64::new(first), Tally::default());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count {
                break;
            }
            tally.run(&case(seed), seed);
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..number(2).unwrap_or(1))
            .map(|_| scope.spawn(work))
            .collect();
        let mut printed = Instant::now();
        while !workers.iter().all(thread::ScopedJoinHandle::is_finished) {
            thread::sleep(Duration::from_millis(20));
            if printed.elapsed() > PROGRESS {
                tally.print(started);
                printed = Instant::now();
            }
        }
    });
    tally.print(started);
    Ok(ExitCode::from(u8::from(tally.different.into_inner() > 0)))
}

/// What happens on a chain, and what both programs make of it.
fn describe(case: &Case) {
    println!("{}", String::from_utf8_lossy(&case.rollup));
    for note in &case.notes {
        println!("{note}");
    }
    if let Some((kona, ortho)) = case.different_attributes() {
        println!("attributes of kona: {kona:#}");
        println!("attributes of ortho: {ortho:#}");
    }
    println!("kona: {:#?}", case.kona());
    println!("ortho: {:#?}", case.ortho());
    let whole = case.from_genesis();
    println!("kona from the genesis on: {:#?}", whole.kona());
    println!("ortho from the genesis on: {:#?}", whole.ortho());
}
