//! The configuration of a chain: its rollup's and its L1's.

mod l1;
#[cfg(feature = "registry")]
mod registry;
mod rollup;

use alloc::{collections::BTreeMap, string::String, sync::Arc, vec::Vec};

use alloy_primitives::{B256, Bytes, hex, keccak256};

use endgame_kona_executor::{Chain, Eip1559, Forks};
use kona_genesis::RollupConfig;
use serde_json::Value;

use crate::{ConfigError, ProgramError, system_config::SystemConfig};
pub use l1::{BlobSchedule, L1Config};

/// Byte strings by their keccak-256.
pub(crate) type UpgradeData = BTreeMap<B256, Bytes>;

/// A fork that the program does not know, with its activation time (seconds).
pub type LaterFork = (String, u64);

/// All that the program knows about a chain beside the boot inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainConfig {
    pub(crate) rollup: Arc<RollupConfig>,
    pub(crate) l1: L1Config,
    first: SystemConfig,
    later_forks: Vec<LaterFork>,
    pub(crate) upgrade_data: Arc<UpgradeData>,
}

impl ChainConfig {
    /// Reads a rollup configuration as op-node writes it (`optimism_rollupConfig`, `rollup.json`),
    /// and L1's chain configuration (a geth genesis or its `config`), which is needed only where L1
    /// has changed its blob fee since Prague and is neither Mainnet nor Sepolia.
    ///
    /// Fields that are not known are passed over, except fork times: a block past such a fork ends
    /// a run with [`ProgramError::UnknownFork`].
    pub fn from_json(rollup: &[u8], l1: Option<&[u8]>) -> Result<Self, ConfigError> {
        let parse = |raw| serde_json::from_slice::<Value>(raw);
        let rollup = parse(rollup).map_err(|e| ConfigError::Rollup(alloc::format!("{e}")))?;
        let l1 = l1
            .map(parse)
            .transpose()
            .map_err(|e| ConfigError::L1(alloc::format!("{e}")))?;
        Self::from_values(rollup, l1.as_ref())
    }

    fn from_values(rollup: Value, l1: Option<&Value>) -> Result<Self, ConfigError> {
        let (rollup, first, later_forks) = rollup::parse(rollup)?;
        let l1 = match l1 {
            Some(l1) => L1Config::parse(l1, rollup.l1_chain_id)?,
            None => L1Config::known(rollup.l1_chain_id),
        };
        Ok(Self {
            rollup: Arc::new(rollup),
            l1,
            first,
            later_forks,
            upgrade_data: Arc::default(),
        })
    }

    /// The same with byte strings that network upgrades put on the chain: needed where the first
    /// block of Jovian is derived.
    #[must_use]
    pub fn with_upgrade_data(mut self, data: impl IntoIterator<Item = Bytes>) -> Self {
        let data = data.into_iter().map(|bytes| (keccak256(&bytes), bytes));
        self.upgrade_data = Arc::new(data.collect());
        self
    }

    /// The bytes that a prestate's reserved section holds for this configuration, the same for
    /// the same content however it was written.
    pub fn section_content(
        rollup: &[u8],
        l1: Option<&[u8]>,
        upgrade_data: &[Vec<u8>],
    ) -> Result<Vec<u8>, ConfigError> {
        Self::from_json(rollup, l1)?;
        let parse = |raw: &[u8]| {
            serde_json::from_slice::<Value>(raw)
                .map(sorted)
                .map_err(|e| ConfigError::Rollup(alloc::format!("{e}")))
        };
        let mut content = serde_json::Map::new();
        if let Some(l1) = l1 {
            content.insert("l1".into(), parse(l1)?);
        }
        content.insert("rollup".into(), parse(rollup)?);
        if !upgrade_data.is_empty() {
            let data = upgrade_data.iter().map(hex::encode_prefixed);
            let mut data: Vec<String> = data.collect();
            data.sort();
            content.insert("upgradeData".into(), data.into());
        }
        serde_json::to_vec(&Value::Object(content))
            .map_err(|e| ConfigError::Rollup(alloc::format!("{e}")))
    }

    /// Reads what [`section_content`](Self::section_content) wrote.
    pub fn from_section(content: &[u8]) -> Result<Self, ConfigError> {
        let Ok(Value::Object(mut content)) = serde_json::from_slice(content) else {
            return Err(ConfigError::Content("not a JSON object"));
        };
        let rollup = content
            .remove("rollup")
            .ok_or(ConfigError::Content("no rollup configuration"))?;
        let config = Self::from_values(rollup, content.get("l1"))?;
        let Some(data) = content.remove("upgradeData") else {
            return Ok(config);
        };
        let data: Vec<Bytes> = serde_json::from_value(data)
            .map_err(|e| ConfigError::Rollup(alloc::format!("upgradeData: {e}")))?;
        Ok(config.with_upgrade_data(data))
    }

    /// The L2 chain id.
    pub fn chain_id(&self) -> u64 {
        self.rollup.l2_chain_id.id()
    }

    /// kona's rollup configuration.
    pub fn rollup(&self) -> &RollupConfig {
        &self.rollup
    }

    /// The system configuration of the genesis block.
    pub(crate) const fn first_system_config(&self) -> SystemConfig {
        self.first
    }

    /// The forks past Jovian that the configuration names, the earliest first.
    pub fn later_forks(&self) -> &[LaterFork] {
        &self.later_forks
    }

    /// What execution must know.
    pub fn chain(&self) -> Chain {
        let forks = &self.rollup.hardforks;
        let fees = &self.rollup.chain_op_config;
        Chain {
            chain_id: self.chain_id(),
            forks: Forks {
                regolith: forks.regolith_time,
                canyon: forks.canyon_time,
                ecotone: forks.ecotone_time,
                fjord: forks.fjord_time,
                granite: forks.granite_time,
                holocene: forks.holocene_time,
                isthmus: forks.isthmus_time,
                jovian: forks.jovian_time,
                karst: None,
            },
            eip1559: Eip1559 {
                elasticity: fees.eip1559_elasticity,
                denominator: fees.eip1559_denominator,
                denominator_canyon: fees.eip1559_denominator_canyon,
            },
        }
    }

    /// Refuses a block past a fork that the program does not know.
    pub(crate) fn check_known(&self, number: u64, time: u64) -> Result<(), ProgramError> {
        match self.later_forks.first() {
            Some((fork, activation)) if *activation <= time => Err(ProgramError::UnknownFork {
                fork: fork.clone(),
                activation: *activation,
                number,
                time,
            }),
            _ => Ok(()),
        }
    }
}

/// The same JSON with the keys of every object in order.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(object) => {
            let mut entries: Vec<_> = object.into_iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(entries.into_iter().map(|(k, v)| (k, sorted(v))).collect())
        }
        other => other,
    }
}
