//! `eth_getLogs`.

use alloy::primitives::{Address, B256, BloomInput, Log, keccak256};
use serde::Deserialize;
use serde_json::Value;

use super::{RpcError, json, params};
use crate::l2::{L2Block, L2Node};

/// Blocks that one query may span.
const MAX_RANGE: u64 = 100_000;

/// One value or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T: PartialEq> OneOrMany<T> {
    /// Whether the value is among these; an empty list lets everything through.
    fn admits(&self, value: &T) -> bool {
        match self {
            Self::One(one) => one == value,
            Self::Many(many) => many.is_empty() || many.contains(value),
        }
    }
}

/// Which logs are asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Filter {
    from_block: Option<String>,
    to_block: Option<String>,
    block_hash: Option<B256>,
    address: Option<OneOrMany<Address>>,
    topics: Vec<Option<OneOrMany<B256>>>,
}

impl Filter {
    fn admits(&self, log: &Log) -> bool {
        self.address.as_ref().is_none_or(|a| a.admits(&log.address))
            && self.topics.len() <= log.topics().len()
            && self
                .topics
                .iter()
                .zip(log.topics())
                .all(|(wanted, topic)| wanted.as_ref().is_none_or(|w| w.admits(topic)))
    }

    /// Whether the block can hold a log that is asked for, judged by its bloom filter.
    fn may_admit(&self, block: &L2Block) -> bool {
        let holds = |raw: &[u8]| block.header.logs_bloom.contains_input(BloomInput::Raw(raw));
        let address = match &self.address {
            Some(OneOrMany::One(one)) => holds(one.as_slice()),
            Some(OneOrMany::Many(many)) => {
                many.is_empty() || many.iter().any(|a| holds(a.as_slice()))
            }
            None => true,
        };
        address
            && self.topics.iter().flatten().all(|topic| match topic {
                OneOrMany::One(one) => holds(one.as_slice()),
                OneOrMany::Many(many) => {
                    many.is_empty() || many.iter().any(|t| holds(t.as_slice()))
                }
            })
    }

    /// The logs of one block that are asked for.
    pub(super) fn of_block(&self, block: &L2Block) -> Vec<Value> {
        if !self.may_admit(block) {
            return Vec::new();
        }
        let mut out = Vec::new();
        let mut log_index = 0;
        for (index, (raw, receipt)) in block.transactions.iter().zip(&block.receipts).enumerate() {
            let place = json::LogPlace {
                block,
                transaction: keccak256(raw),
                index,
            };
            for log in receipt.logs() {
                if self.admits(log) {
                    out.push(json::log(&place, log, log_index));
                }
                log_index += 1;
            }
        }
        out
    }
}

/// All logs that a filter asks for.
pub(super) fn get_logs(node: &L2Node, filter: &Filter) -> Result<Vec<Value>, RpcError> {
    if let Some(hash) = filter.block_hash {
        let block = node
            .block_by_hash(hash)?
            .ok_or_else(|| RpcError::not_found("block"))?;
        return Ok(filter.of_block(&block));
    }
    let bound = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or("latest");
        params::number(node, text).ok_or_else(|| RpcError::params(format!("block {text}")))
    };
    let (from, to) = (bound(&filter.from_block)?, bound(&filter.to_block)?);
    if from > to {
        return Err(RpcError::params("invalid block range params"));
    }
    let to = to.min(node.heads().borrow().latest);
    if to.saturating_sub(from) > MAX_RANGE {
        return Err(RpcError::params(format!(
            "query exceeds {MAX_RANGE} blocks"
        )));
    }
    let mut out = Vec::new();
    for number in from..=to {
        out.extend(filter.of_block(&*node.expect_block(number)?));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use alloy::primitives::Bytes;
    use serde_json::json;

    use super::*;

    fn log(address: u8, topics: &[u8]) -> Log {
        let topics = topics.iter().map(|t| B256::repeat_byte(*t)).collect();
        Log::new_unchecked(Address::repeat_byte(address), topics, Bytes::new())
    }

    fn filter(value: Value) -> Filter {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn topics_match_by_position_with_alternatives_and_gaps() {
        let (a, b, c) = (
            B256::repeat_byte(1),
            B256::repeat_byte(2),
            B256::repeat_byte(3),
        );
        let f = filter(json!({ "topics": [null, [a, b]] }));
        assert!(f.admits(&log(0, &[9, 1])) && f.admits(&log(0, &[9, 2, 3])));
        assert!(!f.admits(&log(0, &[1])) && !f.admits(&log(0, &[1, 3])));
        let f = filter(json!({ "topics": [c], "address": Address::repeat_byte(7) }));
        assert!(f.admits(&log(7, &[3])) && !f.admits(&log(6, &[3])));
        let f = filter(json!({ "address": [], "topics": [[]] }));
        assert!(
            f.admits(&log(7, &[3])),
            "empty lists let everything through"
        );
    }
}
