//! A whole rollup on this machine: anvil as L1, an L2 in process, a sequencer and a batcher.
//!
//! [`Devnet::start`] starts the L1, deploys the contracts and runs the L2 from its genesis block
//! on. Nothing is mocked: L2 blocks are built from L1 data by the rules of derivation, posted to
//! L1, and what the L2 node serves as *safe* is what the fault proof program derives from L1 (a
//! difference from what the sequencer built ends the devnet with
//! [`DevnetError::Mismatch`]).
//!
//! | module | what it does |
//! |---|---|
//! | [`l1`] | runs anvil, mines its blocks, reads them with their hashes checked |
//! | [`l2`] | chain store, execution, state and proofs |
//! | [`sequencer`] | origin selection, transaction pool, block building |
//! | [`batch`] | the encoding of L2 blocks for L1 |
//! | [`batcher`] | posts them |
//! | [`safe`] | derives the safe chain and compares |
//! | [`rpc`] | JSON-RPC over HTTP and websocket |

pub mod batch;
pub mod batcher;
mod config;
mod devnet;
mod error;
mod keys;
pub mod l1;
pub mod l2;
pub mod rpc;
pub mod safe;
pub mod sequencer;
mod tasks;

pub use config::{DevnetConfig, Prestate, PrestateMaker};
pub use devnet::{Devnet, DevnetHandle};
pub use endgame_deploy::RollupConfig;
pub use error::DevnetError;
pub use keys::{DEV_KEYS, Role};
