//! The `debug` methods that hosts of fault proof programs ask for.

use alloy::{
    eips::Encodable2718 as _,
    primitives::{Address, B64, B256, Bytes, U64, keccak256},
};
use endgame_kona_executor::Attributes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{RpcError, eth::header_rlp, json::block_rlp, params::Params};
use crate::l2::{L2Node, Witness};

/// Prefix of code in the key-value stores of other nodes.
const CODE_PREFIX: u8 = b'c';

/// Payload attributes as the engine API writes them.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PayloadAttributes {
    timestamp: U64,
    prev_randao: B256,
    suggested_fee_recipient: Address,
    parent_beacon_block_root: Option<B256>,
    #[serde(default)]
    transactions: Vec<Bytes>,
    gas_limit: U64,
    eip1559_params: Option<B64>,
    min_base_fee: Option<u64>,
}

impl From<PayloadAttributes> for Attributes {
    fn from(a: PayloadAttributes) -> Self {
        Self {
            timestamp: a.timestamp.to(),
            prev_randao: a.prev_randao,
            fee_recipient: a.suggested_fee_recipient,
            parent_beacon_root: a.parent_beacon_block_root,
            gas_limit: a.gas_limit.to(),
            transactions: a.transactions,
            eip1559_params: a.eip1559_params,
            min_base_fee: a.min_base_fee,
        }
    }
}

pub(super) fn dispatch(node: &L2Node, method: &str, params: &Params) -> Result<Value, RpcError> {
    Ok(match method {
        "debug_executionWitness" => {
            let block = params.block(node, 0)?;
            witness(&node.block_witness(&block)?)
        }
        "debug_executePayload" => {
            let parent: B256 = params.get(0)?;
            let parent = node
                .block_by_hash(parent)?
                .ok_or_else(|| RpcError::not_found("parent block"))?;
            let attributes: PayloadAttributes = params.get(1)?;
            witness(&node.attributes_witness(&parent, &attributes.into())?.0)
        }
        "debug_getRawHeader" => json!(header_rlp(&*params.block(node, 0)?)),
        "debug_getRawBlock" => json!(Bytes::from(block_rlp(&*params.block(node, 0)?))),
        "debug_getRawReceipts" => {
            let block = params.block(node, 0)?;
            let raw = block.receipts.iter().map(|r| Bytes::from(r.encoded_2718()));
            json!(raw.collect::<Vec<_>>())
        }
        "debug_getRawTransaction" => match node.store().transaction(params.get(0)?)? {
            Some((number, index)) => {
                json!(node.expect_block(number)?.transactions.get(index as usize))
            }
            None => json!("0x"),
        },
        "debug_dbGet" => {
            let key: Bytes = params.get(0)?;
            let hash = match key.as_ref() {
                [CODE_PREFIX, hash @ ..] if hash.len() == 32 => hash,
                hash => hash,
            };
            let hash = B256::try_from(hash).map_err(|_| RpcError::params("key is no hash"))?;
            match node.store().preimage(hash)? {
                // The store's own keys lack a byte of the hash.
                Some(bytes) if keccak256(&bytes) == hash => json!(bytes),
                _ => return Err(RpcError::not_found("key")),
            }
        }
        _ => return Err(RpcError::no_method(method)),
    })
}

fn witness(witness: &Witness) -> Value {
    json!({
        "state": witness.nodes,
        "codes": witness.codes,
        "headers": witness.headers,
        "keys": [],
    })
}
