//! The seam between a program and whatever serves its preimages.

use alloc::{string::String, vec::Vec};

use crate::PreimageKey;

/// Why a preimage could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OracleError {
    /// Nobody has it.
    #[error("preimage {0} not found")]
    NotFound(PreimageKey),
    /// What came back does not match the key.
    #[error("preimage {key} is wrong: {reason}")]
    Wrong {
        /// The key asked for.
        key: PreimageKey,
        /// What is wrong with the value, and who sent it.
        reason: String,
    },
    /// The channel to the server closed or failed.
    #[error("preimage channel: {0}")]
    Channel(String),
    /// The server understood a request and could not fulfil it.
    #[error("preimage server: {0}")]
    Server(String),
}

/// Serves preimages by key.
///
/// A value returned for a key other than [`Local`](crate::KeyType::Local) is not trusted by the
/// programs unless the VM vouches for it: each checks what it can.
pub trait PreimageOracle {
    /// Tells the server what the program is about to ask for. A server may ignore it.
    fn hint(&self, hint: &[u8]) -> Result<(), OracleError>;

    /// The preimage of `key`.
    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError>;
}

impl<T: PreimageOracle + ?Sized> PreimageOracle for &T {
    fn hint(&self, hint: &[u8]) -> Result<(), OracleError> {
        (**self).hint(hint)
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        (**self).get(key)
    }
}

impl<T: PreimageOracle + ?Sized> PreimageOracle for alloc::boxed::Box<T> {
    fn hint(&self, hint: &[u8]) -> Result<(), OracleError> {
        (**self).hint(hint)
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        (**self).get(key)
    }
}

impl<T: PreimageOracle + ?Sized> PreimageOracle for alloc::sync::Arc<T> {
    fn hint(&self, hint: &[u8]) -> Result<(), OracleError> {
        (**self).hint(hint)
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        (**self).get(key)
    }
}
