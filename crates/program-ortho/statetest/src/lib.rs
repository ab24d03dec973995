//! Runs JSON state tests of ethereum/execution-spec-tests on `ortho`'s EVM.
//!
//! A test is a state, a transaction with several data, gas limits and values, and for each fork
//! what comes out: the state's root, the hash of the logs, or that the transaction is refused.

mod case;
mod fixture;
mod glob;
mod hex;
mod root;
mod suite;

pub use case::Failure;
pub use endgame_ortho_evm::Fork;
pub use root::state_root;
pub use suite::{Options, Summary, fork_named, run};

use std::path::PathBuf;

/// Why tests can't be run at all.
#[derive(Debug, thiserror::Error)]
pub enum StateTestError {
    /// A file or directory that can't be read.
    #[error("{path}: {error}")]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// No test to run.
    #[error("no test in {0} fits")]
    Nothing(PathBuf),
}
