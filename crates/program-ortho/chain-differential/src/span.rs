//! Span batches, field by field (OP specs `protocol/delta/span-batches.md`).

use alloy_consensus::{Transaction, TxEnvelope};
use alloy_eips::eip2718::Decodable2718;
use alloy_primitives::{Address, B256, Bytes, Signature};
use alloy_rlp::{Encodable, Header};

use crate::batch::Element;

/// What stands in a span batch, so that each field can be made wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) relative_timestamp: u64,
    pub(crate) origin_number: u64,
    pub(crate) parent_check: [u8; 20],
    pub(crate) origin_check: [u8; 20],
    pub(crate) block_count: u64,
    pub(crate) origin_bits: Vec<bool>,
    pub(crate) transaction_counts: Vec<u64>,
    pub(crate) creation_bits: Vec<bool>,
    pub(crate) parity_bits: Vec<bool>,
    pub(crate) signatures: Vec<[u8; 64]>,
    pub(crate) recipients: Vec<Address>,
    pub(crate) data: Vec<Vec<u8>>,
    pub(crate) nonces: Vec<u64>,
    pub(crate) gas_limits: Vec<u64>,
    pub(crate) protected_bits: Vec<bool>,
    /// Bytes of the first number that say nothing: a longer writing of the same.
    pub(crate) padding: usize,
}

fn check(hash: B256) -> [u8; 20] {
    *hash.0.first_chunk().unwrap_or(&[0; 20])
}

impl Span {
    /// The span batch of these blocks; `starts_epoch` says whether the first one's L1 origin is
    /// not its parent's.
    pub(crate) fn new(elements: &[Element], starts_epoch: bool, genesis_time: u64) -> Self {
        let (Some(first), Some(last)) = (elements.first(), elements.last()) else {
            return Self::default();
        };
        let mut span = Self {
            relative_timestamp: first.timestamp.wrapping_sub(genesis_time),
            origin_number: last.epoch_number,
            parent_check: check(first.parent_hash),
            origin_check: check(last.epoch_hash),
            block_count: elements.len() as u64,
            ..Self::default()
        };
        let mut epoch = first.epoch_number.wrapping_sub(u64::from(starts_epoch));
        for element in elements {
            span.origin_bits.push(element.epoch_number != epoch);
            epoch = element.epoch_number;
            let added = element.transactions.iter();
            let added = added.filter(|raw| span.add(raw).is_some()).count();
            span.transaction_counts.push(added as u64);
        }
        span
    }

    /// Takes a transaction apart; `None` if a span batch cannot hold it.
    fn add(&mut self, raw: &Bytes) -> Option<()> {
        let transaction = TxEnvelope::decode_2718(&mut raw.as_ref()).ok()?;
        let mut content = Vec::new();
        transaction.value().encode(&mut content);
        if let Some(price) = transaction.gas_price() {
            price.encode(&mut content);
        } else {
            transaction.max_priority_fee_per_gas()?.encode(&mut content);
            transaction.max_fee_per_gas().encode(&mut content);
        }
        transaction.input().encode(&mut content);
        if let Some(list) = transaction.access_list() {
            list.encode(&mut content);
        }
        if let Some(list) = transaction.authorization_list() {
            list.to_vec().encode(&mut content);
        }
        let kind = raw.first().copied().filter(|kind| *kind < 0x7f);
        let mut data: Vec<u8> = kind.into_iter().collect();
        let header = Header {
            list: true,
            payload_length: content.len(),
        };
        header.encode(&mut data);
        data.extend(content);
        let signature: &Signature = transaction.signature();
        let mut rs = [0; 64];
        rs.copy_from_slice(&signature.as_bytes()[..64]);
        self.creation_bits.push(transaction.to().is_none());
        self.parity_bits.push(signature.v());
        self.signatures.push(rs);
        self.recipients.extend(transaction.to());
        self.data.push(data);
        self.nonces.push(transaction.nonce());
        self.gas_limits.push(transaction.gas_limit());
        if kind.is_none() {
            self.protected_bits.push(transaction.chain_id().is_some());
        }
        Some(())
    }

    /// What follows the version.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = varint(self.relative_timestamp);
        pad_varint(&mut out, self.padding);
        out.extend(varint(self.origin_number));
        out.extend(self.parent_check);
        out.extend(self.origin_check);
        out.extend(varint(self.block_count));
        out.extend(bits(&self.origin_bits));
        out.extend(self.transaction_counts.iter().copied().flat_map(varint));
        out.extend(bits(&self.creation_bits));
        out.extend(bits(&self.parity_bits));
        out.extend(self.signatures.iter().flatten());
        out.extend(self.recipients.iter().flatten());
        out.extend(self.data.iter().flatten());
        out.extend(self.nonces.iter().copied().flat_map(varint));
        out.extend(self.gas_limits.iter().copied().flat_map(varint));
        out.extend(bits(&self.protected_bits));
        out
    }
}

/// Unsigned LEB128.
pub(crate) fn varint(mut number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

/// Makes the number that ends `out` longer without making it another.
fn pad_varint(out: &mut Vec<u8>, padding: usize) {
    for _ in 0..padding {
        if let Some(last) = out.last_mut() {
            *last |= 0x80;
        }
        out.push(0);
    }
}

/// A bit list as one big-endian number, the first bit its lowest.
fn bits(list: &[bool]) -> Vec<u8> {
    let mut out = vec![0; list.len().div_ceil(8)];
    for (index, _) in list.iter().enumerate().filter(|(_, bit)| **bit) {
        let byte = out.len() - 1 - index / 8;
        out[byte] |= 1 << (index % 8);
    }
    out
}
