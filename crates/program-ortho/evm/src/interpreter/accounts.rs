//! Instructions on other accounts.

use endgame_ortho_primitives::{Address, Word};

use super::machine::Machine;
use crate::{Database, Evm, Halt, error::Stop, frame::Context, gas, state::AccountId};

impl<D: Database> Evm<D> {
    /// Pays for an account and warms it (EIP-2929). Nothing is loaded that was not paid for: an
    /// oracle may not have it.
    pub(super) fn access(
        &mut self,
        machine: &mut Machine<'_>,
        address: Word,
    ) -> Result<AccountId, Stop<D::Error>> {
        self.access_address(machine, Address::from_word(address))
    }

    pub(super) fn access_address(
        &mut self,
        machine: &mut Machine<'_>,
        address: Address,
    ) -> Result<AccountId, Stop<D::Error>> {
        if let Some(id) = self.state.warm_account(&address) {
            machine.charge(gas::WARM_ACCESS)?;
            return Ok(id);
        }
        let warm = self.is_warm_from_start(&address);
        machine.charge(if warm {
            gas::WARM_ACCESS
        } else {
            gas::COLD_ACCOUNT_ACCESS
        })?;
        self.state.warm_up(address).map_err(Stop::Database)
    }

    /// Whether an address is warm though nothing has used it.
    fn is_warm_from_start(&self, address: &Address) -> bool {
        self.rules.precompiles.at(address).is_some() || self.state.was_warm(address)
    }

    /// BALANCE.
    pub(super) fn balance(
        &mut self,
        _: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Result<(), Stop<D::Error>> {
        let [address] = machine.pop()?;
        let id = self.access(machine, address)?;
        Ok(machine.push(self.state.account(id).balance)?)
    }

    /// EXTCODESIZE.
    pub(super) fn ext_code_size(
        &mut self,
        _: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Result<(), Stop<D::Error>> {
        let [address] = machine.pop()?;
        let id = self.access(machine, address)?;
        let code = self.state.code(id).map_err(Stop::Database)?;
        Ok(machine.push(Word::from(code.len() as u64))?)
    }

    /// EXTCODEHASH: 0 for an account that is empty (EIP-1052, EIP-161).
    pub(super) fn ext_code_hash(
        &mut self,
        _: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Result<(), Stop<D::Error>> {
        let [address] = machine.pop()?;
        let id = self.access(machine, address)?;
        let account = self.state.account(id);
        let hash = if account.is_empty() {
            Word::ZERO
        } else {
            account.code_hash.to_word()
        };
        Ok(machine.push(hash)?)
    }

    /// SELFDESTRUCT (EIP-6780).
    pub(super) fn self_destruct(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Result<(), Stop<D::Error>> {
        let [address] = machine.pop()?;
        let address = Address::from_word(address);
        machine.charge(gas::SELF_DESTRUCT)?;
        let beneficiary = if let Some(id) = self.state.warm_account(&address) {
            id
        } else {
            if !self.is_warm_from_start(&address) {
                machine.charge(gas::COLD_ACCOUNT_ACCESS)?;
            }
            self.state.warm_up(address).map_err(Stop::Database)?
        };
        let balance = self.state.account(context.id).balance;
        if !balance.is_zero() && self.state.account(beneficiary).is_empty() {
            machine.charge(gas::NEW_ACCOUNT)?;
        }
        if context.is_static {
            return Err(Halt::WriteInStaticContext.into());
        }
        let removed = !self.rules.selfdestruct_only_new || self.state.is_new(context.id);
        self.state.transfer(context.id, beneficiary, balance);
        if removed {
            // What went to itself is gone.
            self.state.set_balance(context.id, Word::ZERO);
            self.state.destroy(context.id);
        }
        Ok(())
    }
}
