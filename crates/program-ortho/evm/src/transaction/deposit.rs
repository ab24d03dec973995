//! Deposits: transactions that L1 paid for (OP specs `protocol/deposits.md`).

use endgame_ortho_types::{Deposit, Unsigned};

use super::{TopCall, calldata_floor_gas, intrinsic_gas};
use crate::{Database, Evm, ExecutionResult, Halt, Status, evm::TransactionContext};

impl<D: Database> Evm<D> {
    /// Runs a deposit. It can't be invalid: one that can't run keeps its mint and raises its
    /// sender's nonce, and has used all its gas ("Execution").
    ///
    /// `regolith` is whether gas is counted as it is used. Before, a deposit has used its whole
    /// limit, and a system transaction none.
    pub fn deposit(
        &mut self,
        deposit: &Deposit,
        regolith: bool,
    ) -> Result<ExecutionResult, D::Error> {
        self.state.begin_transaction();
        let sender_id = self.state.load(deposit.from)?;
        if !deposit.mint.is_zero() {
            self.state.add_balance(sender_id, deposit.mint);
        }
        self.transaction = TransactionContext {
            origin: deposit.from,
            ..TransactionContext::default()
        };
        // What a signed transaction with the same call would pay for being one.
        let message = Unsigned {
            to: deposit.to,
            data: deposit.data.clone(),
            gas_limit: deposit.gas_limit,
            ..Unsigned::default()
        };
        self.warm_what_is_listed(&message);
        let nonce = self.state.account(sender_id).nonce;
        self.state.set_nonce(sender_id, nonce.saturating_add(1));
        let failed = if deposit.is_system && !regolith {
            0
        } else {
            deposit.gas_limit
        };
        if let Err(halt) = self.check_deposit(deposit, &message, sender_id) {
            self.return_data.clear();
            return Ok(self.finish(Status::Halt(halt), failed, None));
        }
        let call = TopCall {
            sender: deposit.from,
            sender_id,
            to: deposit.to,
            value: deposit.value,
            gas: deposit.gas_limit - intrinsic_gas(&self.rules, &message),
            nonce,
        };
        let (ended, created) = self.top_call(&call, &deposit.data)?;
        let gas_used = if regolith {
            self.gas_used(&message, ended.gas_left)
        } else {
            failed
        };
        Ok(self.finish(ended.status, gas_used, created))
    }

    /// What makes a signed transaction invalid makes a deposit fail.
    fn check_deposit(
        &self,
        deposit: &Deposit,
        message: &Unsigned,
        sender: crate::state::AccountId,
    ) -> Result<(), Halt> {
        let length = deposit.data.len();
        if deposit.to.is_none()
            && self
                .rules
                .init_code_limit
                .is_some_and(|limit| length > limit)
        {
            return Err(Halt::InitCodeSize);
        }
        let floor = if self.rules.calldata_floor {
            calldata_floor_gas(&deposit.data)
        } else {
            0
        };
        if deposit.gas_limit < intrinsic_gas(&self.rules, message).max(floor) {
            return Err(Halt::OutOfGas);
        }
        if self.state.account(sender).balance < deposit.value {
            return Err(Halt::Balance);
        }
        Ok(())
    }
}
