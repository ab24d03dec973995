//! What the on-chain VM needs to repeat one step.

use alloy_primitives::B256;
use endgame_preimage::PreimageKey;
use endgame_vm::{Memory, PROOF_BYTES, Preimages, Words as _};

use crate::{State, VmError, reference, reference::Step, thread::stack_root};

/// A preimage read that the step makes, which L1 must know before it can repeat the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OracleAccess {
    /// The key.
    pub key: PreimageKey,
    /// The value with its length, a big-endian u64, in front.
    pub value: Vec<u8>,
    /// Where the step reads, counted from the start of the length prefix.
    pub offset: u64,
}

/// One step with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepWitness {
    /// The steps executed before this one.
    pub step: u64,
    /// The state hash before.
    pub pre: B256,
    /// The state hash after.
    pub post: B256,
    /// The state witness before.
    pub state_data: Vec<u8>,
    /// The active thread and the root of the threads below it, then the proofs of the
    /// instruction, of the word that the step accesses and of the second such word. Proofs
    /// that the step does not need are zero.
    pub proof_data: Vec<u8>,
    /// The preimage that it reads.
    pub oracle: Option<OracleAccess>,
}

impl StepWitness {
    /// Executes the next step of `state` with the reference interpreter and witnesses it.
    pub fn take(state: &mut State, preimages: &mut Preimages<'_>) -> Result<Self, VmError> {
        Self::observed(state, preimages, &mut |_| {})
    }

    /// The same, and lets `observe` see the step.
    pub fn observed(
        state: &mut State,
        preimages: &mut Preimages<'_>,
        observe: &mut dyn FnMut(&Step),
    ) -> Result<Self, VmError> {
        let before = state.clone();
        let step = reference::step(state, preimages)?;
        observe(&step);
        let state_data = before.witness().to_vec();
        Ok(Self {
            step: before.step,
            pre: before.state_hash(),
            post: state.state_hash(),
            state_data,
            proof_data: proof_data(&before, state, &step)?,
            oracle: step.preimage.map(|read| OracleAccess {
                key: read.key,
                value: read.value.to_vec(),
                offset: read.offset,
            }),
        })
    }
}

fn proof_data(before: &State, after: &State, step: &Step) -> Result<Vec<u8>, VmError> {
    let (thread, below) = before
        .active_stack()
        .split_last()
        .ok_or(VmError::NoThread)?;
    let mut out = thread.to_bytes().to_vec();
    out.extend(stack_root(below));
    out.extend(before.memory.proof(thread.pc).to_bytes());
    out.extend(proof(&before.memory, step.access));
    match (step.access, step.second_access) {
        // The second word is proven against the memory that has the first one written.
        (Some(first), Some(second)) => {
            let mut between = before.memory.clone();
            between.set_word(first, after.memory.word(first));
            out.extend(proof(&between, Some(second)));
        }
        _ => out.extend([0; PROOF_BYTES]),
    }
    Ok(out)
}

fn proof(memory: &Memory, address: Option<u64>) -> [u8; PROOF_BYTES] {
    address.map_or([0; PROOF_BYTES], |address| memory.proof(address).to_bytes())
}
