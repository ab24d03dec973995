//! A stateless OP Stack block builder on op-revm.
//!
//! [`Chain::execute`] builds the block that follows a [`TrieDb`]'s parent from payload
//! [`Attributes`]. It reads the parent's state as trie nodes, codes and headers through
//! [`Preimages`], and returns the sealed header with its receipts. The fault proof program runs it
//! on preimages from an oracle, an L2 node on its own store ([`TrieDb::recording`] gives the nodes
//! and codes that each block adds). [`Chain::call`] runs a message on a state without changing it.
//!
//! Forks up to Karst are executed as the specs say; where op-revm and its companions differ from
//! them, this crate corrects it and a test says so.
#![no_std]
#[cfg(test)]
extern crate std;

extern crate alloc;

mod attributes;
mod call;
mod chain;
mod db;
mod error;
mod execute;
mod extra_data;
mod forks;
mod genesis;
mod l1_fee;
mod precompiles;
mod preimages;
mod seal;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod trie;

pub use alloy_consensus::Header;
pub use alloy_op_evm::{OpEvm, OpTx};
pub use alloy_primitives::Sealed;
pub use op_alloy_consensus::{OpReceiptEnvelope, OpTxEnvelope};
pub use revm;

pub use attributes::Attributes;
pub use call::{Call, CallOutcome};
pub use chain::{Chain, Eip1559};
pub use db::TrieDb;
pub use error::ExecutorError;
pub use execute::Outcome;
pub use forks::{Fork, Forks};
pub use genesis::{GenesisAccount, genesis_state};
pub use precompiles::{Accelerator, AcceleratorError};
pub use preimages::{PreimageError, PreimageKind, Preimages};
pub use seal::{MESSAGE_PASSER, decode_header, output_root};
