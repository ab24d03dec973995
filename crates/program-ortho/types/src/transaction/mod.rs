//! Transactions.

mod deposit;
mod signed;

use alloc::vec::Vec;

use endgame_ortho_primitives::{Hash, keccak256};

pub use deposit::{DEPOSIT_TYPE, Deposit};
pub use signed::{AccessListItem, Authorization, Signature, Signed, TxType, Unsigned};

use crate::DecodeError;

/// A transaction of any type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// Sent by whoever signed it.
    Signed(Signed),
    /// Made by derivation from L1; nobody signed it.
    Deposit(Deposit),
}

impl Transaction {
    /// Decodes the bytes that stand in a block (EIP-2718).
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        match bytes.split_first() {
            None => Err(DecodeError::Empty),
            Some((&DEPOSIT_TYPE, payload)) => Deposit::decode(payload).map(Self::Deposit),
            Some(_) => Signed::decode(bytes).map(Self::Signed),
        }
    }

    /// The bytes that stand in a block.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Signed(signed) => signed.encode(),
            Self::Deposit(deposit) => deposit.encode(),
        }
    }

    /// The hash that names it.
    pub fn hash(&self) -> Hash {
        keccak256(&self.encode())
    }

    /// The type byte; 0 for a legacy transaction.
    pub const fn type_byte(&self) -> u8 {
        match self {
            Self::Signed(signed) => signed.body.tx_type as u8,
            Self::Deposit(_) => DEPOSIT_TYPE,
        }
    }
}
