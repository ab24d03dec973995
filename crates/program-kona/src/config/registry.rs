//! Chains of the superchain registry.

use alloc::format;
use std::string::ToString;

use kona_registry::{CHAINS, ROLLUP_CONFIGS};

use super::ChainConfig;
use crate::ConfigError;

/// Activation of the forks that the published copy of the registry has no times of yet, by L1
/// chain: Jovian, Karst.
const fn later_forks(l1_chain_id: u64) -> Option<(u64, u64)> {
    match l1_chain_id {
        1 => Some((1_764_691_201, 1_783_526_401)),
        11_155_111 => Some((1_763_568_001, 1_781_712_001)),
        _ => None,
    }
}

impl ChainConfig {
    /// A chain of the superchain registry by its id.
    pub fn registry(chain_id: u64) -> Result<Self, ConfigError> {
        let (rollup, l1) = Self::registry_json(chain_id)?;
        Self::from_json(&rollup, l1.as_deref())
    }

    /// The registry's rollup configuration of a chain as JSON, and L1's where it is needed.
    pub fn registry_json(
        chain_id: u64,
    ) -> Result<(alloc::vec::Vec<u8>, Option<alloc::vec::Vec<u8>>), ConfigError> {
        let unknown = || ConfigError::UnknownChain(chain_id.to_string());
        let config = ROLLUP_CONFIGS.get(&chain_id).ok_or_else(unknown)?;
        let bad = |e: serde_json::Error| ConfigError::Rollup(format!("{e}"));
        let mut value = serde_json::to_value(config).map_err(bad)?;
        // A number as op-node writes it, where kona writes names for some chains.
        if let Some(fields) = value.as_object_mut() {
            fields.insert("l2_chain_id".into(), chain_id.into());
        }
        if let Some((jovian, karst)) = later_forks(config.l1_chain_id)
            && let Some(fields) = value.as_object_mut()
        {
            fields.entry("jovian_time").or_insert(jovian.into());
            fields.entry("karst_time").or_insert(karst.into());
        }
        Ok((serde_json::to_vec(&value).map_err(bad)?, None))
    }

    /// The id of a chain by the registry's name for it (`op`, `base`, and `op-sepolia` or
    /// `sepolia/op` for chains on Sepolia), or by the id itself.
    pub fn registry_id(name: &str) -> Result<u64, ConfigError> {
        if let Ok(id) = name.parse() {
            return Ok(id);
        }
        let ident = match name.rsplit_once('-') {
            _ if name.contains('/') => name.to_string(),
            Some((chain, l1 @ ("sepolia" | "mainnet"))) => format!("{l1}/{chain}"),
            _ => format!("mainnet/{name}"),
        };
        CHAINS
            .get_chain_by_ident(&ident)
            .map(|chain| chain.chain_id)
            .ok_or_else(|| ConfigError::UnknownChain(name.to_string()))
    }
}
