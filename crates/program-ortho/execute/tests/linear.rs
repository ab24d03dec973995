//! Work grows with a block's size, not with its square: each hostile block once, and once twice as
//! large.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{cell::RefCell, collections::BTreeMap};

use endgame_ortho_execute::{
    Attributes, Chain, Fork, Forks, Found, StateDatabase, StateSource, fees::compressed_length,
};
use endgame_ortho_primitives::{Address, Hash, Word, keccak256, meter};
use endgame_ortho_trie::{NoStore, Trie, ordered_root};
use endgame_ortho_types::{Account, Deposit, Header, Outcome};

/// A size at which a square is far larger than what grows by itself.
const SIZE: u64 = 1000;
const CONTRACT: Address = Address([0xcc; 20]);

/// Preimages; a node that is read counts as the work of its bytes.
#[derive(Debug, Default)]
struct Source {
    preimages: RefCell<BTreeMap<Hash, Vec<u8>>>,
}

impl StateSource for &Source {
    type Error = String;

    fn preimage(&self, what: Found, hash: Hash) -> Result<Vec<u8>, String> {
        let found = self.preimages.borrow().get(&hash).cloned();
        let bytes = found.ok_or_else(|| format!("no {what:?} {hash}"))?;
        meter::work(bytes.len());
        Ok(bytes)
    }
}

impl Source {
    fn keep(&self, bytes: Vec<u8>) -> Hash {
        let hash = keccak256(&bytes);
        self.preimages.borrow_mut().insert(hash, bytes);
        hash
    }

    /// Keeps a trie of these keys and values; its root.
    fn trie(&self, content: &[(Hash, Vec<u8>)]) -> Hash {
        let mut trie = Trie::new();
        for (key, value) in content {
            trie.insert(&NoStore, &key.0, value.clone()).unwrap();
        }
        let root = trie.root();
        for (key, _) in content {
            for node in trie.prove(&NoStore, &key.0).unwrap() {
                self.keep(node);
            }
        }
        root
    }
}

/// Account number `number` of those that are there from the beginning.
fn account(number: u64) -> Address {
    Address::from_word(Word::from(0x1_0000_0000 + number))
}

/// The parent of the block: the contract with `code` and `slots` slots, `accounts` accounts more.
fn parent(source: &Source, code: &[u8], slots: u64, accounts: u64) -> Header {
    let slot = |number: u64| {
        let key = keccak256(&Word::from(number).to_be_bytes());
        (key, vec![1])
    };
    let slots: Vec<_> = (1..=slots).map(slot).collect();
    let contract = Account {
        nonce: 1,
        storage_root: source.trie(&slots),
        code_hash: source.keep(code.to_vec()),
        ..Account::default()
    };
    let rich = Account {
        balance: Word::from(1_000_000_000_u64),
        ..Account::default()
    };
    let others = (0..accounts).map(|number| (account(number), rich));
    let accounts: Vec<_> = others
        .chain([(CONTRACT, contract)])
        .map(|(address, account)| (keccak256(&address.0), account.encode()))
        .collect();
    Header {
        state_root: source.trie(&accounts),
        gas_limit: 1 << 40,
        base_fee_per_gas: Some(Word::ONE),
        timestamp: 1,
        ..Header::default()
    }
}

/// Deposits need no signatures.
fn deposit(number: u64, from: Address, to: Address, gas_limit: u64, data: Vec<u8>) -> Vec<u8> {
    let deposit = Deposit {
        source_hash: Word::from(number).into(),
        from,
        to: Some(to),
        mint: Word::ONE,
        value: Word::ONE,
        gas_limit,
        is_system: false,
        data,
    };
    deposit.encode()
}

/// The work of building Canyon blocks, one after another.
fn work(source: &Source, parent: Header, blocks: &[Vec<Vec<u8>>]) -> u64 {
    let chain = Chain {
        chain_id: 901,
        forks: Forks::all_up_to(Fork::Canyon),
        ..Chain::default()
    };
    let mut database = StateDatabase::new(parent, source);
    meter::measure(|| {
        for (at, transactions) in (0..).zip(blocks) {
            let attributes = Attributes {
                timestamp: 3 + at,
                gas_limit: 1 << 40,
                transactions: transactions.clone(),
                ..Attributes::default()
            };
            let block = chain.execute(&mut database, &attributes).unwrap();
            let mut outcomes = block.receipts.iter().map(|receipt| receipt.outcome);
            assert!(outcomes.all(|outcome| outcome == Outcome::Status(true)));
        }
    })
}

/// With what a tree's depth adds granted.
fn assert_linear(name: &str, work: impl Fn(u64) -> u64) {
    meter::assert_linear(name, SIZE, 3, work);
}

fn number(number: u64) -> Vec<u8> {
    Word::from(number).to_be_bytes().to_vec()
}

/// Code that does `body` as often as the call data says; the count is on the stack.
fn repeat(body: &[u8]) -> Vec<u8> {
    let again = [0x60, 0x01, 0x90, 0x03, 0x80, 0x60, 0x02, 0x57, 0x00];
    [&[0x5f, 0x35, 0x5b], body, &again].concat()
}

/// A call of the contract by a deposit.
fn call(at: u64, data: u64) -> Vec<u8> {
    deposit(at, account(0), CONTRACT, 1 << 28, number(data))
}

#[test]
fn many_deposits() {
    let to = |name: &str, recipient: &dyn Fn(u64) -> Address, accounts: u64| {
        assert_linear(name, |size| {
            let source = Source::default();
            let parent = parent(&source, &[], 0, accounts * size + 1);
            let deposits = (0..size)
                .map(|at| deposit(at, account(0), recipient(at), 21_000, Vec::new()))
                .collect();
            work(&source, parent, &[deposits])
        });
    };
    to("one account", &|_| account(0), 0);
    to("accounts that exist", &account, 1);
    to("new accounts", &|at| account(1 << 20 | at), 0);
}

#[test]
fn many_slots_of_one_contract() {
    for (name, slots, body) in [
        ("new ones", 0, &[0x80, 0x80, 0x55][..]),
        ("changed ones", 1, &[0x60, 0x02, 0x81, 0x55]),
        ("cleared ones", 1, &[0x5f, 0x81, 0x55]),
        ("read ones", 1, &[0x80, 0x54, 0x50]),
        ("missing ones", 0, &[0x80, 0x54, 0x50]),
    ] {
        assert_linear(name, |size| {
            let source = Source::default();
            let parent = parent(&source, &repeat(body), slots * size, 1);
            work(&source, parent, &[vec![call(0, size)]])
        });
    }
}

#[test]
fn many_transactions_on_one_contract() {
    let log = [0x60, 0x20, 0x5f, 0xa0];
    let store = [0x80, 0x80, 0x55];
    for (name, body) in [("logs", &log[..]), ("slots", &store)] {
        assert_linear(name, |size| {
            let source = Source::default();
            let parent = parent(&source, &repeat(body), size, 1);
            let calls = (0..size).map(|at| call(at, 1 + at % 8)).collect();
            work(&source, parent, &[calls])
        });
        assert_linear(name, |size| {
            let source = Source::default();
            let parent = parent(&source, &repeat(body), 0, 1);
            work(&source, parent, &[vec![call(0, size)]])
        });
    }
}

#[test]
fn large_data() {
    assert_linear("call data", |size| {
        let source = Source::default();
        let parent = parent(&source, &[0x00], 0, 1);
        let data = vec![1; 320 * size as usize];
        let deposit = deposit(0, account(0), CONTRACT, 1 << 28, data);
        work(&source, parent, &[vec![deposit]])
    });
}

#[test]
fn small_blocks_after_a_large_one() {
    // What the first block read and changed stays in memory.
    assert_linear("blocks", |size| {
        let source = Source::default();
        let parent = parent(&source, &repeat(&[0x80, 0x80, 0x55]), size, size);
        let mut first: Vec<_> = (0..size)
            .map(|at| deposit(at, account(0), account(at), 21_000, Vec::new()))
            .collect();
        first.push(call(size, size));
        let mut blocks = vec![first];
        blocks.extend((1..size).map(|at| vec![call(at, 1)]));
        work(&source, parent, &blocks)
    });
}

#[test]
fn lists_of_many_items() {
    let items = |size: u64| (0..size).map(|at| vec![1 + (at % 250) as u8; 40]);
    assert_linear("roots of lists", |size| {
        meter::measure(|| {
            ordered_root::<()>(items(size)).unwrap();
        })
    });
    assert_linear("a root after each item", |size| {
        meter::measure(|| {
            let mut trie = Trie::new();
            for (at, item) in (0..).zip(items(size)) {
                let key = keccak256(&number(at));
                trie.insert(&NoStore, &key.0, item).unwrap();
                trie.root();
            }
        })
    });
}

#[test]
fn compression_of_hostile_data() {
    let noise = |at: usize| keccak256(&(at as u64).to_be_bytes()).0[0];
    let data: [(&str, &dyn Fn(usize) -> u8); 5] = [
        ("zeros", &|_| 0),
        ("noise", &noise),
        ("three bytes again and again", &|at| (at % 3) as u8),
        ("as far back as a match may lie", &|at| noise(at % 8191)),
        ("and one byte more", &|at| noise(at % 8192)),
    ];
    for (name, byte) in data {
        assert_linear(name, |size| {
            let data: Vec<_> = (0..64 * size as usize).map(byte).collect();
            meter::measure(|| {
                assert!(compressed_length(&data) > 0);
            })
        });
    }
}
