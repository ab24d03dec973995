//! What is measured.

use std::collections::BTreeMap;

use endgame_ortho_differential::{CONTRACTS, Case, SENDER};
use endgame_ortho_evm::{BlockEnv, Fork, MemoryAccount};
use endgame_ortho_primitives::{Address, Hash, Word};
use endgame_ortho_types::Unsigned;

/// Transactions on a state.
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) case: Case,
    pub(crate) transactions: Vec<Unsigned>,
}

/// Hashes a counter and stores the hash in one of 256 slots, 100,000 times.
const KECCAK_STORAGE: &[u8] = &[
    0x62, 0x01, 0x86, 0xa0, 0x5b, 0x80, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0x20, 0x80, 0x60, 0xff, 0x16,
    0x55, 0x60, 0x01, 0x90, 0x03, 0x80, 0x60, 0x04, 0x57, 0x00,
];

/// Multiplies, divides, shifts and compares full words, 300,000 times.
const ARITHMETIC: &[u8] = &[
    0x62, 0x04, 0x93, 0xe0, // counter
    0x5b, // loop, at 4
    0x80, 0x19, 0x81, 0x02, // not(i) * i
    0x81, 0x19, 0x90, 0x04, // not(i) / that
    0x81, 0x60, 0x03, 0x1b, 0x01, // + i << 3
    0x81, 0x19, 0x82, 0x83, 0x09, // mulmod(i, i, not(i))
    0x18, 0x81, 0x10, 0x50, // xor, compare, drop
    0x60, 0x01, 0x90, 0x03, 0x80, 0x60, 0x04, 0x57, 0x00,
];

/// A token's transfer: two balances by hash, an event, true.
const TRANSFER: &[u8] = &[
    0x33, 0x5f, 0x52, 0x5f, 0x60, 0x20, 0x52, 0x60, 0x40, 0x5f, 0x20, // keccak(caller, 0)
    0x80, 0x54, 0x60, 0x20, 0x35, 0x90, 0x03, 0x90, 0x55, // -= amount
    0x5f, 0x35, 0x5f, 0x52, 0x60, 0x40, 0x5f, 0x20, // keccak(to, 0)
    0x80, 0x54, 0x60, 0x20, 0x35, 0x01, 0x90, 0x55, // += amount
    0x60, 0x20, 0x35, 0x5f, 0x52, 0x5f, 0x35, 0x33, 0x7f, // the event
    0xdd, 0xf2, 0x52, 0xad, 0x1b, 0xe2, 0xc8, 0x9b, 0x69, 0xc2, 0xb0, 0x68, 0xfc, 0x37, 0x8d, 0xaa,
    0x95, 0x2b, 0xa7, 0xf1, 0x63, 0xc4, 0xa1, 0x16, 0x28, 0xf5, 0x5a, 0x4d, 0xf5, 0x23, 0xb3, 0xef,
    0x60, 0x20, 0x5f, 0xa3, 0x60, 0x01, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3,
];

/// All workloads.
pub(crate) fn workloads() -> impl Iterator<Item = Workload> {
    let [contract, ..] = CONTRACTS;
    let call = |nonce, data: Vec<u8>| Unsigned {
        nonce,
        to: Some(contract),
        gas_limit: 1 << 32,
        data,
        ..Unsigned::default()
    };
    let recipient = |number: u64| {
        let [a, b, c, d, e, f, g, h] = number.to_be_bytes();
        let mut address = [0xe0; 20];
        [address[12], address[13], address[14], address[15]] = [a, b, c, d];
        [address[16], address[17], address[18], address[19]] = [e, f, g, h];
        Address(address)
    };
    let transfers = (0..17_000).map(|nonce| {
        let to = recipient(nonce % 100).to_word().to_be_bytes();
        call(nonce, [to, Word::ONE.to_be_bytes()].concat())
    });
    let sends = (0..4_000).map(|nonce| Unsigned {
        to: Some(recipient(nonce)),
        value: Word::ONE,
        gas_limit: 21_000,
        ..call(nonce, Vec::new())
    });
    [
        Workload {
            name: "keccak and storage, 100,000 rounds",
            case: case(KECCAK_STORAGE),
            transactions: vec![call(0, Vec::new())],
        },
        Workload {
            name: "arithmetic, 300,000 rounds",
            case: case(ARITHMETIC),
            transactions: vec![call(0, Vec::new())],
        },
        Workload {
            name: "17,000 token transfers",
            case: case(TRANSFER),
            transactions: transfers.collect(),
        },
        Workload {
            name: "4,000 fresh recipients",
            case: case(&[]),
            transactions: sends.collect(),
        },
    ]
    .into_iter()
}

/// A block with a rich sender and the first contract's code.
fn case(code: &[u8]) -> Case {
    let [contract, ..] = CONTRACTS;
    let sender = MemoryAccount {
        balance: Word::from(1_u128 << 100),
        ..MemoryAccount::default()
    };
    let contract_account = MemoryAccount {
        nonce: 1,
        code: code.to_vec(),
        ..MemoryAccount::default()
    };
    let block = BlockEnv {
        chain_id: 1,
        number: 1,
        beneficiary: Address([0xcb; 20]),
        gas_limit: u64::MAX,
        prev_randao: Hash([7; 32]),
        blob_base_fee: Word::ONE,
        ..BlockEnv::default()
    };
    Case {
        // Osaka would cap a transaction's gas.
        fork: Fork::Prague,
        block,
        accounts: BTreeMap::from([(SENDER, sender), (contract, contract_account)]),
        transaction: Unsigned::default(),
    }
}
