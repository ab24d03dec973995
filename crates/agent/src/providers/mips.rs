//! Traces by the MIPS64 VM, run in this process.

use std::{
    collections::HashMap,
    ops::ControlFlow,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use alloy::primitives::B256;
use endgame_host::{Backend, Boot, Host};
use endgame_mips::{
    State, StepWitness, Trace, TraceOptions, VmError, compact_proof, engine, reference::Step,
};
use endgame_preimage::{KeyType, PreimageKey, PreimageOracle};
use endgame_vm::Preimages;

use super::blob;
use crate::{
    AgentError, AgentEvent, Observer,
    traces::{ExecutionTrace, OpenedKey, PreimageRead, RunInputs, StepProof, TraceProvider},
};

/// Steps between two reports of progress.
const REPORT_EVERY: u64 = 1 << 25;
/// Bytes of the length in front of a preimage.
const PREFIX: usize = 8;

/// Runs one prestate in the MIPS64 VM.
pub struct MipsTraces {
    backend: Arc<Backend>,
    prestate: State,
    hash: B256,
    options: TraceOptions,
}

impl MipsTraces {
    /// Runs from `prestate`, with preimages from `backend`.
    pub fn new(backend: Arc<Backend>, prestate: State, options: TraceOptions) -> Self {
        let hash = prestate.state_hash();
        Self {
            backend,
            prestate,
            hash,
            options,
        }
    }

    /// The commitment of the prestate: a game's absolute prestate.
    pub const fn prestate_hash(&self) -> B256 {
        self.hash
    }

    /// The number of instructions before the first one that reads a preimage whose key and length
    /// `wanted` accepts.
    pub fn first_read(
        &self,
        inputs: &RunInputs,
        mut wanted: impl FnMut(PreimageKey, usize) -> bool,
    ) -> Result<Option<u64>, AgentError> {
        let host = self.host(inputs);
        let mut engine = engine::best(&self.prestate);
        let mut found = false;
        let mut observe = |step: &Step| match &step.preimage {
            Some(read) if wanted(read.key, read.value.len().saturating_sub(PREFIX)) => {
                found = true;
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        };
        engine
            .run(u64::MAX, &mut Preimages::new(&host), &mut observe)
            .map_err(failed)?;
        Ok(found.then(|| engine.step() - 1))
    }

    fn host(&self, inputs: &RunInputs) -> Host {
        let boot = Boot {
            l1_head: inputs.l1_head,
            agreed_output_root: inputs.agreed_root,
            agreed_l2_head: None,
            agreed_block: inputs.agreed_block,
            claimed_output_root: inputs.claimed_root,
            claimed_block: inputs.claimed_block,
            chain_id: inputs.chain_id,
        };
        Host::new(self.backend.clone(), boot)
    }
}

impl TraceProvider for MipsTraces {
    fn run(
        &self,
        inputs: &RunInputs,
        observer: &Observer,
    ) -> Result<Arc<dyn ExecutionTrace>, AgentError> {
        if inputs.prestate != self.hash {
            return Err(AgentError::Config(format!(
                "the game starts from prestate {}, this agent has {}",
                inputs.prestate, self.hash
            )));
        }
        let host = self.host(inputs);
        let start = Instant::now();
        let mut trace = Trace::new(self.prestate.clone(), Arc::new(host.clone()), self.options);
        let mut at = 0;
        let steps = loop {
            at = trace.advance_to(at + REPORT_EVERY).map_err(failed)?;
            observer.emit(AgentEvent::VmProgress { steps: at });
            if let Some(end) = trace.end() {
                break end;
            }
        };
        let last = trace.state_at(steps).map_err(failed)?;
        observer.emit(AgentEvent::VmFinished {
            steps,
            seconds: start.elapsed().as_secs_f64(),
            exit_code: last.exit_code,
        });
        Ok(Arc::new(MipsRun {
            host,
            steps,
            trace: Mutex::new(trace),
            hashes: Mutex::default(),
        }))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn failed(error: VmError) -> AgentError {
    AgentError::Trace(error.to_string())
}

struct MipsRun {
    host: Host,
    steps: u64,
    trace: Mutex<Trace>,
    /// Every round of a game asks for the same hashes again, and each costs a replay.
    hashes: Mutex<HashMap<u64, B256>>,
}

impl MipsRun {
    fn with<T>(&self, ask: impl FnOnce(&mut Trace) -> Result<T, VmError>) -> Result<T, AgentError> {
        let mut trace = self.trace.lock().unwrap_or_else(PoisonError::into_inner);
        ask(&mut trace).map_err(failed)
    }
}

impl ExecutionTrace for MipsRun {
    fn steps(&self) -> u64 {
        self.steps
    }

    fn state_hash(&self, steps: u64) -> Result<B256, AgentError> {
        let known = || self.hashes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hash) = known().get(&steps) {
            return Ok(*hash);
        }
        let hash = self.with(|trace| trace.state_hash_at(steps))?;
        known().insert(steps, hash);
        Ok(hash)
    }

    fn step_proof(&self, step: u64) -> Result<StepProof, AgentError> {
        let witness = self.with(|trace| trace.step_witness(step))?;
        Ok(StepProof {
            preimage: read_by(&witness, &self.host)?,
            compact: compact_proof(&witness.state_data, &witness.proof_data).ok(),
            state: witness.state_data,
            proof: witness.proof_data,
        })
    }
}

/// The preimage that a step reads, with what is behind its key.
fn read_by(
    witness: &StepWitness,
    oracle: &impl PreimageOracle,
) -> Result<Option<PreimageRead>, AgentError> {
    let Some(access) = &witness.oracle else {
        return Ok(None);
    };
    let value = access
        .value
        .get(PREFIX..)
        .ok_or_else(|| AgentError::Trace("a preimage without its length".to_owned()))?;
    let offset = u32::try_from(access.offset)
        .map_err(|_| AgentError::Trace("a preimage of over 4 GiB".to_owned()))?;
    let opened = match access.key.key_type() {
        Ok(KeyType::Blob) => Some(blob::open(access.key, value, oracle)?),
        Ok(KeyType::Precompile) => Some(OpenedKey::Precompile(behind(access.key, oracle)?)),
        _ => None,
    };
    Ok(Some(PreimageRead {
        key: access.key,
        value: value.to_vec(),
        offset,
        opened,
    }))
}

/// What the hash in a blob's or a precompile's key is of: hosts keep it as a keccak preimage.
pub(super) fn behind(
    key: PreimageKey,
    oracle: &impl PreimageOracle,
) -> Result<Vec<u8>, AgentError> {
    let twin = PreimageKey::new(KeyType::Keccak256, *key.as_bytes());
    oracle
        .get(twin)
        .map_err(|e| AgentError::Preimage(format!("what {key} hashes: {e}")))
}
