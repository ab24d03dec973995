//! Program ortho's execution.

use std::collections::HashMap;

use alloy_primitives::{B256, Bytes};
use endgame_ortho_execute::{
    Attributes, Chain, Eip1559, Fork, Forks, Found, StateDatabase, StateSource,
};
use endgame_ortho_primitives::{Address, Hash};
use endgame_ortho_types::Header;
use serde::Deserialize;

use super::{Built, Executor};
use crate::Block;

/// Program ortho's execution.
#[derive(Debug)]
pub(super) struct Ortho;

/// What execution takes from a rollup configuration.
#[derive(Deserialize)]
struct RollupConfig {
    l2_chain_id: u64,
    regolith_time: Option<u64>,
    canyon_time: Option<u64>,
    ecotone_time: Option<u64>,
    fjord_time: Option<u64>,
    granite_time: Option<u64>,
    holocene_time: Option<u64>,
    isthmus_time: Option<u64>,
    jovian_time: Option<u64>,
    chain_op_config: Fees,
}

#[derive(Deserialize)]
struct Fees {
    #[serde(rename = "eip1559Elasticity")]
    elasticity: u32,
    #[serde(rename = "eip1559Denominator")]
    denominator: u32,
    #[serde(rename = "eip1559DenominatorCanyon")]
    denominator_canyon: u32,
}

impl From<RollupConfig> for Chain {
    fn from(config: RollupConfig) -> Self {
        let forks = [
            (Fork::Regolith, config.regolith_time),
            (Fork::Canyon, config.canyon_time),
            (Fork::Ecotone, config.ecotone_time),
            (Fork::Fjord, config.fjord_time),
            (Fork::Granite, config.granite_time),
            (Fork::Holocene, config.holocene_time),
            (Fork::Isthmus, config.isthmus_time),
            (Fork::Jovian, config.jovian_time),
        ];
        let fees = config.chain_op_config;
        Self {
            chain_id: config.l2_chain_id,
            forks: Forks::new(
                forks
                    .into_iter()
                    .filter_map(|(fork, time)| Some((fork, time?))),
            ),
            eip1559: Eip1559 {
                elasticity: fees.elasticity,
                denominator: fees.denominator,
                denominator_canyon: fees.denominator_canyon,
            },
            create2_deployer: None,
        }
    }
}

/// The preimages of a block's witness.
#[derive(Debug)]
struct Witness<'a>(&'a HashMap<B256, Bytes>);

impl StateSource for Witness<'_> {
    type Error = String;

    fn preimage(&self, what: Found, hash: Hash) -> Result<Vec<u8>, String> {
        let found = self.0.get(&B256::from(hash.0));
        found
            .map(|bytes| bytes.to_vec())
            .ok_or_else(|| format!("no {what:?} {hash}"))
    }
}

impl Executor for Ortho {
    fn build(&self, block: &Block) -> Result<Built, String> {
        let config: RollupConfig =
            serde_json::from_slice(&block.rollup_config).map_err(|error| error.to_string())?;
        let parent = Header::decode(&block.parent_header).map_err(|error| error.to_string())?;
        let given = &block.attributes;
        let attributes = Attributes {
            timestamp: given.timestamp,
            prev_randao: Hash(given.prev_randao.0),
            fee_recipient: Address(given.fee_recipient.into_array()),
            parent_beacon_block_root: given.parent_beacon_root.map(|root| Hash(root.0)),
            gas_limit: given.gas_limit,
            transactions: given.transactions.iter().map(|raw| raw.to_vec()).collect(),
            eip1559_params: given.eip1559_params.map(|params| params.0),
            min_base_fee: given.min_base_fee,
        };
        let mut database = StateDatabase::new(parent, Witness(&block.preimages));
        let built = Chain::from(config)
            .execute(&mut database, &attributes)
            .map_err(|error| error.to_string())?;
        Ok(Built {
            hash: B256::from(built.hash.0),
            gas_used: built.header.gas_used,
        })
    }
}
