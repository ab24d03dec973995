//! What can be wrong with a configuration.

use alloc::string::String;

use endgame_section::SectionError;

/// Why a chain configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not JSON.
    #[error("{what}: not JSON from line {line}, column {column} on")]
    Json {
        /// What should be.
        what: &'static str,
        /// Where it is not.
        line: usize,
        /// Where in that line.
        column: usize,
    },
    /// A field is not there or holds something else.
    #[error("{object}: {field} is not {expected}")]
    Field {
        /// Whose field.
        object: &'static str,
        /// Its name.
        field: String,
        /// What it should be.
        expected: &'static str,
    },
    /// The chain uses something that this program does not have.
    #[error("the chain uses {0}, which this program does not support")]
    Unsupported(&'static str),
    /// The L1 configuration is of another chain than the rollup's L1.
    #[error("L1 configuration: chain {configured}, the rollup's L1 is {rollup}")]
    L1ChainId {
        /// By the rollup configuration.
        rollup: u64,
        /// By the L1 configuration.
        configured: u64,
    },
    /// L1 is none that the program knows the blob fee of.
    #[error("L1 chain {0} is none of the public ones: its configuration is needed")]
    UnknownL1(u64),
    /// The guest's reserved section cannot be read or filled.
    #[error(transparent)]
    Section(#[from] SectionError),
}
