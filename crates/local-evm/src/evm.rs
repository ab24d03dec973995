//! Accounts, transactions and a clock.

use alloy::{
    primitives::{Address, Bytes, Log, TxKind, U256},
    sol_types::SolCall,
};
use endgame_contracts::Artifact;
use revm::{
    ExecuteCommitEvm as _, ExecuteEvm as _, MainBuilder as _, MainnetEvm,
    context::{
        BlockEnv, CfgEnv, ContextTr as _, TxEnv,
        result::{ExecutionResult, Output, ResultGas},
    },
    database::InMemoryDB,
    handler::MainnetContext,
    primitives::hardfork::SpecId,
    state::{AccountInfo, Bytecode},
};

use crate::EvmError;

/// More gas than any transaction of the tests needs.
const GAS_LIMIT: u64 = 1 << 32;

/// What a transaction costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gas {
    /// All of it: what a receipt says.
    pub transaction: u64,
    /// What execution took, without the price of the transaction and its calldata and before any refund.
    pub execution: u64,
}

/// A transaction that succeeded.
#[derive(Clone, Debug)]
pub struct Receipt<T = Bytes> {
    /// What it returned.
    pub output: T,
    /// Its events.
    pub logs: Vec<Log>,
    /// Its cost.
    pub gas: Gas,
}

/// A chain of one block, whose transactions cost no ether.
#[derive(Debug)]
pub struct LocalEvm {
    evm: MainnetEvm<MainnetContext<InMemoryDB>>,
    block: BlockEnv,
}

impl LocalEvm {
    /// An empty chain whose clock shows `timestamp`.
    pub fn new(timestamp: u64) -> Self {
        let block = BlockEnv {
            number: U256::from(1000),
            timestamp: U256::from(timestamp),
            gas_limit: u64::MAX,
            ..BlockEnv::default()
        };
        let mut cfg = CfgEnv::new_with_spec(SpecId::PRAGUE);
        // Who sends how many transactions is no concern of a test.
        cfg.disable_nonce_check = true;
        let evm = MainnetContext::<InMemoryDB>::new(InMemoryDB::default(), SpecId::PRAGUE)
            .with_cfg(cfg)
            .with_block(block.clone())
            .build_mainnet();
        Self { evm, block }
    }

    /// Gives an account so much ether.
    pub fn fund(&mut self, account: Address, wei: U256) {
        let info = AccountInfo::from_balance(wei);
        self.evm.ctx.db_mut().insert_account_info(account, info);
    }

    /// Puts a contract at an address, without running any constructor.
    pub fn put_code(&mut self, account: Address, code: Bytes) {
        let info = AccountInfo::default().with_code(Bytecode::new_raw(code));
        self.evm.ctx.db_mut().insert_account_info(account, info);
    }

    /// Seconds since the epoch.
    pub fn timestamp(&self) -> u64 {
        self.block.timestamp.saturating_to()
    }

    /// Lets so many seconds pass.
    pub fn pass(&mut self, seconds: u64) {
        self.block.timestamp += U256::from(seconds);
        self.block.number += U256::ONE;
        self.evm.set_block(self.block.clone());
    }

    /// Deploys a contract with ABI-encoded constructor arguments.
    pub fn deploy(&mut self, artifact: Artifact, arguments: &[u8]) -> Result<Address, EvmError> {
        let tx = TxEnv {
            kind: TxKind::Create,
            data: artifact.init_code(arguments)?,
            gas_limit: GAS_LIMIT,
            ..TxEnv::default()
        };
        match self.execute(tx, true)? {
            (Output::Create(_, Some(address)), ..) => Ok(address),
            _ => Err(EvmError::Invalid("nothing was created".to_owned())),
        }
    }

    /// Sends a transaction with this calldata.
    pub fn send_raw(
        &mut self,
        from: Address,
        to: Address,
        value: U256,
        data: Bytes,
    ) -> Result<Receipt, EvmError> {
        self.run(from, to, value, data, true)
    }

    /// Sends a transaction that calls a function.
    pub fn send<C: SolCall>(
        &mut self,
        from: Address,
        to: Address,
        value: U256,
        call: &C,
    ) -> Result<Receipt<C::Return>, EvmError> {
        let receipt = self.run(from, to, value, call.abi_encode().into(), true)?;
        decode::<C>(receipt)
    }

    /// Asks a contract: as `send`, but without effect.
    pub fn call<C: SolCall>(
        &mut self,
        from: Address,
        to: Address,
        call: &C,
    ) -> Result<Receipt<C::Return>, EvmError> {
        let receipt = self.run(from, to, U256::ZERO, call.abi_encode().into(), false)?;
        decode::<C>(receipt)
    }

    fn run(
        &mut self,
        from: Address,
        to: Address,
        value: U256,
        data: Bytes,
        commit: bool,
    ) -> Result<Receipt, EvmError> {
        let intrinsic = intrinsic_gas(&data);
        let tx = TxEnv {
            caller: from,
            kind: TxKind::Call(to),
            value,
            data,
            gas_limit: GAS_LIMIT,
            ..TxEnv::default()
        };
        let (output, logs, gas) = self.execute(tx, commit)?;
        Ok(Receipt {
            output: output.into_data(),
            logs,
            gas: Gas {
                transaction: gas.tx_gas_used(),
                execution: gas.total_gas_spent().saturating_sub(intrinsic),
            },
        })
    }

    fn execute(
        &mut self,
        tx: TxEnv,
        commit: bool,
    ) -> Result<(Output, Vec<Log>, ResultGas), EvmError> {
        let result = if commit {
            self.evm.transact_commit(tx)
        } else {
            self.evm.transact(tx).map(|outcome| outcome.result)
        };
        match result.map_err(|error| EvmError::Invalid(error.to_string()))? {
            ExecutionResult::Success {
                output, logs, gas, ..
            } => Ok((output, logs, gas)),
            ExecutionResult::Revert { output, .. } => Err(EvmError::Reverted(output)),
            ExecutionResult::Halt { reason, .. } => Err(EvmError::Halted(format!("{reason:?}"))),
        }
    }
}

fn decode<C: SolCall>(receipt: Receipt) -> Result<Receipt<C::Return>, EvmError> {
    Ok(Receipt {
        output: C::abi_decode_returns(&receipt.output)?,
        logs: receipt.logs,
        gas: receipt.gas,
    })
}

/// What a transaction costs before it executes anything.
fn intrinsic_gas(data: &[u8]) -> u64 {
    let calldata: u64 = data
        .iter()
        .map(|byte| if *byte == 0 { 4 } else { 16 })
        .sum();
    21_000 + calldata
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::sol_types::{SolError as _, SolValue as _};
    use endgame_contracts::{artifact, vm::IPreimageOracle};

    #[test]
    fn a_contract_keeps_what_a_transaction_stored() {
        let mut evm = LocalEvm::new(1_700_000_000);
        let arguments = (U256::from(126_000), U256::from(60)).abi_encode_params();
        let oracle = evm.deploy(artifact::PREIMAGE_ORACLE, &arguments).unwrap();
        let load = IPreimageOracle::loadKeccak256PreimagePartCall {
            partOffset: U256::ZERO,
            preimage: Bytes::from_static(b"preimage"),
        };
        let mut key = alloy::primitives::keccak256(b"preimage");
        key.0[0] = 2;
        let read = IPreimageOracle::readPreimageCall {
            key,
            offset: U256::ZERO,
        };
        let from = Address::repeat_byte(1);
        evm.call(from, oracle, &load).unwrap();
        assert!(evm.call(from, oracle, &read).is_err());
        let receipt = evm.send(from, oracle, U256::ZERO, &load).unwrap();
        assert!(receipt.gas.transaction > receipt.gas.execution + 21_000);
        let found = evm.call(from, oracle, &read).unwrap().output;
        assert_eq!(found.length, U256::from(16));
    }

    #[test]
    fn a_revert_carries_its_data() {
        let mut evm = LocalEvm::new(1);
        let arguments = (U256::from(126_000), U256::from(60)).abi_encode_params();
        let oracle = evm.deploy(artifact::PREIMAGE_ORACLE, &arguments).unwrap();
        let call = IPreimageOracle::initLPPCall {
            uuid: U256::ZERO,
            partOffset: 0,
            claimedSize: 1,
        };
        let error = evm.call(Address::ZERO, oracle, &call).unwrap_err();
        assert_eq!(
            error.revert_data().unwrap().as_ref(),
            IPreimageOracle::InsufficientBond::SELECTOR
        );
    }
}
