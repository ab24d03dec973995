//! What is compared.

use std::collections::BTreeMap;

use endgame_ortho_evm::MemoryAccount;
use endgame_ortho_primitives::Address;
use endgame_ortho_types::Log;

use crate::{Case, ours, peer};

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It did what it does.
    Success,
    /// It was taken back.
    Revert,
    /// It was taken back, with all its gas.
    Halt,
}

/// What a receipt would say, and the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub ended: Ended,
    /// Gas that was paid for.
    pub gas_used: u64,
    /// What was returned.
    pub output: Vec<u8>,
    /// What was logged.
    pub logs: Vec<Log>,
}

/// What a transaction did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// What a receipt would say.
    pub outcome: Outcome,
    /// The whole state after it.
    pub accounts: BTreeMap<Address, MemoryAccount>,
}

/// Runs a case on both. Whether it ran, or was refused by both; the first difference otherwise.
pub fn compare(case: &Case) -> Result<bool, String> {
    let (ours, theirs) = match (ours::run(case), peer::run(case)) {
        (Ok(ours), Ok(theirs)) => (ours, theirs),
        (Err(_), Err(_)) => return Ok(false),
        (Ok(_), Err(error)) => return Err(format!("only the peer refuses: {error}")),
        (Err(error), Ok(_)) => return Err(format!("only ours refuses: {error}")),
    };
    if ours.outcome != theirs.outcome {
        return Err(format!(
            "{:?}, the peer: {:?}",
            ours.outcome, theirs.outcome
        ));
    }
    for (address, theirs) in &theirs.accounts {
        let ours = ours.accounts.get(address);
        if ours != Some(theirs) {
            return Err(format!("{address}: {ours:?}, the peer: {theirs:?}"));
        }
    }
    match ours
        .accounts
        .keys()
        .find(|address| !theirs.accounts.contains_key(address))
    {
        Some(address) => Err(format!("{address}: the peer has no such account")),
        None => Ok(true),
    }
}
