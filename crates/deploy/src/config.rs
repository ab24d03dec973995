//! What a deployment is made of.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256, address};
use serde::{Deserialize, Serialize};

use crate::DeployError;

/// A whole deployment: L1 contracts, L2 genesis, rollup configuration.
///
/// Every field has a default, and the defaults are a devnet with short delays and an L1 of chain id 31337. Times are
/// seconds, amounts wei, unless a field says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeployConfig {
    /// Chain id of the L1.
    pub l1_chain_id: u64,
    /// Chain id of the L2.
    pub l2_chain_id: u64,
    /// Seconds between two L2 blocks.
    pub l2_block_time: u64,
    /// Gas limit of an L2 block.
    pub l2_gas_limit: u64,
    /// Base fee of the L2 genesis block.
    pub l2_genesis_base_fee: u64,
    /// How far the L2's clock may run ahead of its L1 origin's (a constant since Fjord, kept for older tools).
    pub max_sequencer_drift: u64,
    /// L1 blocks within which a batch must appear.
    pub seq_window_size: u64,
    /// L1 blocks within which a channel must be complete (a constant since Granite, kept for older tools).
    pub channel_timeout: u64,
    /// Where the batcher sends its transactions on L1; nothing is deployed there.
    pub batch_inbox: Address,
    /// Who may do what.
    pub roles: Roles,
    /// What L2 transactions pay.
    pub fees: Fees,
    /// How long things take on L1.
    pub delays: Delays,
    /// The dispute game.
    pub game: GameConfig,
    /// The preimage oracle.
    pub oracle: OracleConfig,
    /// Ether that accounts have on L2 from the start.
    pub l2_balances: BTreeMap<Address, U256>,
    /// Makes the addresses of another deployment by the same deployer different.
    pub salt: B256,
    /// L1 blocks that must hold a transaction, its own included, before the next step relies on it.
    pub confirmations: u64,
}

/// Who may do what. An account left out is the deployer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Roles {
    /// May upgrade every proxy on L1 and L2, and sets game implementations.
    pub proxy_admin_owner: Option<Address>,
    /// Changes the settings in the system configuration.
    pub system_config_owner: Option<Address>,
    /// Chooses the respected type of games to come.
    pub guardian: Option<Address>,
    /// Sends batches.
    pub batcher: Option<Address>,
    /// Signs blocks that are not on L1 yet.
    pub sequencer: Option<Address>,
    /// Gets the fees of the vaults, on L2.
    pub fee_recipient: Option<Address>,
}

/// What L2 transactions pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fees {
    /// Scales the L1 base fee in the L1 data fee (specs `system-config.md`).
    pub base_fee_scalar: u32,
    /// Scales the L1 blob base fee in the L1 data fee.
    pub blob_base_fee_scalar: u32,
    /// EIP-1559 base fee change denominator of the L2.
    pub eip1559_denominator: u32,
    /// EIP-1559 elasticity of the L2.
    pub eip1559_elasticity: u32,
    /// Operator fee a gas unit, in millionths of a wei.
    pub operator_fee_scalar: u32,
    /// Operator fee a transaction.
    pub operator_fee_constant: u64,
    /// What a fee vault must hold before it can be emptied.
    pub vault_minimum: U256,
}

/// How long things take on L1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Delays {
    /// Between proving and finalizing a withdrawal.
    pub proof_maturity: u64,
    /// Between a game's resolution and its finality.
    pub game_finality: u64,
    /// Between unlocking and paying a bond.
    pub bond_withdrawal: u64,
}

/// The dispute game.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GameConfig {
    /// Its type in the factory: 8 is `cannon-kona`.
    pub game_type: u32,
    /// Depth at which a claim is one VM instruction.
    pub max_depth: u64,
    /// Depth at which a claim is one L2 block.
    pub split_depth: u64,
    /// What a clock is filled up to when it would run out during a move.
    pub clock_extension: u64,
    /// What each side may use up.
    pub max_clock_duration: u64,
    /// What moves cost.
    pub bonds: BondCurve,
}

/// What moves cost: gas of an answer, from the root claim to the deepest level, at a price. A root claim costs what
/// a move at its level does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BondCurve {
    /// Wei a unit of gas.
    pub gas_price: u64,
    /// Gas of an answer to the root claim.
    pub low_gas: u64,
    /// Gas of an answer at the deepest level.
    pub high_gas: u64,
}

/// The preimage oracle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OracleConfig {
    /// Bytes from which a preimage may be proposed in parts.
    pub min_proposal_size: u64,
    /// How long a preimage proposed in parts can be challenged.
    pub challenge_period: u64,
}

impl Default for DeployConfig {
    fn default() -> Self {
        Self {
            l1_chain_id: 31337,
            l2_chain_id: 901,
            l2_block_time: 2,
            l2_gas_limit: 60_000_000,
            l2_genesis_base_fee: 1_000_000_000,
            max_sequencer_drift: 1800,
            seq_window_size: 3600,
            channel_timeout: 300,
            batch_inbox: address!("ff00000000000000000000000000000000000901"),
            roles: Roles::default(),
            fees: Fees::default(),
            delays: Delays::default(),
            game: GameConfig::default(),
            oracle: OracleConfig::default(),
            l2_balances: BTreeMap::new(),
            salt: B256::ZERO,
            confirmations: 1,
        }
    }
}

impl Default for Fees {
    fn default() -> Self {
        Self {
            base_fee_scalar: 1368,
            blob_base_fee_scalar: 810_949,
            eip1559_denominator: 250,
            eip1559_elasticity: 6,
            operator_fee_scalar: 0,
            operator_fee_constant: 0,
            vault_minimum: U256::ZERO,
        }
    }
}

impl Default for Delays {
    fn default() -> Self {
        Self {
            proof_maturity: 12,
            game_finality: 6,
            bond_withdrawal: 6,
        }
    }
}

impl Default for GameConfig {
    fn default() -> Self {
        Self {
            game_type: 8,
            max_depth: 73,
            split_depth: 30,
            clock_extension: 60,
            max_clock_duration: 1200,
            bonds: BondCurve::default(),
        }
    }
}

impl Default for BondCurve {
    /// OP Mainnet's: 0.08 ether at the root, 60 ether at the deepest level.
    fn default() -> Self {
        Self {
            gas_price: 200_000_000_000,
            low_gas: 400_000,
            high_gas: 300_000_000,
        }
    }
}

impl Default for OracleConfig {
    fn default() -> Self {
        Self {
            min_proposal_size: 126_000,
            challenge_period: 60,
        }
    }
}

impl DeployConfig {
    /// Refuses what the contracts or derivation would refuse later, with the field's name.
    pub fn validate(&self) -> Result<(), DeployError> {
        let refuse =
            |field: &'static str, why: &'static str| Err(DeployError::Config { field, why });
        if self.l2_chain_id == 0 || self.l2_chain_id == self.l1_chain_id {
            return refuse("l2_chain_id", "must be neither 0 nor the L1's");
        }
        if self.l2_block_time == 0 {
            return refuse("l2_block_time", "must not be 0");
        }
        if self.l2_gas_limit < MIN_L2_GAS_LIMIT || self.l2_gas_limit > MAX_L2_GAS_LIMIT {
            return refuse(
                "l2_gas_limit",
                "must be from 21,000,000 (what deposits may use) to 200,000,000",
            );
        }
        if self.seq_window_size == 0 || self.channel_timeout == 0 {
            return refuse("seq_window_size", "windows must not be 0");
        }
        if self.fees.eip1559_denominator == 0 || self.fees.eip1559_elasticity == 0 {
            return refuse("fees", "EIP-1559 parameters must not be 0");
        }
        let game = &self.game;
        if game.max_depth > 125 {
            return refuse("game.max_depth", "must be at most 125");
        }
        if game.split_depth < 2 || game.split_depth + 1 >= game.max_depth {
            return refuse(
                "game.split_depth",
                "must be at least 2 and leave two levels below it",
            );
        }
        let bonds = &game.bonds;
        if bonds.gas_price == 0 || bonds.low_gas == 0 || bonds.high_gas < bonds.low_gas {
            return refuse(
                "game.bonds",
                "must be positive and not fall along the depth",
            );
        }
        let longest = game.clock_extension.saturating_mul(2).max(
            game.clock_extension
                .saturating_add(self.oracle.challenge_period),
        );
        if longest > game.max_clock_duration {
            return refuse(
                "game.max_clock_duration",
                "must hold the longest clock extension",
            );
        }
        Ok(())
    }
}

/// What the portal can meter in one L1 block plus what system transactions use.
const MIN_L2_GAS_LIMIT: u64 = 21_000_000;
/// What is provable (specs `configurability.md`).
const MAX_L2_GAS_LIMIT: u64 = 200_000_000;
