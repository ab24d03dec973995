//! The MIPS64 fault proof VM, compatible with Cannon `multithreaded64-5`.
//!
//! A run starts from a [`State`]: made from an ELF by [`elf::load`], or read from a state file.
//! [`reference`](mod@reference) executes it one instruction at a time and reads like the
//! specification (specs `fault-proof/cannon-fault-proof-vm.md`). [`StepWitness`] is what the
//! on-chain VM needs to repeat one step, [`compact_proof`] makes its proof short. A [`Trace`] answers for any step of a whole run, and
//! an [`Engine`](engine::Engine) is what executes it.

mod codec;
mod compact_proof;
#[cfg(any(test, feature = "differential"))]
pub mod differential;
pub mod elf;
pub mod engine;
mod error;
mod fast;
mod instruction;
pub mod reference;
mod stack;
mod state;
mod step_witness;
pub mod syscall;
#[cfg(test)]
mod test_programs;
mod thread;
pub mod trace;
mod witness;

pub use codec::{STATE_VERSION, StateFileError, version_name};
pub use compact_proof::{CompactProofError, compact_proof};
pub use error::VmError;
pub use fast::Fast;
pub use instruction::Instruction;
pub use state::{Reservation, ReservationKind, State};
pub use step_witness::{OracleAccess, StepWitness};
pub use thread::{THREAD_BYTES, Thread};
pub use trace::{Trace, TraceOptions};
pub use witness::{STATE_WITNESS_BYTES, VmStatus, state_hash};

/// Steps that a thread runs before it has to let the next one go on.
pub const SCHEDULING_QUANTUM: u64 = 100_000;
/// Where anonymous mappings begin.
pub const HEAP_START: u64 = 0x1000_0000_0000;
/// Where anonymous mappings must end.
pub const HEAP_END: u64 = 0x6000_0000_0000;
/// What `brk` always answers.
pub const PROGRAM_BREAK: u64 = 0x4000_0000_0000;
