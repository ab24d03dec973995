//! The transactions of a span batch, put together again.

use alloc::vec::Vec;

use alloy_primitives::Bytes;
use alloy_rlp::{Encodable, Header};

use super::reader::{Item, Reader};

const LEGACY: u8 = 0;
const ACCESS_LIST: u8 = 1;
const DYNAMIC_FEE: u8 = 2;
const SET_CODE: u8 = 4;

/// What a span batch keeps of a transaction outside its data.
#[derive(Clone, Copy, Debug)]
pub(super) struct Envelope<'a> {
    pub nonce: u64,
    pub gas: u64,
    /// Nothing for a contract creation.
    pub to: Option<&'a [u8]>,
    pub chain_id: u64,
    pub y_parity: bool,
    /// Whether the signature covers the chain id (EIP-155); of legacy transactions alone.
    pub protected: bool,
    pub r: &'a [u8],
    pub s: &'a [u8],
}

/// The data of a transaction as a span batch holds it: a type, unless it is legacy, and a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Data<'a> {
    /// 0 for legacy.
    pub kind: u8,
    /// Whether the type stands before the list.
    typed: bool,
    list: &'a [u8],
}

impl<'a> Data<'a> {
    /// Reads the data of one transaction, of at most `limit` bytes. The list's content is left
    /// unread.
    pub(super) fn read(reader: &mut Reader<'a>, limit: usize) -> Option<Self> {
        let typed = reader.peek()? <= 0x7f;
        let kind = if typed {
            reader.array::<1>()?[0]
        } else {
            LEGACY
        };
        let item = reader.item()?;
        (item.list && item.raw.len() <= limit).then_some(Self {
            kind,
            typed,
            list: item.payload,
        })
    }

    /// The transaction's EIP-2718 encoding, `None` where the data are malformed.
    pub(super) fn encode(&self, envelope: &Envelope<'_>) -> Option<Bytes> {
        let mut reader = Reader::new(self.list);
        let value = integer(&mut reader)?;
        let mut fees = integer(&mut reader)?.to_vec();
        match (self.typed, self.kind) {
            (false, _) | (true, ACCESS_LIST) => {}
            (true, DYNAMIC_FEE | SET_CODE) => fees.extend_from_slice(integer(&mut reader)?),
            _ => return None,
        }
        let data = reader.item().filter(|item| !item.list)?.raw;
        let mut lists = Vec::new();
        if self.typed {
            lists.push(checked(reader.item()?, access)?);
        }
        if self.kind == SET_CODE {
            envelope.to?;
            lists.push(checked(reader.item()?, authorization)?);
        }
        if !reader.is_empty() {
            return None;
        }

        let mut fields = Vec::new();
        if self.typed {
            envelope.chain_id.encode(&mut fields);
        }
        envelope.nonce.encode(&mut fields);
        fields.extend_from_slice(&fees);
        envelope.gas.encode(&mut fields);
        envelope.to.unwrap_or_default().encode(&mut fields);
        fields.extend_from_slice(value);
        fields.extend_from_slice(data);
        for list in lists {
            fields.extend_from_slice(list);
        }
        self.v(envelope).encode(&mut fields);
        word(envelope.r).encode(&mut fields);
        word(envelope.s).encode(&mut fields);

        let mut encoded = Vec::with_capacity(fields.len() + 10);
        if self.typed {
            encoded.push(self.kind);
        }
        Header {
            list: true,
            payload_length: fields.len(),
        }
        .encode(&mut encoded);
        encoded.extend_from_slice(&fields);
        Some(encoded.into())
    }

    fn v(&self, envelope: &Envelope<'_>) -> u128 {
        let parity = u128::from(envelope.y_parity);
        match (self.typed, envelope.protected) {
            (true, _) => parity,
            (false, true) => u128::from(envelope.chain_id) * 2 + 35 + parity,
            (false, false) => 27 + parity,
        }
    }
}

/// A big-endian word without its leading zeros.
fn word(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// An integer in its canonical form. Its size is the executor's to judge.
fn integer<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    let item = reader.item()?;
    (!item.list && item.payload.first() != Some(&0)).then_some(item.raw)
}

/// An integer of at most `len` bytes.
fn bounded(reader: &mut Reader<'_>, len: usize) -> Option<()> {
    let item = reader.item()?;
    let canonical = !item.list && item.payload.first() != Some(&0);
    (canonical && item.payload.len() <= len).then_some(())
}

/// A string of `len` bytes.
fn fixed(reader: &mut Reader<'_>, len: usize) -> Option<()> {
    let item = reader.item()?;
    (!item.list && item.payload.len() == len).then_some(())
}

/// The bytes of a list whose elements are lists that `element` reads.
fn checked<'a>(item: Item<'a>, element: fn(&mut Reader<'a>) -> Option<()>) -> Option<&'a [u8]> {
    let mut elements = Reader::new(item.list.then_some(item.payload)?);
    while !elements.is_empty() {
        let inner = elements.item().filter(|item| item.list)?;
        let mut fields = Reader::new(inner.payload);
        element(&mut fields)?;
        if !fields.is_empty() {
            return None;
        }
    }
    Some(item.raw)
}

/// An entry of an access list (EIP-2930).
fn access(fields: &mut Reader<'_>) -> Option<()> {
    fixed(fields, 20)?;
    let mut keys = Reader::new(fields.item().filter(|item| item.list)?.payload);
    while !keys.is_empty() {
        fixed(&mut keys, 32)?;
    }
    Some(())
}

/// An authorization (EIP-7702): chain id, address, nonce, parity, r, s.
fn authorization(fields: &mut Reader<'_>) -> Option<()> {
    bounded(fields, 32)?;
    fixed(fields, 20)?;
    bounded(fields, 8)?;
    bounded(fields, 1)?;
    bounded(fields, 32)?;
    bounded(fields, 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::testing::list;
    use alloc::vec;
    use alloy_consensus_v1::{
        SignableTransaction, TxEip1559, TxEip2930, TxEip7702, TxEnvelope, TxLegacy,
    };
    use alloy_eips_v1::{
        eip2718::Encodable2718,
        eip2930::{AccessList, AccessListItem},
        eip7702::{Authorization, SignedAuthorization},
    };
    use alloy_primitives::{Address, B256, Signature, TxKind, U256};

    const CHAIN: u64 = 10;

    fn access_list() -> AccessList {
        AccessList(vec![AccessListItem {
            address: Address::repeat_byte(7),
            storage_keys: vec![B256::repeat_byte(1), B256::ZERO],
        }])
    }

    fn signature(parity: bool) -> Signature {
        // r with a leading zero byte, which its encoding leaves out.
        Signature::new(U256::from(0xdead), U256::MAX, parity)
    }

    fn rebuilt(data: &[u8], to: Option<Address>, parity: bool, protected: bool) -> Option<Bytes> {
        let mut reader = Reader::new(data);
        let read = Data::read(&mut reader, 10_000_000)?;
        assert!(reader.is_empty());
        let signature = signature(parity);
        read.encode(&Envelope {
            nonce: 300,
            gas: 21_000,
            to: to.as_ref().map(|to| to.as_slice()),
            chain_id: CHAIN,
            y_parity: parity,
            protected,
            r: &signature.r().to_be_bytes::<32>(),
            s: &signature.s().to_be_bytes::<32>(),
        })
    }

    /// Specs `protocol/delta/span-batches.md`, "Span batch format", and
    /// `protocol/isthmus/derivation.md`, "Span Batch Updates".
    #[test]
    fn transactions_of_every_type_come_back_whole() {
        let to = Address::repeat_byte(9);
        let input = Bytes::from(vec![1, 2, 3]);
        let (value, fee) = (U256::from(5), 7_000_000_000u128);
        for (chain_id, to) in [(Some(CHAIN), TxKind::Call(to)), (None, TxKind::Create)] {
            let tx = TxLegacy {
                chain_id,
                nonce: 300,
                gas_price: fee,
                gas_limit: 21_000,
                to,
                value,
                input: input.clone(),
            };
            let encoded = TxEnvelope::Legacy(tx.into_signed(signature(true))).encoded_2718();
            let data = list(&[&value, &fee, &input]);
            assert_eq!(
                rebuilt(&data, to.to().copied(), true, chain_id.is_some()).unwrap(),
                encoded
            );
        }
        let tx = TxEip2930 {
            chain_id: CHAIN,
            nonce: 300,
            gas_price: fee,
            gas_limit: 21_000,
            to: TxKind::Create,
            value,
            input: input.clone(),
            access_list: access_list(),
        };
        let encoded = TxEnvelope::Eip2930(tx.into_signed(signature(false))).encoded_2718();
        let data = [vec![1], list(&[&value, &fee, &input, &access_list()])].concat();
        assert_eq!(rebuilt(&data, None, false, true).unwrap(), encoded);

        let tx = TxEip1559 {
            chain_id: CHAIN,
            nonce: 300,
            max_priority_fee_per_gas: 1,
            max_fee_per_gas: fee,
            gas_limit: 21_000,
            to: TxKind::Call(to),
            value,
            input: input.clone(),
            access_list: access_list(),
        };
        let encoded = TxEnvelope::Eip1559(tx.into_signed(signature(true))).encoded_2718();
        let data = [vec![2], list(&[&value, &1u8, &fee, &input, &access_list()])].concat();
        assert_eq!(rebuilt(&data, Some(to), true, true).unwrap(), encoded);

        let authorizations = vec![SignedAuthorization::new_unchecked(
            Authorization {
                chain_id: U256::from(CHAIN),
                address: to,
                nonce: 1,
            },
            1,
            U256::from(2),
            U256::MAX,
        )];
        let tx = TxEip7702 {
            chain_id: CHAIN,
            nonce: 300,
            max_priority_fee_per_gas: 1,
            max_fee_per_gas: fee,
            gas_limit: 21_000,
            to,
            value,
            input: input.clone(),
            access_list: access_list(),
            authorization_list: authorizations.clone(),
        };
        let encoded = TxEnvelope::Eip7702(tx.into_signed(signature(true))).encoded_2718();
        let data = [
            vec![4],
            list(&[&value, &1u8, &fee, &input, &access_list(), &authorizations]),
        ]
        .concat();
        assert_eq!(rebuilt(&data, Some(to), true, true).unwrap(), encoded);
        // A transaction that sets code creates no contract.
        assert!(rebuilt(&data, None, true, true).is_none());
    }

    /// Specs `protocol/delta/span-batches.md`, "Span batch format".
    #[test]
    fn malformed_transaction_data_are_refused() {
        let (value, fee, input) = (U256::from(5), 7u8, Bytes::new());
        let good = list(&[&value, &fee, &input]);
        assert!(rebuilt(&good, None, false, false).is_some());
        // A fourth element, an integer with a leading zero, a type that span batches do not hold.
        assert!(rebuilt(&list(&[&value, &fee, &input, &fee]), None, false, false).is_none());
        assert!(
            rebuilt(
                &list(&[&Bytes::from(vec![0, 1]), &fee, &input]),
                None,
                false,
                false
            )
            .is_none()
        );
        for kind in [0, 3, 5, 0x7d, 0x7e] {
            let data = [vec![kind], list(&[&value, &fee, &input, &access_list()])].concat();
            assert!(rebuilt(&data, None, false, false).is_none());
        }
        // No list, or less of it than its header says.
        assert!(Data::read(&mut Reader::new(&[0x83, 1, 2, 3]), 100).is_none());
        assert!(Data::read(&mut Reader::new(&good[..good.len() - 1]), 100).is_none());
        assert!(Data::read(&mut Reader::new(&[]), 100).is_none());
        assert!(Data::read(&mut Reader::new(&good), good.len() - 1).is_none());
    }
}
