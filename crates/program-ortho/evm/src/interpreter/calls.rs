//! CALL, CALLCODE, DELEGATECALL and STATICCALL.

use alloc::{boxed::Box, rc::Rc};
use core::ops::Range;

use endgame_ortho_primitives::{Address, Word};

use super::machine::Machine;
use crate::{
    Code, Database, Evm, Halt,
    error::Stop,
    frame::{CallRequest, Context},
    gas,
    state::AccountId,
};

/// A call to be made, if its conditions hold.
type Call<E> = Result<Option<Box<CallRequest>>, Stop<E>>;

/// The callee as a call's first half finds it.
struct Callee {
    address: Address,
    id: AccountId,
    code: Rc<Code>,
    delegated: bool,
}

impl<D: Database> Evm<D> {
    /// Pays for the memory of input and output.
    fn call_memory(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Result<(Range<usize>, Range<usize>), Halt> {
        let [in_offset, in_length, out_offset, out_length] = machine.pop()?;
        let input = self.expand(context, machine, in_offset, in_length)?;
        let output = self.expand(context, machine, out_offset, out_length)?;
        Ok((input, output))
    }

    /// Pays for the callee and follows its delegation (EIP-7702).
    fn callee(
        &mut self,
        machine: &mut Machine<'_>,
        address: Word,
    ) -> Result<Callee, Stop<D::Error>> {
        let address = Address::from_word(address);
        let id = self.access_address(machine, address)?;
        let code = self.state.code(id).map_err(Stop::Database)?;
        let delegate = if self.rules.set_code {
            code.delegate()
        } else {
            None
        };
        let Some(delegate) = delegate else {
            return Ok(Callee {
                address,
                id,
                code,
                delegated: false,
            });
        };
        let delegate = self.access_address(machine, delegate)?;
        let code = self.state.code(delegate).map_err(Stop::Database)?;
        Ok(Callee {
            address,
            id,
            code,
            delegated: true,
        })
    }

    /// Pays for the call itself: what the callee gets (EIP-150).
    fn call_gas(machine: &mut Machine<'_>, asked: Word, extra: u64) -> Result<u64, Halt> {
        machine.charge(extra)?;
        let gas = asked
            .saturating_u64()
            .min(gas::max_message_call(machine.gas));
        machine.charge(gas)?;
        Ok(gas)
    }

    /// A call that can't be made gives its gas back.
    fn refuse(&mut self, machine: &mut Machine<'_>, gas: u64) -> Call<D::Error> {
        machine.gas += gas;
        self.return_data.clear();
        machine.push(Word::ZERO)?;
        Ok(None)
    }

    /// CALL.
    #[inline(never)]
    pub(super) fn call(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Call<D::Error> {
        let [asked, address, value] = machine.pop()?;
        let (input, output_at) = self.call_memory(context, machine)?;
        let callee = self.callee(machine, address)?;
        let mut extra = 0;
        if !value.is_zero() {
            extra += gas::CALL_VALUE;
            if self.state.account(callee.id).is_empty() {
                extra += gas::NEW_ACCOUNT;
            }
        }
        let mut gas = Self::call_gas(machine, asked, extra)?;
        if !value.is_zero() {
            if context.is_static {
                return Err(Halt::WriteInStaticContext.into());
            }
            gas += gas::CALL_STIPEND;
        }
        if self.state.account(context.id).balance < value || context.depth >= gas::STACK_DEPTH_LIMIT
        {
            return self.refuse(machine, gas);
        }
        Ok(Some(Box::new(CallRequest {
            code_address: callee.address,
            code: callee.code,
            delegated: callee.delegated,
            address: callee.address,
            id: callee.id,
            caller: context.address,
            transfer_from: Some(context.id),
            value,
            gas,
            input,
            output_at,
            is_static: context.is_static,
        })))
    }

    /// CALLCODE: another's code on one's own storage.
    #[inline(never)]
    pub(super) fn call_code(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Call<D::Error> {
        let [asked, address, value] = machine.pop()?;
        let (input, output_at) = self.call_memory(context, machine)?;
        let callee = self.callee(machine, address)?;
        let extra = if value.is_zero() { 0 } else { gas::CALL_VALUE };
        let mut gas = Self::call_gas(machine, asked, extra)?;
        if !value.is_zero() {
            gas += gas::CALL_STIPEND;
        }
        if self.state.account(context.id).balance < value || context.depth >= gas::STACK_DEPTH_LIMIT
        {
            return self.refuse(machine, gas);
        }
        Ok(Some(Box::new(CallRequest {
            code_address: callee.address,
            code: callee.code,
            delegated: callee.delegated,
            address: context.address,
            id: context.id,
            caller: context.address,
            // From and to are one.
            transfer_from: Some(context.id),
            value,
            gas,
            input,
            output_at,
            is_static: context.is_static,
        })))
    }

    /// DELEGATECALL: another's code in one's own place (EIP-7).
    #[inline(never)]
    pub(super) fn delegate_call(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Call<D::Error> {
        let [asked, address] = machine.pop()?;
        let (input, output_at) = self.call_memory(context, machine)?;
        let callee = self.callee(machine, address)?;
        let gas = Self::call_gas(machine, asked, 0)?;
        if context.depth >= gas::STACK_DEPTH_LIMIT {
            return self.refuse(machine, gas);
        }
        Ok(Some(Box::new(CallRequest {
            code_address: callee.address,
            code: callee.code,
            delegated: callee.delegated,
            address: context.address,
            id: context.id,
            caller: context.caller,
            transfer_from: None,
            value: context.value,
            gas,
            input,
            output_at,
            is_static: context.is_static,
        })))
    }

    /// STATICCALL: a call that changes nothing (EIP-214).
    #[inline(never)]
    pub(super) fn static_call(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Call<D::Error> {
        let [asked, address] = machine.pop()?;
        let (input, output_at) = self.call_memory(context, machine)?;
        let callee = self.callee(machine, address)?;
        let gas = Self::call_gas(machine, asked, 0)?;
        if context.depth >= gas::STACK_DEPTH_LIMIT {
            return self.refuse(machine, gas);
        }
        Ok(Some(Box::new(CallRequest {
            code_address: callee.address,
            code: callee.code,
            delegated: callee.delegated,
            address: callee.address,
            id: callee.id,
            caller: context.address,
            transfer_from: Some(context.id),
            value: Word::ZERO,
            gas,
            input,
            output_at,
            is_static: true,
        })))
    }
}
