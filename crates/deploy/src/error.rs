//! What can go wrong.

use alloy_primitives::{Address, B256};

/// Why a deployment or a genesis could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// A setting that cannot work.
    #[error("configuration: {field} {why}")]
    Config {
        /// The setting.
        field: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The node is of another chain than the configuration says.
    #[error("the L1 node serves chain {found}, the configuration says {expected}")]
    WrongChain {
        /// In the configuration.
        expected: u64,
        /// What the node says.
        found: u64,
    },
    /// The L1 lacks the contract that deploys at addresses known beforehand.
    #[error("no deterministic deployment proxy at {0} on L1")]
    NoCreate2(Address),
    /// The deployer cannot pay.
    #[error("deployer {0} has no ether on L1")]
    NoFunds(Address),
    /// A transaction was mined, and what it was meant to do is not done.
    #[error("{what}: transaction {transaction} {}", if *reverted { "reverted" } else { "changed nothing" })]
    Failed {
        /// What it was meant to do.
        what: String,
        /// Its hash.
        transaction: B256,
        /// Whether it reverted.
        reverted: bool,
    },
    /// Someone changed what this deployment was about to change. A deployment with another salt has other addresses.
    #[error(
        "{what}: {at} is in a state that this deployment did not leave it in; choose another salt"
    )]
    Conflict {
        /// What it was meant to do.
        what: String,
        /// Where.
        at: Address,
    },
    /// The L1 block that the chain starts from is not there (any more).
    #[error("the L1 node does not have block {0}, from which the chain starts")]
    NoStartBlock(u64),
    /// An embedded artifact is not usable.
    #[error(transparent)]
    Artifact(#[from] endgame_contracts::ArtifactError),
    /// The L1 node does not answer, or refuses.
    #[error("L1 node: {0}")]
    Rpc(#[from] alloy::transports::TransportError),
    /// A contract call failed.
    #[error("{what}: {source}")]
    Call {
        /// What it was meant to do.
        what: &'static str,
        /// Why it failed.
        source: Box<alloy::contract::Error>,
    },
    /// A transaction was not confirmed.
    #[error("waiting for a transaction: {0}")]
    Pending(#[from] alloy::providers::PendingTransactionError),
}
