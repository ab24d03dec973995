//! Transactions, headers, receipts and accounts as they are hashed: strict codecs.
//!
//! | type | from |
//! |---|---|
//! | [`Transaction`] | EIP-155, 2718, 2930, 1559, 4844, 7702; OP specs `protocol/deposits.md` |
//! | [`Header`] | yellow paper 4.3; EIP-1559, 4895, 4844, 4788, 7685; OP specs per fork |
//! | [`Receipt`] | EIP-2718; OP specs `protocol/deposits.md`, "Deposit receipt" |
//! | [`Account`] | yellow paper 4.1 |
#![no_std]

extern crate alloc;

mod account;
mod error;
mod header;
mod receipt;
mod transaction;

pub use account::Account;
pub use error::DecodeError;
pub use header::Header;
pub use receipt::{DepositReceipt, Log, Outcome, Receipt};
pub use transaction::{
    AccessListItem, Authorization, DEPOSIT_TYPE, Deposit, Signature, Signed, Transaction, TxType,
    Unsigned,
};
