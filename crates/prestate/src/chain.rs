//! Where a chain's configuration comes from.

use endgame_program_kona::{ChainConfig, ConfigError};

/// A chain's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainSource {
    /// A chain of the superchain registry, by id.
    Registry(u64),
    /// Configuration files.
    Json {
        /// A rollup configuration as op-node writes it.
        rollup: Vec<u8>,
        /// L1's chain configuration, where it is neither Mainnet nor Sepolia and has changed its
        /// blob fee since Prague.
        l1: Option<Vec<u8>>,
    },
}

impl ChainSource {
    /// A chain of the superchain registry by its name (`op`, `op-sepolia`) or its id.
    pub fn registry(name: &str) -> Result<Self, ConfigError> {
        ChainConfig::registry_id(name).map(Self::Registry)
    }

    /// The configuration as the program reads it.
    pub fn config(&self) -> Result<ChainConfig, ConfigError> {
        match self {
            Self::Registry(id) => ChainConfig::registry(*id),
            Self::Json { rollup, l1 } => ChainConfig::from_json(rollup, l1.as_deref()),
        }
    }

    /// What the guest's reserved section holds for this chain.
    pub(crate) fn section_content(&self) -> Result<Vec<u8>, ConfigError> {
        match self {
            Self::Registry(id) => {
                let (rollup, l1) = ChainConfig::registry_json(*id)?;
                ChainConfig::section_content(&rollup, l1.as_deref())
            }
            Self::Json { rollup, l1 } => ChainConfig::section_content(rollup, l1.as_deref()),
        }
    }
}
