//! A case on revm.

use std::collections::BTreeMap;

use endgame_ortho_evm::{Fork, MemoryAccount, Rules};
use endgame_ortho_primitives::{Address, Hash, Word};
use endgame_ortho_types::{Log, TxType, Unsigned};
use revm::{
    Context, ExecuteCommitEvm, MainBuilder, MainContext, MainnetEvm,
    context::{
        BlockEnv, CfgEnv, Journal, TxEnv,
        result::{ExecutionResult, Output},
        transaction::{AccessList, AccessListItem, SignedAuthorization},
    },
    context_interface::block::BlobExcessGasAndPrice,
    database::{AccountState, CacheDB, EmptyDB},
    primitives::{B256, TxKind, U256, hardfork::SpecId},
    state::{AccountInfo, Bytecode},
};

use crate::{
    Case, Ran, SENDER,
    compare::{Ended, Outcome},
};

/// revm with its state in memory.
pub type Evm =
    MainnetEvm<Context<BlockEnv, TxEnv, CfgEnv, CacheDB<EmptyDB>, Journal<CacheDB<EmptyDB>>, ()>>;

fn address(address: Address) -> revm::primitives::Address {
    address.0.into()
}

fn number(word: Word) -> U256 {
    U256::from_limbs(word.limbs())
}

fn word(number: U256) -> Word {
    Word::from_limbs(*number.as_limbs())
}

fn hash(hash: Hash) -> B256 {
    hash.0.into()
}

fn spec(fork: Fork) -> SpecId {
    match fork {
        Fork::Paris => SpecId::MERGE,
        Fork::Shanghai => SpecId::SHANGHAI,
        Fork::Cancun => SpecId::CANCUN,
        Fork::Prague => SpecId::PRAGUE,
        Fork::Osaka => SpecId::OSAKA,
    }
}

/// revm on the case's state.
pub fn evm(case: &Case) -> Evm {
    let mut database = CacheDB::new(EmptyDB::default());
    for (at, account) in &case.accounts {
        let code = Bytecode::new_raw(account.code.clone().into());
        let info = AccountInfo {
            balance: number(account.balance),
            nonce: account.nonce,
            code_hash: code.hash_slow(),
            code: Some(code),
            ..AccountInfo::default()
        };
        database.insert_account_info(address(*at), info);
        for (slot, value) in &account.storage {
            // An empty database can't fail.
            let _ = database.insert_account_storage(address(*at), number(*slot), number(*value));
        }
    }
    let block = &case.block;
    let block = BlockEnv {
        number: U256::from(block.number),
        beneficiary: address(block.beneficiary),
        timestamp: U256::from(block.timestamp),
        gas_limit: block.gas_limit,
        basefee: block.base_fee.saturating_u64(),
        difficulty: U256::ZERO,
        prevrandao: Some(hash(block.prev_randao)),
        blob_excess_gas_and_price: Some(BlobExcessGasAndPrice {
            excess_blob_gas: 0,
            blob_gasprice: block.blob_base_fee.to_u128().unwrap_or(u128::MAX),
        }),
        ..BlockEnv::default()
    };
    // revm leaves this to whoever knows the chain.
    let mut configuration = CfgEnv::new_with_spec(spec(case.fork));
    let rules = Rules::of(case.fork);
    let most = rules.blobs.map(|schedule| schedule.max);
    configuration.max_blobs_per_tx = rules.blobs_per_transaction.or(most);
    Context::mainnet()
        .with_db(database)
        .with_block(block)
        .with_cfg(configuration)
        .build_mainnet()
}

/// The transaction as revm has it.
pub fn transaction(transaction: &Unsigned) -> TxEnv {
    let wide = |word: Word| word.to_u128().unwrap_or(u128::MAX);
    let dynamic = transaction.tx_type >= TxType::DynamicFee;
    let access_list = transaction.access_list.iter().map(|item| AccessListItem {
        address: address(item.address),
        storage_keys: item.slots.iter().map(|slot| hash(*slot)).collect(),
    });
    let authorizations = transaction.authorizations.iter().map(|item| {
        let unsigned = revm::context::transaction::Authorization {
            chain_id: number(item.chain_id),
            address: address(item.address),
            nonce: item.nonce,
        };
        let (r, s) = (number(item.r), number(item.s));
        revm::context::either::Either::Left(SignedAuthorization::new_unchecked(
            unsigned,
            item.y_parity,
            r,
            s,
        ))
    });
    TxEnv {
        tx_type: transaction.tx_type as u8,
        caller: address(SENDER),
        gas_limit: transaction.gas_limit,
        gas_price: wide(transaction.max_fee_per_gas),
        kind: transaction
            .to
            .map_or(TxKind::Create, |to| TxKind::Call(address(to))),
        value: number(transaction.value),
        data: transaction.data.clone().into(),
        nonce: transaction.nonce,
        chain_id: transaction.chain_id,
        access_list: AccessList(access_list.collect()),
        gas_priority_fee: dynamic.then(|| wide(transaction.max_priority_fee_per_gas)),
        blob_hashes: transaction
            .blob_hashes
            .iter()
            .map(|blob| hash(*blob))
            .collect(),
        max_fee_per_blob_gas: wide(transaction.max_fee_per_blob_gas),
        authorization_list: authorizations.collect(),
    }
}

/// Runs the case; what came out, or why the transaction was refused.
pub fn run(case: &Case) -> Result<Ran, String> {
    let mut evm = evm(case);
    let result = evm
        .transact_commit(transaction(&case.transaction))
        .map_err(|error| error.to_string())?;
    let gas_used = result.gas().tx_gas_used();
    let (ended, output, logs) = match result {
        ExecutionResult::Success { output, logs, .. } => {
            let output = match output {
                Output::Call(output) => output,
                // The new code, which the state has too.
                Output::Create(..) => revm::primitives::Bytes::new(),
            };
            (Ended::Success, output, logs)
        }
        ExecutionResult::Revert { output, .. } => (Ended::Revert, output, Vec::new()),
        ExecutionResult::Halt { .. } => (Ended::Halt, revm::primitives::Bytes::new(), Vec::new()),
    };
    let logs = logs.into_iter().map(|log| Log {
        address: Address(log.address.0.0),
        topics: log
            .data
            .topics()
            .iter()
            .map(|topic| Hash(topic.0))
            .collect(),
        data: log.data.data.to_vec(),
    });
    let logs = logs.collect();
    Ok(Ran {
        outcome: Outcome {
            ended,
            gas_used,
            output: output.to_vec(),
            logs,
        },
        accounts: accounts(&evm.ctx.journaled_state.database),
    })
}

/// The state, without accounts that are empty.
fn accounts(database: &CacheDB<EmptyDB>) -> BTreeMap<Address, MemoryAccount> {
    let cache = &database.cache;
    let live = cache.accounts.iter().filter(|(_, account)| {
        account.account_state != AccountState::NotExisting && !account.info.is_empty()
    });
    live.map(|(at, account)| {
        let code = account
            .info
            .code
            .as_ref()
            .or_else(|| cache.contracts.get(&account.info.code_hash))
            .map(|code| code.original_byte_slice().to_vec());
        let storage = account.storage.iter().filter(|(_, value)| !value.is_zero());
        let account = MemoryAccount {
            nonce: account.info.nonce,
            balance: word(account.info.balance),
            code: code.unwrap_or_default(),
            storage: storage
                .map(|(slot, value)| (word(*slot), word(*value)))
                .collect(),
        };
        (Address(at.0.0), account)
    })
    .collect()
}
