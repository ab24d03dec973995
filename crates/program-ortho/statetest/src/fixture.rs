//! A state test as its file has it.

use std::collections::BTreeMap;

use endgame_ortho_evm::MemoryAccount;
use serde::Deserialize;

use crate::hex::{Account, Bytes, Digest, Number, Recipient};

/// A test: a state, a transaction, and what comes out.
#[derive(Debug, Deserialize)]
pub(crate) struct Test {
    pub(crate) env: Env,
    pub(crate) pre: BTreeMap<Account, State>,
    pub(crate) transaction: Transaction,
    pub(crate) post: BTreeMap<String, Vec<Post>>,
    #[serde(default)]
    pub(crate) config: Config,
}

/// The block.
#[derive(Debug, Deserialize)]
pub(crate) struct Env {
    #[serde(rename = "currentCoinbase")]
    pub(crate) coinbase: Account,
    #[serde(rename = "currentGasLimit")]
    pub(crate) gas_limit: Number,
    #[serde(rename = "currentNumber")]
    pub(crate) number: Number,
    #[serde(rename = "currentTimestamp")]
    pub(crate) timestamp: Number,
    #[serde(rename = "currentBaseFee", default)]
    pub(crate) base_fee: Number,
    #[serde(rename = "currentRandom", default)]
    pub(crate) random: Number,
    #[serde(rename = "currentExcessBlobGas", default)]
    pub(crate) excess_blob_gas: Number,
}

/// The chain.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Config {
    pub(crate) chainid: Option<Number>,
    pub(crate) blob_schedule: BTreeMap<String, Blobs>,
}

/// A fork's blob schedule.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Blobs {
    pub(crate) max: Number,
    pub(crate) base_fee_update_fraction: Number,
}

/// An account with everything that it has.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct State {
    pub(crate) nonce: Number,
    pub(crate) balance: Number,
    pub(crate) code: Bytes,
    pub(crate) storage: BTreeMap<Number, Number>,
}

/// A transaction with several data, gas limits and values.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transaction {
    pub(crate) nonce: Number,
    pub(crate) gas_price: Option<Number>,
    pub(crate) max_priority_fee_per_gas: Option<Number>,
    pub(crate) max_fee_per_gas: Option<Number>,
    pub(crate) gas_limit: Vec<Number>,
    pub(crate) to: Recipient,
    pub(crate) value: Vec<Number>,
    pub(crate) data: Vec<Bytes>,
    pub(crate) sender: Account,
    pub(crate) access_lists: Option<Vec<Option<Vec<AccessListItem>>>>,
    pub(crate) max_fee_per_blob_gas: Option<Number>,
    pub(crate) blob_versioned_hashes: Option<Vec<Digest>>,
    pub(crate) authorization_list: Option<Vec<Authorization>>,
}

/// Storage that a transaction says it will use.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessListItem {
    pub(crate) address: Account,
    pub(crate) storage_keys: Vec<Number>,
}

/// An account's wish to run another's code.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authorization {
    pub(crate) chain_id: Number,
    pub(crate) address: Account,
    pub(crate) nonce: Number,
    pub(crate) v: Number,
    pub(crate) r: Number,
    pub(crate) s: Number,
}

/// What comes out of one transaction under one fork.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Post {
    pub(crate) hash: Digest,
    pub(crate) logs: Digest,
    pub(crate) indexes: Indexes,
    pub(crate) txbytes: Option<Bytes>,
    pub(crate) expect_exception: Option<String>,
    pub(crate) state: Option<BTreeMap<Account, State>>,
}

/// Which of the transaction's data, gas limits and values.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Indexes {
    pub(crate) data: usize,
    pub(crate) gas: usize,
    pub(crate) value: usize,
}

impl From<&State> for MemoryAccount {
    fn from(state: &State) -> Self {
        Self {
            nonce: state.nonce.to_u64(),
            balance: state.balance.0,
            code: state.code.0.clone(),
            storage: state
                .storage
                .iter()
                .filter(|(_, value)| !value.0.is_zero())
                .map(|(slot, value)| (slot.0, value.0))
                .collect(),
        }
    }
}
