//! Where a chain's configuration comes from.

use endgame_program_kona::{ChainConfig, ConfigError};
use endgame_program_ortho as ortho;

use crate::{PrestateError, Program, upgrades::upgrade_data};

/// A chain's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainSource {
    /// A chain of the superchain registry, by id.
    Registry(u64),
    /// Configuration files.
    Json {
        /// A rollup configuration as op-node writes it.
        rollup: Vec<u8>,
        /// L1's chain configuration, where it is no public chain. Program kona can do without it
        /// if L1 has not changed its blob fee since Prague.
        l1: Option<Vec<u8>>,
    },
}

impl ChainSource {
    /// A chain of the superchain registry by its name (`op`, `op-sepolia`) or its id.
    pub fn registry(name: &str) -> Result<Self, ConfigError> {
        ChainConfig::registry_id(name).map(Self::Registry)
    }

    /// The configuration as program kona reads it.
    pub fn config(&self) -> Result<ChainConfig, ConfigError> {
        match self {
            Self::Registry(id) => ChainConfig::registry(*id),
            Self::Json { rollup, l1 } => ChainConfig::from_json(rollup, l1.as_deref()),
        }
    }

    /// The configuration as program ortho reads it, with the data of the network upgrades that the
    /// chain has after its genesis.
    pub fn ortho_config(&self) -> Result<ortho::ChainConfig, PrestateError> {
        let (rollup, l1) = self.json()?;
        let config = ortho::ChainConfig::from_json(&rollup, l1.as_deref())?;
        let data = upgrade_data(&config)?;
        Ok(config.with_upgrade_data(data))
    }

    /// The L2 chain's id.
    pub fn chain_id(&self) -> Result<u64, ConfigError> {
        match self {
            Self::Registry(id) => Ok(*id),
            Self::Json { .. } => Ok(self.config()?.chain_id()),
        }
    }

    /// What the reserved section of a program's guest holds for this chain, and the chain's id.
    /// `extra` are data of network upgrades that no published crate has.
    pub(crate) fn section(
        &self,
        program: Program,
        extra: &[Vec<u8>],
    ) -> Result<(Vec<u8>, u64), PrestateError> {
        let (rollup, l1) = self.json()?;
        let l1 = l1.as_deref();
        Ok(match program {
            Program::Kona => (
                ChainConfig::section_content(&rollup, l1, extra)?,
                self.config()?.chain_id(),
            ),
            Program::Ortho => {
                let config = self.ortho_config()?;
                let config = config.with_upgrade_data(extra.iter().cloned());
                let data: Vec<_> = config.rollup().upgrade_data.values().cloned().collect();
                let content = ortho::ChainConfig::section_content(&rollup, l1, &data)?;
                (content, config.chain_id())
            }
        })
    }

    /// The rollup's and L1's configuration as JSON.
    fn json(&self) -> Result<(Vec<u8>, Option<Vec<u8>>), ConfigError> {
        match self {
            Self::Registry(id) => ChainConfig::registry_json(*id),
            Self::Json { rollup, l1 } => Ok((rollup.clone(), l1.clone())),
        }
    }
}
