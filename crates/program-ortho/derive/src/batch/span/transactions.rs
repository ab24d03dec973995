//! The transactions of a span, field by field.

use alloc::{vec, vec::Vec};

use endgame_ortho_rlp::{Encoder, Item, Reader, RlpError};

use super::{
    MAX_ELEMENTS,
    fields::{Bitlist, Fields},
};
use crate::BatchError;

/// The transactions of all blocks of a span (`txs`). Signatures, recipients and so on stand beside
/// their like, since that compresses better.
#[derive(Clone, Debug)]
pub(super) struct Transactions<'a> {
    creates: Bitlist<'a>,
    y_parities: Bitlist<'a>,
    /// r and s.
    signatures: &'a [[u8; 64]],
    /// Of those that don't create contracts.
    recipients: &'a [[u8; 20]],
    data: Vec<Data<'a>>,
    nonces: Vec<u64>,
    gas_limits: Vec<u64>,
    /// Of legacy ones: whether EIP-155 protects them.
    protected: Bitlist<'a>,
}

/// The fields of a transaction that have no place of their own.
#[derive(Clone, Copy, Debug)]
struct Data<'a> {
    tx_type: u8,
    /// Whether a type byte of 0 stands before it, which no transaction has.
    explicit_zero: bool,
    /// An RLP list, not looked into yet.
    list: &'a [u8],
}

impl<'a> Transactions<'a> {
    /// Reads `count` transactions.
    pub(super) fn read(fields: &mut Fields<'a>, count: usize) -> Result<Self, BatchError> {
        let creates = fields.bitlist(count)?;
        let y_parities = fields.bitlist(count)?;
        let signatures = fields.arrays(count)?;
        let recipients = fields.arrays(count - creates.count_ones())?;
        // Each has 64 bytes of signature, so there is input for what is allocated.
        let mut data = Vec::with_capacity(count);
        for _ in 0..count {
            data.push(Data::read(fields)?);
        }
        let nonces = uvarints(fields, count)?;
        let gas_limits = uvarints(fields, count)?;
        let legacy = data.iter().filter(|data| data.tx_type == 0).count();
        let protected = fields.bitlist(legacy)?;
        Ok(Self {
            creates,
            y_parities,
            signatures,
            recipients,
            data,
            nonces,
            gas_limits,
            protected,
        })
    }

    /// The EIP-2718 encodings.
    pub(super) fn encode(&self, chain_id: u64) -> Result<Vec<Vec<u8>>, BatchError> {
        let mut recipients = self.recipients.iter();
        let mut protected = (0..).map(|index| self.protected.get(index));
        let numbers = self.nonces.iter().zip(&self.gas_limits);
        let all = self.data.iter().zip(self.signatures).zip(numbers);
        let mut encoded = Vec::with_capacity(self.data.len());
        for (index, ((data, signature), (nonce, gas_limit))) in all.enumerate() {
            let recipient = if self.creates.get(index) {
                None
            } else {
                Some(recipients.next().ok_or(BatchError::Truncated)?)
            };
            let y_odd = u128::from(self.y_parities.get(index));
            let v = if data.tx_type > 0 {
                y_odd
            } else if protected.next() == Some(true) {
                u128::from(chain_id) * 2 + 35 + y_odd
            } else {
                27 + y_odd
            };
            encoded.push(data.encode(&Envelope {
                chain_id,
                nonce: *nonce,
                gas_limit: *gas_limit,
                recipient,
                v,
                signature,
            })?);
        }
        Ok(encoded)
    }
}

fn uvarints(fields: &mut Fields<'_>, count: usize) -> Result<Vec<u64>, BatchError> {
    let mut numbers = Vec::with_capacity(count);
    for _ in 0..count {
        numbers.push(fields.uvarint()?);
    }
    Ok(numbers)
}

/// The other fields of a transaction.
struct Envelope<'a> {
    chain_id: u64,
    nonce: u64,
    gas_limit: u64,
    recipient: Option<&'a [u8; 20]>,
    v: u128,
    signature: &'a [u8; 64],
}

impl<'a> Data<'a> {
    fn read(fields: &mut Fields<'a>) -> Result<Self, BatchError> {
        let first = *fields.rest().first().ok_or(BatchError::Truncated)?;
        let is_typed = first < 0x80;
        if is_typed {
            fields.bytes(1)?;
        }
        let mut reader = Reader::new(fields.rest());
        if !matches!(reader.item()?, Item::List(_)) {
            return Err(RlpError::NotAList.into());
        }
        let list = fields.bytes(fields.rest().len() - reader.rest().len())?;
        if list.len() > MAX_ELEMENTS {
            return Err(BatchError::TooMany);
        }
        Ok(Self {
            tx_type: if is_typed { first } else { 0 },
            explicit_zero: is_typed && first == 0,
            list,
        })
    }

    /// The transaction's EIP-2718 encoding.
    ///
    /// Its fields are checked as the reference implementation decodes them. Numbers of types up to
    /// 2 may be larger than any transaction's: such a batch is decoded, and execution refuses it.
    fn encode(&self, envelope: &Envelope<'_>) -> Result<Vec<u8>, BatchError> {
        let (fees, most) = match self.tx_type {
            0 if !self.explicit_zero => (1, usize::MAX),
            1 => (1, usize::MAX),
            2 => (2, usize::MAX),
            4 if envelope.recipient.is_none() => return Err(BatchError::NoRecipient),
            4 => (2, 32),
            other => return Err(BatchError::TransactionType(other)),
        };
        let mut items = Reader::new(self.list).list()?;
        let value = number(&mut items, most)?;
        let mut fee = || number(&mut items, most);
        let first_fee = fee()?;
        let second_fee = if fees == 2 { Some(fee()?) } else { None };
        let data = items.bytes()?;
        // Lists are checked, then copied.
        let lists = items.rest();
        if self.tx_type > 0 {
            access_list(items.list()?)?;
        }
        if self.tx_type == 4 {
            authorization_list(items.list()?)?;
        }
        items.end()?;

        let out = if self.tx_type == 0 {
            Vec::new()
        } else {
            vec![self.tx_type]
        };
        let mut encoder = Encoder::after(out);
        encoder.list(|list| {
            if self.tx_type > 0 {
                list.u64(envelope.chain_id);
            }
            list.u64(envelope.nonce);
            list.bytes(first_fee);
            if let Some(fee) = second_fee {
                list.bytes(fee);
            }
            list.u64(envelope.gas_limit);
            list.bytes(envelope.recipient.map_or(&[], |recipient| recipient));
            list.bytes(value);
            list.bytes(data);
            list.raw(lists);
            list.u128(envelope.v);
            for half in envelope.signature.as_chunks::<32>().0 {
                let zeros = half.iter().take_while(|byte| **byte == 0).count();
                list.bytes(half.get(zeros..).unwrap_or_default());
            }
        });
        Ok(encoder.finish())
    }
}

/// A number of at most `most` bytes.
fn number<'a>(items: &mut Reader<'a>, most: usize) -> Result<&'a [u8], RlpError> {
    match items.bytes()? {
        [0, ..] => Err(RlpError::LeadingZero),
        bytes if bytes.len() > most => Err(RlpError::TooLarge(bytes.len())),
        bytes => Ok(bytes),
    }
}

/// Fails unless it is a list of addresses with slots (EIP-2930).
fn access_list(mut list: Reader<'_>) -> Result<(), RlpError> {
    while !list.is_empty() {
        let mut items = list.list()?;
        items.address()?;
        let mut slots = items.list()?;
        while !slots.is_empty() {
            slots.hash()?;
        }
        items.end()?;
    }
    Ok(())
}

/// Fails unless it is a list of authorizations (EIP-7702).
fn authorization_list(mut list: Reader<'_>) -> Result<(), RlpError> {
    while !list.is_empty() {
        let mut items = list.list()?;
        items.word()?;
        items.address()?;
        items.u64()?;
        number(&mut items, 1)?;
        items.word()?;
        items.word()?;
        items.end()?;
    }
    Ok(())
}
