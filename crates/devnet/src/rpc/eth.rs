//! The `eth`, `net` and `web3` methods, and the way to all others.

use alloy::{
    primitives::{Address, B256, Bytes, U64, U256, keccak256},
    rlp::Encodable as _,
};
use serde_json::{Value, json};

use super::{RpcError, call, debug, fees, json, logs, params::Params, params::parse_slot, rollup};
use crate::l2::L2Node;

/// Answers one request.
pub(super) fn dispatch(node: &L2Node, method: &str, params: &Params) -> Result<Value, RpcError> {
    Ok(match method {
        "web3_clientVersion" => json!(concat!("endgame/v", env!("CARGO_PKG_VERSION"))),
        "web3_sha3" => json!(keccak256(params.get::<Bytes>(0)?)),
        "net_version" => json!(node.chain().chain_id.to_string()),
        "net_listening" => json!(true),
        "net_peerCount" | "eth_getUncleCountByBlockNumber" | "eth_getUncleCountByBlockHash" => {
            json::quantity(0)
        }
        "eth_chainId" => json::quantity(node.chain().chain_id),
        "eth_syncing" | "eth_mining" => json!(false),
        "eth_accounts" => json!([]),
        "eth_blockNumber" => json::quantity(node.head().header.number),
        "eth_gasPrice" => json::quantity(fees::next_base_fee(node, &node.head())? + fees::TIP),
        "eth_maxPriorityFeePerGas" => json::quantity(fees::TIP),
        "eth_blobBaseFee" => json::quantity(1),
        "eth_feeHistory" => fees::history(node, params)?,
        "eth_call" => call::call(node, params)?,
        "eth_estimateGas" => call::estimate(node, params)?,
        "eth_getLogs" => json!(logs::get_logs(node, &params.get(0)?)?),
        "eth_sendRawTransaction" => json!(node.submit(params.get(0)?)??),
        "eth_getBalance"
        | "eth_getTransactionCount"
        | "eth_getCode"
        | "eth_getStorageAt"
        | "eth_getProof" => state(node, method, params)?,
        "eth_getBlockByNumber" | "eth_getBlockByHash" => match params.try_block(node, 0)? {
            Some(block) => json::block(&block, params.optional(1)?.unwrap_or(false))?,
            None => Value::Null,
        },
        "eth_getHeaderByNumber" | "eth_getHeaderByHash" => params
            .try_block(node, 0)?
            .map_or(Value::Null, |block| json::header(&block)),
        "eth_getBlockReceipts" => match params.try_block(node, 0)? {
            Some(block) => json!(json::receipts(&block)?),
            None => Value::Null,
        },
        "eth_getBlockTransactionCountByNumber" | "eth_getBlockTransactionCountByHash" => {
            params.try_block(node, 0)?.map_or(Value::Null, |block| {
                json::quantity(block.transactions.len() as u64)
            })
        }
        "eth_getTransactionByBlockNumberAndIndex" | "eth_getTransactionByBlockHashAndIndex" => {
            match params.try_block(node, 0)? {
                Some(block) => {
                    let index = params.quantity(1)? as usize;
                    match block.decoded()?.get(index) {
                        Some(tx) => json::transaction(tx, Some((&block, index)))?,
                        None => Value::Null,
                    }
                }
                None => Value::Null,
            }
        }
        "eth_getTransactionByHash"
        | "eth_getTransactionReceipt"
        | "eth_getRawTransactionByHash" => transaction(node, method, params.get(0)?)?,
        "txpool_status" => json!({
            "pending": U64::from(node.pool().len() as u64),
            "queued": "0x0",
        }),
        _ if method.starts_with("optimism_") => rollup::dispatch(node, method, params)?,
        _ if method.starts_with("debug_") => debug::dispatch(node, method, params)?,
        _ => return Err(RpcError::no_method(method)),
    })
}

/// Methods about accounts.
fn state(node: &L2Node, method: &str, params: &Params) -> Result<Value, RpcError> {
    let address: Address = params.get(0)?;
    let slotted = matches!(method, "eth_getStorageAt" | "eth_getProof");
    let block_index = 1 + usize::from(slotted);
    let view = node.state(&*params.block(node, block_index)?);
    Ok(match method {
        "eth_getBalance" => {
            json!(
                view.account(address)?
                    .map_or(U256::ZERO, |account| account.balance)
            )
        }
        "eth_getTransactionCount" => {
            let nonce = view.account(address)?.map_or(0, |account| account.nonce);
            let pending = params
                .optional::<Value>(1)?
                .is_some_and(|tag| tag == "pending");
            json::quantity(if pending {
                node.pool().next_nonce(address, nonce)
            } else {
                nonce
            })
        }
        "eth_getCode" => json!(view.code(address)?),
        "eth_getStorageAt" => json!(B256::from(view.storage(address, params.slot(1)?)?)),
        _ => {
            let keys: Vec<String> = params.get(1)?;
            let slots = keys
                .iter()
                .map(|k| parse_slot(k))
                .collect::<Result<Vec<_>, _>>()?;
            let proof = view.prove(address, &slots)?;
            let storage: Vec<_> = proof
                .storage
                .iter()
                .zip(&keys)
                .map(|(slot, key)| json!({ "key": key, "value": slot.value, "proof": slot.nodes }))
                .collect();
            json!({
                "address": address,
                "accountProof": proof.nodes,
                "balance": proof.account.balance,
                "codeHash": proof.account.code_hash,
                "nonce": U64::from(proof.account.nonce),
                "storageHash": proof.account.storage_root,
                "storageProof": storage,
            })
        }
    })
}

/// Methods about one transaction.
fn transaction(node: &L2Node, method: &str, hash: B256) -> Result<Value, RpcError> {
    let Some((number, index)) = node.store().transaction(hash)? else {
        let pool = node.pool();
        return Ok(match (pool.get(hash), method) {
            (Some(tx), "eth_getTransactionByHash") => json::transaction(&tx.tx, None)?,
            (Some(tx), "eth_getRawTransactionByHash") => json!(tx.raw),
            _ => Value::Null,
        });
    };
    let index = index as usize;
    let block = node.expect_block(number)?;
    Ok(match method {
        "eth_getTransactionByHash" => match block.decoded()?.get(index) {
            Some(tx) => json::transaction(tx, Some((&block, index)))?,
            None => Value::Null,
        },
        "eth_getRawTransactionByHash" => json!(block.transactions.get(index)),
        _ => json!(json::receipts(&block)?.get(index)),
    })
}

/// The RLP of a header.
pub(super) fn header_rlp(block: &crate::l2::L2Block) -> Bytes {
    let mut out = Vec::new();
    block.header.encode(&mut out);
    out.into()
}
