//! Work grows with what was paid for, not with its square: each hostile input once, and once twice
//! as large.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use endgame_ortho_evm::{
    BlockEnv, Evm, ExtraFees, MemoryAccount, MemoryDatabase, Rules, State, Status,
};
use endgame_ortho_primitives::{Address, Word, meter};
use endgame_ortho_types::{AccessListItem, TxType, Unsigned};

const SENDER: Address = Address([0xaa; 20]);
const CONTRACT: Address = Address([0xcc; 20]);
const OTHER: Address = Address([0xdd; 20]);
const IDENTITY: Address = Address([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4]);
/// ecrecover reads 128 bytes of its input, whatever it gets.
const EC_RECOVER: Address = Address([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

/// A size at which a square is far larger than what grows by itself.
const SIZE: u64 = 1000;

/// Runs transactions on the contracts' codes and gives the work of all, the changes' included.
fn work(codes: [&[u8]; 2], transactions: &[Unsigned]) -> u64 {
    let account = |code: &[u8]| MemoryAccount {
        nonce: 1,
        balance: Word::from(1_000_000_000_000_u64),
        code: code.to_vec(),
        ..MemoryAccount::default()
    };
    let database = MemoryDatabase::new(BTreeMap::from([
        (CONTRACT, account(codes[0])),
        (OTHER, account(codes[1])),
        (SENDER, account(&[])),
    ]));
    let block = BlockEnv {
        gas_limit: u64::MAX,
        number: 1000,
        ..BlockEnv::default()
    };
    let mut evm = Evm::new(State::new(database, 0), Rules::PRAGUE, block);
    meter::measure(|| {
        for (nonce, transaction) in (1..).zip(transactions) {
            let transaction = Unsigned {
                nonce,
                ..transaction.clone()
            };
            let result = evm
                .transact(&transaction, SENDER, u64::MAX, &ExtraFees::default())
                .unwrap();
            assert_eq!(result.status, Status::Success);
        }
        assert!(!evm.state.changes().is_empty());
    })
}

/// A call to the contract with a number as its data.
fn call(number: u64) -> Unsigned {
    Unsigned {
        to: Some(CONTRACT),
        gas_limit: u64::MAX / 2,
        data: Word::from(number).to_be_bytes().to_vec(),
        ..Unsigned::default()
    }
}

/// Code that does `first`, then `body` as often as the call data says; the count is on the stack.
fn repeat(first: &[u8], body: &[u8]) -> Vec<u8> {
    let start = first.len() as u8 + 2;
    let again = [0x60, 0x01, 0x90, 0x03, 0x80, 0x60, start, 0x57, 0x00];
    [first, &[0x5f, 0x35, 0x5b], body, &again].concat()
}

/// STATICCALL with all gas, no output, and what it leaves on the stack.
fn static_call(address: Address, input: &[u8]) -> Vec<u8> {
    [
        &[0x5f, 0x5f],
        input,
        &[0x5f, 0x73],
        &address.0,
        &[0x5a, 0xfa, 0x50],
    ]
    .concat()
}

fn push(number: u64) -> Vec<u8> {
    [&[0x67][..], &number.to_be_bytes()].concat()
}

/// With what a table's growth adds granted.
fn assert_linear(name: &str, work: impl Fn(u64) -> u64) {
    meter::assert_linear(name, SIZE, 1, work);
}

/// The contract does something again and again.
fn repeated(name: &str, first: &[u8], body: &[u8], other: &[u8]) {
    let code = repeat(first, body);
    assert_linear(name, |size| work([&code, other], &[call(size)]));
}

/// The contract has something of a size, and does as often something that costs always the same.
fn repeated_on(
    name: &str,
    first: impl Fn(u64) -> Vec<u8>,
    body: impl Fn(u64) -> Vec<u8>,
    other: impl Fn(u64) -> Vec<u8>,
) {
    assert_linear(name, |size| {
        let code = repeat(&first(size), &body(size));
        work([&code, &other(size)], &[call(size)])
    });
}

/// Writes to memory so that it has so many words.
fn expand(words: u64) -> Vec<u8> {
    [&[0x5f][..], &push(32 * (words - 1)), &[0x52]].concat()
}

#[test]
fn memory_that_grows_in_small_steps() {
    repeated("by words", &[], &[0x80, 0x59, 0x52], &[]);
    repeated("by bytes", &[], &[0x80, 0x59, 0x53], &[]);
    // From the top down: all of it at once, then no more.
    repeated("downwards", &[], &[0x80, 0x80, 0x60, 0x05, 0x1b, 0x52], &[]);
}

#[test]
fn large_memory_in_small_uses() {
    let none = |_| Vec::new();
    let uses: [(&str, &[u8]); 6] = [
        ("MLOAD", &[0x80, 0x51, 0x50]),
        ("KECCAK256", &[0x60, 0x20, 0x5f, 0x20, 0x50]),
        ("MCOPY", &[0x60, 0x20, 0x5f, 0x60, 0x20, 0x5e]),
        ("LOG0", &[0x60, 0x20, 0x5f, 0xa0]),
        ("CREATE", &[0x60, 0x01, 0x5f, 0x5f, 0xf0, 0x50]),
        ("MSIZE", &[0x59, 0x50]),
    ];
    for (name, body) in uses {
        repeated_on(name, expand, |_| body.to_vec(), none);
    }
}

#[test]
fn calls_with_all_of_a_large_memory_as_input() {
    for (name, callee) in [
        ("contract", OTHER),
        ("nobody", Address([9; 20])),
        ("ecrecover", EC_RECOVER),
    ] {
        repeated_on(
            name,
            expand,
            |size| static_call(callee, &push(32 * size)),
            |_| vec![0x00],
        );
    }
}

#[test]
fn calls_to_large_code() {
    // 32 KiB of jump destinations, which are not looked for again at each call.
    let large = |size: u64| [&[0x00][..], &vec![0x5b; 32 * size as usize]].concat();
    let none = |_| Vec::new();
    repeated_on("call", none, |_| static_call(OTHER, &[0x5f]), large);
    let copy = [&[0x60, 0x01, 0x5f, 0x5f, 0x73][..], &OTHER.0, &[0x3c]].concat();
    repeated_on("EXTCODECOPY", none, |_| copy.clone(), large);
    for (name, op) in [("EXTCODESIZE", 0x3b), ("EXTCODEHASH", 0x3f)] {
        let body = [&[0x73][..], &OTHER.0, &[op, 0x50]].concat();
        repeated_on(name, none, |_| body.clone(), large);
    }
}

#[test]
fn large_return_data_in_small_uses() {
    let returns = |size: u64| [&push(32 * size)[..], &[0x5f, 0xf3]].concat();
    let reverts = |size: u64| [&push(32 * size)[..], &[0x5f, 0xfd]].concat();
    let first = |_| static_call(OTHER, &[0x5f]);
    let copy = |_| vec![0x60, 0x20, 0x5f, 0x5f, 0x3e];
    repeated_on("RETURNDATACOPY", first, copy, returns);
    repeated_on("RETURNDATACOPY after REVERT", first, copy, reverts);
    repeated_on("RETURNDATASIZE", first, |_| vec![0x3d, 0x50], returns);
}

#[test]
fn large_call_data_in_small_uses() {
    let code = repeat(&[], &[0x80, 0x35, 0x50, 0x60, 0x01, 0x80, 0x5f, 0x37]);
    assert_linear("call data", |size| {
        let mut transaction = call(size);
        transaction.data.resize(32 * size as usize, 1);
        work([&code, &[]], &[transaction])
    });
}

#[test]
fn many_creations() {
    // 24 KiB of init code that deploys nothing, each at an address of its own.
    let body = [0x61, 0x60, 0x00, 0x5f, 0x5f, 0xf0, 0x50];
    repeated("CREATE", &expand(768), &body, &[]);
    let body = [0x80, 0x61, 0x60, 0x00, 0x5f, 0x5f, 0xf5, 0x50];
    repeated("CREATE2", &expand(768), &body, &[]);
    // 32 bytes of code each.
    let init = [0x60, 0x20, 0x5f, 0xf3];
    let first = [&[0x63][..], &init, &[0x5f, 0x52]].concat();
    let body = [0x60, 0x04, 0x60, 0x1c, 0x5f, 0xf0, 0x50];
    repeated("deployment", &first, &body, &[]);
}

#[test]
fn calls_inside_calls() {
    // With n left: 4 KiB of memory, then itself with n - 1, then as much returned.
    let code = [
        0x5f, 0x35, 0x80, 0x15, 0x60, 0x1c, 0x57, 0x60, 0x01, 0x90, 0x03, 0x5f, 0x52, 0x5f, 0x61,
        0x10, 0x00, 0x52, 0x5f, 0x5f, 0x60, 0x20, 0x5f, 0x5f, 0x30, 0x5a, 0xf1, 0x50, 0x5b, 0x61,
        0x10, 0x00, 0x5f, 0xf3,
    ];
    assert_linear("depth", |size| work([&code, &[]], &[call(size / 2)]));
}

#[test]
fn many_slots_and_many_reverts() {
    repeated("SSTORE", &[], &[0x80, 0x80, 0x55], &[]);
    repeated("SLOAD", &[], &[0x80, 0x54, 0x50], &[]);
    repeated("TSTORE", &[], &[0x80, 0x80, 0x5d], &[]);
    // After n changes, n calls that change one slot and revert.
    let reverts = [0x60, 0x01, 0x5f, 0x55, 0x5f, 0x5f, 0xfd];
    let call_other = [
        &[0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x73][..],
        &OTHER.0,
        &[0x5a, 0xf1, 0x50],
    ]
    .concat();
    for (name, change) in [
        ("slots", &[0x80, 0x80, 0x55][..]),
        ("logs", &[0x60, 0x20, 0x5f, 0xa0]),
    ] {
        let first = repeat(&[], change);
        // Instead of stopping, once more.
        let first = &first[..first.len() - 1];
        let code = repeat(first, &call_other);
        assert_linear(name, |size| work([&code, &reverts], &[call(size)]));
    }
}

#[test]
fn many_accounts() {
    for (name, op) in [
        ("BALANCE", 0x31),
        ("EXTCODESIZE", 0x3b),
        ("BLOCKHASH", 0x40),
    ] {
        repeated(name, &[], &[0x80, op, 0x50], &[]);
    }
    repeated(
        "transfers",
        &[],
        &[
            0x5f, 0x5f, 0x5f, 0x5f, 0x60, 0x01, 0x85, 0x19, 0x5a, 0xf1, 0x50,
        ],
        &[],
    );
}

#[test]
fn identity_of_a_growing_memory() {
    let body = [
        &[0x80, 0x59, 0x52][..],
        &static_call(IDENTITY, &[0x60, 0x20]),
    ]
    .concat();
    repeated("identity", &[], &body, &[]);
}

/// What one transaction made large is in the way of none of the n small ones after it.
fn one_large_then_many_small(name: &str, code: &[u8], of_size: impl Fn(u64) -> Unsigned) {
    assert_linear(name, |size| {
        let mut transactions = vec![of_size(size)];
        transactions.resize(size as usize, of_size(1));
        work([code, &[]], &transactions)
    });
}

#[test]
fn small_transactions_after_a_large_one() {
    for (name, body) in [
        ("accounts", &[0x80, 0x31, 0x50][..]),
        ("slots", &[0x80, 0x54, 0x50]),
        ("changed slots", &[0x80, 0x80, 0x55]),
        ("transient slots", &[0x80, 0x80, 0x5d]),
        ("logs", &[0x60, 0x20, 0x5f, 0xa0]),
        ("memory", &[0x80, 0x59, 0x52]),
    ] {
        one_large_then_many_small(name, &repeat(&[], body), call);
    }
}

#[test]
fn small_access_lists_after_a_large_one() {
    let listed = |slots: u64, addresses: u64| {
        let slots: Vec<_> = (0..slots).map(|slot| Word::from(slot).into()).collect();
        let item = |number| AccessListItem {
            address: Address::from_word(Word::from(number)),
            slots: slots.clone(),
        };
        Unsigned {
            tx_type: TxType::AccessList,
            chain_id: Some(0),
            access_list: (1..=addresses).map(item).collect(),
            ..call(1)
        }
    };
    one_large_then_many_small("slots", &[0x00], |size| listed(size, 1));
    one_large_then_many_small("addresses", &[0x00], |size| listed(1, size));
}

#[test]
fn contracts_that_come_and_go_with_their_storage() {
    // Init code that fills as many slots as it was given wei, then gives them back and is no more.
    let init = [
        0x34, 0x5b, 0x80, 0x80, 0x55, 0x60, 0x01, 0x90, 0x03, 0x80, 0x60, 0x01, 0x57, 0x33, 0xff,
    ];
    let code = [
        &[0x6e][..],
        &init,
        &[
            0x5f, 0x52, 0x5f, 0x60, 0x0f, 0x60, 0x11, 0x5f, 0x35, 0xf5, 0x00,
        ],
    ]
    .concat();
    one_large_then_many_small("CREATE2", &code, call);
}
