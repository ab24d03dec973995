//! Deploys the L1 contracts and makes the L2 genesis.
