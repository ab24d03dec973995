//! The configuration of a chain: its rollup's and its L1's.

mod error;
mod fields;
mod l1;
mod rollup;

use alloc::{string::String, vec::Vec};

use endgame_ortho_derive::Rollup;
use endgame_ortho_execute::{CREATE2_DEPLOYER_HASH, Chain, Fork};
use endgame_ortho_primitives::keccak256;
use serde_json::{Map, Value};

use crate::{ProgramError, hex};
pub use error::ConfigError;
use fields::json;

/// A fork that the program does not know, with its activation time (seconds).
pub type LaterFork = (String, u64);

/// All that the program knows about a chain beside the boot inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainConfig {
    rollup: Rollup,
    chain: Chain,
    later_forks: Vec<LaterFork>,
}

impl ChainConfig {
    /// Reads a rollup configuration as op-node writes it (`optimism_rollupConfig`, `rollup.json`),
    /// and L1's chain configuration (a geth genesis or its `config`), which is needed where L1 is
    /// none of the public ones and its blob fee matters (from Ecotone on).
    ///
    /// Fields that are not known are passed over, except fork times: a block past such a fork ends
    /// a run with [`ProgramError::UnknownFork`].
    pub fn from_json(rollup: &[u8], l1: Option<&[u8]>) -> Result<Self, ConfigError> {
        let rollup = json("rollup configuration", rollup)?;
        let l1 = l1.map(|l1| json("L1 configuration", l1)).transpose()?;
        Self::from_values(&rollup, l1.as_ref())
    }

    fn from_values(rollup: &Value, l1: Option<&Value>) -> Result<Self, ConfigError> {
        let parsed = rollup::parse(rollup)?;
        let mut rollup = parsed.rollup;
        rollup.blob_schedule = match l1 {
            Some(l1) => l1::parse(l1, parsed.l1_chain_id)?,
            None => match l1::known(parsed.l1_chain_id) {
                Some(schedule) => schedule,
                None if rollup.forks.activation(Fork::Ecotone).is_none() => Vec::new(),
                None => return Err(ConfigError::UnknownL1(parsed.l1_chain_id)),
            },
        };
        Ok(Self {
            chain: Chain {
                chain_id: rollup.l2_chain_id,
                forks: rollup.forks,
                eip1559: parsed.eip1559,
                create2_deployer: None,
            },
            rollup,
            later_forks: parsed.later_forks,
        })
    }

    /// The same with byte strings that network upgrades put on the chain: needed where the first
    /// block of a fork is derived.
    #[must_use]
    pub fn with_upgrade_data(mut self, data: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let data = data.into_iter().map(|bytes| (keccak256(&bytes), bytes));
        self.rollup.upgrade_data.extend(data);
        let deployer = self.rollup.upgrade_data.get(&CREATE2_DEPLOYER_HASH);
        self.chain.create2_deployer = deployer.cloned();
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
        let mut content = Map::new();
        if let Some(l1) = l1 {
            content.insert("l1".into(), sorted(json("L1 configuration", l1)?));
        }
        let rollup = sorted(json("rollup configuration", rollup)?);
        content.insert("rollup".into(), rollup);
        if !upgrade_data.is_empty() {
            let mut data: Vec<String> = upgrade_data.iter().map(|data| hex::encode(data)).collect();
            data.sort();
            content.insert("upgradeData".into(), data.into());
        }
        Ok(alloc::format!("{}", Value::Object(content)).into_bytes())
    }

    /// Reads what [`section_content`](Self::section_content) wrote.
    pub fn from_section(content: &[u8]) -> Result<Self, ConfigError> {
        let content = json("configuration section", content)?;
        let bad = |field: &str, expected| ConfigError::Field {
            object: "configuration section",
            field: field.into(),
            expected,
        };
        let rollup = content
            .get("rollup")
            .ok_or_else(|| bad("rollup", "an object"))?;
        let config = Self::from_values(rollup, content.get("l1"))?;
        let bad = || bad("upgradeData", "a list of byte strings in hexadecimal");
        let data = match content.get("upgradeData") {
            None => return Ok(config),
            Some(data) => data.as_array().ok_or_else(bad)?,
        };
        let data: Option<Vec<_>> = data
            .iter()
            .map(|data| hex::decode(data.as_str()?))
            .collect();
        Ok(config.with_upgrade_data(data.ok_or_else(bad)?))
    }

    /// The L2 chain id.
    pub const fn chain_id(&self) -> u64 {
        self.chain.chain_id
    }

    /// What derivation must know.
    pub const fn rollup(&self) -> &Rollup {
        &self.rollup
    }

    /// What execution must know.
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The forks past Jovian that the configuration names, the earliest first.
    pub fn later_forks(&self) -> &[LaterFork] {
        &self.later_forks
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
            let entries = entries.into_iter();
            Value::Object(entries.map(|(key, value)| (key, sorted(value))).collect())
        }
        other => other,
    }
}
