//! What can go wrong in a run.

use alloc::string::String;

use alloy_primitives::B256;
use endgame_kona_executor::{ExecutorError, trie::TrieError};
use endgame_preimage::{OracleError, PreimageKey};
use endgame_section::SectionError;

/// Why a run ended without a verdict.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// A preimage could not be had.
    #[error(transparent)]
    Oracle(#[from] OracleError),
    /// A preimage is not what its key says.
    #[error("preimage {0} does not match its key")]
    Mismatch(PreimageKey),
    /// A preimage has a length that its key rules out.
    #[error("preimage {key} has {actual} bytes, not {expected}")]
    Length {
        /// The key.
        key: PreimageKey,
        /// What was expected.
        expected: usize,
        /// What came.
        actual: usize,
    },
    /// The bytes behind a hash are not what they should be.
    #[error("{what} {hash} does not decode: {reason}")]
    Decode {
        /// What was expected.
        what: &'static str,
        /// Its hash.
        hash: B256,
        /// What is wrong.
        reason: String,
    },
    /// The run is for another chain than the configuration.
    #[error("the run is for chain {run}, the configuration for chain {configured}")]
    ChainId {
        /// By the boot inputs.
        run: u64,
        /// By the configuration.
        configured: u64,
    },
    /// The agreed output root is of a version that is not known.
    #[error("agreed output root of unknown version {0}")]
    OutputVersion(B256),
    /// A block past the last fork that this program knows.
    #[error(
        "block {number} (time {time}) is in fork {fork}, which this program does not know: \
         it activates at {activation}"
    )]
    UnknownFork {
        /// The fork's name.
        fork: String,
        /// Its activation time.
        activation: u64,
        /// The block.
        number: u64,
        /// The block's time.
        time: u64,
    },
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A trie of L1 could not be read.
    #[error(transparent)]
    Trie(#[from] TrieError),
    /// A block could not be executed.
    #[error("block {number}: {error}")]
    Execution {
        /// The block.
        number: u64,
        /// Why.
        error: ExecutorError,
    },
    /// Derivation failed.
    #[error("derivation: {0}")]
    Derivation(String),
    /// A log of the deposit contract is malformed.
    #[error("log {index} of L1 block {block} is a malformed deposit")]
    Deposit {
        /// The L1 block.
        block: B256,
        /// The log's place in it.
        index: u64,
    },
    /// Derivation asks for the same reset over and over.
    #[error("derivation resets without end at block {0}")]
    EndlessReset(u64),
}

/// Why a chain configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not the JSON of a rollup configuration.
    #[error("rollup configuration: {0}")]
    Rollup(String),
    /// Not the JSON of an L1 chain configuration.
    #[error("L1 configuration: {0}")]
    L1(String),
    /// The chain uses something that this program does not have.
    #[error("the chain uses {0}, which this program does not support")]
    Unsupported(&'static str),
    /// The data of a network upgrade are not in the configuration.
    #[error("no upgrade data with hash {0}: make the prestate with them")]
    UpgradeData(B256),
    /// No such chain in the registry.
    #[error("chain {0} is not in the registry")]
    UnknownChain(String),
    /// The guest's reserved section cannot be read or filled.
    #[error(transparent)]
    Section(#[from] SectionError),
    /// The reserved section holds something else.
    #[error("configuration section: {0}")]
    Content(&'static str),
}
