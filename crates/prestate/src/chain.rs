//! Where a chain's configuration comes from.

use std::collections::BTreeSet;

use alloy_primitives::keccak256;
use endgame_program_kona::{ChainConfig, ConfigError};
use endgame_program_ortho as ortho;

use crate::{
    PrestateError, Program,
    upgrades::{unpublished, upgrade_data},
};

/// A chain's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainSource {
    origin: Origin,
    /// What network upgrades put on the chain and no published crate has. In order, so that a
    /// prestate does not depend on that in which they were given.
    upgrade_data: BTreeSet<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    Registry(u64),
    Json {
        rollup: Vec<u8>,
        l1: Option<Vec<u8>>,
    },
}

impl ChainSource {
    /// A chain of the superchain registry by its name (`op`, `op-sepolia`) or its id.
    pub fn registry(name: &str) -> Result<Self, ConfigError> {
        ChainConfig::registry_id(name).map(Self::registered)
    }

    /// A chain of the superchain registry by its id.
    pub const fn registered(id: u64) -> Self {
        Self::new(Origin::Registry(id))
    }

    /// Configuration files: a rollup configuration as op-node writes it, and L1's chain
    /// configuration where it is no public chain. Program kona can do without that one if L1 has
    /// not changed its blob fee since Prague.
    pub const fn json(rollup: Vec<u8>, l1: Option<Vec<u8>>) -> Self {
        Self::new(Origin::Json { rollup, l1 })
    }

    const fn new(origin: Origin) -> Self {
        Self {
            origin,
            upgrade_data: BTreeSet::new(),
        }
    }

    /// The same with a byte string that a network upgrade puts on the chain and that no published
    /// crate has: Jovian's, where its first block may be in dispute.
    pub fn with_upgrade_data(mut self, data: Vec<u8>) -> Result<Self, PrestateError> {
        let (hash, wanted) = (keccak256(&data), unpublished());
        if !wanted.contains(&hash) {
            return Err(PrestateError::UpgradeData { hash, wanted });
        }
        self.upgrade_data.insert(data);
        Ok(self)
    }

    /// The configuration as program kona reads it.
    pub fn config(&self) -> Result<ChainConfig, ConfigError> {
        let config = match &self.origin {
            Origin::Registry(id) => ChainConfig::registry(*id),
            Origin::Json { rollup, l1 } => ChainConfig::from_json(rollup, l1.as_deref()),
        }?;
        let data = self.upgrade_data.iter().cloned();
        Ok(config.with_upgrade_data(data.map(Into::into)))
    }

    /// The configuration as program ortho reads it, with the data of the network upgrades that the
    /// chain has after its genesis.
    pub fn ortho_config(&self) -> Result<ortho::ChainConfig, PrestateError> {
        let (rollup, l1) = self.files()?;
        let config = ortho::ChainConfig::from_json(&rollup, l1.as_deref())?;
        let published = upgrade_data(&config)?;
        let data = self.upgrade_data.iter().cloned();
        Ok(config.with_upgrade_data(published.into_iter().chain(data)))
    }

    /// The L2 chain's id.
    pub fn chain_id(&self) -> Result<u64, ConfigError> {
        match self.origin {
            Origin::Registry(id) => Ok(id),
            Origin::Json { .. } => Ok(self.config()?.chain_id()),
        }
    }

    /// What the reserved section of a program's guest holds for this chain, and the chain's id.
    pub(crate) fn section(&self, program: Program) -> Result<(Vec<u8>, u64), PrestateError> {
        let (rollup, l1) = self.files()?;
        let l1 = l1.as_deref();
        Ok(match program {
            Program::Kona => {
                let data: Vec<_> = self.upgrade_data.iter().cloned().collect();
                let content = ChainConfig::section_content(&rollup, l1, &data)?;
                (content, self.config()?.chain_id())
            }
            Program::Ortho => {
                let config = self.ortho_config()?;
                let data: Vec<_> = config.rollup().upgrade_data.values().cloned().collect();
                let content = ortho::ChainConfig::section_content(&rollup, l1, &data)?;
                (content, config.chain_id())
            }
        })
    }

    /// The rollup's and L1's configuration as JSON.
    fn files(&self) -> Result<(Vec<u8>, Option<Vec<u8>>), ConfigError> {
        match &self.origin {
            Origin::Registry(id) => ChainConfig::registry_json(*id),
            Origin::Json { rollup, l1 } => Ok((rollup.clone(), l1.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made-up bytes: what Jovian deploys is in no published crate.
    #[test]
    fn upgrade_data_are_part_of_both_programs_configurations_and_sections() {
        let without = ChainSource::registered(11_155_420);
        let mut chain = without.clone();
        let data = [b"one".to_vec(), b"two".to_vec()];
        chain.upgrade_data.extend(data.clone());
        for program in Program::ALL {
            let (content, _) = chain.section(program).unwrap();
            assert_ne!(content, without.section(program).unwrap().0, "{program}");
            match program {
                Program::Kona => {
                    let config = ChainConfig::from_section(&content).unwrap();
                    assert_eq!(config, chain.config().unwrap());
                    assert_ne!(config, without.config().unwrap());
                }
                Program::Ortho => {
                    let config = ortho::ChainConfig::from_section(&content).unwrap();
                    assert_eq!(config, chain.ortho_config().unwrap());
                    let held = &config.rollup().upgrade_data;
                    assert!(
                        data.iter()
                            .all(|data| held.values().any(|held| held == data))
                    );
                }
            }
        }
    }
}
