//! Blocks, transactions, receipts and logs in the form of the execution API.

#![expect(clippy::indexing_slicing, reason = "a JSON object takes any member")]

use alloy::{
    consensus::{Transaction as _, transaction::SignerRecoverable as _},
    primitives::{Address, B256, Log, U64, U256, keccak256},
};
use op_alloy_consensus::{OpReceiptEnvelope, OpTxEnvelope};
use serde_json::{Value, json};

use crate::{
    DevnetError,
    l2::{L1Info, L2Block},
};

/// A number as a hex quantity.
pub(super) fn quantity(number: u64) -> Value {
    json!(U64::from(number))
}

fn quantity128(number: u128) -> Value {
    json!(U256::from(number))
}

/// A block's header.
pub(super) fn header(block: &L2Block) -> Value {
    let h = &block.header;
    json!({
        "hash": block.hash,
        "parentHash": h.parent_hash,
        "sha3Uncles": h.ommers_hash,
        "miner": h.beneficiary,
        "stateRoot": h.state_root,
        "transactionsRoot": h.transactions_root,
        "receiptsRoot": h.receipts_root,
        "logsBloom": h.logs_bloom,
        "difficulty": h.difficulty,
        "number": U64::from(h.number),
        "gasLimit": U64::from(h.gas_limit),
        "gasUsed": U64::from(h.gas_used),
        "timestamp": U64::from(h.timestamp),
        "extraData": h.extra_data,
        "mixHash": h.mix_hash,
        "nonce": h.nonce,
        "baseFeePerGas": h.base_fee_per_gas.map(U64::from),
        "withdrawalsRoot": h.withdrawals_root,
        "blobGasUsed": h.blob_gas_used.map(U64::from),
        "excessBlobGas": h.excess_blob_gas.map(U64::from),
        "parentBeaconBlockRoot": h.parent_beacon_block_root,
        "requestsHash": h.requests_hash,
    })
}

/// A block with its transactions in full or by hash.
pub(super) fn block(block: &L2Block, full: bool) -> Result<Value, DevnetError> {
    let transactions = if full {
        let decoded = block.decoded()?;
        decoded
            .iter()
            .enumerate()
            .map(|(index, tx)| transaction(tx, Some((block, index))))
            .collect::<Result<Vec<_>, _>>()?
    } else {
        block
            .transactions
            .iter()
            .map(|raw| json!(keccak256(raw)))
            .collect()
    };
    let mut out = header(block);
    out["size"] = quantity(block_rlp(block).len() as u64);
    out["totalDifficulty"] = quantity(0);
    out["transactions"] = Value::Array(transactions);
    out["uncles"] = json!([]);
    out["withdrawals"] = json!([]);
    Ok(out)
}

/// The RLP of a whole block.
pub(super) fn block_rlp(block: &L2Block) -> Vec<u8> {
    use alloy::rlp::Encodable as _;
    let mut body = Vec::new();
    block.header.encode(&mut body);
    let mut transactions = Vec::new();
    for raw in &block.transactions {
        // A typed transaction is a byte string, an older one is the list that it is.
        if raw.first().is_some_and(|b| *b >= 0xc0) {
            transactions.extend_from_slice(raw);
        } else {
            raw.encode(&mut transactions);
        }
    }
    let list = |payload_length| alloy::rlp::Header {
        list: true,
        payload_length,
    };
    list(transactions.len()).encode(&mut body);
    body.extend_from_slice(&transactions);
    // No ommers, no withdrawals.
    list(0).encode(&mut body);
    list(0).encode(&mut body);
    let mut out = Vec::with_capacity(body.len() + 4);
    list(body.len()).encode(&mut out);
    out.extend_from_slice(&body);
    out
}

/// A transaction, in its block or still without one.
pub(super) fn transaction(
    tx: &OpTxEnvelope,
    place: Option<(&L2Block, usize)>,
) -> Result<Value, DevnetError> {
    let corrupt = || DevnetError::Corrupt("transaction without a sender".into());
    let mut out = json!({
        "hash": tx.tx_hash(),
        "type": U64::from(tx.tx_type() as u8),
        "nonce": U64::from(tx.nonce()),
        "from": tx.recover_signer().map_err(|_| corrupt())?,
        "to": tx.to(),
        "value": tx.value(),
        "gas": U64::from(tx.gas_limit()),
        "input": tx.input(),
        "blockHash": null,
        "blockNumber": null,
        "transactionIndex": null,
    });
    let base_fee = place.and_then(|(block, _)| block.header.base_fee_per_gas);
    out["gasPrice"] = quantity128(tx.effective_gas_price(base_fee));
    if let Some((block, index)) = place {
        out["blockHash"] = json!(block.hash);
        out["blockNumber"] = quantity(block.header.number);
        out["transactionIndex"] = quantity(index as u64);
    }
    if let Some(deposit) = tx.as_deposit() {
        let deposit = deposit.inner();
        let receipt = place.and_then(|(block, index)| block.receipts.get(index));
        out["sourceHash"] = json!(deposit.source_hash);
        out["mint"] = quantity128(deposit.mint);
        // As op-geth has it; there are none since Regolith.
        if deposit.is_system_transaction {
            out["isSystemTx"] = json!(true);
        }
        out["nonce"] = quantity(
            receipt
                .and_then(OpReceiptEnvelope::deposit_nonce)
                .unwrap_or(0),
        );
        out["depositReceiptVersion"] = json!(
            receipt
                .and_then(OpReceiptEnvelope::deposit_receipt_version)
                .map(U64::from)
        );
        out["gasPrice"] = quantity(0);
        // Deposits are not signed; clients that want the members get zeros.
        for name in ["v", "r", "s"] {
            out[name] = quantity(0);
        }
        return Ok(out);
    }
    if let Some(chain_id) = tx.chain_id() {
        out["chainId"] = quantity(chain_id);
    }
    if tx.is_dynamic_fee() {
        out["maxFeePerGas"] = quantity128(tx.max_fee_per_gas());
        out["maxPriorityFeePerGas"] = quantity128(tx.max_priority_fee_per_gas().unwrap_or(0));
    }
    if let Some(list) = tx.access_list() {
        out["accessList"] = json!(list);
    }
    if let Some(list) = tx.authorization_list() {
        out["authorizationList"] = json!(list);
    }
    let signature = tx.signature().ok_or_else(corrupt)?;
    out["r"] = json!(signature.r());
    out["s"] = json!(signature.s());
    let parity = u64::from(signature.v());
    if tx.is_legacy() {
        out["v"] = quantity(match tx.chain_id() {
            Some(chain_id) => chain_id * 2 + 35 + parity,
            None => 27 + parity,
        });
    } else {
        out["v"] = quantity(parity);
        out["yParity"] = quantity(parity);
    }
    Ok(out)
}

/// The receipts of a block.
pub(super) fn receipts(block: &L2Block) -> Result<Vec<Value>, DevnetError> {
    let info = (block.header.number > 0)
        .then(|| block.l1_info())
        .transpose()?;
    let mut log_index = 0;
    let mut before = 0;
    let mut out = Vec::with_capacity(block.receipts.len());
    for (index, (tx, receipt)) in block.decoded()?.iter().zip(&block.receipts).enumerate() {
        let place = LogPlace {
            block,
            transaction: tx.tx_hash(),
            index,
        };
        let mut value = self::receipt(&place, tx, receipt, before, log_index)?;
        if let (Some(info), false) = (info, tx.is_deposit()) {
            add_l1_fees(&mut value, &info);
        }
        before = receipt.cumulative_gas_used();
        log_index += receipt.logs().len() as u64;
        out.push(value);
    }
    Ok(out)
}

fn receipt(
    place: &LogPlace<'_>,
    tx: &OpTxEnvelope,
    receipt: &OpReceiptEnvelope,
    gas_before: u64,
    first_log: u64,
) -> Result<Value, DevnetError> {
    let from = tx
        .recover_signer()
        .map_err(|_| DevnetError::Corrupt("transaction without a sender".into()))?;
    let nonce = receipt.deposit_nonce().unwrap_or_else(|| tx.nonce());
    let price = if tx.is_deposit() {
        0
    } else {
        tx.effective_gas_price(place.block.header.base_fee_per_gas)
    };
    let logs: Vec<_> = receipt
        .logs()
        .iter()
        .zip(first_log..)
        .map(|(log, log_index)| self::log(place, log, log_index))
        .collect();
    let mut out = json!({
        "type": U64::from(tx.tx_type() as u8),
        "status": U64::from(u64::from(receipt.is_success())),
        "cumulativeGasUsed": U64::from(receipt.cumulative_gas_used()),
        "logs": logs,
        "logsBloom": receipt.logs_bloom(),
        "transactionHash": place.transaction,
        "transactionIndex": U64::from(place.index as u64),
        "blockHash": place.block.hash,
        "blockNumber": U64::from(place.block.header.number),
        "gasUsed": U64::from(receipt.cumulative_gas_used() - gas_before),
        "effectiveGasPrice": U256::from(price),
        "from": from,
        "to": tx.to(),
        "contractAddress": tx.to().is_none().then(|| Address::create(&from, nonce)),
    });
    if tx.is_deposit() {
        out["depositNonce"] = json!(receipt.deposit_nonce().map(U64::from));
        out["depositReceiptVersion"] = json!(receipt.deposit_receipt_version().map(U64::from));
    }
    Ok(out)
}

fn add_l1_fees(receipt: &mut Value, info: &L1Info) {
    receipt["l1GasPrice"] = json!(info.base_fee);
    receipt["l1BlobBaseFee"] = json!(info.blob_base_fee);
    receipt["l1BaseFeeScalar"] = quantity(info.base_fee_scalar.into());
    receipt["l1BlobBaseFeeScalar"] = quantity(info.blob_base_fee_scalar.into());
    receipt["operatorFeeScalar"] = quantity(info.operator_fee_scalar.into());
    receipt["operatorFeeConstant"] = quantity(info.operator_fee_constant);
}

/// Where a log is.
#[derive(Debug)]
pub(super) struct LogPlace<'a> {
    pub(super) block: &'a L2Block,
    pub(super) transaction: B256,
    pub(super) index: usize,
}

/// A log.
pub(super) fn log(place: &LogPlace<'_>, log: &Log, log_index: u64) -> Value {
    json!({
        "address": log.address,
        "topics": log.topics(),
        "data": log.data.data,
        "blockHash": place.block.hash,
        "blockNumber": U64::from(place.block.header.number),
        "blockTimestamp": U64::from(place.block.header.timestamp),
        "transactionHash": place.transaction,
        "transactionIndex": U64::from(place.index as u64),
        "logIndex": U64::from(log_index),
        "removed": false,
    })
}
