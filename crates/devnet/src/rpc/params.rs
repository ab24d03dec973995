//! Reading a method's parameters.

use std::sync::Arc;

use alloy::primitives::{B256, U64, U256};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::RpcError;
use crate::l2::{L2Block, L2Node};

/// Positional parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Params(Vec<Value>);

impl Params {
    /// From the `params` member, which may be left out.
    pub(super) fn new(params: Option<Value>) -> Result<Self, RpcError> {
        match params {
            None | Some(Value::Null) => Ok(Self::default()),
            Some(Value::Array(list)) => Ok(Self(list)),
            Some(_) => Err(RpcError::params("params must be a list")),
        }
    }

    /// The parameter at `index`, which must be there.
    pub(super) fn get<T: DeserializeOwned>(&self, index: usize) -> Result<T, RpcError> {
        self.optional(index)?
            .ok_or_else(|| RpcError::params(format!("missing value for required argument {index}")))
    }

    /// The parameter at `index`, if it is there and not null.
    pub(super) fn optional<T: DeserializeOwned>(
        &self,
        index: usize,
    ) -> Result<Option<T>, RpcError> {
        match self.0.get(index) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => serde_json::from_value(value.clone())
                .map(Some)
                .map_err(|e| RpcError::params(format!("invalid argument {index}: {e}"))),
        }
    }

    /// The block that the parameter at `index` names; the newest one if it is left out.
    pub(super) fn block(&self, node: &L2Node, index: usize) -> Result<Arc<L2Block>, RpcError> {
        self.try_block(node, index)?
            .ok_or_else(|| RpcError::not_found("block"))
    }

    /// The same, `None` if there is no such block.
    pub(super) fn try_block(
        &self,
        node: &L2Node,
        index: usize,
    ) -> Result<Option<Arc<L2Block>>, RpcError> {
        let bad = |e: &str| RpcError::params(format!("invalid argument {index}: {e}"));
        let number = match self.0.get(index) {
            None | Some(Value::Null) => return Ok(Some(node.head())),
            Some(Value::String(text)) if text.len() == 66 => {
                let hash: B256 = text.parse().map_err(|_| bad("block hash"))?;
                return Ok(node.block_by_hash(hash)?);
            }
            Some(Value::String(text)) => number(node, text).ok_or_else(|| bad("block number"))?,
            Some(Value::Object(map)) => {
                if let Some(hash) = map.get("blockHash") {
                    let hash: B256 =
                        serde_json::from_value(hash.clone()).map_err(|e| bad(&e.to_string()))?;
                    return Ok(node.block_by_hash(hash)?);
                }
                let text = map.get("blockNumber").and_then(Value::as_str);
                text.and_then(|text| number(node, text))
                    .ok_or_else(|| bad("block number"))?
            }
            Some(_) => return Err(bad("neither a block number nor a hash")),
        };
        Ok(node.block(number)?)
    }

    /// A quantity in hex or as a plain number.
    pub(super) fn quantity(&self, index: usize) -> Result<u64, RpcError> {
        match self.0.get(index) {
            Some(Value::Number(n)) if n.is_u64() => self.get(index),
            _ => self.get::<U64>(index).map(|n| n.to()),
        }
    }

    /// A storage slot: a quantity or 32 bytes, with leading zeros or without.
    pub(super) fn slot(&self, index: usize) -> Result<U256, RpcError> {
        parse_slot(&self.get::<String>(index)?)
    }
}

/// A storage slot from its text.
pub(super) fn parse_slot(text: &str) -> Result<U256, RpcError> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if digits.is_empty() {
        return Ok(U256::ZERO);
    }
    U256::from_str_radix(digits, 16)
        .map_err(|e| RpcError::params(format!("storage key {text}: {e}")))
}

/// The height behind a number or a tag.
pub(super) fn number(node: &L2Node, text: &str) -> Option<u64> {
    let heads = *node.heads().borrow();
    Some(match text {
        // Transactions are executed when their block is built: nothing is pending longer.
        "latest" | "pending" | "unsafe" => heads.latest,
        "safe" => heads.safe,
        "finalized" => heads.finalized,
        "earliest" => 0,
        _ => u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()?,
    })
}
