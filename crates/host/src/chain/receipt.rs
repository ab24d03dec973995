//! Receipts from JSON to the bytes that the receipts root commits to.

use alloy_primitives::{B256, Bloom, Log, U64};
use alloy_rlp::{Encodable, Header};

/// A receipt as `eth_getBlockReceipts` shows it, of any transaction type, L1's or L2's.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RpcReceipt {
    #[serde(rename = "type", default)]
    tx_type: U64,
    #[serde(default)]
    status: Option<U64>,
    /// Before Byzantium, in place of the status.
    #[serde(default)]
    root: Option<B256>,
    cumulative_gas_used: U64,
    logs_bloom: Bloom,
    logs: Vec<Log>,
    /// Of L2 deposits since Regolith.
    #[serde(default)]
    deposit_nonce: Option<U64>,
    /// Of L2 deposits since Canyon: only then is the nonce in the encoding too.
    #[serde(default)]
    deposit_receipt_version: Option<U64>,
}

impl RpcReceipt {
    /// The EIP-2718 encoding.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, &'static str> {
        let mut fields = Vec::new();
        match (self.status, self.root) {
            (Some(status), _) => status.to::<u64>().encode(&mut fields),
            (None, Some(root)) => root.encode(&mut fields),
            (None, None) => return Err("a receipt with neither status nor root"),
        }
        self.cumulative_gas_used.to::<u64>().encode(&mut fields);
        self.logs_bloom.encode(&mut fields);
        self.logs.encode(&mut fields);
        if let (Some(nonce), Some(version)) = (self.deposit_nonce, self.deposit_receipt_version) {
            nonce.to::<u64>().encode(&mut fields);
            version.to::<u64>().encode(&mut fields);
        }
        let tx_type = u8::try_from(self.tx_type.to::<u64>())
            .ok()
            .filter(|tx_type| *tx_type < 0x80)
            .ok_or("a receipt of an impossible type")?;
        let mut encoded = Vec::with_capacity(fields.len() + 10);
        if tx_type != 0 {
            encoded.push(tx_type);
        }
        Header {
            list: true,
            payload_length: fields.len(),
        }
        .encode(&mut encoded);
        encoded.extend_from_slice(&fields);
        Ok(encoded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_consensus::{Receipt, ReceiptEnvelope};
    use alloy_eips::eip2718::Encodable2718;
    use alloy_primitives::{Address, bytes};
    use op_alloy_consensus::{OpDepositReceipt, OpReceiptEnvelope};
    use serde_json::json;

    fn log() -> Log {
        Log::new_unchecked(
            Address::repeat_byte(7),
            vec![B256::repeat_byte(8)],
            bytes!("c0ffee"),
        )
    }

    fn rpc(tx_type: u64, bloom: Bloom) -> serde_json::Value {
        json!({
            "type": U64::from(tx_type), "status": "0x1", "cumulativeGasUsed": "0x5208",
            "logsBloom": bloom, "transactionIndex": "0x0",
            "logs": [{"address": log().address, "topics": log().topics(), "data": "0xc0ffee",
                      "logIndex": "0x0", "removed": false}],
        })
    }

    #[test]
    fn l1_receipts_encode_as_the_library_encodes_them() {
        let receipt = Receipt {
            status: true.into(),
            cumulative_gas_used: 21000,
            logs: vec![log()],
        }
        .with_bloom();
        let bloom = receipt.logs_bloom;
        for (tx_type, envelope) in [
            (0, ReceiptEnvelope::Legacy(receipt.clone())),
            (2, ReceiptEnvelope::Eip1559(receipt.clone())),
            (3, ReceiptEnvelope::Eip4844(receipt.clone())),
            (4, ReceiptEnvelope::Eip7702(receipt)),
        ] {
            let parsed: RpcReceipt = serde_json::from_value(rpc(tx_type, bloom)).unwrap();
            assert_eq!(parsed.encode().unwrap(), envelope.encoded_2718());
        }
    }

    #[test]
    fn deposit_receipt_has_nonce_and_version() {
        let receipt = OpDepositReceipt {
            inner: Receipt {
                status: true.into(),
                cumulative_gas_used: 21000,
                logs: vec![log()],
            },
            deposit_nonce: Some(9),
            deposit_receipt_version: Some(1),
        };
        let envelope = OpReceiptEnvelope::Deposit(receipt.with_bloom());
        let mut value = rpc(0x7e, *envelope.logs_bloom());
        value["depositNonce"] = "0x9".into();
        value["depositReceiptVersion"] = "0x1".into();
        let parsed: RpcReceipt = serde_json::from_value(value).unwrap();
        assert_eq!(parsed.encode().unwrap(), envelope.encoded_2718());
    }

    #[test]
    fn receipt_without_outcome_is_refused() {
        let mut value = rpc(0, Bloom::ZERO);
        value.as_object_mut().unwrap().remove("status");
        let parsed: RpcReceipt = serde_json::from_value(value).unwrap();
        assert!(parsed.encode().is_err());
    }
}
