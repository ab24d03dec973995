//! The logs of an L1 block (OP specs `protocol/derivation.md`, "On Future-Proof Transaction Log
//! Derivation").

use alloc::vec::Vec;

use endgame_ortho_primitives::{Address, Bloom, Hash};
use endgame_ortho_types::{DEPOSIT_TYPE, DecodeError, Log, Outcome, Receipt, TxType};

use crate::{DeriveError, L1Block, Source};

/// The types of which a receipt is expected to look like those that are known.
const FUTURE: core::ops::RangeInclusive<u8> = 0x05..=0x7d;

/// The receipts of an L1 block, but for those that future types have and nobody can read.
pub fn receipts<S: Source>(
    source: &mut S,
    block: &L1Block,
) -> Result<Vec<Receipt>, DeriveError<S::Error>> {
    let encoded = source.l1_receipts(block)?;
    let is_future = |raw: &Vec<u8>| raw.first().is_some_and(|first| FUTURE.contains(first));
    // Only to see that the types are the same, and a block rarely has any such.
    let transactions = if encoded.iter().any(is_future) {
        source.l1_transactions(block)?
    } else {
        Vec::new()
    };
    let mut receipts = Vec::with_capacity(encoded.len());
    for (index, raw) in encoded.iter().enumerate() {
        let transaction = transactions.get(index).map_or(&[][..], Vec::as_slice);
        let receipt = decode(raw, transaction).map_err(|error| DeriveError::Malformed {
            what: "a receipt",
            hash: block.hash,
            error,
        })?;
        receipts.extend(receipt);
    }
    Ok(receipts)
}

/// The receipt; none if it is to be discarded. An error can only mean that a known type looks
/// different than it does.
fn decode(raw: &[u8], transaction: &[u8]) -> Result<Option<Receipt>, DecodeError> {
    match raw.split_first() {
        Some((0xc0.. | 1..=4 | &DEPOSIT_TYPE, _)) => Receipt::decode(raw).map(Some),
        Some((first, payload)) if FUTURE.contains(first) && transaction.first() == Some(first) => {
            let known = [&[TxType::DynamicFee as u8], payload].concat();
            let receipt = Receipt::decode(&known).ok();
            Ok(receipt.map(|receipt| Receipt {
                tx_type: *first,
                ..receipt
            }))
        }
        _ => Ok(None),
    }
}

/// Whether the block's bloom allows for a log of this contract with this first topic: without one,
/// nobody need read the receipts, which are the most of what a run reads of L1.
pub(crate) fn may_log(block: &L1Block, contract: Address, topic: Hash) -> bool {
    let mut log = Bloom::default();
    log.accrue(&contract.0);
    log.accrue(&topic.0);
    let bits = log.0.iter().zip(&block.header.logs_bloom.0);
    bits.into_iter().all(|(bit, all)| bit & all == *bit)
}

/// The logs of transactions that succeeded, each with its number among all logs of the block.
///
/// Logs of a receipt that was discarded are not known, so nothing can count them.
pub(crate) fn logs(receipts: &[Receipt]) -> impl Iterator<Item = (u64, &Log)> {
    let logs = receipts.iter().flat_map(|receipt| {
        let succeeded = receipt.outcome == Outcome::Status(true);
        receipt.logs.iter().map(move |log| (succeeded, log))
    });
    (0..)
        .zip(logs)
        .filter_map(|(index, (succeeded, log))| succeeded.then_some((index, log)))
}
