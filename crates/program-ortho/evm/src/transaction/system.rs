//! Calls that nobody sent (EIP-4788, 2935, 7002, 7251).

use endgame_ortho_primitives::{Address, Word};

use crate::{
    Database, Evm, ExecutionResult, SYSTEM_ADDRESS,
    evm::{Message, TransactionContext},
    frame::CallRequest,
};

/// What a system call may use; it uses none of the block's.
const SYSTEM_GAS: u64 = 30_000_000;

impl<D: Database> Evm<D> {
    /// Calls a contract in the system's name. One without code does nothing.
    pub fn system_call(&mut self, to: Address, data: &[u8]) -> Result<ExecutionResult, D::Error> {
        self.state.begin_transaction();
        self.transaction = TransactionContext {
            origin: SYSTEM_ADDRESS,
            ..TransactionContext::default()
        };
        self.memory.resize(0);
        let id = self.state.warm_up(to)?;
        let code = self.state.code(id)?;
        self.memory.append(data);
        let request = CallRequest {
            code_address: to,
            code,
            delegated: false,
            address: to,
            id,
            caller: SYSTEM_ADDRESS,
            transfer_from: None,
            value: Word::ZERO,
            gas: SYSTEM_GAS,
            input: 0..data.len(),
            output_at: 0..0,
            is_static: false,
        };
        let ended = self.run(Message::Call(request))?;
        Ok(self.finish(ended.status, SYSTEM_GAS - ended.gas_left, None))
    }
}
