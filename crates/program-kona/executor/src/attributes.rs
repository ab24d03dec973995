//! What a block is built from.

use alloc::{format, string::ToString, vec::Vec};

use alloy_consensus::transaction::{Recovered, SignerRecoverable};
use alloy_eips::eip2718::{Decodable2718, Encodable2718, WithEncoded};
use alloy_primitives::{Address, B64, B256, Bytes};
use op_alloy_consensus::OpTxEnvelope;

use crate::ExecutorError;

/// Payload attributes as raw values, the border between generations of chain types.
///
/// Specs `protocol/exec-engine.md`, "Extended PayloadAttributesV3".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Seconds since 1970.
    pub timestamp: u64,
    /// The L1 origin's randomness.
    pub prev_randao: B256,
    /// Where priority fees go.
    pub fee_recipient: Address,
    /// The L1 origin's parent beacon block root, from Ecotone.
    pub parent_beacon_root: Option<B256>,
    /// The block's gas limit.
    pub gas_limit: u64,
    /// EIP-2718 encodings, in order.
    pub transactions: Vec<Bytes>,
    /// Denominator (4 bytes) and elasticity (4 bytes), from Holocene; zero means the chain's own.
    pub eip1559_params: Option<B64>,
    /// Wei, from Jovian.
    pub min_base_fee: Option<u64>,
}

/// A transaction with its encoding and its sender.
pub(crate) type Transaction = WithEncoded<Recovered<OpTxEnvelope>>;

/// The type byte of deposits.
pub(crate) const DEPOSIT: u8 = 0x7e;
/// A type that op-alloy knows and the protocol does not.
const POST_EXEC: u8 = 0x7d;

impl Attributes {
    /// Whether the transaction at `index` is a deposit.
    pub fn is_deposit(transaction: &[u8]) -> bool {
        transaction.first() == Some(&DEPOSIT)
    }

    /// Whether there are no transactions but deposits.
    pub fn is_deposits_only(&self) -> bool {
        self.transactions.iter().all(|t| Self::is_deposit(t))
    }

    /// The same attributes with the deposits alone: what a block with an invalid transaction
    /// becomes from Holocene on.
    #[must_use]
    pub fn deposits_only(&self) -> Self {
        let mut attributes = self.clone();
        attributes.transactions.retain(|t| Self::is_deposit(t));
        attributes
    }

    /// Decodes the transactions and recovers their senders.
    pub(crate) fn decode(&self) -> Result<Vec<Transaction>, ExecutorError> {
        self.transactions
            .iter()
            .enumerate()
            .map(|(index, raw)| {
                decode_transaction(raw)
                    .map_err(|reason| ExecutorError::InvalidTransaction { index, reason })
            })
            .collect()
    }
}

/// op-alloy takes a deposit without its type byte for a deposit, so an encoding must come back
/// from what was decoded.
fn decode_transaction(raw: &Bytes) -> Result<Transaction, alloc::string::String> {
    if raw.first() == Some(&POST_EXEC) {
        return Err(format!("unknown type {POST_EXEC:#04x}"));
    }
    let transaction = OpTxEnvelope::decode_2718_exact(raw).map_err(|e| e.to_string())?;
    if transaction.encoded_2718() != raw[..] {
        return Err("not canonically encoded".to_string());
    }
    let recovered = transaction
        .try_into_recovered()
        .map_err(|_| "bad signature".to_string())?;
    Ok(WithEncoded::new(raw.clone(), recovered))
}

#[cfg(test)]
mod tests {
    use super::*;
    use op_alloy_consensus::{TxDeposit, TxPostExec};

    fn encoded(transaction: impl Into<OpTxEnvelope>) -> Vec<u8> {
        transaction.into().encoded_2718()
    }

    fn refusal(raw: Vec<u8>) -> alloc::string::String {
        decode_transaction(&raw.into()).unwrap_err()
    }

    #[test]
    fn deposit_without_its_type_byte_is_refused() {
        let deposit = encoded(TxDeposit {
            from: Address::repeat_byte(0x11),
            gas_limit: 100_000,
            ..TxDeposit::default()
        });
        assert_eq!(deposit[0], DEPOSIT);
        decode_transaction(&deposit.clone().into()).unwrap();
        assert_eq!(refusal(deposit[1..].to_vec()), "not canonically encoded");
    }

    #[test]
    fn type_0x7d_is_refused() {
        let raw = encoded(TxPostExec::default());
        assert_eq!(raw[0], POST_EXEC);
        assert!(refusal(raw).contains("unknown type"));
    }

    #[test]
    fn trailing_byte_empty_and_unknown_types_are_refused() {
        let mut raw = encoded(TxDeposit::default());
        raw.push(0);
        for raw in [raw, Vec::new(), [0x03, 0xc0].to_vec(), [0x42].to_vec()] {
            refusal(raw);
        }
    }

    #[test]
    fn deposits_only_keeps_deposits_in_order() {
        let (a, user, b) = ([DEPOSIT, 1].into(), [2, 1].into(), [DEPOSIT, 2].into());
        let attributes = Attributes {
            transactions: [&a, &user, &b].map(Bytes::clone).to_vec(),
            ..Attributes::default()
        };
        assert_eq!(attributes.deposits_only().transactions, [a, b]);
    }
}
