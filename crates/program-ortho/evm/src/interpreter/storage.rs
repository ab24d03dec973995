//! SLOAD and SSTORE.

use endgame_ortho_primitives::Word;

use super::machine::Machine;
use crate::{Database, Evm, Halt, error::Stop, frame::Context, gas, state::SlotValues};

impl<D: Database> Evm<D> {
    /// SLOAD of a slot that is not warm.
    #[inline(never)]
    pub(super) fn cold_sload(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
        slot: Word,
    ) -> Result<Word, Stop<D::Error>> {
        let warm = self.state.was_slot_warm(context.id, slot);
        machine.charge(if warm {
            gas::WARM_ACCESS
        } else {
            gas::COLD_SLOAD
        })?;
        let slot = self
            .state
            .warm_up_slot(context.id, slot)
            .map_err(Stop::Database)?;
        Ok(slot.current)
    }

    /// SSTORE (EIP-2200, EIP-2929, EIP-3529).
    #[inline(never)]
    pub(super) fn sstore(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Result<(), Stop<D::Error>> {
        let [slot, new] = machine.pop()?;
        if machine.gas <= gas::CALL_STIPEND {
            return Err(Halt::OutOfGas.into());
        }
        if context.is_static {
            return Err(Halt::WriteInStaticContext.into());
        }
        let values = if let Some(values) = self.state.warm_slot(context.id, slot) {
            values
        } else {
            if !self.state.was_slot_warm(context.id, slot) {
                machine.charge(gas::COLD_SLOAD)?;
            }
            self.state
                .warm_up_slot(context.id, slot)
                .map_err(Stop::Database)?
        };
        let (price, refund) = price_and_refund(values, new);
        machine.charge(price)?;
        self.state.refund += refund;
        if new != values.current {
            self.state.set_storage(context.id, slot, new);
        }
        Ok(())
    }
}

/// What it costs to set a warm slot to `new`, and what the transaction gets back in the end.
fn price_and_refund(SlotValues { original, current }: SlotValues, new: Word) -> (u64, i64) {
    const SET: u64 = gas::STORAGE_SET;
    const RESET: u64 = gas::STORAGE_UPDATE - gas::COLD_SLOAD;
    if current == new {
        return (gas::WARM_ACCESS, 0);
    }
    if original == current {
        return match (original.is_zero(), new.is_zero()) {
            (true, _) => (SET, 0),
            (false, true) => (RESET, gas::STORAGE_CLEAR_REFUND),
            (false, false) => (RESET, 0),
        };
    }
    let mut refund = 0;
    if !original.is_zero() {
        if current.is_zero() {
            refund -= gas::STORAGE_CLEAR_REFUND;
        } else if new.is_zero() {
            refund += gas::STORAGE_CLEAR_REFUND;
        }
    }
    if original == new {
        let paid = if original.is_zero() { SET } else { RESET };
        refund += (paid - gas::WARM_ACCESS) as i64;
    }
    (gas::WARM_ACCESS, refund)
}
