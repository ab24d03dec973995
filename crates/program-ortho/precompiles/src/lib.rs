//! The EVM's precompiled contracts: which exist, what they cost and what they answer, by fork.
//!
//! [`PrecompileRules`] is a fork's table; [`run`](PrecompileRules::run) answers a call. Whoever has
//! something faster than software (an oracle, an instruction of a VM) asks for
//! [`gas`](PrecompileRules::gas) and computes the rest in his own way.
#![no_std]

extern crate alloc;

mod compute;
mod gas;
mod msm_discount;
mod rules;

pub use compute::compute;
pub use rules::{InputLimits, ModexpRules, Precompile, PrecompileRules};

use alloc::vec::Vec;

use endgame_ortho_crypto::CryptoError;

/// Why a precompile failed: the call gets no output and loses all its gas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrecompileError {
    /// Less gas than the call costs.
    #[error("out of gas")]
    OutOfGas,
    /// A longer input than this fork takes.
    #[error("input of {0} bytes is over the limit")]
    InputTooLong(usize),
    /// An input without an answer.
    #[error(transparent)]
    Input(#[from] CryptoError),
    /// An accelerator says that the call fails, and not why.
    #[error("the accelerator says that the call fails")]
    Accelerator,
}

impl PrecompileRules {
    /// Answers a call with at most `gas_limit`: the output and the gas that it used.
    pub fn run(
        &self,
        precompile: Precompile,
        input: &[u8],
        gas_limit: u64,
    ) -> Result<(Vec<u8>, u64), PrecompileError> {
        let gas = self.gas(precompile, input)?;
        if gas > gas_limit {
            return Err(PrecompileError::OutOfGas);
        }
        Ok((compute(precompile, input)?, gas))
    }
}
