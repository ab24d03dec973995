//! The preimage of an output root.

use alloy_consensus::Header;
use alloy_primitives::{Address, B256, address, keccak256};
use serde_json::json;

use super::proof;
use crate::{Boot, HostError, chain, request::BlockId, rpc::Endpoint, store::Batch};

/// The L2ToL1MessagePasser: its storage root is in the output root (specs `withdrawals.md`).
const MESSAGE_PASSER: Address = address!("4200000000000000000000000000000000000016");

/// How many blocks below the claimed one are looked at when nobody named the agreed block.
const SEARCH: u64 = 512;

/// The 128 bytes under `root`, and the header of its block.
pub(crate) async fn output(
    endpoint: &Endpoint,
    root: B256,
    boot: &Boot,
) -> Result<Batch, HostError> {
    if let Some(hash) = boot.agreed_l2_head {
        let sealed = chain::header(endpoint, hash).await?;
        return match open(endpoint, root, &sealed.header, hash).await? {
            Some(batch) => Ok(batch),
            None => Err(HostError::UnknownBlock {
                provider: endpoint.label().into(),
                block: format!("with output root {root} as {hash}"),
            }),
        };
    }
    // If nobody knows it, the agreed block is the claimed one's parent, or, where a claim goes past the last derivable
    // block, that block itself; further down for programs that run over a span.
    let first = boot.claimed_block;
    for number in boot
        .agreed_block
        .into_iter()
        .chain([first.saturating_sub(1), first])
        .chain((first.saturating_sub(SEARCH)..first.saturating_sub(1)).rev())
    {
        let header: Option<Header> = endpoint
            .call_as(
                "eth_getBlockByNumber",
                &json!([format!("{number:#x}"), false]),
            )
            .await?;
        let Some(header) = header else { continue };
        let hash = header.hash_slow();
        if let Some(batch) = open(endpoint, root, &header, hash).await? {
            return Ok(batch);
        }
    }
    Err(HostError::UnknownBlock {
        provider: endpoint.label().into(),
        block: format!("with output root {root}"),
    })
}

/// The preimage of `root` if it is this block's.
async fn open(
    endpoint: &Endpoint,
    root: B256,
    header: &Header,
    hash: B256,
) -> Result<Option<Batch>, HostError> {
    let encode = |storage_root: B256| {
        [
            &[0; 32][..],
            header.state_root.as_slice(),
            storage_root.as_slice(),
            hash.as_slice(),
        ]
        .concat()
    };
    // Since Isthmus the header has the message passer's storage root for its withdrawals root.
    let from_header = header.withdrawals_root.map(encode);
    let matching = |preimage: &Vec<u8>| keccak256(preimage) == root;
    let mut preimage = from_header.filter(matching);
    if preimage.is_none() {
        let number = BlockId::Number(header.number);
        let state_root = Some(header.state_root);
        preimage = proof(endpoint, number, MESSAGE_PASSER, None, state_root)
            .await?
            .value
            .map(|account| encode(account.storage_root))
            .filter(matching);
    }
    let Some(preimage) = preimage else {
        return Ok(None);
    };
    let mut batch = Batch::default();
    batch.keccak(preimage);
    batch.keccak(alloy_rlp::encode(header));
    Ok(Some(batch))
}
