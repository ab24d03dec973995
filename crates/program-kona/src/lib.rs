//! Program `kona`: a fault proof program that derives with kona-derive and executes with op-revm.
//!
//! [`run`] takes the boot inputs from a preimage oracle (local keys 1 to 5), derives L2 blocks from
//! L1 data up to the claimed one, executes them and compares output roots. The guest ELF calls
//! [`run_in_vm`], agents and conformance runs call [`run`]; both are one program, and differ in
//! what they trust: in a VM, L1 checks every preimage that matters, and costly precompiles come
//! from the oracle as well. Natively the program checks each preimage against its key itself.
//!
//! The two generations of chain types meet at raw bytes: derivation is kona's (alloy 1), execution
//! is [`endgame_kona_executor`] (alloy 2).
#![no_std]
#[cfg(any(test, feature = "registry"))]
extern crate std;

extern crate alloc;

mod accelerate;
mod attributes;
mod blobs;
mod boot;
pub mod config;
mod deposits;
mod error;
mod l1;
mod l1_info;
mod l2;
mod pipeline;
mod receipts;
mod run;
mod source;
mod stages;
mod system_config;
mod upgrades;
mod witness;

pub use boot::BootInputs;
pub use config::ChainConfig;
pub use endgame_kona_executor as executor;
pub use error::{ConfigError, ProgramError};
pub use run::{BlockReport, EXIT_FAILED, EXIT_INVALID, EXIT_VALID, Verdict, run, run_in_vm};
pub use stages::channel_strings;
pub use upgrades::upgrade_transactions;
