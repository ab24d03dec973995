//! What execution must know about a chain.

use alloc::vec::Vec;

use crate::Forks;

/// The EIP-1559 constants of a chain, in force until Holocene lets L1 set them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Eip1559 {
    /// Gas limit over gas target.
    pub elasticity: u32,
    /// Base fee change denominator before Canyon.
    pub denominator: u32,
    /// Base fee change denominator from Canyon on.
    pub denominator_canyon: u32,
}

impl Default for Eip1559 {
    /// OP Mainnet's.
    fn default() -> Self {
        Self {
            elasticity: 6,
            denominator: 50,
            denominator_canyon: 250,
        }
    }
}

/// A chain's configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// Activation times.
    pub forks: Forks,
    /// Base fee constants.
    pub eip1559: Eip1559,
    /// The code that Canyon's first block puts at the create2 deployer's address: consensus data,
    /// checked against its hash. Needed only where that block is executed.
    pub create2_deployer: Option<Vec<u8>>,
}
