//! Payload attributes (specs `protocol/derivation.md`, "Deriving Payload Attributes").

use alloc::{boxed::Box, vec::Vec};

use alloy_consensus_v1::Header;
use alloy_eips_v1::{BlockNumHash, eip2718::Encodable2718};
use alloy_primitives::{Address, B64, Bytes, TxKind, U256, address};
use async_trait::async_trait;
use endgame_kona_executor::Attributes;
use kona_derive::{AttributesBuilder, BuilderError, PipelineErrorKind, PipelineResult, ResetError};
use kona_genesis::RollupConfig;
use kona_hardforks::{Hardfork, Hardforks};
use kona_protocol::{L2BlockInfo, Predeploys};
use op_alloy_consensus_v0::{L1InfoDepositSource, TxDeposit};
use op_alloy_rpc_types_engine_v0::OpPayloadAttributes;

use crate::{
    ChainConfig, ProgramError,
    deposits::deposits,
    l1::L1Provider,
    l1_info::{Fees, L1Info, OperatorFee},
    l2::L2Provider,
    system_config::{Scalars, SystemConfig},
};

/// Who sends the L1 attributes.
const DEPOSITOR: Address = address!("deaddeaddeaddeaddeaddeaddeaddeaddead0001");
/// Blob base fee update fractions (EIP-4844, EIP-7691).
const CANCUN: u64 = 3_338_477;
const PRAGUE: u64 = 5_007_716;

/// Builds the attributes of one block. Forks after Isthmus go here.
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

    /// The attributes with the deposits alone, or why derivation must start over.
    fn prepare(
        &self,
        parent: &L2BlockInfo,
        epoch: BlockNumHash,
    ) -> Result<Result<OpPayloadAttributes, BuilderError>, ProgramError> {
        let rollup = self.rollup();
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
        transactions.extend(upgrades(rollup, timestamp));
        let mut attributes = OpPayloadAttributes {
            transactions: Some(transactions),
            no_tx_pool: Some(true),
            gas_limit: Some(system_config.gas_limit),
            eip_1559_params: self.eip1559_params(&next),
            ..OpPayloadAttributes::default()
        };
        let payload = &mut attributes.payload_attributes;
        payload.timestamp = timestamp;
        payload.prev_randao = origin.mix_hash;
        payload.suggested_fee_recipient = Predeploys::SEQUENCER_FEE_VAULT;
        payload.withdrawals = rollup.is_canyon_active(timestamp).then(Vec::new);
        payload.parent_beacon_block_root = rollup
            .is_ecotone_active(timestamp)
            .then(|| origin.parent_beacon_block_root.unwrap_or_default());
        Ok(Ok(attributes))
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
            ..
        } = *next.system_config;
        let time = next.timestamp;
        if !rollup.is_ecotone_active(time) || rollup.is_first_ecotone_block(time) {
            return Fees::Bedrock { overhead, scalar };
        }
        let has_operator = rollup.is_isthmus_active(time) && !rollup.is_first_isthmus_block(time);
        Fees::Ecotone {
            blob_base_fee: self.blob_base_fee(next.origin),
            scalars: Scalars::from_word(scalar),
            operator: has_operator.then_some(OperatorFee {
                scalar: operator_fee_scalar,
                constant: operator_fee_constant,
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

/// The transactions of the upgrades that this block brings.
fn upgrades(rollup: &RollupConfig, time: u64) -> Vec<Bytes> {
    let mut transactions = Vec::new();
    if rollup.is_first_ecotone_block(time) {
        transactions.extend(Hardforks::ECOTONE.txs());
    }
    if rollup.is_first_fjord_block(time) {
        transactions.extend(Hardforks::FJORD.txs());
    }
    if rollup.is_first_isthmus_block(time) {
        transactions.extend(Hardforks::ISTHMUS.txs());
    }
    transactions
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

#[async_trait]
impl AttributesBuilder for Builder {
    async fn prepare_payload_attributes(
        &mut self,
        parent: L2BlockInfo,
        epoch: BlockNumHash,
    ) -> PipelineResult<OpPayloadAttributes> {
        let prepared = self.prepare(&parent, epoch);
        self.l1
            .provide(prepared)
            .map_err(PipelineErrorKind::from)?
            .map_err(|error| ResetError::AttributesBuilder(error).reset())
    }
}

/// The attributes as the executor takes them.
pub(crate) fn to_executor(attributes: OpPayloadAttributes) -> Attributes {
    let payload = attributes.payload_attributes;
    Attributes {
        timestamp: payload.timestamp,
        prev_randao: payload.prev_randao,
        fee_recipient: payload.suggested_fee_recipient,
        parent_beacon_root: payload.parent_beacon_block_root,
        gas_limit: attributes.gas_limit.unwrap_or_default(),
        transactions: attributes.transactions.unwrap_or_default(),
        eip1559_params: attributes.eip_1559_params,
        min_base_fee: None,
    }
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
