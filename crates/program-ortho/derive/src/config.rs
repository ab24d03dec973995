//! What derivation must know about a chain.

use alloc::{collections::BTreeMap, vec::Vec};

use endgame_ortho_execute::{Fork, Forks};
use endgame_ortho_primitives::{Address, Hash, Word};

use crate::BlockId;

/// What the contract `SystemConfig` on L1 sets (OP specs `protocol/system-config.md`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemConfig {
    /// Who may write batches.
    pub batcher: Address,
    /// Before Ecotone: gas that is added to a transaction's data gas.
    pub overhead: Word,
    /// The fee scalars, in the version that its first byte names.
    pub scalar: Word,
    /// The gas limit of L2 blocks.
    pub gas_limit: u64,
    /// Denominator (4 bytes) and elasticity (4 bytes), from Holocene; zero means the chain's own.
    pub eip1559_params: [u8; 8],
    /// Per gas, in millionths, from Isthmus.
    pub operator_fee_scalar: u32,
    /// Per transaction, wei, from Isthmus.
    pub operator_fee_constant: u64,
    /// Wei, from Jovian.
    pub min_base_fee: u64,
    /// Gas per byte of data, from Jovian; 0 means 400.
    pub da_footprint_gas_scalar: u16,
}

/// Where a rollup began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Genesis {
    /// The L1 block that the first L2 block belongs to.
    pub l1: BlockId,
    /// The first L2 block.
    pub l2: BlockId,
    /// That block's time, seconds since 1970.
    pub l2_time: u64,
    /// The system configuration in it.
    pub system_config: SystemConfig,
}

/// A change of L1's blob fee: from `time` on (seconds), its update fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobSchedule {
    /// The time of the first L1 block that it holds for.
    pub time: u64,
    /// `BLOB_BASE_FEE_UPDATE_FRACTION` (EIP-4844, EIP-7840).
    pub update_fraction: u64,
}

/// A rollup's configuration, as far as derivation depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollup {
    /// Where it began.
    pub genesis: Genesis,
    /// EIP-155 chain id of L2.
    pub l2_chain_id: u64,
    /// Seconds between L2 blocks, not 0.
    pub block_time: u64,
    /// Seconds that L2's time may be ahead of its L1 origin's, before Fjord.
    pub max_sequencer_drift: u64,
    /// L1 blocks in which a batch of an epoch must come.
    pub seq_window_size: u64,
    /// L1 blocks in which a channel must be complete, before Granite.
    pub channel_timeout: u64,
    /// L1 blocks in which a channel must be complete, from Granite on.
    pub channel_timeout_granite: u64,
    /// When forks become active.
    pub forks: Forks,
    /// From this L1 time on the L1 attributes follow Prague's blob fee; without it they always
    /// follow L1 (`protocol/pectra-blob-schedule/derivation.md`).
    pub pectra_blob_schedule_time: Option<u64>,
    /// L1's blob fee since Prague, Prague's own first, the earliest first. Before the first of
    /// them, Cancun's fraction holds.
    pub blob_schedule: Vec<BlobSchedule>,
    /// Where batches are sent to on L1.
    pub batch_inbox: Address,
    /// The contract on L1 whose logs are deposits.
    pub deposit_contract: Address,
    /// The contract on L1 whose logs change the system configuration.
    pub system_config_address: Address,
    /// Byte strings by their keccak-256 that network upgrades put on the chain: consensus data,
    /// needed only where the activation block of a fork is derived.
    pub upgrade_data: BTreeMap<Hash, Vec<u8>>,
}

impl Rollup {
    /// `CHANNEL_TIMEOUT`, in L1 blocks, at an L1 block of this time
    /// (`protocol/granite/derivation.md`, "Reduce Channel Timeout").
    pub fn channel_timeout_at(&self, l1_time: u64) -> u64 {
        if self.forks.is_active(Fork::Granite, l1_time) {
            self.channel_timeout_granite
        } else {
            self.channel_timeout
        }
    }
}
