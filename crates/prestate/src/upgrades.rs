//! The data of network upgrades, from the other program and the published crates of its family:
//! program ortho has none of it in its code, and knows each string by its hash.

use std::collections::BTreeMap;

use alloy_primitives::{B256, Bytes};
use endgame_kona_executor as executor;
use endgame_program_ortho::{
    ChainConfig,
    derive::upgrade_data_hashes,
    execute::{CREATE2_DEPLOYER_HASH, Fork},
    primitives::keccak256,
};
use executor::{Attributes, PreimageError, PreimageKind, Preimages, TrieDb, decode_header};
use kona_hardforks::{Ecotone, Fjord, Isthmus};

use crate::PrestateError;

/// The hashes of the byte strings that upgrades put on the chain and that are in no published crate.
pub(crate) fn unpublished() -> Vec<B256> {
    let hashes = upgrade_data_hashes(Fork::Jovian);
    hashes.iter().map(|hash| hash.0.into()).collect()
}

/// The byte strings that upgrades put on the chain after its genesis, but for those that are
/// [`unpublished`].
pub(crate) fn upgrade_data(config: &ChainConfig) -> Result<Vec<Vec<u8>>, PrestateError> {
    let rollup = config.rollup();
    let comes_later = |fork: &Fork| {
        let activation = rollup.forks.activation(*fork);
        activation.is_some_and(|time| time > rollup.genesis.l2_time)
    };
    let forks = [Fork::Canyon, Fork::Ecotone, Fork::Fjord, Fork::Isthmus];
    let hashes: Vec<_> = forks
        .iter()
        .filter(|fork| comes_later(fork))
        .flat_map(|fork| upgrade_data_hashes(*fork))
        .collect();
    let mut data = Vec::new();
    if hashes.contains(&&CREATE2_DEPLOYER_HASH) {
        data.push(create2_deployer()?);
    }
    let deposits = Ecotone::deposits()
        .chain(Fjord::deposits())
        .chain(Isthmus::deposits());
    data.extend(
        deposits
            .map(|deposit| deposit.input.to_vec())
            .filter(|code| hashes.contains(&&keccak256(code))),
    );
    Ok(data)
}

/// The code that Canyon's first block puts at the create2 deployer's address, out of such a block.
fn create2_deployer() -> Result<Vec<u8>, PrestateError> {
    /// The state of a chain with nothing on it: no node is ever read.
    #[derive(Debug)]
    struct Nothing;

    impl Preimages for Nothing {
        fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
            Err(PreimageError::NotFound { kind, hash })
        }
    }

    let failed = |error: &dyn std::fmt::Display| PrestateError::Canyon(error.to_string());
    let (state_root, _) =
        executor::genesis_state(&BTreeMap::new()).map_err(|error| failed(&error))?;
    let genesis = executor::Header {
        state_root,
        gas_limit: 30_000_000,
        base_fee_per_gas: Some(1_000_000_000),
        ..executor::Header::default()
    };
    let encoded = Bytes::from(alloy_rlp::encode(&genesis));
    let genesis = decode_header(&encoded, genesis.hash_slow()).map_err(|error| failed(&error))?;
    let chain = executor::Chain {
        chain_id: 1,
        forks: executor::Forks {
            regolith: Some(0),
            canyon: Some(2),
            ..executor::Forks::default()
        },
        eip1559: executor::Eip1559 {
            elasticity: 6,
            denominator: 50,
            denominator_canyon: 250,
        },
    };
    let attributes = Attributes {
        timestamp: 2,
        gas_limit: 30_000_000,
        ..Attributes::default()
    };
    let mut db = TrieDb::recording(genesis, Nothing);
    chain
        .execute(&mut db, &attributes)
        .map_err(|error| failed(&error))?;
    db.take_new_preimages()
        .into_iter()
        .find(|(hash, _)| hash.0 == CREATE2_DEPLOYER_HASH.0)
        .map(|(_, code)| code.to_vec())
        .ok_or_else(|| failed(&"the first block does not deploy it"))
}
