//! Span batches (specs `protocol/delta/span-batches.md`).

use alloc::vec::Vec;

use alloy_primitives::{B256, Bytes};
use kona_genesis::RollupConfig;

use super::{
    reader::{Bits, Reader},
    transaction::{Data, Envelope},
};

/// `MAX_SPAN_BATCH_ELEMENT_COUNT`: of blocks, of transactions, and of a transaction's bytes.
const MAX_ELEMENTS: u64 = 10_000_000;

/// A span batch, as far as its encoding tells.
#[derive(Clone, Debug)]
pub(super) struct RawSpan<'a> {
    rel_timestamp: u64,
    l1_origin_number: u64,
    parent_check: [u8; 20],
    l1_origin_check: [u8; 20],
    origin_bits: Bits,
    transaction_counts: Vec<u64>,
    transactions: RawTransactions<'a>,
}

#[derive(Clone, Debug)]
struct RawTransactions<'a> {
    creations: Bits,
    y_parities: Bits,
    signatures: &'a [u8],
    recipients: &'a [u8],
    data: Vec<Data<'a>>,
    nonces: Vec<u64>,
    gases: Vec<u64>,
    protected: Bits,
}

impl<'a> RawSpan<'a> {
    /// Reads a span batch's content. What follows it is ignored.
    pub(super) fn decode(content: &'a [u8]) -> Option<Self> {
        let reader = &mut Reader::new(content);
        let rel_timestamp = reader.uvarint()?;
        let l1_origin_number = reader.uvarint()?;
        let parent_check = reader.array()?;
        let l1_origin_check = reader.array()?;
        let blocks = reader
            .uvarint()
            .filter(|n| (1..=MAX_ELEMENTS).contains(n))?;
        let origin_bits = reader.bits(blocks)?;
        let mut total = 0;
        let transaction_counts = (0..blocks)
            .map(|_| {
                let count = reader.uvarint().filter(|n| *n <= MAX_ELEMENTS)?;
                total += count;
                Some(count)
            })
            .collect::<Option<Vec<_>>>()?;
        if total > MAX_ELEMENTS {
            return None;
        }
        Some(Self {
            rel_timestamp,
            l1_origin_number,
            parent_check,
            l1_origin_check,
            origin_bits,
            transaction_counts,
            transactions: RawTransactions::decode(reader, total)?,
        })
    }

    /// The blocks of the span, `None` where a transaction is malformed.
    pub(super) fn derive(&self, config: &RollupConfig) -> Option<Span> {
        let mut transactions = self
            .transactions
            .derive(config.l2_chain_id.id())?
            .into_iter();
        let changes = (1..self.transaction_counts.len())
            .filter(|i| self.origin_bits.get(*i))
            .count() as u64;
        let mut origin = self.l1_origin_number.wrapping_sub(changes);
        let start = config.genesis.l2_time.wrapping_add(self.rel_timestamp);
        let blocks = self
            .transaction_counts
            .iter()
            .enumerate()
            .map(|(i, count)| {
                origin = origin.wrapping_add(u64::from(i > 0 && self.origin_bits.get(i)));
                let elapsed = config.block_time.wrapping_mul(i as u64);
                SpanBlock {
                    epoch: origin,
                    timestamp: start.wrapping_add(elapsed),
                    transactions: transactions.by_ref().take(*count as usize).collect(),
                }
            })
            .collect();
        Some(Span {
            parent_check: self.parent_check,
            l1_origin_check: self.l1_origin_check,
            blocks,
        })
    }
}

impl<'a> RawTransactions<'a> {
    fn decode(reader: &mut Reader<'a>, total: u64) -> Option<Self> {
        let count = usize::try_from(total).ok()?;
        let creations = reader.bits(total)?;
        let y_parities = reader.bits(total)?;
        let signatures = reader.take(count.checked_mul(64)?)?;
        let calls = (0..count).filter(|i| !creations.get(*i)).count();
        let recipients = reader.take(calls.checked_mul(20)?)?;
        let data = (0..count)
            .map(|_| Data::read(reader, MAX_ELEMENTS as usize))
            .collect::<Option<Vec<_>>>()?;
        let mut uvarints = || {
            (0..count)
                .map(|_| reader.uvarint())
                .collect::<Option<Vec<_>>>()
        };
        let nonces = uvarints()?;
        let gases = uvarints()?;
        let legacy = data.iter().filter(|data| data.kind == 0).count() as u64;
        let protected = reader.bits(legacy)?;
        Some(Self {
            creations,
            y_parities,
            signatures,
            recipients,
            data,
            nonces,
            gases,
            protected,
        })
    }

    fn derive(&self, chain_id: u64) -> Option<Vec<Bytes>> {
        let (signatures, _) = self.signatures.as_chunks::<64>();
        let (recipients, _) = self.recipients.as_chunks::<20>();
        let mut recipients = recipients.iter();
        let mut legacy = 0;
        let envelopes = self.nonces.iter().zip(&self.gases).zip(signatures);
        self.data
            .iter()
            .zip(envelopes)
            .enumerate()
            .map(|(i, (data, ((nonce, gas), signature)))| {
                let to = if self.creations.get(i) {
                    None
                } else {
                    Some(recipients.next()?.as_slice())
                };
                let is_legacy = data.kind == 0;
                let protected = is_legacy && self.protected.get(legacy);
                legacy += usize::from(is_legacy);
                let (r, s) = signature.split_at(32);
                data.encode(&Envelope {
                    nonce: *nonce,
                    gas: *gas,
                    to,
                    chain_id,
                    y_parity: self.y_parities.get(i),
                    protected,
                    r,
                    s,
                })
            })
            .collect()
    }
}

/// A span batch with its blocks; there is at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(super) parent_check: [u8; 20],
    pub(super) l1_origin_check: [u8; 20],
    pub(super) blocks: Vec<SpanBlock>,
}

/// A block of a span batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SpanBlock {
    /// The number of its L1 origin.
    pub(super) epoch: u64,
    pub(super) timestamp: u64,
    pub(super) transactions: Vec<Bytes>,
}

/// Whether the checked part of a hash is that of `hash`.
pub(super) fn matches(check: &[u8; 20], hash: B256) -> bool {
    hash.first_chunk() == Some(check)
}
