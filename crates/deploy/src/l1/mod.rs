//! The contracts on L1.

mod deployer;
mod plan;
mod setup;
mod step;

pub use deployer::{Bridge, Deployer};

use alloy_primitives::Address;

use crate::{Addresses, DeployConfig, DeployError};

/// Where the contracts of a deployment by `deployer` are, or will be.
pub fn addresses(config: &DeployConfig, deployer: Address) -> Result<Addresses, DeployError> {
    Ok(plan::Plan::new(config, deployer)?.addresses)
}
