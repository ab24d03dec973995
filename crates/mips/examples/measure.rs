//! Runs an ELF that needs no preimages and prints how fast that was: `measure fast|reference ELF`,
//! or how fast a trace of it answers: `measure trace ELF`.

use std::{error::Error, ops::ControlFlow, sync::Arc, time::Instant};

use endgame_mips::{
    Fast, State, Trace, TraceOptions,
    engine::{Engine, Reference},
    reference::Step,
};
use endgame_preimage::{OracleError, PreimageKey, PreimageOracle};
use endgame_vm::{PAGE_BYTES, Preimages};

/// Has no preimages.
struct Nothing;

impl PreimageOracle for Nothing {
    fn hint(&self, _: &[u8]) -> Result<(), OracleError> {
        Ok(())
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        Err(OracleError::NotFound(key))
    }
}

/// The most memory that this process ever had, in bytes.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib << 10)
}

/// Millions a second.
#[expect(clippy::cast_precision_loss, reason = "for people")]
fn rate(steps: u64, seconds: f64) -> f64 {
    steps as f64 / seconds / 1e6
}

/// Witnesses steps all over a run.
fn trace(state: State) -> Result<(), Box<dyn Error>> {
    const QUESTIONS: u64 = 50;
    let start = Instant::now();
    let mut trace = Trace::new(state, Arc::new(Nothing), TraceOptions::default());
    let end = trace.run_to_end()?;
    let whole = start.elapsed().as_secs_f64();
    let mut answers = Vec::new();
    for question in 0..QUESTIONS {
        // Neither ascending nor in step with the snapshots.
        let step = (question * 37 % QUESTIONS) * (end / QUESTIONS) + end / 97;
        let start = Instant::now();
        trace.step_witness(step)?;
        answers.push(start.elapsed().as_secs_f64());
    }
    answers.sort_by(f64::total_cmp);
    let middle = answers.get(answers.len() / 2).copied().unwrap_or_default();
    let last = answers.last().copied().unwrap_or_default();
    println!(
        "{end} steps with snapshots in {whole:.3} s; the witness of a step in {:.1} ms (median), \
         {:.1} ms (most); at most {} MiB resident",
        middle * 1e3,
        last * 1e3,
        peak().unwrap_or_default() >> 20,
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (engine, path) = (arguments.next(), arguments.next());
    let (Some(engine), Some(path)) = (engine, path) else {
        return Err("usage: measure fast|reference|trace ELF".into());
    };
    let start = Instant::now();
    let state = endgame_mips::elf::load(&std::fs::read(path)?)?;
    if engine == "trace" {
        return trace(state);
    }
    let mut engine: Box<dyn Engine> = if engine == "fast" {
        Box::new(Fast::new(&state)?)
    } else {
        Box::new(Reference::new(state))
    };
    let ready = start.elapsed();
    let mut observe = |step: &Step| {
        if let Some((_, text)) = &step.output {
            eprint!("{}", String::from_utf8_lossy(text));
        }
        ControlFlow::Continue(())
    };
    let start = Instant::now();
    engine.run(u64::MAX, &mut Preimages::new(&Nothing), &mut observe)?;
    let seconds = start.elapsed().as_secs_f64();
    let peak = peak();
    let state = engine.state();
    let pages = state.memory.page_count() * PAGE_BYTES;
    println!(
        "{} steps in {seconds:.3} s: {:.1} M steps/s; ready after {:.1} ms; {} MiB beyond the guest's {} MiB; exit code {}",
        state.step,
        rate(state.step, seconds),
        ready.as_secs_f64() * 1e3,
        peak.map_or(0, |peak| peak.saturating_sub(pages as u64) >> 20),
        pages >> 20,
        state.exit_code,
    );
    Ok(())
}
