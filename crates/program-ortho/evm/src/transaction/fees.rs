//! Who gets what.

use endgame_ortho_primitives::{Address, Word};
use endgame_ortho_types::Unsigned;

use super::check::Prices;
use crate::{Database, Evm, state::AccountId};

/// What a rollup's transactions pay beside gas, and to whom. On L1 nothing, and the base fee is
/// burned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExtraFees {
    /// What the transaction's data costs on L1.
    pub l1_fee: Word,
    /// The operator's wei a millionth of a gas.
    pub operator_fee_scalar: Word,
    /// By what the product of gas and scalar is divided; 0 on L1.
    pub operator_fee_divisor: u64,
    /// The operator's wei a transaction.
    pub operator_fee_constant: Word,
    /// Where all of it and the base fee goes.
    pub vaults: Option<Vaults>,
}

/// The accounts that collect fees on a rollup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vaults {
    /// Base fees.
    pub base_fee: Address,
    /// L1 data fees.
    pub l1_fee: Address,
    /// Operator fees, once there are any.
    pub operator_fee: Option<Address>,
}

impl ExtraFees {
    /// The operator's fee for so much gas.
    fn operator_fee(&self, gas: u64) -> Word {
        // 64 by 32 bits, at most times 100: far from 2^256.
        Word::from(gas)
            .wrapping_mul(self.operator_fee_scalar)
            .div_or_zero(&self.operator_fee_divisor.into())
            .wrapping_add(self.operator_fee_constant)
    }

    /// What is taken before the transaction runs.
    pub(super) fn up_front(&self, gas_limit: u64) -> Word {
        self.l1_fee.wrapping_add(self.operator_fee(gas_limit))
    }
}

impl<D: Database> Evm<D> {
    /// Gives back what was not used and pays those who are paid.
    pub(super) fn settle(
        &mut self,
        transaction: &Unsigned,
        sender: AccountId,
        prices: &Prices,
        gas_used: u64,
        extra: &ExtraFees,
    ) -> Result<(), D::Error> {
        let used = Word::from(gas_used);
        let unused = Word::from(transaction.gas_limit - gas_used);
        let operator_fee = extra.operator_fee(gas_used);
        let back = prices.effective.wrapping_mul(unused).wrapping_add(
            extra
                .operator_fee(transaction.gas_limit)
                .wrapping_sub(operator_fee),
        );
        self.state.add_balance(sender, back);

        let priority = prices.effective.wrapping_sub(self.block.base_fee);
        self.pay(self.block.beneficiary, priority.wrapping_mul(used))?;
        if let Some(vaults) = extra.vaults {
            self.pay(vaults.base_fee, self.block.base_fee.wrapping_mul(used))?;
            self.pay(vaults.l1_fee, extra.l1_fee)?;
            if let Some(vault) = vaults.operator_fee {
                self.pay(vault, operator_fee)?;
            }
        }
        Ok(())
    }

    fn pay(&mut self, address: Address, value: Word) -> Result<(), D::Error> {
        let id = self.state.load(address)?;
        self.state.add_balance(id, value);
        Ok(())
    }
}
