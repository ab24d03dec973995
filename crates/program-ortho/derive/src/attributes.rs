//! What a batch and its epoch make of a block (OP specs `protocol/derivation.md`, "Deriving Payload
//! Attributes").

use alloc::vec::Vec;

use endgame_ortho_execute::{Attributes, Fork};
use endgame_ortho_primitives::Address;

use crate::{
    BlockId, DeriveError, L2Block, Rollup, Source, SystemConfig,
    deposits::TRANSACTION_DEPOSITED,
    l1_attributes::l1_attributes,
    predeploy,
    receipts::{may_log, receipts},
    system_config::CONFIG_UPDATE,
    upgrade_deposits, user_deposits,
};

const SEQUENCER_FEE_VAULT: Address = predeploy(0x11);

/// The attributes of the block at `timestamp` after `parent`, with what a batch holds.
///
/// That the epoch is the parent's or follows it, and is not after the block, is part of a batch's
/// validity: here it is an error.
pub fn attributes<S: Source>(
    source: &mut S,
    rollup: &Rollup,
    parent: &L2Block,
    epoch: BlockId,
    timestamp: u64,
    transactions: Vec<Vec<u8>>,
) -> Result<Attributes, DeriveError<S::Error>> {
    let origin = source.l1_block(epoch.hash)?;
    let broken = |rule| DeriveError::Block {
        hash: epoch.hash,
        rule,
    };
    if timestamp < origin.header.timestamp {
        return Err(broken("the L1 origin of a block is not after it"));
    }
    let mut config = SystemConfig::of_block(parent, rollup)?;
    let mut deposits = Vec::new();
    let sequence_number = if epoch == parent.origin {
        parent.sequence_number.saturating_add(1)
    } else {
        if origin.header.parent_hash != parent.origin.hash {
            return Err(broken(
                "a block's L1 origin is its parent's or the next one",
            ));
        }
        let has_deposits = may_log(&origin, rollup.deposit_contract, TRANSACTION_DEPOSITED);
        let has_updates = may_log(&origin, rollup.system_config_address, CONFIG_UPDATE);
        let receipts = if has_deposits || has_updates {
            receipts(source, &origin)?
        } else {
            Vec::new()
        };
        config.apply(&receipts, rollup, origin.header.timestamp);
        deposits = user_deposits(&origin, &receipts, rollup)?;
        0
    };

    let parent_time = parent.header.timestamp;
    let first = l1_attributes(
        rollup,
        &config,
        &origin,
        sequence_number,
        parent_time,
        timestamp,
    );
    let upgrades = upgrade_deposits(rollup, parent_time, timestamp)?;
    let system = core::iter::once(first).chain(deposits).chain(upgrades);
    let mut all: Vec<_> = system.map(|deposit| deposit.encode()).collect();
    all.extend(transactions);

    let fork = rollup.forks.at(timestamp);
    // Whatever the contract says by then, the first block of Holocene has the chain's own
    // parameters (`protocol/holocene/derivation.md`, "Attributes Builder").
    let eip1559_params = if rollup.forks.is_active(Fork::Holocene, parent_time) {
        config.eip1559_params
    } else {
        [0; 8]
    };
    Ok(Attributes {
        timestamp,
        prev_randao: origin.header.mix_hash,
        fee_recipient: SEQUENCER_FEE_VAULT,
        // L1 may not have come to Cancun yet.
        parent_beacon_block_root: (fork >= Fork::Ecotone)
            .then_some(origin.header.parent_beacon_block_root.unwrap_or_default()),
        gas_limit: config.gas_limit,
        transactions: all,
        eip1559_params: (fork >= Fork::Holocene).then_some(eip1559_params),
        min_base_fee: (fork >= Fork::Jovian).then_some(config.min_base_fee),
    })
}
