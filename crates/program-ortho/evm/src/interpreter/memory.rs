//! Instructions on memory.

use core::ops::Range;

use endgame_ortho_primitives::{Hash, Word, keccak256};

use super::{data, machine::Machine};
use crate::{Database, Evm, Halt, error::Stop, frame::Context, gas};

/// No frame can pay for a byte beyond: the price grows with the square.
const MEMORY_LIMIT: u64 = u32::MAX as u64;

/// How many words so many bytes take.
pub(super) fn words(length: Word) -> u64 {
    length.saturating_u64().div_ceil(32)
}

impl<D: Database> Evm<D> {
    /// Pays for memory up to `offset + length`, and gives the range in the arena.
    pub(super) fn expand(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
        offset: Word,
        length: Word,
    ) -> Result<Range<usize>, Halt> {
        if length.is_zero() {
            return Ok(context.memory.base..context.memory.base);
        }
        let end = offset
            .to_u64()
            .and_then(|offset| offset.checked_add(length.to_u64()?));
        let end = end
            .filter(|end| *end <= MEMORY_LIMIT)
            .ok_or(Halt::OutOfGas)?;
        let region = &mut context.memory;
        if end > region.size as u64 {
            let words = end.div_ceil(32);
            machine.charge(gas::memory(words) - gas::memory(region.size as u64 / 32))?;
            region.size = words as usize * 32;
            self.memory.resize(region.base + region.size);
        }
        let start = context.memory.base + offset.low_u64() as usize;
        Ok(start..start + length.low_u64() as usize)
    }

    /// Pays for a word of memory.
    #[inline(never)]
    pub(super) fn expand_word(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
        offset: Word,
    ) -> Result<usize, Halt> {
        Ok(self
            .expand(context, machine, offset, Word::from(32_u64))?
            .start)
    }

    /// MSTORE8.
    pub(super) fn memory_store_byte(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Result<(), Halt> {
        machine.charge(gas::VERY_LOW)?;
        let [offset, byte] = machine.pop()?;
        let at = self.expand(context, machine, offset, Word::ONE)?.start;
        self.memory.set_byte(at, byte.low_u64() as u8);
        Ok(())
    }

    /// KECCAK256.
    #[inline(never)]
    pub(super) fn keccak256(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Result<(), Halt> {
        let [offset, length] = machine.pop()?;
        machine.charge(gas::KECCAK256 + gas::KECCAK256_PER_WORD * words(length).min(1 << 32))?;
        let range = self.expand(context, machine, offset, length)?;
        machine.push(keccak256(self.memory.slice(range)).to_word())
    }

    /// The range that RETURN and REVERT give back.
    pub(super) fn output(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Result<Range<usize>, Halt> {
        let [offset, length] = machine.pop()?;
        self.expand(context, machine, offset, length)
    }

    /// What every copy pays and gets: a range to write to and where to read from.
    fn copy(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
        price: u64,
    ) -> Result<(Range<usize>, Word), Halt> {
        let [to, from, length] = machine.pop()?;
        machine.charge(price + gas::COPY * words(length).min(1 << 32))?;
        Ok((self.expand(context, machine, to, length)?, from))
    }

    /// CALLDATACOPY.
    pub(super) fn call_data_copy(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Result<(), Halt> {
        let (to, from) = self.copy(context, machine, gas::VERY_LOW)?;
        self.memory
            .copy_padded_within(to, context.input.clone(), from);
        Ok(())
    }

    /// CODECOPY.
    pub(super) fn code_copy(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
        code: &[u8],
    ) -> Result<(), Halt> {
        let (to, from) = self.copy(context, machine, gas::VERY_LOW)?;
        self.memory.copy_padded(to, code, from);
        Ok(())
    }

    /// EXTCODECOPY.
    pub(super) fn ext_code_copy(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Result<(), Stop<D::Error>> {
        let [address] = machine.pop()?;
        let [to, from, length] = machine.pop()?;
        machine.charge(gas::COPY * words(length).min(1 << 32))?;
        let to = self.expand(context, machine, to, length)?;
        let id = self.access(machine, address)?;
        let code = self.state.code(id).map_err(Stop::Database)?;
        self.memory.copy_padded(to, code.bytes(), from);
        Ok(())
    }

    /// RETURNDATACOPY: the one copy that must not read past its source's end (EIP-211).
    pub(super) fn return_data_copy(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Result<(), Halt> {
        let [to, from, length] = machine.pop()?;
        machine.charge(gas::VERY_LOW + gas::COPY * words(length).min(1 << 32))?;
        let to = self.expand(context, machine, to, length)?;
        let end = from.checked_add(length).ok_or(Halt::OutOfBoundsRead)?;
        if end > Word::from(self.return_data.len() as u64) {
            return Err(Halt::OutOfBoundsRead);
        }
        self.memory.copy_padded(to, &self.return_data, from);
        Ok(())
    }

    /// MCOPY (EIP-5656).
    pub(super) fn memory_copy(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Result<(), Halt> {
        let [to, from, length] = machine.pop()?;
        machine.charge(gas::VERY_LOW + gas::COPY * words(length).min(1 << 32))?;
        let from = self.expand(context, machine, from, length)?;
        let to = self.expand(context, machine, to, length)?;
        self.memory.copy_within(from, to.start);
        Ok(())
    }

    /// BLOCKHASH: of the last 256 blocks.
    pub(super) fn block_hash(
        &mut self,
        _: &mut Context,
        machine: &mut Machine<'_>,
    ) -> Result<(), Stop<D::Error>> {
        machine.charge(gas::BLOCK_HASH)?;
        let [number] = machine.pop()?;
        let number = number
            .to_u64()
            .filter(|number| data::is_recent(*number, self.block.number));
        let hash = match number {
            Some(number) => self
                .state
                .database
                .block_hash(number)
                .map_err(Stop::Database)?,
            None => Hash::ZERO,
        };
        Ok(machine.push(hash.to_word())?)
    }
}
