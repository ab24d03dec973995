//! Block headers.

use alloc::{boxed::Box, vec::Vec};

use endgame_ortho_primitives::{Address, Bloom, Hash, Word, keccak256};
use endgame_ortho_rlp::{Encoder, Reader, RlpError};

use crate::DecodeError;

/// A block header. Fields that a fork added are absent before it, and each needs those before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Hash of the parent.
    pub parent_hash: Hash,
    /// Hash of the ommers' list.
    pub ommers_hash: Hash,
    /// Receives the priority fees.
    pub beneficiary: Address,
    /// Root of the state after the block.
    pub state_root: Hash,
    /// Root of the list of transactions.
    pub transactions_root: Hash,
    /// Root of the list of receipts.
    pub receipts_root: Hash,
    /// Filter over all logs.
    pub logs_bloom: Box<Bloom>,
    /// 0 since the merge.
    pub difficulty: Word,
    /// Blocks before it.
    pub number: u64,
    /// Most gas that it may use.
    pub gas_limit: u64,
    /// Gas that it used.
    pub gas_used: u64,
    /// Seconds since 1970.
    pub timestamp: u64,
    /// At most 32 bytes on L1; on L2 the EIP-1559 parameters from Holocene.
    pub extra_data: Vec<u8>,
    /// The beacon chain's randomness since the merge.
    pub mix_hash: Hash,
    /// 0 since the merge.
    pub nonce: [u8; 8],
    /// EIP-1559, wei.
    pub base_fee_per_gas: Option<Word>,
    /// EIP-4895; on L2 the message passer's storage root from Isthmus.
    pub withdrawals_root: Option<Hash>,
    /// EIP-4844; on L2 the DA footprint from Jovian.
    pub blob_gas_used: Option<u64>,
    /// EIP-4844.
    pub excess_blob_gas: Option<u64>,
    /// EIP-4788.
    pub parent_beacon_block_root: Option<Hash>,
    /// EIP-7685.
    pub requests_hash: Option<Hash>,
}

impl Header {
    /// Decodes a header; fields that no known fork has are refused.
    pub fn decode(rlp: &[u8]) -> Result<Self, DecodeError> {
        let mut outer = Reader::new(rlp);
        let mut items = outer.list()?;
        outer.end()?;
        let header = Self {
            parent_hash: items.hash()?,
            ommers_hash: items.hash()?,
            beneficiary: items.address()?,
            state_root: items.hash()?,
            transactions_root: items.hash()?,
            receipts_root: items.hash()?,
            logs_bloom: Box::new(Bloom(items.array()?)),
            difficulty: items.word()?,
            number: items.u64()?,
            gas_limit: items.u64()?,
            gas_used: items.u64()?,
            timestamp: items.u64()?,
            extra_data: items.bytes()?.to_vec(),
            mix_hash: items.hash()?,
            nonce: items.array()?,
            base_fee_per_gas: optional(&mut items, Reader::word)?,
            withdrawals_root: optional(&mut items, Reader::hash)?,
            blob_gas_used: optional(&mut items, Reader::u64)?,
            excess_blob_gas: optional(&mut items, Reader::u64)?,
            parent_beacon_block_root: optional(&mut items, Reader::hash)?,
            requests_hash: optional(&mut items, Reader::hash)?,
        };
        items.end()?;
        Ok(header)
    }

    /// The RLP that is hashed. Fields after the first absent one are left out.
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new();
        encoder.list(|items| {
            items.bytes(&self.parent_hash.0);
            items.bytes(&self.ommers_hash.0);
            items.bytes(&self.beneficiary.0);
            items.bytes(&self.state_root.0);
            items.bytes(&self.transactions_root.0);
            items.bytes(&self.receipts_root.0);
            items.bytes(&self.logs_bloom.0);
            items.word(self.difficulty);
            items.u64(self.number);
            items.u64(self.gas_limit);
            items.u64(self.gas_used);
            items.u64(self.timestamp);
            items.bytes(&self.extra_data);
            items.bytes(&self.mix_hash.0);
            items.bytes(&self.nonce);
            // A closure, so that `?` ends the list at the first absent field.
            let _: Option<()> = (|| {
                items.word(self.base_fee_per_gas?);
                items.bytes(&self.withdrawals_root?.0);
                items.u64(self.blob_gas_used?);
                items.u64(self.excess_blob_gas?);
                items.bytes(&self.parent_beacon_block_root?.0);
                items.bytes(&self.requests_hash?.0);
                Some(())
            })();
        });
        encoder.finish()
    }

    /// The block's hash.
    pub fn hash(&self) -> Hash {
        keccak256(&self.encode())
    }
}

fn optional<'a, T>(
    items: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, RlpError>,
) -> Result<Option<T>, RlpError> {
    if items.is_empty() {
        Ok(None)
    } else {
        read(items).map(Some)
    }
}
