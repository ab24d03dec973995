//! The system configuration as logs on L1 change it and as L2 blocks keep it (OP specs
//! `protocol/system-config.md`).

use endgame_ortho_execute::{FeeParameters, Fork};
use endgame_ortho_primitives::{Hash, Word};
use endgame_ortho_types::{Log, Receipt};

use crate::{
    DeriveError, L1Attributes, L2Block, Rollup, SystemConfig,
    abi::{AbiReader, address_of},
    receipts::logs,
};

/// keccak-256 of `ConfigUpdate(uint256,uint8,bytes)`.
pub(crate) const CONFIG_UPDATE: Hash = Hash([
    0x1d, 0x2b, 0x0b, 0xda, 0x21, 0xd5, 0x6b, 0x8b, 0xd1, 0x2d, 0x4f, 0x94, 0xeb, 0xac, 0xff, 0xdf,
    0xb3, 0x5f, 0x5e, 0x22, 0x6f, 0x84, 0xb4, 0x61, 0x10, 0x3b, 0xb8, 0xbe, 0xab, 0x63, 0x53, 0xbe,
]);

/// The types of updates ("System Config Updates"). Type 3, who signs unsafe blocks, is nothing to
/// derivation.
mod update {
    pub(super) const BATCHER: u64 = 0;
    pub(super) const FEE_SCALARS: u64 = 1;
    pub(super) const GAS_LIMIT: u64 = 2;
    pub(super) const EIP_1559_PARAMS: u64 = 4;
    pub(super) const OPERATOR_FEE_PARAMS: u64 = 5;
    pub(super) const MIN_BASE_FEE: u64 = 6;
    pub(super) const DA_FOOTPRINT_GAS_SCALAR: u64 = 7;
}

/// The version byte of Ecotone's own scalar encoding, at its place.
const VERSION_1: Word = Word::from_limbs([0, 0, 0, 1 << 56]);

impl SystemConfig {
    /// Applies the updates that an L1 block of this time logged. What can't be read is skipped.
    pub fn apply(&mut self, receipts: &[Receipt], rollup: &Rollup, l1_time: u64) {
        let ecotone = rollup.forks.is_active(Fork::Ecotone, l1_time);
        for (_, log) in logs(receipts) {
            if log.address == rollup.system_config_address
                && log.topics.first() == Some(&CONFIG_UPDATE)
            {
                // None means that it was skipped.
                let _: Option<()> = self.update(log, ecotone);
            }
        }
    }

    fn update(&mut self, log: &Log, ecotone: bool) -> Option<()> {
        let [_, Hash::ZERO, update_type] = *log.topics.as_slice() else {
            return None;
        };
        let update_type = update_type.to_word().to_u64()?;
        let mut data = AbiReader::new(&log.data);
        let words = u64::from(update_type == update::FEE_SCALARS) + 1;
        if (data.u64()?, data.u64()?) != (32, words * 32) {
            return None;
        }
        let first = data.word()?;
        let second = if words == 2 { data.word()? } else { Word::ZERO };
        data.end()?;
        match update_type {
            update::BATCHER => self.batcher = address_of(first)?,
            update::FEE_SCALARS if ecotone => {
                if !is_ecotone_scalar(second) {
                    return None;
                }
                self.overhead = Word::ZERO;
                self.scalar = second;
            }
            update::FEE_SCALARS => {
                self.overhead = first;
                self.scalar = second;
            }
            update::GAS_LIMIT => self.gas_limit = first.to_u64()?,
            update::EIP_1559_PARAMS => {
                // Both or none: no header can hold a zero beside another number
                // (`protocol/holocene/exec-engine.md`).
                let [low, ..] = first.limbs();
                if (low >> 32 == 0) != (low as u32 == 0) {
                    return None;
                }
                self.eip1559_params = low.to_be_bytes();
            }
            update::OPERATOR_FEE_PARAMS => {
                let [constant, scalar, ..] = first.limbs();
                self.operator_fee_scalar = scalar as u32;
                self.operator_fee_constant = constant;
            }
            update::MIN_BASE_FEE => self.min_base_fee = first.to_u64()?,
            update::DA_FOOTPRINT_GAS_SCALAR => {
                self.da_footprint_gas_scalar = first.to_u64()?.try_into().ok()?;
            }
            _ => return None,
        }
        Some(())
    }

    /// The configuration that a block was derived with, as far as it matters for the next ones.
    pub fn of_block<E>(block: &L2Block, rollup: &Rollup) -> Result<Self, DeriveError<E>> {
        if block.header.number == rollup.genesis.l2.number {
            return Ok(rollup.genesis.system_config);
        }
        let attributes = L1Attributes::of_block(block.hash, &block.transactions)?;
        let mut config = Self {
            batcher: attributes.batcher,
            overhead: attributes.overhead,
            scalar: attributes.scalar,
            gas_limit: block.header.gas_limit,
            operator_fee_scalar: attributes.operator_fee_scalar,
            operator_fee_constant: attributes.operator_fee_constant,
            da_footprint_gas_scalar: attributes.da_footprint_gas_scalar,
            ..Self::default()
        };
        let fork = rollup.forks.at(block.header.timestamp);
        if fork >= Fork::Holocene {
            let parameters = FeeParameters::decode(&block.header.extra_data, fork >= Fork::Jovian)
                .ok_or(DeriveError::Block {
                    hash: block.hash,
                    rule: "extra data is the EIP-1559 parameters",
                })?;
            let both = u64::from(parameters.denominator) << 32 | u64::from(parameters.elasticity);
            config.eip1559_params = both.to_be_bytes();
            config.min_base_fee = parameters.min_base_fee;
        }
        Ok(config)
    }

    /// The scalar as Ecotone's L1 attributes have it, in version 1 ("Post-Ecotone Scalar Encoding").
    ///
    /// From Ecotone on updates have one of two versions and no padding, but for what was set before:
    /// of version 1 the padding is passed over, and of a version that is not known the last four bytes
    /// count, as if it were 0.
    pub(crate) fn ecotone_scalar(&self) -> Word {
        let [version, ..] = self.scalar.to_be_bytes();
        let low = self.scalar.low_u64();
        let scalars = match version {
            // What does not fit into the last four bytes.
            0 if self.scalar.bits() > 32 => u32::MAX.into(),
            1 => low,
            _ => low & u64::from(u32::MAX),
        };
        Word::from(scalars) | VERSION_1
    }
}

/// Whether an update to this scalar counts: version 0 with 4 bytes, or version 1 with 8.
fn is_ecotone_scalar(scalar: Word) -> bool {
    scalar.bits() <= 32 || (scalar ^ VERSION_1).bits() <= 64
}
