//! The rollup configuration, in op-node's `rollup.json` format.

use alloy_primitives::{Address, B64, B256, U256};
use serde::{Deserialize, Serialize};

use crate::{Addresses, DeployConfig, L2Genesis};

/// What derivation must know about a chain. All forks to Isthmus are active from genesis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollupConfig {
    /// Where both chains start.
    pub genesis: RollupGenesis,
    /// Seconds between two L2 blocks.
    pub block_time: u64,
    /// Seconds that the L2 may run ahead of its L1 origin, before Fjord.
    pub max_sequencer_drift: u64,
    /// L1 blocks within which a batch must appear.
    pub seq_window_size: u64,
    /// L1 blocks within which a channel must be complete, before Granite.
    pub channel_timeout: u64,
    /// Chain id of the L1.
    pub l1_chain_id: u64,
    /// Chain id of the L2.
    pub l2_chain_id: u64,
    /// Activation time.
    pub regolith_time: Option<u64>,
    /// Activation time.
    pub canyon_time: Option<u64>,
    /// Activation time.
    pub delta_time: Option<u64>,
    /// Activation time.
    pub ecotone_time: Option<u64>,
    /// Activation time.
    pub fjord_time: Option<u64>,
    /// Activation time.
    pub granite_time: Option<u64>,
    /// Activation time.
    pub holocene_time: Option<u64>,
    /// Activation time.
    pub isthmus_time: Option<u64>,
    /// Where batches are sent.
    pub batch_inbox_address: Address,
    /// The portal.
    pub deposit_contract_address: Address,
    /// The system configuration contract.
    pub l1_system_config_address: Address,
    /// EIP-1559 parameters where the system configuration says 0.
    pub chain_op_config: ChainOpConfig,
}

/// Where both chains start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollupGenesis {
    /// The L1 block that the first L2 block derives from.
    pub l1: BlockId,
    /// The L2 genesis block.
    pub l2: BlockId,
    /// Time of the L2 genesis block.
    pub l2_time: u64,
    /// The system configuration at genesis.
    pub system_config: SystemConfig,
}

/// A block by hash and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockId {
    /// Block hash.
    pub hash: B256,
    /// Block number.
    pub number: u64,
}

/// The settings that derivation starts with; later ones come from `ConfigUpdate` events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemConfig {
    /// Who sends batches.
    pub batcher_addr: Address,
    /// Unused since Ecotone.
    pub overhead: B256,
    /// Both fee scalars, version 1 (specs `system-config.md`).
    pub scalar: B256,
    /// Gas limit of an L2 block.
    pub gas_limit: u64,
    /// Denominator and elasticity, 4 bytes each. Zero until a `ConfigUpdate` sets them.
    pub eip1559_params: B64,
    /// Operator fee: scalar in bytes 20 to 23, constant in bytes 24 to 31.
    pub operator_fee_params: B256,
}

/// EIP-1559 parameters of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChainOpConfig {
    /// Elasticity.
    pub eip1559_elasticity: u64,
    /// Denominator before Canyon.
    pub eip1559_denominator: u64,
    /// Denominator since Canyon.
    pub eip1559_denominator_canyon: u64,
}

impl RollupConfig {
    /// The configuration of a chain whose contracts were deployed by `deployer` and that starts from the L1 block
    /// `l1`.
    pub fn new(
        config: &DeployConfig,
        deployer: Address,
        addresses: &Addresses,
        l1: BlockId,
        genesis: &L2Genesis,
    ) -> Self {
        let at_genesis = Some(0);
        Self {
            genesis: RollupGenesis {
                l1,
                l2: BlockId {
                    hash: genesis.header.hash(),
                    number: genesis.header.number,
                },
                l2_time: genesis.header.timestamp,
                system_config: SystemConfig::at_genesis(config, deployer),
            },
            block_time: config.l2_block_time,
            max_sequencer_drift: config.max_sequencer_drift,
            seq_window_size: config.seq_window_size,
            channel_timeout: config.channel_timeout,
            l1_chain_id: config.l1_chain_id,
            l2_chain_id: config.l2_chain_id,
            regolith_time: at_genesis,
            canyon_time: at_genesis,
            delta_time: at_genesis,
            ecotone_time: at_genesis,
            fjord_time: at_genesis,
            granite_time: at_genesis,
            holocene_time: at_genesis,
            isthmus_time: at_genesis,
            batch_inbox_address: config.batch_inbox,
            deposit_contract_address: addresses.optimism_portal,
            l1_system_config_address: addresses.system_config,
            chain_op_config: ChainOpConfig::new(config),
        }
    }
}

impl SystemConfig {
    fn at_genesis(config: &DeployConfig, deployer: Address) -> Self {
        let fees = &config.fees;
        let mut eip1559 = [0; 8];
        eip1559[..4].copy_from_slice(&fees.eip1559_denominator.to_be_bytes());
        eip1559[4..].copy_from_slice(&fees.eip1559_elasticity.to_be_bytes());
        let operator =
            (U256::from(fees.operator_fee_scalar) << 64) | U256::from(fees.operator_fee_constant);
        Self {
            batcher_addr: config.roles.batcher.unwrap_or(deployer),
            overhead: B256::ZERO,
            scalar: B256::from(fees.scalar()),
            gas_limit: config.l2_gas_limit,
            eip1559_params: eip1559.into(),
            operator_fee_params: B256::from(operator),
        }
    }
}

impl ChainOpConfig {
    fn new(config: &DeployConfig) -> Self {
        let denominator = u64::from(config.fees.eip1559_denominator);
        Self {
            eip1559_elasticity: u64::from(config.fees.eip1559_elasticity),
            eip1559_denominator: denominator,
            eip1559_denominator_canyon: denominator,
        }
    }
}

impl crate::Fees {
    /// Both scalars in one word, version 1 (specs `system-config.md`).
    fn scalar(&self) -> U256 {
        (U256::from(1) << 248)
            | (U256::from(self.blob_base_fee_scalar) << 32)
            | U256::from(self.base_fee_scalar)
    }
}
