//! Batches of one block.

use alloc::vec::Vec;

use endgame_ortho_primitives::Hash;
use endgame_ortho_rlp::{Reader, RlpError};

/// A batch of one block: version 0 (OP specs `protocol/derivation.md`, "Batch Format").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SingularBatch {
    /// The hash of the block before.
    pub parent_hash: Hash,
    /// The number of the L1 origin.
    pub epoch_number: u64,
    /// The hash of the L1 origin.
    pub epoch_hash: Hash,
    /// Seconds since 1970.
    pub timestamp: u64,
    /// EIP-2718 encodings, not looked at yet.
    pub transactions: Vec<Vec<u8>>,
}

impl SingularBatch {
    /// Decodes what follows the version byte. More may follow the batch: it is ignored.
    pub(crate) fn decode(content: &[u8]) -> Result<Self, RlpError> {
        let mut items = Reader::new(content).list()?;
        let mut batch = Self {
            parent_hash: items.hash()?,
            epoch_number: items.u64()?,
            epoch_hash: items.hash()?,
            timestamp: items.u64()?,
            transactions: Vec::new(),
        };
        let mut transactions = items.list()?;
        items.end()?;
        while !transactions.is_empty() {
            batch.transactions.push(transactions.bytes()?.to_vec());
        }
        Ok(batch)
    }
}
