//! Recorded fault proof runs: derivation from L1 and execution, both offline.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use alloy_primitives::{B256, Bytes};
use endgame_host::{Backend, Batch, Boot, Config, Host};
use endgame_mips::{Trace, TraceOptions};
use endgame_preimage::{KeyType, PreimageKey};
use endgame_prestate::{ChainSource, Vm};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    ConformanceError, Fixture, Item, Outcome, Program, Report, fixture::json, program::Ended,
};

/// The exit code that says that a claim is false.
const EXIT_INVALID: u8 = 1;
/// The exit code that says that there is no verdict.
const EXIT_FAILED: u8 = 2;

/// What a program runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunVm {
    /// Nothing: as native code.
    None,
    /// The MIPS64 VM.
    Mips64,
}

/// A recorded run (ethereum-optimism/asterisc `tests/op-program-test`, unpacked: `boot.json`,
/// `rollup.json` and `preimages.json`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRun {
    /// What it is about.
    pub boot: Boot,
    /// The exit code that it must end with.
    pub expected_exit: u8,
    /// The chain's configuration as op-node writes it.
    pub rollup_config: Vec<u8>,
    /// Preimages by their typed keys.
    pub preimages: BTreeMap<B256, Bytes>,
}

#[derive(Deserialize)]
struct BootFile {
    l1_head: B256,
    agreed_l2_head: Option<B256>,
    agreed_l2_output_root: B256,
    claimed_l2_output_root: B256,
    claimed_l2_block_number: u64,
    l2_chain_id: u64,
    expected_exit: u8,
}

impl RecordedRun {
    fn read(dir: &Path) -> Result<Self, String> {
        let boot: BootFile = json(&dir.join("boot.json"))?;
        let rollup: Box<RawValue> = json(&dir.join("rollup.json"))?;
        Ok(Self {
            boot: Boot {
                l1_head: boot.l1_head,
                agreed_output_root: boot.agreed_l2_output_root,
                agreed_l2_head: boot.agreed_l2_head,
                agreed_block: None,
                claimed_output_root: boot.claimed_l2_output_root,
                claimed_block: boot.claimed_l2_block_number,
                chain_id: boot.l2_chain_id,
            },
            expected_exit: boot.expected_exit,
            rollup_config: rollup.get().into(),
            preimages: json(&dir.join("preimages.json"))?,
        })
    }

    /// A host that serves what was recorded and asks nobody.
    fn backend(&self) -> Result<Arc<Backend>, String> {
        let mut batch = Batch::default();
        for (key, value) in &self.preimages {
            let key = PreimageKey::from_raw(key.0);
            match key.key_type() {
                Ok(KeyType::Keccak256) => {
                    batch.keccak(value.to_vec());
                }
                Ok(KeyType::Sha256) => batch.sha256(value.to_vec()),
                // The host makes these by itself: from the boot inputs, and by running it.
                Ok(KeyType::Local | KeyType::Precompile) => continue,
                _ => {
                    return Err(format!(
                        "preimages.json: {key} is of a type that is not read"
                    ));
                }
            }
            if !batch.contains(key) {
                return Err(format!("preimages.json: wrong preimage of {key}"));
            }
        }
        let backend = Backend::new(&Config::default()).map_err(|error| error.to_string())?;
        backend
            .store()
            .put(batch)
            .map_err(|error| error.to_string())?;
        Ok(Arc::new(backend))
    }

    /// The same run with a false claim.
    fn altered(&self) -> Boot {
        let mut boot = self.boot;
        boot.claimed_output_root.0[31] ^= 1;
        boot
    }
}

/// Runs each recorded run below `fixture` twice: as recorded, which must end as the recording
/// did, and with the claim altered, which must be found false.
pub fn runs(
    fixture: &Fixture,
    filter: Option<&str>,
    program: &dyn Program,
    vm: RunVm,
    mut on_item: impl FnMut(&Item),
) -> Result<Report, ConformanceError> {
    let mut report = Report::default();
    for case in fixture.directories_with("boot.json", filter)? {
        let judged = RecordedRun::read(&case.path).and_then(|run| judge(&run, program, vm));
        let item = match judged {
            Ok(judged) => Item {
                name: case.name,
                ..judged
            },
            Err(reason) => Item {
                name: case.name,
                outcome: Outcome::Failed(reason),
                gas_used: None,
                steps: None,
                elapsed: Duration::ZERO,
            },
        };
        on_item(&item);
        report.add(item);
    }
    Ok(report)
}

/// How a run ended, in whatever it ran.
struct Judged {
    ended: Ended,
    steps: Option<u64>,
    elapsed: Duration,
}

fn judge(run: &RecordedRun, program: &dyn Program, vm: RunVm) -> Result<Item, String> {
    let backend = run.backend()?;
    let one = |boot: Boot| -> Result<Judged, String> {
        let host = Host::new(backend.clone(), boot);
        let start = Instant::now();
        let (ended, steps) = match vm {
            RunVm::None => (program.run(run, host), None),
            RunVm::Mips64 => in_mips64(run, program, host)?,
        };
        Ok(Judged {
            ended,
            steps,
            elapsed: start.elapsed(),
        })
    };
    let (recorded, altered) = thread::scope(|scope| {
        let altered = scope.spawn(|| one(run.altered()));
        let recorded = one(run.boot);
        let altered = altered
            .join()
            .unwrap_or_else(|_| Err("the run with the altered claim panicked".into()));
        (recorded, altered)
    });
    let (recorded, altered) = (recorded?, altered?);
    let complaint = |what: &str, ended: &Ended, expected: u8| {
        (ended.exit != expected).then(|| {
            let error = ended.error.as_deref().unwrap_or("a verdict");
            format!("{what}: exit {}, expected {expected} ({error})", ended.exit)
        })
    };
    let complaint = complaint("as recorded", &recorded.ended, run.expected_exit)
        .or_else(|| complaint("altered claim", &altered.ended, EXIT_INVALID));
    Ok(Item {
        name: String::new(),
        outcome: complaint.map_or(Outcome::Passed, Outcome::Failed),
        gas_used: (vm == RunVm::None).then_some(recorded.ended.gas_used),
        steps: recorded.steps,
        elapsed: recorded.elapsed,
    })
}

fn in_mips64(
    run: &RecordedRun,
    program: &dyn Program,
    host: Host,
) -> Result<(Ended, Option<u64>), String> {
    let chain = ChainSource::json(run.rollup_config.clone(), None);
    let prestate = endgame_prestate::make(program.guest(), Vm::Mips64, &chain)
        .map_err(|error| error.to_string())?;
    // Only the end is asked for, so no snapshot is needed on the way.
    let options = TraceOptions {
        interval: u64::MAX,
        ..TraceOptions::default()
    };
    let mut trace = Trace::new(prestate.into_state(), Arc::new(host), options);
    let failed = |error: endgame_mips::VmError| Ended {
        exit: EXIT_FAILED,
        gas_used: 0,
        error: Some(error.to_string()),
    };
    let end = match trace.run_to_end() {
        Ok(end) => end,
        Err(error) => return Ok((failed(error), None)),
    };
    Ok(match trace.state_at(end) {
        Ok(state) => {
            let ended = Ended {
                exit: state.exit_code,
                gas_used: 0,
                error: None,
            };
            (ended, Some(end))
        }
        Err(error) => (failed(error), Some(end)),
    })
}
