//! Payload attributes: what derivation would hand to the engine, made in advance.

use alloy::{
    eips::Encodable2718 as _,
    primitives::{Address, B256, Bytes, address},
};
use endgame_kona_executor::Attributes;

use super::{L1Info, L2Block, SystemConfig, user_deposits};
use crate::{DevnetError, RollupConfig, l1::L1Block};

const SEQUENCER_FEE_VAULT: Address = address!("4200000000000000000000000000000000000011");

/// Attributes with what they were made from.
#[derive(Clone, Debug)]
pub struct OriginedAttributes {
    /// For the executor.
    pub attributes: Attributes,
    /// The L1 attributes of the block.
    pub info: L1Info,
}

/// The attributes of the block after `parent` with this L1 origin, before any user transaction.
///
/// Specs `protocol/derivation.md`, "Deriving payload attributes".
pub fn build_attributes(
    rollup: &RollupConfig,
    parent: &L2Block,
    origin: &L1Block,
) -> Result<OriginedAttributes, DevnetError> {
    let (mut system, parent_origin, parent_sequence) = if parent.header.number == 0 {
        (
            SystemConfig::at_genesis(&rollup.genesis.system_config),
            rollup.genesis.l1.hash,
            0,
        )
    } else {
        let info = parent.l1_info()?;
        (
            SystemConfig::of_block(parent)?,
            info.hash,
            info.sequence_number,
        )
    };
    let new_epoch = origin.hash != parent_origin;
    let mut transactions: Vec<Bytes> = Vec::new();
    let sequence_number = if new_epoch {
        system.apply(origin, rollup.l1_system_config_address);
        0
    } else {
        parent_sequence + 1
    };
    let info = L1Info::new(&origin.header, origin.hash, sequence_number, &system);
    transactions.push(info.deposit().encoded_2718().into());
    if new_epoch {
        let deposits = user_deposits(origin, rollup.deposit_contract_address)?;
        transactions.extend(deposits.iter().map(|d| Bytes::from(d.encoded_2718())));
    }
    let attributes = Attributes {
        timestamp: parent.header.timestamp + rollup.block_time,
        prev_randao: origin.header.mix_hash,
        fee_recipient: SEQUENCER_FEE_VAULT,
        parent_beacon_root: Some(origin.header.parent_beacon_block_root.unwrap_or(B256::ZERO)),
        gas_limit: system.gas_limit,
        transactions,
        eip1559_params: Some(system.eip1559_params),
        min_base_fee: None,
    };
    Ok(OriginedAttributes { attributes, info })
}
