//! Singular batches: one L2 block each.

use alloy::primitives::{B256, Bytes};
use alloy_rlp::{Encodable as _, RlpEncodable};

use crate::{DevnetError, l2::L2Block};

/// What a batch says about one L2 block.
#[derive(Clone, Debug, PartialEq, Eq, RlpEncodable)]
pub struct BatchBlock {
    /// Hash of the block before it.
    pub parent_hash: B256,
    /// Height of its L1 origin.
    pub epoch_number: u64,
    /// Hash of its L1 origin.
    pub epoch_hash: B256,
    /// Unix seconds.
    pub timestamp: u64,
    /// Its transactions without the deposits.
    pub transactions: Vec<Bytes>,
}

impl BatchBlock {
    /// What to say about a block.
    pub fn of(block: &L2Block) -> Result<Self, DevnetError> {
        let info = block.l1_info()?;
        Ok(Self {
            parent_hash: block.header.parent_hash,
            epoch_number: info.number,
            epoch_hash: info.hash,
            timestamp: block.header.timestamp,
            transactions: block
                .transactions
                .iter()
                .filter(|raw| !L2Block::is_deposit(raw))
                .cloned()
                .collect(),
        })
    }
}

/// A singular batch: version 0, then the RLP of the block's contents.
pub fn single_batch(block: &BatchBlock) -> Vec<u8> {
    let mut out = vec![0];
    block.encode(&mut out);
    out
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn sample(number: u64, transactions: Vec<Bytes>) -> BatchBlock {
        BatchBlock {
            parent_hash: B256::with_last_byte(number as u8),
            epoch_number: number / 3,
            epoch_hash: B256::repeat_byte((number / 3) as u8),
            timestamp: 1_000 + 2 * number,
            transactions,
        }
    }

    #[test]
    fn kona_reads_a_single_batch_back() {
        let block = sample(
            7,
            vec![Bytes::from_static(&[2, 3]), Bytes::from_static(&[4])],
        );
        let raw = single_batch(&block);
        let (version, body) = raw.split_first().unwrap();
        assert_eq!(*version, 0);
        let kona = <kona_protocol::SingleBatch as alloy::rlp::Decodable>::decode(&mut &*body);
        let kona = kona.unwrap();
        assert_eq!(kona.parent_hash, block.parent_hash);
        assert_eq!(kona.epoch_num, block.epoch_number);
        assert_eq!(kona.epoch_hash, block.epoch_hash);
        assert_eq!(kona.timestamp, block.timestamp);
        assert_eq!(kona.transactions, block.transactions);
    }
}
