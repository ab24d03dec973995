//! Small guests for tests, written down as instructions.

use endgame_preimage::{OracleError, PreimageKey, PreimageOracle};
use endgame_vm::Words as _;

use crate::{State, syscall};

/// Has no preimages and ignores hints.
pub(crate) struct NoOracle;

impl PreimageOracle for NoOracle {
    fn hint(&self, _: &[u8]) -> Result<(), OracleError> {
        Ok(())
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        Err(OracleError::NotFound(key))
    }
}

/// A state with `instructions` at `pc`.
pub(crate) fn program(pc: u64, instructions: &[u32]) -> State {
    let mut state = State::new(pc);
    for (i, instruction) in (0..).zip(instructions) {
        state
            .memory
            .set_bytes(pc + 4 * i, &instruction.to_be_bytes());
    }
    state
}

/// Counts down from `n`, storing the counter all over 64 KiB, and exits with 0.
pub(crate) fn counter(n: u16) -> State {
    program(
        0x1_0000,
        &[
            0x2401_0000 | u32::from(n),               // addiu $1, $0, n
            0x3c02_0002,                              // lui $2, 2
            0x0001_1a38,                              // loop: dsll $3, $1, 8
            0x3063_fff8,                              // andi $3, $3, 0xfff8
            0x0043_182d,                              // daddu $3, $2, $3
            0xfc61_0000,                              // sd $1, 0($3)
            0x1420_fffb,                              // bne $1, $0, loop
            0x2421_ffff,                              // addiu $1, $1, -1
            0x2402_0000 | syscall::EXIT_GROUP as u32, // addiu $2, $0, exit_group
            0x2404_0000,                              // addiu $4, $0, 0
            0x0000_000c,                              // syscall
        ],
    )
}
