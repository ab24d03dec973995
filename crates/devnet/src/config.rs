//! How a devnet is set up.

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use alloy::primitives::B256;
use endgame_deploy::{DeployConfig, RollupConfig};
use serde_json::Value;

use crate::{DevnetError, batcher::BatcherOptions};

/// Makes the absolute prestate of the fault proof program for a rollup: from its configuration and
/// the L1 chain's, both of which the prestate commits to.
pub type PrestateMaker = Arc<dyn Fn(&RollupConfig, &Value) -> Result<B256, String> + Send + Sync>;

/// The absolute prestate of the dispute game.
#[derive(Clone)]
pub enum Prestate {
    /// Known beforehand.
    Hash(B256),
    /// Made when the rollup configuration is known.
    Made(PrestateMaker),
}

impl fmt::Debug for Prestate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hash(hash) => write!(f, "Hash({hash})"),
            Self::Made(_) => f.write_str("Made(..)"),
        }
    }
}

/// How a devnet is set up. The defaults are a quick devnet on free ports that leaves nothing
/// behind.
#[derive(Clone, Debug)]
pub struct DevnetConfig {
    /// Contracts, genesis, delays. Accounts of roles that are left out are the devnet's own
    /// ([`crate::Role`]).
    pub deploy: DeployConfig,
    /// The dispute game's absolute prestate.
    pub prestate: Prestate,
    /// Timestamp of the L1 genesis block, Unix seconds. Fixed, so that runs are alike.
    pub genesis_time: u64,
    /// Seconds from one L1 block to the next, as their timestamps have it; not less than the L2's.
    pub l1_block_time: u64,
    /// Time from one L1 block to the next on the wall clock. When shorter than
    /// [`l1_block_time`](Self::l1_block_time), both chains run faster than real time.
    pub l1_interval: Duration,
    /// Gas limit of L1 blocks.
    pub l1_gas_limit: u64,
    /// L1 blocks that must lie on top of one before it becomes an origin.
    pub confirmations: u64,
    /// The batcher's ways.
    pub batcher: BatcherOptions,
    /// The `anvil` to run; looked for when absent.
    pub anvil: Option<PathBuf>,
    /// Port of the L1 RPC.
    pub l1_port: Option<u16>,
    /// Port of the L2 RPC, HTTP and websocket.
    pub l2_port: Option<u16>,
    /// Directory that keeps both chains, so that the devnet can be started again. In memory when
    /// absent.
    pub data_dir: Option<PathBuf>,
}

impl Default for DevnetConfig {
    fn default() -> Self {
        Self {
            deploy: DeployConfig::default(),
            prestate: Prestate::Hash(B256::ZERO),
            genesis_time: 1_760_000_000,
            l1_block_time: 2,
            l1_interval: Duration::from_secs(2),
            l1_gas_limit: 60_000_000,
            confirmations: 0,
            batcher: BatcherOptions::default(),
            anvil: None,
            l1_port: None,
            l2_port: None,
            data_dir: None,
        }
    }
}

impl DevnetConfig {
    /// Refuses what cannot work, by name.
    pub fn validate(&self) -> Result<(), DevnetError> {
        let refuse = |why: String| Err(DevnetError::Config(why));
        if self.l1_block_time < self.deploy.l2_block_time {
            return refuse(format!(
                "l1_block_time {} is below the L2's {}",
                self.l1_block_time, self.deploy.l2_block_time
            ));
        }
        if self.l1_interval < Duration::from_millis(50) {
            return refuse(format!("l1_interval {:?} is below 50 ms", self.l1_interval));
        }
        if self.batcher.every == 0 {
            return refuse("the batcher must wait for at least one block".into());
        }
        self.deploy
            .validate()
            .map_err(|e| DevnetError::Deploy(e.to_string()))
    }
}
