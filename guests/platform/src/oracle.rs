//! The preimage oracle behind file descriptors 3 to 6.

use alloc::{format, string::ToString, vec, vec::Vec};

use endgame_preimage::{OracleError, PreimageKey, PreimageOracle};

use crate::syscall;

const HINT_READ: usize = 3;
const HINT_WRITE: usize = 4;
const PREIMAGE_READ: usize = 5;
const PREIMAGE_WRITE: usize = 6;

/// The VM's oracle. A VM returns at most a few bytes a call, so reads go on until all is there.
#[derive(Clone, Copy, Debug, Default)]
pub struct FdOracle;

fn read_exact(fd: usize, buffer: &mut [u8]) -> Result<(), OracleError> {
    let mut rest = buffer;
    while !rest.is_empty() {
        let read = syscall::read(fd, rest)
            .map_err(|e| OracleError::Channel(format!("read from {fd}: error {}", e.0)))?;
        if read == 0 || read > rest.len() {
            return Err(OracleError::Channel("closed".to_string()));
        }
        rest = rest.split_at_mut(read).1;
    }
    Ok(())
}

fn write_all(fd: usize, mut rest: &[u8]) -> Result<(), OracleError> {
    while !rest.is_empty() {
        let written = syscall::write(fd, rest)
            .map_err(|e| OracleError::Channel(format!("write to {fd}: error {}", e.0)))?;
        if written == 0 || written > rest.len() {
            return Err(OracleError::Channel("closed".to_string()));
        }
        rest = rest.split_at(written).1;
    }
    Ok(())
}

impl PreimageOracle for FdOracle {
    fn hint(&self, hint: &[u8]) -> Result<(), OracleError> {
        let len = u32::try_from(hint.len())
            .map_err(|_| OracleError::Channel("hint over 4 GiB".to_string()))?;
        let message = [&len.to_be_bytes(), hint].concat();
        write_all(HINT_WRITE, &message)?;
        read_exact(HINT_READ, &mut [0])
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        write_all(PREIMAGE_WRITE, key.as_bytes())?;
        let mut len = [0; 8];
        read_exact(PREIMAGE_READ, &mut len)?;
        let len = usize::try_from(u64::from_be_bytes(len))
            .map_err(|_| OracleError::Channel("preimage longer than memory".to_string()))?;
        let mut value = vec![0; len];
        read_exact(PREIMAGE_READ, &mut value)?;
        Ok(value)
    }
}
