//! `eth_call` and `eth_estimateGas`.

use alloy::primitives::{Address, Bytes, TxKind, U64, U256};
use endgame_kona_executor::Call;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{RpcError, params::Params};
use crate::l2::L2Node;

/// A message as callers write it. Fees are read over: messages run without any.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Message {
    from: Option<Address>,
    to: Option<Address>,
    gas: Option<U64>,
    value: Option<U256>,
    input: Option<Bytes>,
    data: Option<Bytes>,
}

impl Message {
    fn into_call(self, most_gas: u64) -> Result<Call, RpcError> {
        let input = match (self.input, self.data) {
            (Some(input), Some(data)) if input != data => {
                return Err(RpcError::params(
                    "both \"data\" and \"input\" are set and not equal",
                ));
            }
            (input, data) => input.or(data).unwrap_or_default(),
        };
        Ok(Call {
            from: self.from.unwrap_or_default(),
            to: self.to.map_or(TxKind::Create, TxKind::Call),
            value: self.value.unwrap_or_default(),
            gas_limit: self
                .gas
                .map_or(most_gas, |gas| gas.to::<u64>().min(most_gas)),
            input,
        })
    }
}

/// `eth_call(message, block)`.
pub(super) fn call(node: &L2Node, params: &Params) -> Result<Value, RpcError> {
    let block = params.block(node, 1)?;
    let message = params
        .get::<Message>(0)?
        .into_call(block.header.gas_limit)?;
    let outcome = node.call(&block, message)?;
    match outcome.halt {
        _ if outcome.success => Ok(json!(outcome.output)),
        None => Err(RpcError::reverted(outcome.output)),
        Some(reason) => Err(RpcError::new(-32000, reason)),
    }
}

/// `eth_estimateGas(message, block)`.
pub(super) fn estimate(node: &L2Node, params: &Params) -> Result<Value, RpcError> {
    let block = params.block(node, 1)?;
    let message = params
        .get::<Message>(0)?
        .into_call(block.header.gas_limit)?;
    match node.estimate_gas(&block, &message)? {
        Ok(gas) => Ok(json!(U64::from(gas))),
        Err(outcome) => match outcome.halt {
            None => Err(RpcError::reverted(outcome.output)),
            Some(reason) => Err(RpcError::new(-32000, reason)),
        },
    }
}
