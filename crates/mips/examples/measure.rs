//! Runs an ELF that needs no preimages and prints how fast that was: `measure fast|reference ELF`.

use std::{error::Error, ops::ControlFlow, time::Instant};

use endgame_mips::{
    Fast,
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

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (engine, path) = (arguments.next(), arguments.next());
    let (Some(engine), Some(path)) = (engine, path) else {
        return Err("usage: measure fast|reference ELF".into());
    };
    let start = Instant::now();
    let state = endgame_mips::elf::load(&std::fs::read(path)?)?;
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
