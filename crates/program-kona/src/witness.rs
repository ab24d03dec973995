//! The hint that lets a host run a block before the program does.

use alloc::{format, string::String, vec::Vec};

use alloy_primitives::{Address, B64, B256, Bytes};
use endgame_kona_executor::Attributes;
use serde::Serialize;

use crate::{ProgramError, source::Source};

/// Payload attributes as the engine API writes them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    timestamp: String,
    prev_randao: B256,
    suggested_fee_recipient: Address,
    withdrawals: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_beacon_block_root: Option<B256>,
    transactions: &'a [Bytes],
    no_tx_pool: bool,
    gas_limit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    eip1559_params: Option<B64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_base_fee: Option<u64>,
}

/// The hint's data: the parent's hash, then the attributes as JSON.
fn data(parent: B256, attributes: &Attributes) -> Result<Vec<u8>, ProgramError> {
    let payload = Payload {
        timestamp: format!("{:#x}", attributes.timestamp),
        prev_randao: attributes.prev_randao,
        suggested_fee_recipient: attributes.fee_recipient,
        withdrawals: [],
        parent_beacon_block_root: attributes.parent_beacon_root,
        transactions: &attributes.transactions,
        no_tx_pool: true,
        gas_limit: format!("{:#x}", attributes.gas_limit),
        eip1559_params: attributes.eip1559_params,
        min_base_fee: attributes.min_base_fee,
    };
    let json = serde_json::to_vec(&payload)
        .map_err(|e| ProgramError::Derivation(format!("attributes: {e}")))?;
    Ok([parent.as_slice(), &json].concat())
}

/// Names the block that is executed next.
pub(crate) fn hint(
    source: &Source,
    parent: B256,
    attributes: &Attributes,
) -> Result<(), ProgramError> {
    source.hint("l2-payload-witness", &[&data(parent, attributes)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_is_written_as_the_engine_api_does() {
        let attributes = Attributes {
            timestamp: 10,
            gas_limit: 30_000_000,
            transactions: [Bytes::from_static(&[0x7e, 1])].into(),
            eip1559_params: Some(B64::ZERO),
            ..Attributes::default()
        };
        let data = data(B256::repeat_byte(3), &attributes).unwrap();
        assert_eq!(data[..32], [3; 32]);
        let json: serde_json::Value = serde_json::from_slice(&data[32..]).unwrap();
        assert_eq!(json["timestamp"], "0xa");
        assert_eq!(json["gasLimit"], "0x1c9c380");
        assert_eq!(json["transactions"][0], "0x7e01");
        assert_eq!(json["eip1559Params"], "0x0000000000000000");
        assert_eq!(json["withdrawals"], serde_json::json!([]));
        assert_eq!(json.get("parentBeaconBlockRoot"), None);
    }
}
