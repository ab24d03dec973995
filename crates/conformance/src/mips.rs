//! Cannon's raw image vectors for the MIPS VM.

use std::{fs, path::Path, time::Instant};

use endgame_mips::{State, reference};
use endgame_preimage::{OracleError, PreimageKey, PreimageOracle};
use endgame_vm::{Preimages, Words};

use crate::{ConformanceError, Fixture, Item, Outcome, Report};

/// Where an image returns to when it is done.
const RETURN_ADDRESS: u64 = 0xa7ef_00d0;
/// The register that holds it.
const RA: usize = 31;
/// An image that takes more steps than this hangs.
const MAX_STEPS: u64 = 1000;
/// An image writes 1 to the second word here when it is done, and 1 to the third if it passed.
const RESULT: u64 = 0xffff_ffff_bfff_fff0;
/// Images that make system calls by the numbers of 32-bit MIPS.
const O32_SYSCALLS: [&str; 9] = [
    "brk",
    "clone",
    "exit_group",
    "fcntl",
    "mmap",
    "oracle",
    "oracle_kzg",
    "oracle_unaligned_read",
    "oracle_unaligned_write",
];

/// The images need no preimages, apart from those that are skipped.
struct NoPreimages;

impl PreimageOracle for NoPreimages {
    fn hint(&self, _hint: &[u8]) -> Result<(), OracleError> {
        Ok(())
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        Err(OracleError::NotFound(key))
    }
}

/// Runs each `*.bin` below `fixture` in the MIPS64 VM (ethereum-optimism/optimism
/// `cannon/mipsevm/tests/open_mips_tests/test/bin`).
pub fn mips(
    fixture: &Fixture,
    filter: Option<&str>,
    mut on_item: impl FnMut(&Item),
) -> Result<Report, ConformanceError> {
    let mut report = Report::default();
    for case in fixture.files_with("bin", filter)? {
        let name = case.name.trim_end_matches(".bin").to_owned();
        let start = Instant::now();
        let (outcome, steps) = if O32_SYSCALLS.contains(&name.as_str()) {
            let reason = "system calls by their 32-bit numbers";
            (Outcome::Skipped(reason.into()), None)
        } else {
            run(&case.path)
        };
        let item = Item {
            name,
            outcome,
            gas_used: None,
            steps,
            elapsed: start.elapsed(),
        };
        on_item(&item);
        report.add(item);
    }
    Ok(report)
}

fn run(path: &Path) -> (Outcome, Option<u64>) {
    let image = match fs::read(path) {
        Ok(image) => image,
        Err(error) => return (Outcome::Failed(error.to_string()), None),
    };
    let mut state = State::new(0);
    state.memory.set_bytes(0, &image);
    if let Some(ra) = state.thread_mut().and_then(|t| t.registers.get_mut(RA)) {
        *ra = RETURN_ADDRESS;
    }
    let mut preimages = Preimages::new(&NoPreimages);
    while state.thread().is_some_and(|t| t.pc != RETURN_ADDRESS) && !state.exited {
        if state.step >= MAX_STEPS {
            let reason = format!("not done after {MAX_STEPS} steps");
            return (Outcome::Failed(reason), Some(state.step));
        }
        if let Err(error) = reference::step(&mut state, &mut preimages) {
            return (Outcome::Failed(error.to_string()), Some(state.step));
        }
    }
    let done = state.memory.word(RESULT) as u32;
    let passed = (state.memory.word(RESULT + 8) >> 32) as u32;
    let outcome = match (done, passed) {
        (1, 1) => Outcome::Passed,
        (1, _) => Outcome::Failed("the image found a wrong result".into()),
        _ => Outcome::Failed("the image did not come to its end".into()),
    };
    (outcome, Some(state.step))
}
