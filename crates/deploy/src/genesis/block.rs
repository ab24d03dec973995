//! The genesis block's header.

use std::collections::BTreeMap;

use alloy::{
    consensus::{
        Header,
        constants::{EMPTY_OMMER_ROOT_HASH, EMPTY_ROOT_HASH},
    },
    eips::eip7685::EMPTY_REQUESTS_HASH,
};
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256};
use alloy_trie::{
    TrieAccount,
    root::{state_root_unhashed, storage_root_unhashed},
};
use endgame_contracts::predeploys::{L2_TO_L1_MESSAGE_PASSER, SEQUENCER_FEE_VAULT};

use super::Account;
use crate::{DeployConfig, Fees};

/// The header of a genesis block in which every fork to Isthmus is active.
pub(super) fn header(
    config: &DeployConfig,
    timestamp: u64,
    alloc: &BTreeMap<Address, Account>,
) -> Header {
    Header {
        parent_hash: B256::ZERO,
        ommers_hash: EMPTY_OMMER_ROOT_HASH,
        beneficiary: SEQUENCER_FEE_VAULT,
        state_root: state_root(alloc),
        transactions_root: EMPTY_ROOT_HASH,
        receipts_root: EMPTY_ROOT_HASH,
        gas_limit: config.l2_gas_limit,
        timestamp,
        extra_data: holocene_extra_data(&config.fees),
        base_fee_per_gas: Some(config.l2_genesis_base_fee),
        // Since Isthmus not of withdrawals of validators but the message passer's storage root (specs,
        // isthmus/exec-engine.md).
        withdrawals_root: Some(storage_root_of(alloc, L2_TO_L1_MESSAGE_PASSER)),
        blob_gas_used: Some(0),
        excess_blob_gas: Some(0),
        parent_beacon_block_root: Some(B256::ZERO),
        requests_hash: Some(EMPTY_REQUESTS_HASH),
        ..Header::default()
    }
}

/// The storage root of an account, also of one that is not there.
pub(super) fn storage_root_of(alloc: &BTreeMap<Address, Account>, address: Address) -> B256 {
    alloc.get(&address).map_or(EMPTY_ROOT_HASH, storage_root)
}

fn state_root(alloc: &BTreeMap<Address, Account>) -> B256 {
    state_root_unhashed(alloc.iter().map(|(address, account)| {
        let code_hash = if account.code.is_empty() {
            KECCAK256_EMPTY
        } else {
            keccak256(&account.code)
        };
        let account = TrieAccount {
            nonce: account.nonce,
            balance: account.balance,
            storage_root: storage_root(account),
            code_hash,
        };
        (*address, account)
    }))
}

fn storage_root(account: &Account) -> B256 {
    storage_root_unhashed(
        account
            .storage
            .iter()
            .map(|(slot, value)| (*slot, U256::from_be_bytes(value.0))),
    )
}

/// Version 0, denominator, elasticity (specs, `holocene/exec-engine.md`).
fn holocene_extra_data(fees: &Fees) -> Bytes {
    let mut data = vec![0];
    data.extend_from_slice(&fees.eip1559_denominator.to_be_bytes());
    data.extend_from_slice(&fees.eip1559_elasticity.to_be_bytes());
    data.into()
}
