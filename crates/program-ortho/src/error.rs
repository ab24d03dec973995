//! What can go wrong in a run.

use alloc::{boxed::Box, string::String};

use endgame_ortho_derive::DeriveError;
use endgame_ortho_execute::{ExecuteError, StateError};
use endgame_ortho_primitives::Hash;
use endgame_ortho_trie::TrieError;
use endgame_ortho_types::DecodeError;
use endgame_preimage::{OracleError, PreimageKey};

use crate::ConfigError;

/// Why the oracle could not give something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreimageError {
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
    /// A precompile's result begins with neither of the two statuses that there are.
    #[error("preimage {key} has status {status}, neither 0 nor 1")]
    Status {
        /// The key.
        key: PreimageKey,
        /// The first byte.
        status: u8,
    },
    /// The bytes behind a hash are not what they should be.
    #[error("{what} {hash}: {error}")]
    Malformed {
        /// What was expected.
        what: &'static str,
        /// Its hash.
        hash: Hash,
        /// What is wrong.
        error: DecodeError,
    },
    /// A block's number is not its parent's plus one.
    #[error("block {hash} is the parent of block {child} and has number {number}")]
    Number {
        /// The parent.
        hash: Hash,
        /// Its number.
        number: u64,
        /// The child's number.
        child: u64,
    },
    /// A list of a block could not be read.
    #[error("{what} of block {hash}: {error}")]
    List {
        /// Which list.
        what: &'static str,
        /// The block.
        hash: Hash,
        /// What is wrong.
        error: Box<TrieError<Self>>,
    },
    /// A block past the safe head, which nobody can know yet.
    #[error("L2 block {0} is past the safe head")]
    PastSafeHead(u64),
    /// A block on L2 that cannot be one of a rollup.
    #[error(transparent)]
    L2Block(Box<DeriveError<Self>>),
}

/// Why a run ended without a verdict.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProgramError {
    /// The oracle could not give something.
    #[error(transparent)]
    Preimage(#[from] PreimageError),
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
    OutputVersion(Hash),
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
    /// Derivation can't go on.
    #[error("derivation: {0}")]
    Derivation(#[from] DeriveError<PreimageError>),
    /// A block could not be executed.
    #[error("block {number}: {error}")]
    Execution {
        /// The block.
        number: u64,
        /// Why.
        error: ExecuteError<PreimageError>,
    },
    /// The state after a block could not be read.
    #[error("state after block {number}: {error}")]
    State {
        /// The block.
        number: u64,
        /// Why.
        error: StateError<PreimageError>,
    },
}
