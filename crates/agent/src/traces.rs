//! State hashes and single-step proofs, from running the VM.

use std::sync::{Arc, Mutex, PoisonError};

use alloy::primitives::B256;
use endgame_preimage::PreimageKey;

use crate::{AgentError, Observer};

/// The boot inputs of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RunInputs {
    /// Hash of the L1 block that data counts up to.
    pub l1_head: B256,
    /// The output root that the run starts from.
    pub agreed_root: B256,
    /// Its L2 block, if known: spares the host a search.
    pub agreed_block: Option<u64>,
    /// The output root that it is to judge.
    pub claimed_root: B256,
    /// The L2 block of that root.
    pub claimed_block: u64,
    /// The L2 chain.
    pub chain_id: u64,
    /// The commitment of the VM state to start from.
    pub prestate: B256,
}

/// A preimage that an instruction reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreimageRead {
    /// The key, as the VM has it (local keys not yet bound to a context).
    pub key: PreimageKey,
    /// The preimage, without its length.
    pub value: Vec<u8>,
    /// Where the part that is read starts, counting the 8 bytes of the length.
    pub offset: u32,
    /// What the key of a blob or a precompile hashes.
    pub opened: Option<OpenedKey>,
}

/// What is behind the hash in a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenedKey {
    /// A field element of a blob.
    Blob {
        /// The evaluation point.
        z: B256,
        /// The blob's KZG commitment (48 bytes).
        commitment: Vec<u8>,
        /// The KZG proof of the evaluation (48 bytes).
        proof: Vec<u8>,
    },
    /// A call of a precompile: address (20) ‖ required gas (8) ‖ input.
    Precompile(Vec<u8>),
}

/// All that L1 needs to run one instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepProof {
    /// The encoded state before the instruction.
    pub state: Vec<u8>,
    /// The proof of the memory that it touches.
    pub proof: Vec<u8>,
    /// The same in a short form that not every VM contract takes, if there is one.
    pub compact: Option<Vec<u8>>,
    /// The preimage that it reads, if it reads one.
    pub preimage: Option<PreimageRead>,
}

/// A finished run.
pub trait ExecutionTrace: Send + Sync {
    /// Instructions until the VM exited.
    fn steps(&self) -> u64;

    /// The state hash after `steps` instructions; past the end the last one repeats.
    fn state_hash(&self, steps: u64) -> Result<B256, AgentError>;

    /// What L1 needs to run the instruction after `step` others.
    fn step_proof(&self, step: u64) -> Result<StepProof, AgentError>;
}

/// Runs the VM. May take minutes; called on a thread of its own.
pub trait TraceProvider: Send + Sync {
    /// Runs the program to its end.
    fn run(
        &self,
        inputs: &RunInputs,
        observer: &Observer,
    ) -> Result<Arc<dyn ExecutionTrace>, AgentError>;
}

impl<P: TraceProvider + ?Sized> TraceProvider for Arc<P> {
    fn run(
        &self,
        inputs: &RunInputs,
        observer: &Observer,
    ) -> Result<Arc<dyn ExecutionTrace>, AgentError> {
        (**self).run(inputs, observer)
    }
}

/// Remembers the runs that are in use.
pub struct CachedTraces<P> {
    provider: P,
    known: Mutex<Vec<(RunInputs, Arc<dyn ExecutionTrace>)>>,
}

/// A trace holds snapshots of the VM's memory: only the newest ones are kept.
const REMEMBERED: usize = 4;

impl<P: TraceProvider> CachedTraces<P> {
    /// Remembers what `provider` runs.
    pub const fn new(provider: P) -> Self {
        Self {
            provider,
            known: Mutex::new(Vec::new()),
        }
    }
}

impl<P: TraceProvider> TraceProvider for CachedTraces<P> {
    /// A second caller waits for the first one's run.
    fn run(
        &self,
        inputs: &RunInputs,
        observer: &Observer,
    ) -> Result<Arc<dyn ExecutionTrace>, AgentError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = known.iter().position(|(of, _)| of == inputs) {
            let entry = known.remove(at);
            let trace = entry.1.clone();
            known.push(entry);
            return Ok(trace);
        }
        if known.len() == REMEMBERED {
            known.remove(0);
        }
        let trace = self.provider.run(inputs, observer)?;
        known.push((*inputs, trace.clone()));
        Ok(trace)
    }
}
