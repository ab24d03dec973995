//! LOG0 to LOG4.

use endgame_ortho_primitives::{Hash, meter};
use endgame_ortho_types::Log;

use super::machine::Machine;
use crate::{Database, Evm, Halt, frame::Context, gas};

impl<D: Database> Evm<D> {
    /// Logs memory with so many topics.
    #[inline(never)]
    pub(super) fn log(
        &mut self,
        context: &mut Context,
        machine: &mut Machine<'_>,
        topics: usize,
    ) -> Result<(), Halt> {
        let [offset, length] = machine.pop()?;
        let topics = (0..topics)
            .map(|_| machine.pop().map(|[topic]| Hash::from(topic)))
            .collect::<Result<alloc::vec::Vec<_>, _>>()?;
        machine.charge(
            gas::LOG
                + gas::LOG_TOPIC * topics.len() as u64
                + gas::LOG_DATA * length.saturating_u64().min(1 << 32),
        )?;
        let data = self.expand(context, machine, offset, length)?;
        if context.is_static {
            return Err(Halt::WriteInStaticContext);
        }
        meter::work(data.len());
        self.state.logs.push(Log {
            address: context.address,
            topics,
            data: self.memory.slice(data).to_vec(),
        });
        Ok(())
    }
}
