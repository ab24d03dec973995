//! Messages run on a state that they do not change.

use alloc::{string::ToString, vec::Vec};

use alloy_consensus::Header;
use alloy_evm::{Evm, EvmFactory};
use alloy_op_evm::{OpEvmFactory, OpTx};
use alloy_primitives::{Address, Bytes, Log, TxKind, U256};
use op_revm::{OpTransaction, transaction::deposit::DepositTransactionParts};
use revm::{
    context::{TxEnv, result::ExecutionResult},
    database::State,
};

use crate::{Chain, ExecutorError, Preimages, TrieDb, attributes::DEPOSIT, precompiles};

/// A message as `eth_call` and `eth_estimateGas` take it.
#[derive(Clone, Debug)]
pub struct Call {
    /// The sender. It needs no funds but the value.
    pub from: Address,
    /// The contract, or a creation.
    pub to: TxKind,
    /// Wei.
    pub value: U256,
    /// At most this much gas.
    pub gas_limit: u64,
    /// Call data or init code.
    pub input: Bytes,
}

/// What a message did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallOutcome {
    /// Neither reverted nor halted.
    pub success: bool,
    /// Return or revert data.
    pub output: Bytes,
    /// With the intrinsic gas, after refunds.
    pub gas_used: u64,
    /// Emitted events.
    pub logs: Vec<Log>,
    /// Why the message halted; `None` for success and revert.
    pub halt: Option<alloc::string::String>,
}

impl Chain {
    /// Runs `call` on the state after `db`'s parent, inside a block with the fields of `header`.
    ///
    /// It runs as a deposit does: without fees, nonce or signature.
    pub fn call<P: Preimages>(
        &self,
        db: &mut TrieDb<P>,
        header: &Header,
        call: Call,
    ) -> Result<CallOutcome, ExecutorError> {
        let env = self.evm_env(header);
        let spec = env.cfg_env.spec;
        let mut state = State::builder().with_database(&mut *db).build();
        let mut evm = OpEvmFactory::<OpTx>::default().create_evm(&mut state, env);
        precompiles::install(evm.precompiles_mut(), spec, None);
        evm.ctx_mut().cfg.tx_gas_limit_cap = Some(u64::MAX);
        let transaction = OpTransaction {
            base: TxEnv {
                tx_type: DEPOSIT,
                caller: call.from,
                kind: call.to,
                value: call.value,
                gas_limit: call.gas_limit,
                data: call.input,
                ..TxEnv::default()
            },
            enveloped_tx: Some([DEPOSIT].into()),
            deposit: DepositTransactionParts::default(),
        };
        let result = evm.transact_raw(OpTx(transaction));
        drop(evm);
        drop(state);
        if let Some(fault) = db.take_fault() {
            return Err(fault.into());
        }
        let result = result
            .map_err(|e| ExecutorError::Evm(e.to_string()))?
            .result;
        let gas_used = result.tx_gas_used();
        Ok(match result {
            ExecutionResult::Success { output, logs, .. } => CallOutcome {
                success: true,
                output: output.into_data(),
                gas_used,
                logs,
                halt: None,
            },
            ExecutionResult::Revert { output, .. } => CallOutcome {
                success: false,
                output,
                gas_used,
                logs: Vec::new(),
                halt: None,
            },
            ExecutionResult::Halt { reason, .. } => CallOutcome {
                success: false,
                output: Bytes::new(),
                gas_used,
                logs: Vec::new(),
                halt: Some(alloc::format!("{reason:?}")),
            },
        })
    }
}
