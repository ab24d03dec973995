//! A case on `ortho`'s EVM.

use endgame_ortho_evm::{Evm, EvmError, ExtraFees, MemoryDatabase, Rules, State, Status};

use crate::{
    Case, Ran, SENDER,
    compare::{Ended, Outcome},
};

/// An EVM on the case's state.
pub fn evm(case: &Case) -> Evm<MemoryDatabase> {
    let database = MemoryDatabase::new(case.accounts.clone());
    Evm::new(
        State::new(database, 1),
        Rules::of(case.fork),
        case.block.clone(),
    )
}

/// Runs the case; what came out, or why the transaction was refused.
pub fn run(case: &Case) -> Result<Ran, String> {
    let mut evm = evm(case);
    let gas_left = case.block.gas_limit;
    let result = evm
        .transact(&case.transaction, SENDER, gas_left, &ExtraFees::default())
        .map_err(|EvmError::Transaction(error)| error.to_string())?;
    let changes = evm.state.changes();
    let mut database = evm.state.database;
    database.apply(changes);
    Ok(Ran {
        outcome: Outcome {
            ended: match result.status {
                Status::Success => Ended::Success,
                Status::Revert => Ended::Revert,
                Status::Halt(_) => Ended::Halt,
            },
            gas_used: result.gas_used,
            output: result.output,
            logs: result.logs,
        },
        accounts: database.accounts,
    })
}
