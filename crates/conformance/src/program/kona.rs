//! Program kona.

use std::collections::HashMap;

use alloy_primitives::{B256, Bytes};
use endgame_host::Host;
use endgame_kona_executor::{
    Attributes, PreimageError, PreimageKind, Preimages, TrieDb, decode_header,
};
use endgame_program_kona::{ChainConfig, EXIT_FAILED, run};

use super::{Built, Ended, Executor, Program};
use crate::{Block, RecordedRun};

/// Program kona.
#[derive(Debug)]
pub(super) struct Kona;

/// The preimages of a block's witness.
#[derive(Debug)]
struct Witness<'a>(&'a HashMap<B256, Bytes>);

impl Preimages for Witness<'_> {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        let found = self.0.get(&hash).cloned();
        found.ok_or(PreimageError::NotFound { kind, hash })
    }
}

impl Executor for Kona {
    fn build(&self, block: &Block) -> Result<Built, String> {
        let config = ChainConfig::from_json(&block.rollup_config, None)
            .map_err(|error| error.to_string())?;
        let parent = decode_header(&block.parent_header, block.parent_hash)
            .map_err(|error| error.to_string())?;
        let attributes = Attributes {
            timestamp: block.attributes.timestamp,
            prev_randao: block.attributes.prev_randao,
            fee_recipient: block.attributes.fee_recipient,
            parent_beacon_root: block.attributes.parent_beacon_root,
            gas_limit: block.attributes.gas_limit,
            transactions: block.attributes.transactions.clone(),
            eip1559_params: block.attributes.eip1559_params,
            min_base_fee: block.attributes.min_base_fee,
        };
        let mut db = TrieDb::new(parent, Witness(&block.preimages));
        let outcome = config
            .chain()
            .execute(&mut db, &attributes)
            .map_err(|error| error.to_string())?;
        Ok(Built {
            hash: outcome.header.hash(),
            gas_used: outcome.header.gas_used,
        })
    }
}

impl Program for Kona {
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
        endgame_prestate::Program::Kona
    }
}
