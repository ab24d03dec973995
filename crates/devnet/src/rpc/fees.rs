//! What gas costs: `eth_gasPrice` and its kin.

#![expect(
    clippy::cast_precision_loss,
    reason = "ratios and percentiles are estimates"
)]

use alloy::{
    consensus::Transaction as _,
    primitives::{U64, U256},
};
use serde_json::{Value, json};

use super::{RpcError, params::Params};
use crate::l2::{L2Block, L2Node};

/// Tip that is suggested, wei: blocks are seldom full here.
pub(super) const TIP: u64 = 1_000_000;
/// Blocks that one `eth_feeHistory` goes back at most.
const MAX_HISTORY: u64 = 1024;

/// Base fee of the block after `block`, wei.
pub(super) fn next_base_fee(node: &L2Node, block: &L2Block) -> Result<u64, RpcError> {
    let time = block.header.timestamp + node.rollup().block_time;
    node.chain()
        .base_fee(&block.header, time)
        .map_err(|e| RpcError::new(-32603, e.to_string()))
}

/// `eth_feeHistory(count, newest, percentiles)`.
pub(super) fn history(node: &L2Node, params: &Params) -> Result<Value, RpcError> {
    let newest = params.block(node, 1)?;
    let percentiles: Vec<f64> = params.optional(2)?.unwrap_or_default();
    if !percentiles.is_sorted() || percentiles.iter().any(|p| !(0.0..=100.0).contains(p)) {
        return Err(RpcError::params("percentiles must grow from 0 to 100"));
    }
    let count = params
        .quantity(0)?
        .min(MAX_HISTORY)
        .min(newest.header.number + 1);
    let oldest = newest.header.number + 1 - count;
    let (mut fees, mut ratios, mut rewards) = (Vec::new(), Vec::new(), Vec::new());
    for number in oldest..=newest.header.number {
        if count == 0 {
            break;
        }
        let block = node.expect_block(number)?;
        fees.push(json!(U64::from(
            block.header.base_fee_per_gas.unwrap_or_default()
        )));
        ratios.push(block.header.gas_used as f64 / block.header.gas_limit.max(1) as f64);
        if !percentiles.is_empty() {
            rewards.push(block_rewards(&block, &percentiles)?);
        }
    }
    fees.push(json!(U64::from(next_base_fee(node, &newest)?)));
    let blob_fees = vec!["0x1"; fees.len()];
    let mut out = json!({
        "oldestBlock": U64::from(oldest),
        "baseFeePerGas": fees,
        "gasUsedRatio": ratios,
        "baseFeePerBlobGas": blob_fees,
        "blobGasUsedRatio": vec![0.0; count as usize],
    });
    if let (Some(members), false) = (out.as_object_mut(), percentiles.is_empty()) {
        members.insert("reward".into(), Value::Array(rewards));
    }
    Ok(out)
}

/// The tips at these percentiles of the block's gas.
fn block_rewards(block: &L2Block, percentiles: &[f64]) -> Result<Value, RpcError> {
    let base_fee = block.header.base_fee_per_gas.unwrap_or_default();
    let mut tips = Vec::new();
    let mut before = 0;
    for (tx, receipt) in block.decoded()?.iter().zip(&block.receipts) {
        let used = receipt.cumulative_gas_used() - before;
        before = receipt.cumulative_gas_used();
        if !tx.is_deposit() {
            tips.push((tx.effective_tip_per_gas(base_fee).unwrap_or_default(), used));
        }
    }
    tips.sort_unstable();
    let total: u64 = tips.iter().map(|(_, used)| used).sum();
    let at = |percentile: &f64| {
        let threshold = (total as f64 * percentile / 100.0) as u64;
        let mut sum = 0;
        for (tip, used) in &tips {
            sum += used;
            if sum >= threshold {
                return U256::from(*tip);
            }
        }
        U256::from(if tips.is_empty() { u128::from(TIP) } else { 0 })
    };
    Ok(json!(percentiles.iter().map(at).collect::<Vec<_>>()))
}
