//! A block as the chain store keeps it.

use alloy::{
    consensus::Header,
    eips::{Decodable2718 as _, Encodable2718 as _},
    primitives::{B256, Bytes},
};
use alloy_rlp::{Decodable, RlpDecodable, RlpEncodable};
use op_alloy_consensus::{OpReceiptEnvelope, OpTxEnvelope};

use crate::{DevnetError, l2::L1Info};

/// An executed L2 block.
#[derive(Clone, Debug)]
pub struct L2Block {
    /// Its header.
    pub header: Header,
    /// The header's hash.
    pub hash: B256,
    /// Its transactions as they are on the wire, deposits first.
    pub transactions: Vec<Bytes>,
    /// Its receipts, one for each transaction.
    pub receipts: Vec<OpReceiptEnvelope>,
}

#[derive(RlpEncodable, RlpDecodable)]
struct Stored {
    header: Header,
    transactions: Vec<Bytes>,
    receipts: Vec<Bytes>,
}

impl L2Block {
    /// The block's bytes in the chain store.
    pub fn encode(&self) -> Vec<u8> {
        alloy::rlp::encode(Stored {
            header: self.header.clone(),
            transactions: self.transactions.clone(),
            receipts: self
                .receipts
                .iter()
                .map(|r| r.encoded_2718().into())
                .collect(),
        })
    }

    /// The block behind bytes of the chain store.
    pub fn decode(mut bytes: &[u8]) -> Result<Self, DevnetError> {
        let stored = Stored::decode(&mut bytes)
            .map_err(|e| DevnetError::Corrupt(format!("stored block: {e}")))?;
        let receipts = stored
            .receipts
            .iter()
            .map(|r| OpReceiptEnvelope::decode_2718_exact(r))
            .collect::<Result<_, _>>()
            .map_err(|e| DevnetError::Corrupt(format!("stored receipt: {e}")))?;
        Ok(Self {
            hash: stored.header.hash_slow(),
            header: stored.header,
            transactions: stored.transactions,
            receipts,
        })
    }

    /// The decoded transactions.
    pub fn decoded(&self) -> Result<Vec<OpTxEnvelope>, DevnetError> {
        self.transactions
            .iter()
            .map(|raw| OpTxEnvelope::decode_2718_exact(raw))
            .collect::<Result<_, _>>()
            .map_err(|e| DevnetError::Corrupt(format!("stored transaction: {e}")))
    }

    /// Whether the transaction is a deposit, by its type byte.
    pub fn is_deposit(raw: &[u8]) -> bool {
        raw.first() == Some(&op_alloy_consensus::DEPOSIT_TX_TYPE_ID)
    }

    /// The L1 attributes that the block's first transaction brings; the genesis block has none.
    pub fn l1_info(&self) -> Result<L1Info, DevnetError> {
        let number = self.header.number;
        let missing = |reason| DevnetError::L1Info { number, reason };
        let raw = self.transactions.first().ok_or(missing("no transaction"))?;
        let tx = OpTxEnvelope::decode_2718_exact(raw)
            .map_err(|_| missing("first transaction does not decode"))?;
        let deposit = tx
            .as_deposit()
            .ok_or(missing("first transaction is no deposit"))?;
        L1Info::decode(&deposit.inner().input).ok_or(missing("unknown calldata"))
    }
}
