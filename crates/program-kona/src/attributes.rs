//! Payload attributes (specs `protocol/derivation.md`, "Deriving Payload Attributes").

use alloc::vec::Vec;

use alloy_consensus_v1::Header;
use alloy_eips_v1::{BlockNumHash, eip2718::Encodable2718};
use alloy_primitives::{Address, B64, Bytes, TxKind, U256, address};
use endgame_kona_executor::Attributes;
use kona_derive::BuilderError;
use kona_genesis::RollupConfig;
use kona_protocol::{L2BlockInfo, Predeploys, SingleBatch};
use op_alloy_consensus_v0::{L1InfoDepositSource, TxDeposit};

use crate::{
    ChainConfig, ProgramError,
    deposits::deposits,
    l1::L1Provider,
    l1_info::{Fees, L1Info, OperatorFee},
    l2::L2Provider,
    system_config::{Scalars, SystemConfig},
    upgrades::upgrade_transactions,
};

/// Who sends the L1 attributes.
pub(crate) const DEPOSITOR: Address = address!("deaddeaddeaddeaddeaddeaddeaddeaddead0001");
/// The DA footprint gas scalar where L1 sets none (specs `protocol/jovian/l1-attributes.md`).
const DEFAULT_FOOTPRINT_SCALAR: u16 = 400;
/// Blob base fee update fractions (EIP-4844, EIP-7691).
const CANCUN: u64 = 3_338_477;
const PRAGUE: u64 = 5_007_716;

/// Builds the attributes of one block. Forks after Jovian go here.
#[derive(Debug)]
pub(crate) struct Builder {
    config: ChainConfig,
    l1: L1Provider,
    l2: L2Provider,
}

/// An L2 block to come.
struct Next<'a> {
    parent: &'a L2BlockInfo,
    timestamp: u64,
    epoch: BlockNumHash,
    origin: &'a Header,
    system_config: &'a SystemConfig,
}

impl Builder {
    pub(crate) const fn new(config: ChainConfig, l1: L1Provider, l2: L2Provider) -> Self {
        Self { config, l1, l2 }
    }

    fn rollup(&self) -> &RollupConfig {
        &self.config.rollup
    }

    /// The attributes of the block that a batch makes on top of `parent`, or why derivation must
    /// start over.
    pub(crate) fn attributes(
        &self,
        parent: &L2BlockInfo,
        batch: &SingleBatch,
    ) -> Result<Result<Attributes, BuilderError>, ProgramError> {
        let rollup = self.rollup();
        let epoch = batch.epoch();
        let origin = self.l1.header(epoch.hash)?;
        let timestamp = parent.block_info.timestamp + rollup.block_time;
        let mut system_config = self.l2.system_config(parent.block_info.number)?;
        let is_first = parent.l1_origin.number != epoch.number;
        let before = if is_first {
            origin.parent_hash
        } else {
            epoch.hash
        };
        if before != parent.l1_origin.hash {
            return Ok(Err(BuilderError::BlockMismatch(epoch, parent.l1_origin)));
        }
        if timestamp < origin.timestamp {
            return Ok(Err(BuilderError::BrokenTimeInvariant(
                parent.l1_origin,
                timestamp,
                epoch,
                origin.timestamp,
            )));
        }
        let mut users = Vec::new();
        if is_first {
            let logs = self.l1.logs(epoch.hash)?;
            users = deposits(&logs, rollup.deposit_contract_address, epoch.hash)?;
            let is_ecotone = rollup.is_ecotone_active(origin.timestamp);
            system_config.update_all(&logs, rollup.l1_system_config_address, is_ecotone);
        }
        let next = Next {
            parent,
            timestamp,
            epoch,
            origin: &origin,
            system_config: &system_config,
        };
        let mut transactions = alloc::vec![self.l1_attributes(&next)];
        transactions.append(&mut users);
        transactions.extend(upgrade_transactions(&self.config, timestamp)?);
        transactions.extend_from_slice(&batch.transactions);
        Ok(Ok(Attributes {
            timestamp,
            prev_randao: origin.mix_hash,
            fee_recipient: Predeploys::SEQUENCER_FEE_VAULT,
            parent_beacon_root: rollup
                .is_ecotone_active(timestamp)
                .then(|| origin.parent_beacon_block_root.unwrap_or_default()),
            gas_limit: system_config.gas_limit,
            transactions,
            eip1559_params: self.eip1559_params(&next),
            min_base_fee: rollup
                .is_jovian_active(timestamp)
                .then_some(system_config.min_base_fee),
        }))
    }

    /// Zero in the first block of Holocene, to have the chain's own (specs
    /// `protocol/holocene/derivation.md`, "Attributes Builder").
    fn eip1559_params(&self, next: &Next<'_>) -> Option<B64> {
        let rollup = self.rollup();
        let is_holocene = |time| rollup.is_holocene_active(time);
        is_holocene(next.timestamp).then(|| {
            if is_holocene(next.parent.block_info.timestamp) {
                next.system_config.eip1559_params
            } else {
                B64::ZERO
            }
        })
    }

    /// The transaction with the L1 attributes.
    fn l1_attributes(&self, next: &Next<'_>) -> Bytes {
        let rollup = self.rollup();
        let sequence_number = if next.parent.l1_origin.number == next.epoch.number {
            next.parent.seq_num + 1
        } else {
            0
        };
        let info = L1Info {
            origin: next.epoch,
            time: next.origin.timestamp,
            base_fee: next.origin.base_fee_per_gas.unwrap_or_default(),
            sequence_number,
            batcher: next.system_config.batcher,
            fees: self.fees(next),
        };
        let source = L1InfoDepositSource::new(next.epoch.hash, sequence_number);
        let is_regolith = rollup.is_regolith_active(next.timestamp);
        let deposit = TxDeposit {
            source_hash: source.source_hash(),
            from: DEPOSITOR,
            to: TxKind::Call(Predeploys::L1_BLOCK_INFO),
            gas_limit: if is_regolith { 1_000_000 } else { 150_000_000 },
            is_system_transaction: !is_regolith,
            input: info.encode(),
            ..TxDeposit::default()
        };
        deposit.encoded_2718().into()
    }

    /// In the first block of a fork the contract is still the old one's.
    fn fees(&self, next: &Next<'_>) -> Fees {
        let rollup = self.rollup();
        let SystemConfig {
            overhead,
            scalar,
            operator_fee_scalar,
            operator_fee_constant,
            da_footprint_gas_scalar,
            ..
        } = *next.system_config;
        let time = next.timestamp;
        if !rollup.is_ecotone_active(time) || rollup.is_first_ecotone_block(time) {
            return Fees::Bedrock { overhead, scalar };
        }
        let has_operator = rollup.is_isthmus_active(time) && !rollup.is_first_isthmus_block(time);
        let has_footprint = rollup.is_jovian_active(time) && !rollup.is_first_jovian_block(time);
        Fees::Ecotone {
            blob_base_fee: self.blob_base_fee(next.origin),
            scalars: Scalars::from_word(scalar),
            operator: has_operator.then_some(OperatorFee {
                scalar: operator_fee_scalar,
                constant: operator_fee_constant,
            }),
            footprint: has_footprint.then_some(match da_footprint_gas_scalar {
                0 => DEFAULT_FOOTPRINT_SCALAR,
                scalar => scalar,
            }),
        }
    }

    /// L1's blob base fee (specs `protocol/ecotone/l1-attributes.md` and
    /// `protocol/pectra-blob-schedule/derivation.md`).
    fn blob_base_fee(&self, origin: &Header) -> U256 {
        let rollup = self.rollup();
        let time = origin.timestamp;
        let schedule = rollup.hardforks.pectra_blob_schedule_time;
        let fraction = match self.config.l1.update_fraction(time) {
            _ if schedule.is_some_and(|start| time < start) => CANCUN,
            Some(fraction) => fraction,
            None if origin.requests_hash.is_some() => PRAGUE,
            None => CANCUN,
        };
        fake_exponential(origin.excess_blob_gas.unwrap_or_default(), fraction)
    }
}

/// EIP-4844's `fake_exponential` of factor 1: e to the power of `excess / fraction`.
fn fake_exponential(excess: u64, fraction: u64) -> U256 {
    let (numerator, denominator) = (U256::from(excess), U256::from(fraction.max(1)));
    let mut output = U256::ZERO;
    let mut term = denominator;
    let mut i = U256::ONE;
    while !term.is_zero() {
        output += term;
        term = term * numerator / (denominator * i);
        i += U256::ONE;
    }
    output / denominator
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blob_base_fee_follows_the_fraction() {
        assert_eq!(fake_exponential(0, 5_007_716), U256::ONE);
        // EIP-4844's own examples of the exponential, at factor 1.
        assert_eq!(
            fake_exponential(3_338_477 * 10, 3_338_477),
            U256::from(22_026)
        );
        assert!(
            fake_exponential(100_000_000, 5_007_716) > fake_exponential(100_000_000, 11_684_671)
        );
    }
}
