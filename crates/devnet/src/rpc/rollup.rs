//! The `optimism` methods of a rollup node.

use serde_json::{Value, json};

use super::{RpcError, params::Params};
use crate::{
    DevnetError,
    l1::L1Ref,
    l2::{L2Block, L2Node},
};

pub(super) fn dispatch(node: &L2Node, method: &str, params: &Params) -> Result<Value, RpcError> {
    Ok(match method {
        "optimism_outputAtBlock" => {
            let block = params.block(node, 0)?;
            json!({
                "version": alloy::primitives::B256::ZERO,
                "outputRoot": node.output_root(&block)?,
                "blockRef": block_ref(node, &block)?,
                "withdrawalStorageRoot": block.header.withdrawals_root,
                "stateRoot": block.header.state_root,
                "syncStatus": sync_status(node)?,
            })
        }
        "optimism_rollupConfig" => json!(node.rollup()),
        "optimism_syncStatus" => sync_status(node)?,
        "optimism_safeHeadAtL1Block" => {
            let number = params.quantity(0)?;
            let (l1, safe) = node
                .safe_at_l1(number)
                .ok_or_else(|| RpcError::not_found("safe head"))?;
            let block = node.expect_block(safe)?;
            json!({
                "l1Block": { "hash": l1.hash, "number": l1.number },
                "safeHead": { "hash": block.hash, "number": safe },
            })
        }
        "optimism_version" => json!(concat!("endgame/v", env!("CARGO_PKG_VERSION"))),
        _ => return Err(RpcError::no_method(method)),
    })
}

fn sync_status(node: &L2Node) -> Result<Value, DevnetError> {
    let heads = *node.heads().borrow();
    let l2 = |number| block_ref(node, &*node.expect_block(number)?);
    let l1 = l1_ref(&heads.l1);
    Ok(json!({
        "current_l1": l1,
        "current_l1_finalized": l1,
        "head_l1": l1,
        "safe_l1": l1,
        "finalized_l1": l1,
        "unsafe_l2": l2(heads.latest)?,
        "safe_l2": l2(heads.safe)?,
        "finalized_l2": l2(heads.finalized)?,
        "pending_safe_l2": l2(heads.safe)?,
        "cross_unsafe_l2": l2(heads.latest)?,
        "local_safe_l2": l2(heads.safe)?,
    }))
}

fn l1_ref(l1: &L1Ref) -> Value {
    json!({
        "hash": l1.hash,
        "number": l1.number,
        "parentHash": l1.parent,
        "timestamp": l1.time,
    })
}

/// A block's reference; its numbers are plain JSON numbers.
fn block_ref(node: &L2Node, block: &L2Block) -> Result<Value, DevnetError> {
    let (origin, sequence_number) = if block.header.number == 0 {
        let l1 = &node.rollup().genesis.l1;
        (json!({ "hash": l1.hash, "number": l1.number }), 0)
    } else {
        let info = block.l1_info()?;
        (
            json!({ "hash": info.hash, "number": info.number }),
            info.sequence_number,
        )
    };
    Ok(json!({
        "hash": block.hash,
        "number": block.header.number,
        "parentHash": block.header.parent_hash,
        "timestamp": block.header.timestamp,
        "l1origin": origin,
        "sequenceNumber": sequence_number,
    }))
}
