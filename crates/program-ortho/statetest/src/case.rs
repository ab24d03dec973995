//! One transaction under one fork.

use std::{collections::BTreeMap, fmt};

use endgame_ortho_evm::{
    BlobSchedule, BlockEnv, Evm, EvmError, ExtraFees, Fork, MemoryAccount, MemoryDatabase, Rules,
    State, recover_sender,
};
use endgame_ortho_primitives::{Address, Hash, Word, keccak256};
use endgame_ortho_rlp::Encoder;
use endgame_ortho_types::{AccessListItem, Authorization, Log, Signed, TxType, Unsigned};

use crate::{
    fixture::{Indexes, Post, Test, Transaction},
    state_root,
};

/// A case that came out wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// File, test, fork and indexes.
    pub case: String,
    /// The first difference.
    pub difference: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.case, self.difference)
    }
}

/// Runs a case; what is wrong, if anything.
pub(crate) fn run(test: &Test, fork: Fork, fork_name: &str, post: &Post) -> Result<(), String> {
    let mut rules = Rules::of(fork);
    if let Some(blobs) = test.config.blob_schedule.get(fork_name) {
        rules.blobs = Some(BlobSchedule {
            max: blobs.max.to_u64(),
            base_fee_update_fraction: blobs.base_fee_update_fraction.to_u64(),
        });
    }
    let block = block(test, &rules);
    let accounts: BTreeMap<Address, MemoryAccount> = test
        .pre
        .iter()
        .map(|(address, state)| (address.0, state.into()))
        .collect();
    let mut database = MemoryDatabase::new(accounts);
    let sender = test.transaction.sender.0;
    let transaction = transaction(&test.transaction, post.indexes, block.chain_id)?;
    let gas_left = block.gas_limit;

    let mut evm = Evm::new(State::new(&mut database, 0), rules, block);
    let result = match transaction {
        Some(transaction) => evm.transact(&transaction, sender, gas_left, &ExtraFees::default()),
        None => Err(EvmError::Transaction(
            endgame_ortho_evm::InvalidTransaction::CostOverflow,
        )),
    };
    let changes = evm.state.changes();
    let (logs, refused) = match result {
        Ok(result) => (result.logs, None),
        Err(EvmError::Transaction(error)) => (Vec::new(), Some(error)),
    };
    if refused.is_none() {
        database.apply(changes);
    }
    match (&refused, &post.expect_exception) {
        (Some(error), None) => return Err(format!("refused: {error}")),
        (None, Some(exception)) => return Err(format!("not refused, expected {exception}")),
        (None, None) => check_sender(post, sender)?,
        (Some(_), Some(_)) => {}
    }
    let root = state_root(&database.accounts);
    if root != post.hash.0 {
        let difference = first_difference(post, &database.accounts);
        return Err(format!(
            "state root {root}, expected {}: {difference}",
            post.hash.0
        ));
    }
    let logs = logs_hash(&logs);
    if logs != post.logs.0 {
        return Err(format!("logs hash {logs}, expected {}", post.logs.0));
    }
    Ok(())
}

fn block(test: &Test, rules: &Rules) -> BlockEnv {
    let env = &test.env;
    let excess = env.excess_blob_gas.to_u64();
    BlockEnv {
        chain_id: test.config.chainid.map_or(1, crate::hex::Number::to_u64),
        number: env.number.to_u64(),
        beneficiary: env.coinbase.0,
        timestamp: env.timestamp.to_u64(),
        gas_limit: env.gas_limit.to_u64(),
        base_fee: env.base_fee.0,
        prev_randao: env.random.0.into(),
        blob_base_fee: rules
            .blobs
            .map_or(Word::ZERO, |blobs| blobs.base_fee(excess)),
    }
}

/// The transaction; nothing if a number in it is larger than any transaction can have.
fn transaction(
    test: &Transaction,
    indexes: Indexes,
    chain_id: u64,
) -> Result<Option<Unsigned>, String> {
    let missing = || format!("no transaction has the indexes {indexes:?}");
    let data = test.data.get(indexes.data).ok_or_else(missing)?;
    let gas_limit = test.gas_limit.get(indexes.gas).ok_or_else(missing)?;
    let value = test.value.get(indexes.value).ok_or_else(missing)?;
    let lists = test
        .access_lists
        .as_ref()
        .and_then(|lists| lists.get(indexes.data));
    let access_list = lists.and_then(Option::as_ref);
    let tx_type = if test.authorization_list.is_some() {
        TxType::SetCode
    } else if test.max_fee_per_blob_gas.is_some() || test.blob_versioned_hashes.is_some() {
        TxType::Blob
    } else if test.max_fee_per_gas.is_some() {
        TxType::DynamicFee
    } else if access_list.is_some() {
        TxType::AccessList
    } else {
        TxType::Legacy
    };
    let (Some(gas_limit), Some(nonce)) = (gas_limit.0.to_u64(), test.nonce.0.to_u64()) else {
        return Ok(None);
    };
    if value.1 || has_too_large_number(test) {
        return Ok(None);
    }
    let gas_price = test.gas_price.unwrap_or_default();
    let authorizations = test
        .authorization_list
        .iter()
        .flatten()
        .map(|item| Authorization {
            chain_id: item.chain_id.0,
            address: item.address.0,
            nonce: item.nonce.to_u64(),
            y_parity: u8::try_from(item.v.to_u64()).unwrap_or(u8::MAX),
            r: item.r.0,
            s: item.s.0,
        });
    Ok(Some(Unsigned {
        tx_type,
        chain_id: (tx_type != TxType::Legacy).then_some(chain_id),
        nonce,
        max_priority_fee_per_gas: test.max_priority_fee_per_gas.unwrap_or(gas_price).0,
        max_fee_per_gas: test.max_fee_per_gas.unwrap_or(gas_price).0,
        gas_limit,
        to: test.to.0,
        value: value.0,
        data: data.0.clone(),
        access_list: access_list
            .into_iter()
            .flatten()
            .map(|item| AccessListItem {
                address: item.address.0,
                slots: item.storage_keys.iter().map(|slot| slot.0.into()).collect(),
            })
            .collect(),
        max_fee_per_blob_gas: test.max_fee_per_blob_gas.unwrap_or_default().0,
        blob_hashes: test
            .blob_versioned_hashes
            .iter()
            .flatten()
            .map(|hash| hash.0)
            .collect(),
        authorizations: authorizations.collect(),
    }))
}

/// Whether a number is larger than its place in a transaction's encoding.
fn has_too_large_number(test: &Transaction) -> bool {
    let fees = [
        test.gas_price,
        test.max_fee_per_gas,
        test.max_priority_fee_per_gas,
        test.max_fee_per_blob_gas,
    ];
    let authorizations = test.authorization_list.iter().flatten();
    fees.iter().flatten().any(|fee| fee.1)
        || authorizations.into_iter().any(|item| {
            [item.chain_id, item.r, item.s]
                .iter()
                .any(|number| number.1)
                || item.nonce.0.to_u64().is_none()
                || item.v.0 > Word::from(u64::from(u8::MAX))
        })
}

/// The raw transaction must be one that the sender signed: our codec and recovery, tested too.
fn check_sender(post: &Post, sender: Address) -> Result<(), String> {
    let Some(raw) = &post.txbytes else {
        return Ok(());
    };
    let signed = Signed::decode(&raw.0).map_err(|error| format!("txbytes: {error}"))?;
    match recover_sender(&signed) {
        Ok(found) if found == sender => Ok(()),
        Ok(found) => Err(format!("txbytes signed by {found}, expected {sender}")),
        Err(error) => Err(format!("txbytes: {error}")),
    }
}

/// keccak-256 of the RLP of the list of logs.
fn logs_hash(logs: &[Log]) -> Hash {
    let mut encoder = Encoder::new();
    encoder.list(|list| logs.iter().for_each(|log| log.write(list)));
    keccak256(&encoder.finish())
}

/// The first account and field that differ from what the fixture has.
fn first_difference(post: &Post, found: &BTreeMap<Address, MemoryAccount>) -> String {
    let Some(expected) = &post.state else {
        return "the fixture has no state to compare with".to_owned();
    };
    let expected: BTreeMap<Address, MemoryAccount> = expected
        .iter()
        .map(|(address, state)| (address.0, state.into()))
        .collect();
    for (address, want) in &expected {
        let Some(got) = found.get(address) else {
            return format!("{address} is missing");
        };
        if got.nonce != want.nonce {
            return format!("{address} nonce {}, expected {}", got.nonce, want.nonce);
        }
        if got.balance != want.balance {
            return format!(
                "{address} balance {}, expected {}",
                got.balance, want.balance
            );
        }
        if got.code != want.code {
            return format!("{address} code differs");
        }
        let slots = got.storage.keys().chain(want.storage.keys());
        for slot in slots {
            let value =
                |account: &MemoryAccount| account.storage.get(slot).copied().unwrap_or_default();
            if value(got) != value(want) {
                let (got, want) = (value(got), value(want));
                return format!("{address} slot {slot} is {got}, expected {want}");
            }
        }
    }
    match found.keys().find(|address| !expected.contains_key(address)) {
        Some(address) => format!("{address} should not exist"),
        None => "the fixture's own state has another root".to_owned(),
    }
}
