//! Precompiles by the preimage oracle.

use alloc::string::ToString;

use alloy_primitives::{Address, Bytes, keccak256};
use endgame_kona_executor::{Accelerator, AcceleratorError};
use endgame_preimage::{KeyType, PreimageKey};

use crate::{ProgramError, source::Source};

/// Has precompiles run by L1: the oracle's answer is a preimage of type 6.
#[derive(Debug)]
pub(crate) struct OraclePrecompiles(pub(crate) Source);

impl OraclePrecompiles {
    fn ask(&self, request: &[u8]) -> Result<Option<Bytes>, ProgramError> {
        self.0.hint("l1-precompile", &[request])?;
        let key = PreimageKey::new(KeyType::Precompile, keccak256(request).0);
        let result = self.0.get(key)?;
        // The first byte is the status of the call.
        match result.split_first() {
            Some((1, output)) => Ok(Some(Bytes::copy_from_slice(output))),
            Some((0, _)) => Ok(None),
            _ => Err(ProgramError::Length {
                key,
                expected: 1,
                actual: result.len(),
            }),
        }
    }
}

impl Accelerator for OraclePrecompiles {
    fn run(
        &self,
        address: Address,
        required_gas: u64,
        input: &[u8],
    ) -> Result<Option<Bytes>, AcceleratorError> {
        let request = [address.as_slice(), &required_gas.to_be_bytes(), input].concat();
        self.ask(&request).map_err(|error| {
            let reason = error.to_string();
            self.0.note(error);
            AcceleratorError { address, reason }
        })
    }
}
