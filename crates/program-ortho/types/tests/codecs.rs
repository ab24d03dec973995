//! Transactions and headers that a peer encoded, and hostile variants of them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use alloy_consensus::{
    Header as PeerHeader, SignableTransaction, TxEip1559, TxEip2930, TxEip4844, TxEip7702,
    TxEnvelope, TxLegacy,
};
use alloy_eips::{
    eip2718::Encodable2718,
    eip2930::{AccessList, AccessListItem as PeerItem},
    eip7702::Authorization as PeerAuthorization,
};
use alloy_primitives::{Address, B256, Bloom, Bytes, Signature, TxKind, U256};
use endgame_ortho_rlp::RlpError;
use endgame_ortho_types::{DecodeError, Header, Transaction, TxType};
use op_alloy_consensus::TxDeposit;

fn signature() -> Signature {
    Signature::new(U256::from(77), U256::MAX >> 3, true)
}

fn access_list() -> AccessList {
    AccessList(vec![PeerItem {
        address: Address::repeat_byte(3),
        storage_keys: vec![B256::repeat_byte(4), B256::ZERO],
    }])
}

/// One transaction of each type as the peer builds it, with its signing hash.
fn peer_transactions() -> Vec<(TxEnvelope, B256)> {
    let legacy = |chain_id| TxLegacy {
        chain_id,
        nonce: 300,
        gas_price: 1 << 70,
        gas_limit: 21_000,
        to: TxKind::Create,
        value: U256::from(5),
        input: Bytes::from_static(b"\x60\x00"),
    };
    let access = TxEip2930 {
        chain_id: 10,
        nonce: 1,
        gas_price: 2,
        gas_limit: 3,
        to: TxKind::Call(Address::repeat_byte(9)),
        value: U256::MAX,
        access_list: access_list(),
        input: Bytes::new(),
    };
    let dynamic = TxEip1559 {
        chain_id: 10,
        max_priority_fee_per_gas: 1,
        max_fee_per_gas: 1_000_000_000,
        gas_limit: u64::MAX,
        to: TxKind::Call(Address::ZERO),
        access_list: access_list(),
        ..TxEip1559::default()
    };
    let blob = TxEip4844 {
        chain_id: 1,
        max_fee_per_blob_gas: 7,
        blob_versioned_hashes: vec![B256::repeat_byte(1)],
        to: Address::repeat_byte(8),
        ..TxEip4844::default()
    };
    let authorization = PeerAuthorization {
        chain_id: U256::from(10),
        address: Address::repeat_byte(2),
        nonce: 6,
    };
    let set_code = TxEip7702 {
        chain_id: 10,
        to: Address::repeat_byte(8),
        authorization_list: vec![authorization.into_signed(signature())],
        ..TxEip7702::default()
    };
    let sign = signature();
    vec![
        (
            legacy(None).into_signed(sign).into(),
            legacy(None).signature_hash(),
        ),
        (
            legacy(Some(u64::MAX)).into_signed(sign).into(),
            legacy(Some(u64::MAX)).signature_hash(),
        ),
        (
            access.clone().into_signed(sign).into(),
            access.signature_hash(),
        ),
        (
            dynamic.clone().into_signed(sign).into(),
            dynamic.signature_hash(),
        ),
        (blob.clone().into_signed(sign).into(), blob.signature_hash()),
        (
            set_code.clone().into_signed(sign).into(),
            set_code.signature_hash(),
        ),
    ]
}

#[test]
fn every_type_of_transaction_agrees_with_the_peer() {
    for (peer, signing_hash) in peer_transactions() {
        let bytes = peer.encoded_2718();
        let ours = Transaction::decode(&bytes).unwrap();
        assert_eq!(ours.encode(), bytes);
        assert_eq!(ours.hash().0, peer.tx_hash().0);
        let Transaction::Signed(signed) = &ours else {
            panic!("{ours:?}")
        };
        assert_eq!(signed.body.signing_hash().0, signing_hash.0);
        assert_eq!(signed.body.tx_type as u8, peer.tx_type() as u8);
    }
}

#[test]
fn deposits_agree_with_the_peer() {
    let peer = TxDeposit {
        source_hash: B256::repeat_byte(1),
        from: Address::repeat_byte(2),
        to: TxKind::Create,
        mint: 0,
        value: U256::from(3),
        gas_limit: 4,
        is_system_transaction: true,
        input: Bytes::from_static(b"data"),
    };
    let bytes = peer.encoded_2718();
    let ours = Transaction::decode(&bytes).unwrap();
    assert_eq!(ours.encode(), bytes);
    // Without its type byte a deposit is a list like a legacy transaction, and is none.
    assert!(Transaction::decode(&bytes[1..]).is_err());
}

#[test]
fn no_truncation_and_no_trailing_byte_decodes() {
    for (peer, _) in peer_transactions() {
        let mut bytes = peer.encoded_2718();
        for end in 0..bytes.len() {
            assert!(Transaction::decode(&bytes[..end]).is_err());
        }
        bytes.push(0);
        assert_eq!(
            Transaction::decode(&bytes),
            Err(RlpError::Trailing(1).into())
        );
    }
}

#[test]
fn unknown_types_are_refused_by_name() {
    for first in [0x00, 0x05, 0x7d, 0x7f, 0x80, 0xbf] {
        let error = Transaction::decode(&[first, 0xc0]).unwrap_err();
        assert_eq!(error, DecodeError::UnknownType(first));
    }
}

#[test]
fn set_code_transaction_creates_no_contract() {
    let (peer, _) = peer_transactions().pop().unwrap();
    let Ok(Transaction::Signed(mut signed)) = Transaction::decode(&peer.encoded_2718()) else {
        panic!("decodes")
    };
    assert_eq!(signed.body.tx_type, TxType::SetCode);
    signed.body.to = None;
    let error = Transaction::decode(&signed.encode()).unwrap_err();
    assert_eq!(
        error,
        RlpError::WrongLength {
            expected: 20,
            found: 0
        }
        .into()
    );
}

#[test]
fn headers_of_every_fork_agree_with_the_peer() {
    let mut peer = PeerHeader {
        logs_bloom: Bloom::repeat_byte(5),
        number: 17,
        extra_data: Bytes::from_static(b"extra"),
        ..PeerHeader::default()
    };
    let forks: [fn(&mut PeerHeader); 6] = [
        |h| h.base_fee_per_gas = Some(7),
        |h| h.withdrawals_root = Some(B256::repeat_byte(1)),
        |h| h.blob_gas_used = Some(0),
        |h| h.excess_blob_gas = Some(9),
        |h| h.parent_beacon_block_root = Some(B256::repeat_byte(2)),
        |h| h.requests_hash = Some(B256::repeat_byte(3)),
    ];
    for fork in forks {
        let rlp = alloy_rlp::encode(&peer);
        let ours = Header::decode(&rlp).unwrap();
        assert_eq!(ours.encode(), rlp);
        assert_eq!(ours.hash().0, peer.hash_slow().0);
        fork(&mut peer);
    }
}
