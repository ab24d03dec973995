//! The witness of a step, taken without the help of `StepWitness`.

use alloy_primitives::{B256, keccak256};
use endgame_mips::{Instruction, State, Thread, syscall};
use endgame_vm::Words as _;

/// What `step` on L1 gets: in the standard form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The state witness.
    pub state_data: Vec<u8>,
    /// The thread, the stack below it, and three memory proofs.
    pub proof_data: Vec<u8>,
}

impl Proof {
    /// The best proof that someone can give for the next step, also of one that is impossible: every address that the
    /// instruction might access is proven. Of a state without threads it is that of an empty thread.
    pub fn take(state: &State) -> Self {
        let idle = Thread::default();
        let (thread, below) = state
            .active_stack()
            .split_last()
            .unwrap_or((&idle, &[][..]));
        let mut proof_data = thread.to_bytes().to_vec();
        proof_data.extend(stack_root(below));
        proof_data.extend(state.memory.proof(thread.pc).to_bytes());
        let access = access(state, thread);
        proof_data.extend(state.memory.proof(access).to_bytes());
        proof_data.extend(state.memory.proof(access.wrapping_add(8)).to_bytes());
        Self {
            state_data: state.witness().to_vec(),
            proof_data,
        }
    }
}

fn stack_root(threads: &[Thread]) -> B256 {
    threads.iter().fold(keccak256([0; 64]), |below, thread| {
        keccak256([below.0, keccak256(thread.to_bytes()).0].concat())
    })
}

/// Where the instruction at the program counter might access memory.
fn access(state: &State, thread: &Thread) -> u64 {
    let word = state.memory.word(thread.pc);
    let insn = Instruction(if thread.pc & 4 == 0 {
        (word >> 32) as u32
    } else {
        word as u32
    });
    let address = if insn.opcode() != 0 {
        thread.register(insn.rs()).wrapping_add(insn.signed())
    } else if matches!(thread.register(2), syscall::FUTEX | syscall::GETRANDOM) {
        thread.register(4)
    } else {
        thread.register(5)
    };
    address & !7
}
