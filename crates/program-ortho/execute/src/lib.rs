//! Builds OP Stack blocks from payload attributes, statelessly: what `protocol/exec-engine.md` and
//! each fork's `exec-engine.md` say.
//!
//! [`StateDatabase`] is the state after a block, read through a [`StateSource`];
//! [`Chain::execute`] builds the next block on it.
#![no_std]

extern crate alloc;

mod attributes;
mod base_fee;
mod chain;
mod database;
mod error;
mod execute;
pub mod fees;
mod forks;
mod seal;
mod source;

pub use attributes::Attributes;
pub use base_fee::FeeParameters;
pub use chain::{Chain, Eip1559};
pub use database::StateDatabase;
pub use error::{ExecuteError, StateError};
pub use execute::{Block, CREATE2_DEPLOYER_HASH};
pub use forks::{Fork, Forks};
pub use seal::{MESSAGE_PASSER, output_root};
pub use source::{Found, StateSource};
