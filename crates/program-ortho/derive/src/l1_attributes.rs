//! The first transaction of every block (OP specs `protocol/deposits.md`, "L1 Attributes Deposited
//! Transaction"; each fork's `l1-attributes.md`).

use alloc::vec::Vec;

use endgame_ortho_evm::BlobSchedule;
use endgame_ortho_execute::{Fork, fees::L1_BLOCK};
use endgame_ortho_primitives::{Address, Hash, Word};
use endgame_ortho_types::{Deposit, Header, Transaction};

use crate::{
    BlockId, DeriveError, Genesis, L1Block, L2Block, Rollup, SystemConfig, abi::AbiReader,
    source_hash,
};

/// Who sends what the system itself deposits.
pub(crate) const DEPOSITOR: Address = Address([
    0xde, 0xad, 0xde, 0xad, 0xde, 0xad, 0xde, 0xad, 0xde, 0xad, 0xde, 0xad, 0xde, 0xad, 0xde, 0xad,
    0xde, 0xad, 0x00, 0x01,
]);

/// Before Regolith a transaction of the system uses none of the block's gas.
const GAS_LIMIT_BEFORE_REGOLITH: u64 = 150_000_000;
const GAS_LIMIT: u64 = 1_000_000;
/// What 0 means from Jovian on (`protocol/jovian/l1-attributes.md`).
const DEFAULT_DA_FOOTPRINT_GAS_SCALAR: u16 = 400;

/// How the attributes are written: the function of `L1Block` that is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Layout {
    /// `setL1BlockValues(uint64,uint64,uint256,bytes32,uint64,bytes32,uint256,uint256)`.
    Bedrock,
    /// `setL1BlockValuesEcotone()`.
    Ecotone,
    /// `setL1BlockValuesIsthmus()`.
    Isthmus,
    /// `setL1BlockValuesJovian()`.
    Jovian,
}

impl Layout {
    /// The one that the contract knows after a block of this fork. A block that activates a fork
    /// still has the layout of the one before: `L1Block` is upgraded later in it.
    const fn after(fork: Fork) -> Self {
        match fork {
            Fork::Bedrock | Fork::Regolith | Fork::Canyon | Fork::Delta => Self::Bedrock,
            Fork::Ecotone | Fork::Fjord | Fork::Granite | Fork::Holocene => Self::Ecotone,
            Fork::Isthmus => Self::Isthmus,
            Fork::Jovian => Self::Jovian,
        }
    }

    const fn selector(self) -> [u8; 4] {
        match self {
            Self::Bedrock => [0x01, 0x5d, 0x8e, 0xb9],
            Self::Ecotone => [0x44, 0x0a, 0x5e, 0x20],
            Self::Isthmus => [0x09, 0x89, 0x99, 0xbe],
            Self::Jovian => [0x3d, 0xb6, 0xbe, 0x2b],
        }
    }
}

/// What a block says about L1 and about the system configuration. What its layout lacks is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct L1Attributes {
    /// The L1 block.
    pub block: BlockId,
    /// Its time.
    pub timestamp: u64,
    /// Its base fee.
    pub base_fee: Word,
    /// Its blob base fee, from Ecotone.
    pub blob_base_fee: Word,
    /// L2 blocks of the same L1 block before this one.
    pub sequence_number: u64,
    /// Who may write batches.
    pub batcher: Address,
    /// Before Ecotone.
    pub overhead: Word,
    /// From Ecotone the two scalars, in version 1.
    pub scalar: Word,
    /// From Isthmus.
    pub operator_fee_scalar: u32,
    /// From Isthmus.
    pub operator_fee_constant: u64,
    /// From Jovian.
    pub da_footprint_gas_scalar: u16,
}

impl L1Attributes {
    /// Reads call data.
    pub fn decode(data: &[u8]) -> Option<Self> {
        let mut reader = AbiReader::new(data);
        let selector = reader.packed()?;
        let layouts = [
            Layout::Bedrock,
            Layout::Ecotone,
            Layout::Isthmus,
            Layout::Jovian,
        ];
        let layout = layouts.into_iter().find(|one| one.selector() == selector)?;
        let mut attributes = Self::default();
        if layout == Layout::Bedrock {
            attributes.block.number = reader.u64()?;
            attributes.timestamp = reader.u64()?;
            attributes.base_fee = reader.word()?;
            attributes.block.hash = reader.hash()?;
            attributes.sequence_number = reader.u64()?;
            attributes.batcher = reader.address()?;
            attributes.overhead = reader.word()?;
            attributes.scalar = reader.word()?;
        } else {
            let base_fee_scalar = u32::from_be_bytes(reader.packed()?);
            let blob_base_fee_scalar = u32::from_be_bytes(reader.packed()?);
            attributes.scalar = version_1(base_fee_scalar, blob_base_fee_scalar);
            attributes.sequence_number = u64::from_be_bytes(reader.packed()?);
            attributes.timestamp = u64::from_be_bytes(reader.packed()?);
            attributes.block.number = u64::from_be_bytes(reader.packed()?);
            attributes.base_fee = reader.word()?;
            attributes.blob_base_fee = reader.word()?;
            attributes.block.hash = reader.hash()?;
            attributes.batcher = reader.address()?;
        }
        if layout >= Layout::Isthmus {
            attributes.operator_fee_scalar = u32::from_be_bytes(reader.packed()?);
            attributes.operator_fee_constant = u64::from_be_bytes(reader.packed()?);
        }
        if layout >= Layout::Jovian {
            attributes.da_footprint_gas_scalar = u16::from_be_bytes(reader.packed()?);
        }
        reader.end()?;
        Some(attributes)
    }

    /// Writes call data.
    fn encode(&self, layout: Layout) -> Vec<u8> {
        let mut data = layout.selector().to_vec();
        let number = |value: u64| Word::from(value).to_be_bytes();
        if layout == Layout::Bedrock {
            data.extend(number(self.block.number));
            data.extend(number(self.timestamp));
            data.extend(self.base_fee.to_be_bytes());
            data.extend(self.block.hash.0);
            data.extend(number(self.sequence_number));
            data.extend(self.batcher.to_word().to_be_bytes());
            data.extend(self.overhead.to_be_bytes());
            data.extend(self.scalar.to_be_bytes());
        } else {
            let scalars = self.scalar.low_u64();
            data.extend((scalars as u32).to_be_bytes());
            data.extend(((scalars >> 32) as u32).to_be_bytes());
            data.extend(self.sequence_number.to_be_bytes());
            data.extend(self.timestamp.to_be_bytes());
            data.extend(self.block.number.to_be_bytes());
            data.extend(self.base_fee.to_be_bytes());
            data.extend(self.blob_base_fee.to_be_bytes());
            data.extend(self.block.hash.0);
            data.extend(self.batcher.to_word().to_be_bytes());
        }
        if layout >= Layout::Isthmus {
            data.extend(self.operator_fee_scalar.to_be_bytes());
            data.extend(self.operator_fee_constant.to_be_bytes());
        }
        if layout >= Layout::Jovian {
            data.extend(self.da_footprint_gas_scalar.to_be_bytes());
        }
        data
    }

    /// What the first transaction of a block says.
    pub(crate) fn of_block<E>(
        hash: Hash,
        transactions: &[Vec<u8>],
    ) -> Result<Self, DeriveError<E>> {
        let first = transactions.first().map_or(&[][..], Vec::as_slice);
        match Transaction::decode(first) {
            Ok(Transaction::Deposit(deposit)) => Self::decode(&deposit.data),
            _ => None,
        }
        .ok_or(DeriveError::Block {
            hash,
            rule: "the first transaction sets the L1 attributes",
        })
    }
}

/// Both scalars in Ecotone's own encoding (`protocol/system-config.md`).
fn version_1(base_fee_scalar: u32, blob_base_fee_scalar: u32) -> Word {
    let scalars = u64::from(blob_base_fee_scalar) << 32 | u64::from(base_fee_scalar);
    Word::from_limbs([scalars, 0, 0, 1 << 56])
}

impl L2Block {
    /// A block, with what its L1 attributes say about where it comes from.
    pub fn new<E>(
        hash: Hash,
        header: Header,
        transactions: Vec<Vec<u8>>,
        genesis: &Genesis,
    ) -> Result<Self, DeriveError<E>> {
        let (origin, sequence_number) = if header.number == genesis.l2.number {
            if hash != genesis.l2.hash {
                return Err(DeriveError::Block {
                    hash,
                    rule: "the first block is the one of the configuration",
                });
            }
            (genesis.l1, 0)
        } else {
            let attributes = L1Attributes::of_block(hash, &transactions)?;
            (attributes.block, attributes.sequence_number)
        };
        Ok(Self {
            hash,
            header,
            transactions,
            origin,
            sequence_number,
        })
    }
}

/// The L1 attributes transaction of the block of time `time` after one of time `parent_time`.
pub fn l1_attributes(
    rollup: &Rollup,
    config: &SystemConfig,
    l1_block: &L1Block,
    sequence_number: u64,
    parent_time: u64,
    time: u64,
) -> Deposit {
    let layout = Layout::after(rollup.forks.at(parent_time));
    let header = &l1_block.header;
    let mut attributes = L1Attributes {
        block: l1_block.id(),
        timestamp: header.timestamp,
        base_fee: header.base_fee_per_gas.unwrap_or_default(),
        blob_base_fee: blob_base_fee(rollup, header),
        sequence_number,
        batcher: config.batcher,
        overhead: config.overhead,
        scalar: config.scalar,
        operator_fee_scalar: config.operator_fee_scalar,
        operator_fee_constant: config.operator_fee_constant,
        da_footprint_gas_scalar: match config.da_footprint_gas_scalar {
            0 => DEFAULT_DA_FOOTPRINT_GAS_SCALAR,
            scalar => scalar,
        },
    };
    if layout >= Layout::Ecotone {
        attributes.scalar = config.ecotone_scalar();
    }
    let regolith = rollup.forks.is_active(Fork::Regolith, time);
    Deposit {
        source_hash: source_hash::l1_attributes(l1_block.hash, sequence_number),
        from: DEPOSITOR,
        to: Some(L1_BLOCK),
        gas_limit: if regolith {
            GAS_LIMIT
        } else {
            GAS_LIMIT_BEFORE_REGOLITH
        },
        is_system: !regolith,
        data: attributes.encode(layout),
        ..Deposit::default()
    }
}

/// The price of a blob gas in an L1 block, or the lowest one if that knows no blobs
/// (`protocol/ecotone/l1-attributes.md`, "Overview";
/// `protocol/pectra-blob-schedule/derivation.md`).
fn blob_base_fee(rollup: &Rollup, header: &Header) -> Word {
    let Some(excess) = header.excess_blob_gas else {
        return Word::ONE;
    };
    let time = header.timestamp;
    let cancun = rollup.pectra_blob_schedule_time.is_some_and(|at| time < at);
    let mut schedules = rollup.blob_schedule.iter().filter(|_| !cancun);
    let mut schedule = BlobSchedule::CANCUN;
    if let Some(changed) = schedules.rfind(|schedule| schedule.time <= time) {
        schedule.base_fee_update_fraction = changed.update_fraction;
    }
    schedule.base_fee(excess)
}
