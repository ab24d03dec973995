//! Real blocks, each with the state that its execution reads.

use std::{collections::HashMap, path::Path, time::Instant};

use alloy_consensus::Header;
use alloy_primitives::{Address, B64, B256, Bytes, keccak256};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{ConformanceError, Executor, Fixture, Item, Outcome, Report, fixture::json};

/// A block to build, and the hash that it must have (op-rs/kona
/// `crates/proof/executor/testdata`, unpacked: `fixture.json` and `preimages.json`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The chain's configuration as op-node writes it.
    pub rollup_config: Vec<u8>,
    /// The RLP of the parent's header.
    pub parent_header: Vec<u8>,
    /// Its hash.
    pub parent_hash: B256,
    /// The parent's number.
    pub parent_number: u64,
    /// What the block is built from.
    pub attributes: PayloadAttributes,
    /// Nodes, codes and headers by their keccak-256, checked.
    pub preimages: HashMap<B256, Bytes>,
    /// The hash that the block must have.
    pub expected_hash: B256,
}

/// Payload attributes as the data has them (specs `protocol/exec-engine.md`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PayloadAttributes {
    /// Seconds since 1970.
    #[serde(deserialize_with = "quantity")]
    pub timestamp: u64,
    /// The L1 origin's randomness.
    pub prev_randao: B256,
    /// Where priority fees go.
    #[serde(rename = "suggestedFeeRecipient")]
    pub fee_recipient: Address,
    /// The L1 origin's parent beacon block root, from Ecotone.
    #[serde(rename = "parentBeaconBlockRoot")]
    pub parent_beacon_root: Option<B256>,
    /// The block's gas limit.
    #[serde(deserialize_with = "quantity")]
    pub gas_limit: u64,
    /// EIP-2718 encodings, in order.
    pub transactions: Vec<Bytes>,
    /// Denominator and elasticity, from Holocene.
    pub eip1559_params: Option<B64>,
    /// Wei, from Jovian.
    pub min_base_fee: Option<u64>,
}

#[derive(Deserialize)]
struct File {
    rollup_config: Box<RawValue>,
    parent_header: Header,
    executing_payload: PayloadAttributes,
    expected_block_hash: B256,
}

fn quantity<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    alloy_primitives::U64::deserialize(deserializer).map(|number| number.to())
}

impl Block {
    fn read(dir: &Path) -> Result<Self, String> {
        let file: File = json(&dir.join("fixture.json"))?;
        let preimages: HashMap<B256, Bytes> = json(&dir.join("preimages.json"))?;
        if let Some((hash, _)) = preimages
            .iter()
            .find(|(hash, raw)| keccak256(raw) != **hash)
        {
            return Err(format!("preimages.json: wrong preimage of {hash}"));
        }
        let parent_header = alloy_rlp::encode(&file.parent_header);
        Ok(Self {
            rollup_config: file.rollup_config.get().into(),
            parent_hash: keccak256(&parent_header),
            parent_header,
            parent_number: file.parent_header.number,
            attributes: file.executing_payload,
            preimages,
            expected_hash: file.expected_block_hash,
        })
    }
}

/// Builds each block below `fixture` by `executor` and compares its hash.
pub fn blocks(
    fixture: &Fixture,
    filter: Option<&str>,
    executor: &dyn Executor,
    mut on_item: impl FnMut(&Item),
) -> Result<Report, ConformanceError> {
    let mut report = Report::default();
    for case in fixture.directories_with("fixture.json", filter)? {
        let block = Block::read(&case.path);
        let start = Instant::now();
        let built = block.and_then(|block| {
            let built = executor.build(&block)?;
            Ok((built, block))
        });
        let elapsed = start.elapsed();
        let (name, gas_used, outcome) = match built {
            Ok((built, block)) => (
                (block.parent_number + 1).to_string(),
                Some(built.gas_used),
                if built.hash == block.expected_hash {
                    Outcome::Passed
                } else {
                    Outcome::Failed(format!(
                        "hash {}, expected {}",
                        built.hash, block.expected_hash
                    ))
                },
            ),
            Err(reason) => (case.name, None, Outcome::Failed(reason)),
        };
        let item = Item {
            name,
            outcome,
            gas_used,
            steps: None,
            elapsed,
        };
        on_item(&item);
        report.add(item);
    }
    Ok(report)
}
