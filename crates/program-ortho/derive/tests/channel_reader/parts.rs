//! Encoding span batches.

use endgame_ortho_primitives::Word;
use endgame_ortho_rlp::Encoder;
use endgame_ortho_types::{Signed, TxType};

/// A span batch in the order of its fields, so that a test can spoil one.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) rel_timestamp: Vec<u8>,
    pub(crate) l1_origin_number: Vec<u8>,
    pub(crate) block_count: Vec<u8>,
    pub(crate) origin_bits: Vec<u8>,
    pub(crate) block_tx_counts: Vec<u8>,
    pub(crate) creation_bits: Vec<u8>,
    pub(crate) y_parity_bits: Vec<u8>,
    pub(crate) signatures: Vec<u8>,
    pub(crate) recipients: Vec<u8>,
    pub(crate) data: Vec<u8>,
    pub(crate) nonces: Vec<u8>,
    pub(crate) gas_limits: Vec<u8>,
    pub(crate) protected_bits: Vec<u8>,
}

impl Parts {
    /// Each block: whether its origin is new, and its transactions.
    pub(crate) fn new(
        rel_timestamp: u64,
        l1_origin_number: u64,
        blocks: &[(bool, Vec<Signed>)],
    ) -> Self {
        let all: Vec<&Signed> = blocks.iter().flat_map(|block| &block.1).collect();
        let uvarints = |numbers: &mut dyn Iterator<Item = u64>| numbers.flat_map(uvarint).collect();
        let halves = |tx: &&Signed| [tx.signature.r, tx.signature.s];
        let legacy = all.iter().filter(|tx| tx.body.tx_type == TxType::Legacy);
        Self {
            rel_timestamp: uvarint(rel_timestamp),
            l1_origin_number: uvarint(l1_origin_number),
            block_count: uvarint(blocks.len() as u64),
            origin_bits: bits(blocks.iter().map(|block| block.0)),
            block_tx_counts: uvarints(&mut blocks.iter().map(|block| block.1.len() as u64)),
            creation_bits: bits(all.iter().map(|tx| tx.body.to.is_none())),
            y_parity_bits: bits(all.iter().map(|tx| tx.signature.y_odd)),
            signatures: all
                .iter()
                .flat_map(halves)
                .flat_map(Word::to_be_bytes)
                .collect(),
            recipients: all
                .iter()
                .filter_map(|tx| tx.body.to)
                .flat_map(|to| to.0)
                .collect(),
            data: all.iter().flat_map(|tx| data(tx)).collect(),
            nonces: uvarints(&mut all.iter().map(|tx| tx.body.nonce)),
            gas_limits: uvarints(&mut all.iter().map(|tx| tx.body.gas_limit)),
            protected_bits: bits(legacy.map(|tx| tx.body.chain_id.is_some())),
        }
    }

    /// Its version byte and content.
    pub(crate) fn encode(&self) -> Vec<u8> {
        [
            &[1],
            self.rel_timestamp.as_slice(),
            &self.l1_origin_number,
            &[0xaa; 20],
            &[0xbb; 20],
            &self.block_count,
            &self.origin_bits,
            &self.block_tx_counts,
            &self.creation_bits,
            &self.y_parity_bits,
            &self.signatures,
            &self.recipients,
            &self.data,
            &self.nonces,
            &self.gas_limits,
            &self.protected_bits,
        ]
        .concat()
    }
}

pub(crate) fn uvarint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn bits(list: impl Iterator<Item = bool>) -> Vec<u8> {
    let list: Vec<bool> = list.collect();
    let mut bytes = vec![0; list.len().div_ceil(8)];
    for (index, bit) in list.into_iter().enumerate() {
        let at = bytes.len() - 1 - index / 8;
        bytes[at] |= u8::from(bit) << (index % 8);
    }
    bytes
}

/// The part of a transaction that stands in `tx_datas`.
fn data(tx: &Signed) -> Vec<u8> {
    let body = &tx.body;
    let typed = body.tx_type != TxType::Legacy;
    let start = if typed {
        vec![body.tx_type as u8]
    } else {
        vec![]
    };
    let mut encoder = Encoder::after(start);
    encoder.list(|items| {
        items.word(body.value);
        if matches!(body.tx_type, TxType::DynamicFee | TxType::SetCode) {
            items.word(body.max_priority_fee_per_gas);
        }
        items.word(body.max_fee_per_gas);
        items.bytes(&body.data);
        if typed {
            items.list(|list| {
                for item in &body.access_list {
                    list.list(|items| {
                        items.bytes(&item.address.0);
                        items.list(|slots| item.slots.iter().for_each(|slot| slots.bytes(&slot.0)));
                    });
                }
            });
        }
        if body.tx_type == TxType::SetCode {
            items.list(|list| {
                for item in &body.authorizations {
                    list.list(|items| {
                        items.word(item.chain_id);
                        items.bytes(&item.address.0);
                        items.u64(item.nonce);
                        items.u64(item.y_parity.into());
                        items.word(item.r);
                        items.word(item.s);
                    });
                }
            });
        }
    });
    encoder.finish()
}
