//! The hint that lets a host run a block before the program does.

use alloc::{format, string::String, vec::Vec};

use endgame_ortho_execute::Attributes;
use endgame_ortho_primitives::Hash;
use serde_json::{Map, Value};

use crate::{PreimageError, hex, oracle::Oracle};

/// The hint's data: the parent's hash, then the attributes as the engine API writes them.
fn data(parent: Hash, attributes: &Attributes) -> Vec<u8> {
    let hex = |bytes: &[u8]| Value::String(hex::encode(bytes));
    let quantity = |number: u64| Value::String(format!("{number:#x}"));
    let transactions = attributes.transactions.iter().map(|raw| hex(raw));
    let fields = [
        ("timestamp", Some(quantity(attributes.timestamp))),
        ("prevRandao", Some(hex(&attributes.prev_randao.0))),
        (
            "suggestedFeeRecipient",
            Some(hex(&attributes.fee_recipient.0)),
        ),
        ("withdrawals", Some(Value::Array(Vec::new()))),
        (
            "parentBeaconBlockRoot",
            attributes.parent_beacon_block_root.map(|root| hex(&root.0)),
        ),
        ("transactions", Some(transactions.collect())),
        ("noTxPool", Some(true.into())),
        ("gasLimit", Some(quantity(attributes.gas_limit))),
        (
            "eip1559Params",
            attributes.eip1559_params.map(|params| hex(&params)),
        ),
        // A plain number, unlike all others.
        ("minBaseFee", attributes.min_base_fee.map(Value::from)),
    ];
    let fields = fields
        .into_iter()
        .filter_map(|(name, value)| Some((String::from(name), value?)));
    let json = format!("{}", Value::Object(fields.collect::<Map<_, _>>()));
    [&parent.0, json.as_bytes()].concat()
}

/// Names the block that is executed next.
pub(crate) fn hint(
    oracle: &Oracle,
    parent: Hash,
    attributes: &Attributes,
) -> Result<(), PreimageError> {
    oracle.hint("l2-payload-witness", &[&data(parent, attributes)])
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn attributes_are_written_as_the_engine_api_does() {
        let mut attributes = Attributes {
            timestamp: 10,
            gas_limit: 30_000_000,
            transactions: vec![vec![0x7e, 1], vec![2]],
            eip1559_params: Some([0; 8]),
            min_base_fee: Some(7),
            ..Attributes::default()
        };
        let written = data(Hash([3; 32]), &attributes);
        assert_eq!(written[..32], [3; 32]);
        let json: serde_json::Value = serde_json::from_slice(&written[32..]).unwrap();
        assert_eq!(json["timestamp"], "0xa");
        assert_eq!(json["gasLimit"], "0x1c9c380");
        assert_eq!(json["transactions"], serde_json::json!(["0x7e01", "0x02"]));
        assert_eq!(json["eip1559Params"], "0x0000000000000000");
        assert_eq!(json["minBaseFee"], 7);
        assert_eq!(json["withdrawals"], serde_json::json!([]));
        assert_eq!(json["noTxPool"], true);
        assert_eq!(json.get("parentBeaconBlockRoot"), None);

        attributes.transactions.clear();
        attributes.parent_beacon_block_root = Some(Hash([4; 32]));
        let written = data(Hash([3; 32]), &attributes);
        let json: serde_json::Value = serde_json::from_slice(&written[32..]).unwrap();
        assert_eq!(json["transactions"], serde_json::json!([]));
        assert_eq!(
            json["parentBeaconBlockRoot"],
            alloc::format!("0x{}", "04".repeat(32))
        );
    }
}
