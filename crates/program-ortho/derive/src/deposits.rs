//! What users deposit on L1 (OP specs `protocol/deposits.md`, "User-Deposited Transactions").

use alloc::vec::Vec;

use endgame_ortho_primitives::{Address, Hash};
use endgame_ortho_types::{Deposit, Log, Receipt};

use crate::{DeriveError, L1Block, Rollup, abi::AbiReader, receipts::logs, source_hash};

/// keccak-256 of `TransactionDeposited(address,address,uint256,bytes)`.
pub(crate) const TRANSACTION_DEPOSITED: Hash = Hash([
    0xb3, 0x81, 0x35, 0x68, 0xd9, 0x99, 0x1f, 0xc9, 0x51, 0x96, 0x1f, 0xcb, 0x4c, 0x78, 0x48, 0x93,
    0x57, 0x42, 0x40, 0xa2, 0x89, 0x25, 0x60, 0x4d, 0x09, 0xfc, 0x57, 0x7c, 0x55, 0xbb, 0x7c, 0x32,
]);

/// What users deposited in an L1 block, in order.
///
/// A log of the deposit contract that can't be read is an error: no deposit may be passed over, as
/// its ether left L1. The contract writes all logs in one way whatever its caller gives it, so
/// this means that the configuration names another contract, or one that was changed under it.
pub fn user_deposits<E>(
    block: &L1Block,
    receipts: &[Receipt],
    rollup: &Rollup,
) -> Result<Vec<Deposit>, DeriveError<E>> {
    logs(receipts)
        .filter(|(_, log)| {
            log.address == rollup.deposit_contract
                && log.topics.first() == Some(&TRANSACTION_DEPOSITED)
        })
        .map(|(index, log)| {
            let deposit = decode(log).ok_or(DeriveError::Block {
                hash: block.hash,
                rule: "logs of the deposit contract are deposits of version 0",
            })?;
            Ok(Deposit {
                source_hash: source_hash::user_deposit(block.hash, index),
                ..deposit
            })
        })
        .collect()
}

/// Reads a log of version 0, but for what names it.
fn decode(log: &Log) -> Option<Deposit> {
    let [_, from, to, Hash::ZERO] = *log.topics.as_slice() else {
        return None;
    };
    let mut data = AbiReader::new(&log.data);
    if data.u64()? != 32 {
        return None;
    }
    let length = usize::try_from(data.u64()?).ok()?;
    let (opaque, padding) = data.rest().split_at_checked(length)?;
    if padding.len() >= 32 || !log.data.len().is_multiple_of(32) {
        return None;
    }
    let mut opaque = AbiReader::new(opaque);
    let mint = opaque.word()?;
    let value = opaque.word()?;
    let gas_limit = u64::from_be_bytes(opaque.packed()?);
    let [is_creation] = opaque.packed()?;
    Some(Deposit {
        from: Address::from_word(from.to_word()),
        to: (is_creation == 0).then_some(Address::from_word(to.to_word())),
        mint,
        value,
        gas_limit,
        data: opaque.rest().to_vec(),
        ..Deposit::default()
    })
}
