//! The compiled contracts in an EVM of this process.
//!
//! For tests that put a contract beside the Rust code that has to agree with it: no node, no ports, thousands of
//! transactions a second, and gas as a block would charge it (Prague, so with EIP-7623's floor).

mod error;
mod evm;

pub use error::EvmError;
pub use evm::{Gas, LocalEvm, Receipt};
