//! An EVM from Paris on, written from execution-specs and the OP Stack's specs.
//!
//! | part | what |
//! |---|---|
//! | [`Rules`] | a fork as a table of differences |
//! | [`Database`] | where accounts, storage and code come from |
//! | [`State`] | the journal over it: checkpoints, warmth, what changed |
//! | [`Evm`] | runs transactions and system calls |
//!
//! Calls stand on a stack of frames in memory, not on the program's own; all frames share one
//! arena of memory.
#![no_std]

extern crate alloc;

mod block;
mod code;
mod database;
mod error;
mod evm;
mod frame;
mod gas;
mod hasher;
mod interpreter;
mod memory;
mod memory_database;
mod opcode;
mod rules;
mod state;
mod transaction;

pub use block::{BlobSchedule, BlockEnv};
pub use code::Code;
pub use database::{AccountInfo, Database, PrecompileAnswer};
pub use error::{EvmError, Halt, InvalidTransaction};
pub use evm::{Evm, ExecutionResult, SYSTEM_ADDRESS, Status};
pub use memory_database::{MemoryAccount, MemoryDatabase};
pub use rules::{Fork, Rules};
pub use state::{AccountChange, State};
pub use transaction::{ExtraFees, Vaults, calldata_floor_gas, intrinsic_gas, recover_sender};
