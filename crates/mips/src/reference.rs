//! The reference interpreter: one step at a time, written to be read beside the specification.

pub(crate) mod alu;
mod execute;
pub(crate) mod memory;
mod schedule;
mod system;

use endgame_vm::{PreimageRead, Preimages, Words};

use crate::{Instruction, SCHEDULING_QUANTUM, State, VmError, syscall::Stream};

/// What a step touched, beyond the state that it left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The aligned address of the word that it read or wrote.
    pub access: Option<u64>,
    /// The word after it, for the one system call that writes two.
    pub second_access: Option<u64>,
    /// The preimage that it read.
    pub preimage: Option<PreimageRead>,
    /// What the guest printed.
    pub output: Option<(Stream, Vec<u8>)>,
}

/// Executes one step. A state that has exited stays as it is.
///
/// After an error the state is half way through the step and of no further use.
pub fn step<M: Words>(
    state: &mut State<M>,
    preimages: &mut Preimages<'_>,
) -> Result<Step, VmError> {
    if state.exited {
        return Ok(Step::default());
    }
    state.step = state.step.wrapping_add(1);
    let thread = state.thread().ok_or(VmError::NoThread)?;
    if thread.exited {
        schedule::drop_thread(state)?;
        return Ok(Step::default());
    }
    if state.steps_since_switch >= SCHEDULING_QUANTUM {
        schedule::preempt(state);
        return Ok(Step::default());
    }
    state.steps_since_switch += 1;

    let pc = state.thread().ok_or(VmError::NoThread)?.pc;
    let instruction = fetch(&state.memory, pc)?;
    match (instruction.opcode(), instruction.function()) {
        (0, 0x0c) => system::execute(state, preimages),
        (0x30 | 0x34 | 0x38 | 0x3c, _) => memory::linked(state, instruction),
        _ => execute::execute(state, instruction),
    }
}

/// The instruction at `pc`.
pub fn fetch<M: Words>(memory: &M, pc: u64) -> Result<Instruction, VmError> {
    if pc & 3 != 0 {
        return Err(VmError::UnalignedPc { pc });
    }
    let word = memory.word(pc);
    Ok(Instruction(if pc & 4 == 0 {
        (word >> 32) as u32
    } else {
        word as u32
    }))
}

/// Forgets the reservation if a store hit its word.
fn on_store<M>(state: &mut State<M>, address: u64) {
    if address & !7 == state.reservation.address & !7 {
        state.reservation = crate::Reservation::default();
    }
}

#[cfg(test)]
mod tests;
