//! The contracts on L1.

mod deployer;
mod plan;
mod step;

pub use deployer::{Bridge, Deployer};
