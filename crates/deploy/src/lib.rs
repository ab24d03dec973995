//! Deploys the L1 contracts and makes the L2 genesis.
//!
//! The order matters, since each step commits to the one before:
//!
//! 1. [`l1::Deployer::bridge`] puts the contracts on L1 and fixes the L1 block that the L2 chain starts from.
//! 2. [`l2_genesis`] makes the L2 genesis block at that L1 block's time; [`RollupConfig`] names both.
//! 3. A fault proof program's prestate commits to the rollup configuration.
//! 4. [`l1::Deployer::games`] starts the anchor at the genesis output root and sets the game of that prestate.
//!
//! All addresses on L1 follow from the configuration and the deployer, and each step looks at the chain before it
//! acts: a deployment that was cut off goes on when it is started again.

mod addresses;
mod chain_config;
mod config;
mod error;
mod genesis;
pub mod l1;
mod rollup;

pub use addresses::Addresses;
pub use chain_config::{l1_chain_config, l2_chain_config};
pub use config::{BondCurve, Delays, DeployConfig, Fees, GameConfig, OracleConfig, Roles};
pub use error::DeployError;
pub use genesis::{Account, L2Genesis, l2_genesis};
pub use rollup::{BlockId, ChainOpConfig, RollupConfig, RollupGenesis, SystemConfig};
