//! Transactions of L1 and of L2.

use alloy_consensus::{TxEip1559, TxEip2930, TxEip4844, TxEip7702, TxLegacy};
use alloy_eips::eip7702::Authorization;
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, keccak256};

use crate::{
    chain::{INBOX, L1_CHAIN_ID, L2_CHAIN_ID},
    choices::Choices,
    keys::{self, Account},
};

/// A transaction of L1 that carries batcher data, of the type `kind`.
pub(crate) fn on_l1(
    from: &Account,
    to: Option<Address>,
    kind: u8,
    data: Bytes,
    blobs: Vec<B256>,
) -> Bytes {
    let to_kind = to.map_or(TxKind::Create, TxKind::Call);
    let address = to.unwrap_or(INBOX);
    let (chain_id, gas_limit, max_fee_per_gas) = (L1_CHAIN_ID, 1_000_000, 1_000_000);
    match kind {
        1 => from.sign(TxEip2930 {
            chain_id,
            gas_limit,
            gas_price: max_fee_per_gas,
            to: to_kind,
            input: data,
            ..TxEip2930::default()
        }),
        2 => from.sign(TxEip1559 {
            chain_id,
            gas_limit,
            max_fee_per_gas,
            to: to_kind,
            input: data,
            ..TxEip1559::default()
        }),
        3 => from.sign(TxEip4844 {
            chain_id,
            gas_limit,
            max_fee_per_gas,
            to: address,
            input: data,
            max_fee_per_blob_gas: 1_000_000,
            blob_versioned_hashes: blobs,
            ..TxEip4844::default()
        }),
        4 => from.sign(TxEip7702 {
            chain_id,
            gas_limit,
            max_fee_per_gas,
            to: address,
            input: data,
            authorization_list: vec![authorization(from, L1_CHAIN_ID)],
            ..TxEip7702::default()
        }),
        _ => from.sign(TxLegacy {
            chain_id: Some(chain_id),
            gas_limit,
            gas_price: max_fee_per_gas,
            to: to_kind,
            input: data,
            ..TxLegacy::default()
        }),
    }
}

fn authorization(from: &Account, chain_id: u64) -> alloy_eips::eip7702::SignedAuthorization {
    let authorization = Authorization {
        chain_id: U256::from(chain_id),
        address: Address::repeat_byte(0xde),
        nonce: 1,
    };
    let signature = from.sign_hash(authorization.signature_hash());
    authorization.into_signed(signature)
}

/// A transaction of L2 of the type `kind`.
pub(crate) fn on_l2(choices: &mut Choices<'_>, from: &Account, kind: u8, nonce: u64) -> Bytes {
    let to = if choices.rarely(6) && kind < 3 {
        TxKind::Create
    } else {
        TxKind::Call(Address::repeat_byte(choices.pick(&[0x11, 0x12, 0x13])))
    };
    let length = if choices.rarely(30) {
        // What op-node does not read through its buffer, and more than its decompressor takes in
        // at a time.
        choices.pick(&[4_200, 9_000, 40_000])
    } else {
        choices.pick(&[0, 0, 4, 33, 60])
    };
    // Code that stops at once, where it is code.
    let mut input = choices.bytes(length);
    if let Some(first) = input.first_mut() {
        *first = 0;
    }
    let input = Bytes::from(input);
    let value = U256::from(choices.pick(&[0_u64, 1, 1_000_000, 1 << 40]));
    let gas_limit = 100_000 + 60 * length as u64;
    let (chain_id, max_fee_per_gas) = (L2_CHAIN_ID, 100_000_000);
    let address = to.to().copied().unwrap_or_default();
    match kind {
        1 => from.sign(TxEip2930 {
            chain_id,
            nonce,
            gas_limit,
            gas_price: max_fee_per_gas,
            to,
            value,
            input,
            ..TxEip2930::default()
        }),
        2 => from.sign(TxEip1559 {
            chain_id,
            nonce,
            gas_limit,
            max_fee_per_gas,
            max_priority_fee_per_gas: 3,
            to,
            value,
            input,
            ..TxEip1559::default()
        }),
        3 => from.sign(TxEip4844 {
            chain_id,
            nonce,
            gas_limit,
            max_fee_per_gas,
            to: address,
            max_fee_per_blob_gas: 1_000_000,
            blob_versioned_hashes: vec![crate::oracle::blob_hash(0)],
            ..TxEip4844::default()
        }),
        4 => from.sign(TxEip7702 {
            chain_id,
            nonce,
            gas_limit,
            max_fee_per_gas,
            to: address,
            value,
            input,
            authorization_list: vec![authorization(&keys::users()[0], L2_CHAIN_ID)],
            ..TxEip7702::default()
        }),
        _ => from.sign(TxLegacy {
            chain_id: (!choices.rarely(4)).then_some(chain_id),
            nonce,
            gas_limit,
            gas_price: max_fee_per_gas,
            to,
            value,
            input,
        }),
    }
}

/// A transaction that no block may have, or that not every block may.
pub(crate) fn invalid(choices: &mut Choices<'_>, nonce: u64) -> Bytes {
    let user = &keys::users()[choices.below(keys::users().len())];
    match choices.below(11) {
        0 => Bytes::new(),
        1 => Bytes::from_static(&[0x7e]),
        2 => [&[0x7e][..], &choices.bytes(60)].concat().into(),
        3 => on_l2(choices, user, 3, nonce),
        4 => on_l2(choices, user, 4, nonce),
        5 => {
            let gap = 1 + (choices.number() >> 62);
            on_l2(choices, user, 2, nonce + gap)
        }
        6 => on_l2(choices, &keys::batchers()[1], 2, 0),
        7 => [
            &[choices.pick(&[5, 0x7d, 0x7f, 0x80, 0xbf, 0xff])][..],
            &choices.bytes(40),
        ]
        .concat()
        .into(),
        8 => {
            let mut raw = on_l2(choices, user, 2, nonce).to_vec();
            let at = choices.below(raw.len());
            raw[at] ^= 1 << choices.below(8);
            raw.into()
        }
        9 => {
            let kind = choices.pick(&[0, 1, 2]);
            let mut raw = on_l2(choices, user, kind, nonce).to_vec();
            if choices.rarely(2) {
                raw.push(0);
            } else {
                raw.pop();
            }
            raw.into()
        }
        // Of another chain.
        _ => user.sign(TxEip1559 {
            chain_id: L1_CHAIN_ID,
            nonce,
            gas_limit: 21_000,
            max_fee_per_gas: 100_000_000,
            to: TxKind::Call(Address::from_word(keccak256([1]))),
            ..TxEip1559::default()
        }),
    }
}
