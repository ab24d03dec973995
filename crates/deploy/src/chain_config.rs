//! Chain configurations in geth's format.

use std::collections::BTreeMap;

use alloy::{eips::eip7840::BlobParams, genesis::ChainConfig};
use alloy_primitives::U256;
use serde_json::json;

use crate::DeployConfig;

/// The L1's configuration as a development chain has it: every fork to Prague from genesis. Programs read the blob
/// schedule in it. An L1 that is not a development chain has a configuration of its own, which is to be used instead.
pub fn l1_chain_config(config: &DeployConfig) -> ChainConfig {
    ChainConfig {
        blob_schedule: BTreeMap::from([
            ("cancun".to_owned(), BlobParams::cancun()),
            ("prague".to_owned(), BlobParams::prague()),
        ]),
        ..merged(config.l1_chain_id)
    }
}

/// The L2's configuration: every fork to Isthmus from genesis.
pub fn l2_chain_config(config: &DeployConfig) -> ChainConfig {
    let mut chain = merged(config.l2_chain_id);
    let extra = &mut chain.extra_fields;
    extra.insert("bedrockBlock".to_owned(), json!(0));
    for fork in [
        "regolith", "canyon", "ecotone", "fjord", "granite", "holocene", "isthmus",
    ] {
        extra.insert(format!("{fork}Time"), json!(0));
    }
    extra.insert(
        "optimism".to_owned(),
        json!({
            "eip1559Elasticity": config.fees.eip1559_elasticity,
            "eip1559Denominator": config.fees.eip1559_denominator,
            "eip1559DenominatorCanyon": config.fees.eip1559_denominator,
        }),
    );
    chain
}

/// A chain that has had proof of stake and every fork to Prague from genesis.
fn merged(chain_id: u64) -> ChainConfig {
    let from_genesis = Some(0);
    ChainConfig {
        chain_id,
        homestead_block: from_genesis,
        eip150_block: from_genesis,
        eip155_block: from_genesis,
        eip158_block: from_genesis,
        byzantium_block: from_genesis,
        constantinople_block: from_genesis,
        petersburg_block: from_genesis,
        istanbul_block: from_genesis,
        muir_glacier_block: from_genesis,
        berlin_block: from_genesis,
        london_block: from_genesis,
        arrow_glacier_block: from_genesis,
        gray_glacier_block: from_genesis,
        merge_netsplit_block: from_genesis,
        shanghai_time: from_genesis,
        cancun_time: from_genesis,
        prague_time: from_genesis,
        terminal_total_difficulty: Some(U256::ZERO),
        terminal_total_difficulty_passed: true,
        ..ChainConfig::default()
    }
}
