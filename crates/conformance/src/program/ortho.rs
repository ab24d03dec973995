//! Program ortho.

use std::collections::HashMap;

use alloy_primitives::{B256, Bytes};
use endgame_host::Host;
use endgame_program_ortho::{
    ChainConfig, EXIT_FAILED,
    execute::{Attributes, Found, StateDatabase, StateSource},
    primitives::{Address, Hash},
    run,
    types::Header,
};

use super::{Built, Ended, Executor, Program};
use crate::{Block, RecordedRun};

/// Program ortho.
#[derive(Debug)]
pub(super) struct Ortho;

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
        let config = ChainConfig::from_json(&block.rollup_config, None)
            .map_err(|error| error.to_string())?;
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
        let built = config
            .chain()
            .execute(&mut database, &attributes)
            .map_err(|error| error.to_string())?;
        Ok(Built {
            hash: B256::from(built.hash.0),
            gas_used: built.header.gas_used,
        })
    }
}

impl Program for Ortho {
    fn run(&self, recorded: &RecordedRun, host: Host) -> Ended {
        let mut gas_used = 0;
        let verdict = ChainConfig::from_json(&recorded.rollup_config, None)
            .map_err(Into::into)
            .and_then(|config| run(host, &config, |block| gas_used += block.gas_used));
        match verdict {
            Ok(verdict) => Ended {
                exit: verdict.exit_code(),
                gas_used,
                error: None,
            },
            Err(error) => Ended {
                exit: EXIT_FAILED,
                gas_used,
                error: Some(error.to_string()),
            },
        }
    }

    fn guest(&self) -> endgame_prestate::Program {
        endgame_prestate::Program::Ortho
    }
}
