//! Building a block.

use alloc::{string::ToString, sync::Arc, vec::Vec};

use alloy_consensus::{Header, Sealed, Transaction as _};
use alloy_evm::{
    Evm, EvmFactory,
    block::{BlockExecutionError, BlockExecutionResult, BlockExecutor},
    eth::NextEvmEnvAttributes,
};
use alloy_op_evm::{
    OpBlockExecutionCtx, OpBlockExecutor, OpEvmFactory, OpTx, block::OpAlloyReceiptBuilder,
    evm_env_for_op_next_block,
};
use alloy_primitives::{Address, Bytes, U256};
use op_alloy_consensus::OpReceiptEnvelope;
use revm::{
    Database, DatabaseCommit,
    database::{BundleState, State, states::bundle_state::BundleRetention},
    state::Account,
};

use crate::{
    Accelerator, Attributes, Chain, ExecutorError, Fork, Preimages, TrieDb,
    attributes::Transaction, extra_data, forks::BlockForks, l1_fee::BedrockFee, precompiles, seal,
};

/// A block that was built.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The header with its hash.
    pub header: Sealed<Header>,
    /// One receipt for each transaction.
    pub receipts: Vec<OpReceiptEnvelope>,
}

impl Chain {
    /// Builds the block after `db`'s parent and moves `db` to it.
    ///
    /// When the error [is that the block is invalid](ExecutorError::is_invalid), `db` stays where
    /// it was; after any other error, drop it.
    pub fn execute<P: Preimages>(
        &self,
        db: &mut TrieDb<P>,
        attributes: &Attributes,
    ) -> Result<Outcome, ExecutorError> {
        self.execute_with(db, attributes, None)
    }

    /// [`execute`](Self::execute) with costly precompiles computed elsewhere.
    pub fn execute_with<P: Preimages>(
        &self,
        db: &mut TrieDb<P>,
        attributes: &Attributes,
        accelerator: Option<Arc<dyn Accelerator>>,
    ) -> Result<Outcome, ExecutorError> {
        let parent = db.parent().clone();
        let forks = BlockForks {
            forks: self.forks,
            time: attributes.timestamp,
            parent_time: parent.timestamp,
        };
        if attributes.timestamp <= parent.timestamp {
            return Err(ExecutorError::InvalidAttributes(
                "timestamp is not after the parent's",
            ));
        }
        if forks.is_active(Fork::Ecotone) != attributes.parent_beacon_root.is_some() {
            return Err(ExecutorError::InvalidAttributes(
                "parent beacon root belongs to the blocks from Ecotone on",
            ));
        }
        let base_fee = self.base_fee(&parent, attributes.timestamp)?;
        let extra_data = if forks.is_active(Fork::Holocene) {
            extra_data::encode(
                attributes.eip1559_params,
                attributes.min_base_fee,
                forks.is_active(Fork::Jovian),
                self.eip1559,
            )?
        } else {
            Bytes::new()
        };
        refuse_users_at_activation(&forks, attributes)?;
        let transactions = attributes.decode()?;

        let run = self.run(
            db,
            attributes,
            &transactions,
            &forks,
            (base_fee, &extra_data),
            accelerator,
        );
        // What the EVM makes of a failed read may look like an invalid block; it is none.
        if let Some(fault) = db.take_fault() {
            return Err(fault.into());
        }
        let (result, bundle) = run?;
        let state_root = db.apply(&bundle)?;
        let header = seal::seal(
            db, attributes, &forks, &result, state_root, base_fee, extra_data,
        )?;
        db.advance(header.clone());
        Ok(Outcome {
            header,
            receipts: result.receipts,
        })
    }

    /// Runs the transactions; their receipts and the changed accounts.
    fn run<P: Preimages>(
        &self,
        db: &mut TrieDb<P>,
        attributes: &Attributes,
        transactions: &[Transaction],
        forks: &BlockForks,
        (base_fee, extra_data): (u64, &Bytes),
        accelerator: Option<Arc<dyn Accelerator>>,
    ) -> Result<(BlockExecutionResult<OpReceiptEnvelope>, BundleState), ExecutorError> {
        let parent = db.parent().clone();
        let env = evm_env_for_op_next_block(
            parent.inner(),
            NextEvmEnvAttributes {
                timestamp: attributes.timestamp,
                suggested_fee_recipient: attributes.fee_recipient,
                prev_randao: attributes.prev_randao,
                gas_limit: attributes.gas_limit,
                slot_number: None,
            },
            base_fee,
            forks,
            self.chain_id,
        );
        let spec = env.cfg_env.spec;
        let mut state = State::builder()
            .with_database(db)
            .with_bundle_update()
            .build();
        let mut evm = OpEvmFactory::<OpTx>::default().create_evm(&mut state, env);
        precompiles::install(evm.precompiles_mut(), spec, accelerator);
        let context = OpBlockExecutionCtx {
            parent_hash: parent.hash(),
            parent_beacon_block_root: attributes.parent_beacon_root,
            extra_data: extra_data.clone(),
        };
        let mut executor = OpBlockExecutor::new(
            evm,
            context,
            forks.clone(),
            OpAlloyReceiptBuilder::default(),
        );
        executor
            .apply_pre_execution_changes()
            .map_err(|e| ExecutorError::Evm(e.to_string()))?;
        let mut bedrock_fee = None;
        for (index, transaction) in transactions.iter().enumerate() {
            // EIP-7825 caps the gas of a transaction; deposits are exempt (specs
            // `protocol/karst/exec-engine.md`).
            let is_deposit = Attributes::is_deposit(transaction.encoded_bytes());
            executor.evm.ctx_mut().cfg.tx_gas_limit_cap = is_deposit.then_some(u64::MAX);
            if !is_deposit {
                let state = executor.evm.db_mut();
                if bedrock_fee.is_none() {
                    bedrock_fee = Some(BedrockFee::read(state, spec).map_err(read_error)?);
                }
                if let Some(Some(fee)) = &bedrock_fee {
                    let raw = transaction.encoded_bytes();
                    let number = U256::from(parent.number + 1);
                    executor.evm.ctx_mut().chain =
                        fee.info(state, number, spec, raw).map_err(read_error)?;
                }
            }
            if !forks.is_active(Fork::Regolith) {
                let left = attributes.gas_limit.saturating_sub(executor.gas_used);
                refuse_deposit_without_gas(index, transaction, left)?;
            }
            let creator = creator(transaction).filter(|_| !forks.is_active(Fork::Regolith));
            let nonce = creator
                .map(|creator| nonce(executor.evm.db_mut(), creator))
                .transpose()?;
            executor
                .execute_transaction(transaction)
                .map_err(|error| transaction_error(index, &error))?;
            if let (Some(creator), Some(before)) = (creator, nonce) {
                raise_nonce(executor.evm.db_mut(), creator, before)?;
            }
        }
        let (_, result) = executor
            .finish()
            .map_err(|e| ExecutorError::Evm(e.to_string()))?;
        state.merge_transitions(BundleRetention::PlainState);
        Ok((result, state.take_bundle()))
    }
}

/// Jovian and Karst forbid transactions of users in their first block: upgrade transactions run
/// there (specs `protocol/jovian/derivation.md`).
fn refuse_users_at_activation(
    forks: &BlockForks,
    attributes: &Attributes,
) -> Result<(), ExecutorError> {
    for fork in [Fork::Jovian, Fork::Karst] {
        if !forks.activates(fork) {
            continue;
        }
        let user = attributes
            .transactions
            .iter()
            .position(|raw| !Attributes::is_deposit(raw));
        if let Some(index) = user {
            return Err(ExecutorError::UserTransactionAtActivation { index, fork });
        }
    }
    Ok(())
}

/// Deposits take gas of the block, but for those of the system (specs `protocol/deposits.md`). Before
/// Regolith the library lets them take more than is left.
fn refuse_deposit_without_gas(
    index: usize,
    transaction: &Transaction,
    left: u64,
) -> Result<(), ExecutorError> {
    let deposit = transaction.value().as_deposit();
    let Some(deposit) = deposit.filter(|deposit| !deposit.is_system_transaction) else {
        return Ok(());
    };
    if deposit.gas_limit <= left {
        return Ok(());
    }
    let limit = deposit.gas_limit;
    Err(ExecutorError::InvalidTransaction {
        index,
        reason: alloc::format!("its gas limit, {limit}, is beyond what the block has left, {left}"),
    })
}

/// The sender of a deposit that creates a contract.
fn creator(transaction: &Transaction) -> Option<Address> {
    let transaction = transaction.value();
    let creates = transaction.is_deposit() && transaction.is_create();
    creates.then(|| transaction.signer())
}

fn nonce<D: Database>(state: &mut State<D>, address: Address) -> Result<u64, ExecutorError> {
    let account = state.basic(address).map_err(read_error)?;
    Ok(account.unwrap_or_default().nonce)
}

/// Raises the nonce of a deposit's sender if it is still what it was `before`.
///
/// A deposit that fails raises it (specs `protocol/deposits.md`, "Execution"). Before Regolith
/// op-revm does not when the deposit creates a contract and sends more than its sender has.
fn raise_nonce<D: Database>(
    state: &mut State<D>,
    address: Address,
    before: u64,
) -> Result<(), ExecutorError> {
    let account = state.basic(address).map_err(read_error)?;
    let mut info = account.unwrap_or_default();
    if info.nonce == before {
        let mut account = Account::from(info.clone());
        info.nonce = before.saturating_add(1);
        account.info = info;
        account.mark_touch();
        state.commit([(address, account)].into_iter().collect());
    }
    Ok(())
}

fn read_error(error: impl core::fmt::Display) -> ExecutorError {
    ExecutorError::Evm(error.to_string())
}

fn transaction_error(index: usize, error: &BlockExecutionError) -> ExecutorError {
    let reason = error.to_string();
    match error {
        BlockExecutionError::Validation(_) => ExecutorError::InvalidTransaction { index, reason },
        BlockExecutionError::Internal(_) => ExecutorError::Evm(reason),
    }
}
