//! What can go wrong in a devnet.

use std::{io, time::Duration};

use alloy::primitives::{Address, B256};
use endgame_host::HostError;

/// Why the devnet could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DevnetError {
    /// No usable `anvil` was found; the text says where it was looked for.
    #[error("no anvil found ({0}); run `npm ci` in contracts/ or set ENDGAME_ANVIL")]
    AnvilMissing(String),
    /// `anvil` ended before it answered.
    #[error("anvil did not start: {0}")]
    AnvilStart(String),
    /// The blob store failed.
    #[error("blobs: {0}")]
    Blobs(HostError),
    /// A request to the L1 node failed.
    #[error("L1 {what}: {reason}")]
    L1 {
        /// The RPC method or the thing asked for.
        what: &'static str,
        /// What the node or the transport said.
        reason: String,
    },
    /// The L1 node returned data that its own header does not commit to.
    #[error("L1 block {number}: {what} is {found}, its header says {expected}")]
    L1Inconsistent {
        /// Height of the block.
        number: u64,
        /// Which commitment disagrees.
        what: &'static str,
        /// The header's value.
        expected: B256,
        /// The value computed from the body.
        found: B256,
    },
    /// The L1 chain no longer holds a block that the L2 was built on.
    #[error("L1 reorganised: block {number} does not extend {parent}")]
    L1Reorg {
        /// Height of the first block that does not fit.
        number: u64,
        /// The block it should have extended.
        parent: B256,
    },
    /// A log of the portal or the system config does not decode.
    #[error("L1 log from {address}: {reason}")]
    L1Log {
        /// The contract that emitted it.
        address: Address,
        /// What is wrong with it.
        reason: String,
    },
    /// An L2 block's first transaction is no L1 attributes deposit.
    #[error("L2 block {number} carries no L1 attributes: {reason}")]
    L1Info {
        /// Height of the block.
        number: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The chain store failed.
    #[error("chain store: {0}")]
    Store(#[from] redb::Error),
    /// The chain store holds bytes that do not decode, or lacks something it must hold.
    #[error("chain store is corrupt: {0}")]
    Corrupt(String),
    /// The persistent chain store belongs to another chain.
    #[error("chain store has genesis {found}, this chain's is {expected}")]
    OtherChain {
        /// Genesis hash of this devnet.
        expected: B256,
        /// Genesis hash found in the store.
        found: B256,
    },
    /// A block could not be executed.
    #[error("execution of L2 block {number}: {reason}")]
    Execution {
        /// Height of the block.
        number: u64,
        /// What the executor said.
        reason: String,
    },
    /// Derivation from L1 gave another block than the sequencer built: the alarm of the devnet.
    #[error("DERIVATION MISMATCH at L2 block {number}: sequenced {sequenced}, derived {derived}")]
    Mismatch {
        /// Height of the first block that differs.
        number: u64,
        /// Hash of the sequencer's block.
        sequenced: B256,
        /// Hash of the block that L1 data gives.
        derived: B256,
    },
    /// The program that derives ended with an error of its own.
    #[error("derivation: {0}")]
    Program(String),
    /// The L1 contracts could not be deployed, or the genesis not made.
    #[error("deployment: {0}")]
    Deploy(String),
    /// A setting that makes no sense.
    #[error("configuration: {0}")]
    Config(String),
    /// An operation of the system failed.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Something did not happen in time.
    #[error("{what} did not happen within {after:?}")]
    Timeout {
        /// What was waited for.
        what: &'static str,
        /// How long.
        after: Duration,
    },
    /// A background task ended because of an error; the text is that error's.
    #[error("devnet stopped: {0}")]
    Stopped(String),
}

impl DevnetError {
    #[expect(clippy::needless_pass_by_value, reason = "for map_err")]
    pub(crate) fn l1(what: &'static str, reason: impl ToString) -> Self {
        Self::L1 {
            what,
            reason: reason.to_string(),
        }
    }
}

macro_rules! from_redb {
    ($($t:ident),*) => {$(
        impl From<redb::$t> for DevnetError {
            fn from(e: redb::$t) -> Self {
                Self::Store(e.into())
            }
        }
    )*};
}
from_redb!(
    DatabaseError,
    TransactionError,
    TableError,
    StorageError,
    CommitError
);
