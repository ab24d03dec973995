//! The header of a block that was built, and the output root it stands for.

use alloc::{string::ToString, vec::Vec};

use alloy_consensus::{EMPTY_OMMER_ROOT_HASH, Header, Sealable, Sealed};
use alloy_eips::{eip2718::Encodable2718, eip7685::EMPTY_REQUESTS_HASH};
use alloy_evm::block::BlockExecutionResult;
use alloy_primitives::{Address, B64, B256, Bloom, Bytes, U256, address, keccak256};
use alloy_rlp::Decodable;
use op_alloy_consensus::OpReceiptEnvelope;

use crate::{
    Attributes, ExecutorError, Fork, Preimages, TrieDb, forks::BlockForks, trie::EMPTY_ROOT,
    trie::ordered_root,
};

/// The L2 contract whose storage root an output root commits to.
pub const MESSAGE_PASSER: Address = address!("4200000000000000000000000000000000000016");

/// The output root of version 0 (specs `protocol/withdrawals.md`).
pub fn output_root(state_root: B256, message_passer_root: B256, block_hash: B256) -> B256 {
    keccak256([B256::ZERO, state_root, message_passer_root, block_hash].concat())
}

/// Decodes a header; `hash` is taken for its hash.
pub fn decode_header(raw: &[u8], hash: B256) -> Result<Sealed<Header>, ExecutorError> {
    let bad = |reason: alloc::string::String| ExecutorError::Header { hash, reason };
    let mut rest = raw;
    let header = Header::decode(&mut rest).map_err(|e| bad(e.to_string()))?;
    if !rest.is_empty() {
        return Err(bad("bytes after the header".to_string()));
    }
    Ok(Sealed::new_unchecked(header, hash))
}

/// Puts the header together. `db` has the block's changes already.
pub(crate) fn seal<P: Preimages>(
    db: &mut TrieDb<P>,
    attributes: &Attributes,
    forks: &BlockForks,
    result: &BlockExecutionResult<OpReceiptEnvelope>,
    state_root: B256,
    base_fee: u64,
    extra_data: Bytes,
) -> Result<Sealed<Header>, ExecutorError> {
    let active = |fork| forks.is_active(fork);
    let withdrawals_root = if active(Fork::Isthmus) {
        Some(db.message_passer_root()?)
    } else {
        active(Fork::Canyon).then_some(EMPTY_ROOT)
    };
    let blob_gas_used = active(Fork::Ecotone).then(|| {
        if active(Fork::Jovian) {
            result.blob_gas_used
        } else {
            0
        }
    });
    let parent = db.parent();
    let header = Header {
        parent_hash: parent.hash(),
        ommers_hash: EMPTY_OMMER_ROOT_HASH,
        beneficiary: attributes.fee_recipient,
        state_root,
        transactions_root: ordered_root(attributes.transactions.iter().cloned())?,
        receipts_root: receipts_root(&result.receipts, forks)?,
        logs_bloom: result
            .receipts
            .iter()
            .fold(Bloom::ZERO, |bloom, receipt| bloom | *receipt.logs_bloom()),
        difficulty: U256::ZERO,
        number: parent.number + 1,
        gas_limit: attributes.gas_limit,
        gas_used: result.gas_used,
        timestamp: attributes.timestamp,
        extra_data,
        mix_hash: attributes.prev_randao,
        nonce: B64::ZERO,
        base_fee_per_gas: Some(base_fee),
        withdrawals_root,
        blob_gas_used,
        excess_blob_gas: active(Fork::Ecotone).then_some(0),
        parent_beacon_block_root: attributes.parent_beacon_root,
        requests_hash: active(Fork::Isthmus).then_some(EMPTY_REQUESTS_HASH),
        ..Header::default()
    };
    Ok(header.seal_slow())
}

/// From Regolith to Canyon, receipts of deposits have a nonce that the root does not commit to
/// (specs `protocol/deposits.md`, "Deposit receipt").
fn receipts_root(
    receipts: &[OpReceiptEnvelope],
    forks: &BlockForks,
) -> Result<B256, ExecutorError> {
    let without_nonce = !forks.is_active(Fork::Canyon);
    let encoded = receipts.iter().map(|receipt| {
        let mut raw = Vec::new();
        match receipt {
            OpReceiptEnvelope::Deposit(deposit) if without_nonce => {
                let mut deposit = deposit.clone();
                deposit.receipt.deposit_nonce = None;
                OpReceiptEnvelope::Deposit(deposit).encode_2718(&mut raw);
            }
            other => other.encode_2718(&mut raw),
        }
        Bytes::from(raw)
    });
    Ok(ordered_root(encoded)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::b256;

    #[test]
    fn header_with_bytes_after_it_is_refused() {
        let header = Header::default();
        let mut raw = alloy_rlp::encode(&header);
        let hash = keccak256(&raw);
        assert_eq!(*decode_header(&raw, hash).unwrap(), header);
        assert_eq!(header.seal_slow().hash(), hash);
        raw.push(0);
        assert!(decode_header(&raw, hash).is_err());
        assert!(decode_header(&[], hash).is_err());
    }

    /// A recorded output of a devnet: state root, message passer's storage root, block hash.
    #[test]
    fn output_root_hashes_version_and_three_roots() {
        let root = output_root(B256::ZERO, EMPTY_ROOT, B256::ZERO);
        let mut preimage = [0; 128];
        preimage[64..96].copy_from_slice(EMPTY_ROOT.as_slice());
        assert_eq!(root, keccak256(preimage));
        assert_ne!(
            root,
            b256!("0x0000000000000000000000000000000000000000000000000000000000000000")
        );
    }
}
