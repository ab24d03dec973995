//! What can go wrong in a step.

use endgame_preimage::{OracleError, PreimageKey};

/// A step that cannot be executed.
///
/// None of these is a result of the guest program: where the on-chain VM would revert, this one
/// returns an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VmError {
    /// The program counter is not a multiple of four.
    #[error("unaligned instruction fetch at {pc:#x}")]
    UnalignedPc {
        /// The program counter.
        pc: u64,
    },
    /// The VM does not know this instruction.
    #[error("invalid instruction {word:#010x} at {pc:#x}")]
    InvalidInstruction {
        /// Its address.
        pc: u64,
        /// Its encoding.
        word: u32,
    },
    /// A branch or jump stands in the delay slot of another.
    #[error("branch in a delay slot at {pc:#x}")]
    BranchInDelaySlot {
        /// The address of the second branch.
        pc: u64,
    },
    /// A division by zero.
    #[error("division by zero at {pc:#x}")]
    DivisionByZero {
        /// The address of the instruction.
        pc: u64,
    },
    /// The VM does not know this system call.
    #[error("unrecognized syscall {number} at {pc:#x}")]
    UnknownSyscall {
        /// The address of the instruction.
        pc: u64,
        /// What the guest asked for.
        number: u64,
    },
    /// The guest read past the end of a preimage.
    #[error("read at {offset} of preimage {key}, which has {len} bytes with its length prefix")]
    PreimageOffset {
        /// The preimage's key.
        key: PreimageKey,
        /// Where the guest wanted to read.
        offset: u64,
        /// How long the prefixed preimage is.
        len: u64,
    },
    /// No thread is left to run, yet the state has not exited.
    #[error("the active thread stack is empty")]
    NoThread,
    /// The preimage oracle failed.
    #[error(transparent)]
    Oracle(#[from] OracleError),
}
