//! ortho: an independent OP Stack state transition function written from the specs, as a fault
//! proof program.
//!
//! [`run`] takes the boot inputs from a preimage oracle (local keys 1 to 5), derives L2 blocks from
//! L1 data up to the claimed one, executes them and compares output roots. The guest ELF calls
//! [`run_in_vm`], agents and conformance runs call [`run`]; both are one program, and differ in
//! what they trust: in a VM, L1 checks every preimage that matters, and costly precompiles come
//! from the oracle as well. Natively the program checks each preimage against its key itself.
//!
//! Each part is a crate of its own and usable alone; this one gathers them.
#![no_std]

extern crate alloc;

mod blobs;
mod boot;
mod chain_data;
pub mod config;
mod error;
mod hex;
mod l1;
mod l2;
mod oracle;
mod run;
mod state;
#[cfg(test)]
mod testing;
mod witness;

pub use boot::BootInputs;
pub use config::{ChainConfig, ConfigError};
pub use error::{PreimageError, ProgramError};
pub use run::{BlockReport, EXIT_FAILED, EXIT_INVALID, EXIT_VALID, Verdict, run, run_in_vm};

pub use endgame_ortho_derive as derive;
pub use endgame_ortho_evm as evm;
pub use endgame_ortho_execute as execute;
pub use endgame_ortho_precompiles as precompiles;
pub use endgame_ortho_primitives as primitives;
pub use endgame_ortho_rlp as rlp;
pub use endgame_ortho_trie as trie;
pub use endgame_ortho_types as types;
