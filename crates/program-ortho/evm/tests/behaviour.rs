//! What the published state tests do not ask: deposits, accelerators, and hostile amounts of gas.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{collections::BTreeMap, convert::Infallible};

use endgame_ortho_evm::{
    AccountInfo, BlockEnv, Database, Evm, ExtraFees, Halt, MemoryAccount, MemoryDatabase,
    PrecompileAnswer, Rules, State, Status,
};
use endgame_ortho_precompiles::{Precompile, PrecompileError};
use endgame_ortho_primitives::{Address, Hash, Word};
use endgame_ortho_types::{Deposit, Unsigned};

const SENDER: Address = Address([0xaa; 20]);
const CONTRACT: Address = Address([0xcc; 20]);

fn database(code: &[u8]) -> MemoryDatabase {
    let contract = MemoryAccount {
        nonce: 1,
        code: code.to_vec(),
        ..MemoryAccount::default()
    };
    MemoryDatabase::new(BTreeMap::from([(CONTRACT, contract)]))
}

fn evm<D: Database>(database: D) -> Evm<D> {
    let block = BlockEnv {
        gas_limit: u64::MAX,
        ..BlockEnv::default()
    };
    Evm::new(State::new(database, 0), Rules::PRAGUE, block)
}

/// A call to the contract that costs nothing.
fn call(gas_limit: u64) -> Unsigned {
    Unsigned {
        to: Some(CONTRACT),
        gas_limit,
        ..Unsigned::default()
    }
}

fn run(code: &[u8], gas_limit: u64) -> (Status, u64, Evm<MemoryDatabase>) {
    let mut evm = evm(database(code));
    let result = evm
        .transact(&call(gas_limit), SENDER, u64::MAX, &ExtraFees::default())
        .unwrap();
    (result.status, result.gas_used, evm)
}

#[test]
fn calls_nest_1024_deep_and_no_deeper() {
    // slot 0 += 1, then a call to itself with all the gas there is.
    let code = [
        0x5f, 0x54, 0x60, 0x01, 0x01, 0x5f, 0x55, // slot 0
        0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x30, 0x5a, 0xf1,
    ];
    let (status, _, mut evm) = run(&code, u64::MAX);
    assert_eq!(status, Status::Success);
    // The transaction's own frame and 1024 below it.
    assert_eq!(
        evm.state.storage(CONTRACT, Word::ZERO).unwrap(),
        Word::from(1025_u64)
    );
}

#[test]
fn no_gas_pays_for_memory_that_no_machine_has() {
    // MSTORE, KECCAK256, RETURN, CALLDATACOPY and LOG0 at 2^40 and with a length of 2^64 - 1.
    let far = [0x65, 0x01, 0, 0, 0, 0, 0];
    let huge = [0x67, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let programs = [
        [&[0x5f][..], &far, &[0x52]].concat(),
        [&huge[..], &far, &[0x20]].concat(),
        [&huge[..], &[0x5f, 0xf3]].concat(),
        [&huge[..], &[0x5f, 0x5f, 0x37]].concat(),
        [&huge[..], &[0x5f, 0xa0]].concat(),
        [&huge[..], &huge, &[0x5f, 0x5f, 0x5f, 0x30, 0x5a, 0xf4]].concat(),
        [&huge[..], &[0x5f, 0x5f, 0xf0]].concat(),
    ];
    for code in programs {
        let (status, gas_used, _) = run(&code, u64::MAX);
        assert!(
            matches!(status, Status::Halt(Halt::OutOfGas)),
            "{code:02x?}: {status:?}"
        );
        assert_eq!(gas_used, u64::MAX);
    }
}

#[test]
fn modexp_of_gigabytes_costs_more_than_there_is() {
    // MSTOREs base and modulus lengths of 2^33, calls with all gas, returns its success.
    let code = [
        &[0x64, 0x02, 0, 0, 0, 0, 0x5f, 0x52][..],
        &[0x64, 0x02, 0, 0, 0, 0, 0x60, 0x40, 0x52],
        &[0x5f, 0x5f, 0x60, 0x60, 0x5f, 0x60, 0x05, 0x5a, 0xfa],
        &[0x5f, 0x55],
    ]
    .concat();
    let (status, _, mut evm) = run(&code, u64::MAX);
    assert_eq!(status, Status::Success);
    assert_eq!(evm.state.storage(CONTRACT, Word::ZERO).unwrap(), Word::ZERO);
}

#[test]
fn stack_holds_1024_words() {
    let pushes = |count| [vec![0x5f; count], vec![0x00]].concat();
    assert_eq!(run(&pushes(1024), 100_000).0, Status::Success);
    assert_eq!(
        run(&pushes(1025), 100_000).0,
        Status::Halt(Halt::StackOverflow)
    );
    assert_eq!(run(&[0x50], 100_000).0, Status::Halt(Halt::StackUnderflow));
}

fn deposit(value: u64, gas_limit: u64) -> Deposit {
    Deposit {
        from: SENDER,
        to: Some(CONTRACT),
        mint: Word::from(100_u64),
        value: value.into(),
        gas_limit,
        ..Deposit::default()
    }
}

#[test]
fn failed_deposit_keeps_its_mint_and_its_nonce_and_uses_all_gas() {
    // Too much value; too little gas; code that halts.
    for (deposit, code) in [
        (deposit(101, 50_000), &[0x00][..]),
        (deposit(0, 20_999), &[0x00]),
        (deposit(1, 50_000), &[0xfe]),
    ] {
        let mut evm = evm(database(code));
        let result = evm.deposit(&deposit, true).unwrap();
        assert!(matches!(result.status, Status::Halt(_)));
        assert_eq!(result.gas_used, deposit.gas_limit);
        let changes = evm.state.changes();
        let mut database = evm.state.database;
        database.apply(changes);
        let sender = &database.accounts[&SENDER];
        assert_eq!((sender.nonce, sender.balance), (1, Word::from(100_u64)));
        assert_eq!(database.accounts[&CONTRACT].balance, Word::ZERO);
    }
}

#[test]
fn gas_of_a_deposit_counts_as_used_only_from_regolith() {
    let used = |deposit: &Deposit, regolith| {
        evm(database(&[0x00]))
            .deposit(deposit, regolith)
            .unwrap()
            .gas_used
    };
    assert_eq!(used(&deposit(1, 50_000), true), 21_000);
    assert_eq!(used(&deposit(1, 50_000), false), 50_000);
    let system = Deposit {
        is_system: true,
        ..deposit(1, 50_000)
    };
    assert_eq!(used(&system, false), 0);
}

/// A database that knows every precompile's answer.
struct Oracle(MemoryDatabase, PrecompileAnswer);

impl Database for Oracle {
    type Error = Infallible;

    fn account(&mut self, address: Address) -> Result<Option<AccountInfo>, Infallible> {
        self.0.account(address)
    }

    fn storage(&mut self, address: Address, slot: Word) -> Result<Word, Infallible> {
        self.0.storage(address, slot)
    }

    fn code(&mut self, hash: Hash) -> Result<Vec<u8>, Infallible> {
        self.0.code(hash)
    }

    fn block_hash(&mut self, number: u64) -> Result<Hash, Infallible> {
        self.0.block_hash(number)
    }

    fn precompile(
        &mut self,
        precompile: Precompile,
        gas: u64,
        input: &[u8],
    ) -> Result<Option<PrecompileAnswer>, Infallible> {
        assert_eq!(
            (precompile, gas, input.len()),
            (Precompile::EcRecover, 3000, 128)
        );
        Ok(Some(self.1.clone()))
    }
}

#[test]
fn accelerator_answers_for_a_precompile() {
    // Calls ecrecover with 128 bytes, stores the answer, then whether it succeeded.
    let code = [
        0x60, 0x20, 0x5f, 0x60, 0x80, 0x5f, 0x60, 0x01, 0x5a, 0xfa, 0x60, 0x01, 0x55, 0x5f, 0x51,
        0x5f, 0x55,
    ];
    let failure = PrecompileError::Accelerator;
    for (answer, word, success) in [
        (Ok(vec![9; 32]), [9; 32], true),
        (Err(failure), [0; 32], false),
    ] {
        let mut evm = evm(Oracle(database(&code), answer));
        let extra = ExtraFees::default();
        evm.transact(&call(200_000), SENDER, u64::MAX, &extra)
            .unwrap();
        let answer = evm.state.storage(CONTRACT, Word::ZERO).unwrap();
        assert_eq!(answer.to_be_bytes(), word);
        assert_eq!(
            evm.state.storage(CONTRACT, Word::ONE).unwrap(),
            success.into()
        );
    }
}

#[test]
fn what_a_transaction_leaves_is_there_for_the_next() {
    // A transient and a persistent counter: the first starts again with each transaction.
    let code = [
        0x5f, 0x5c, 0x60, 0x01, 0x01, 0x80, 0x5f, 0x5d, 0x60, 0x01, 0x55, // tload, slot 1
        0x5f, 0x54, 0x60, 0x01, 0x01, 0x5f, 0x55, // slot 0
    ];
    let mut evm = evm(database(&code));
    for nonce in 0..3 {
        let transaction = Unsigned {
            nonce,
            ..call(100_000)
        };
        evm.transact(&transaction, SENDER, u64::MAX, &ExtraFees::default())
            .unwrap();
    }
    assert_eq!(
        evm.state.storage(CONTRACT, Word::ZERO).unwrap(),
        Word::from(3_u64)
    );
    assert_eq!(evm.state.storage(CONTRACT, Word::ONE).unwrap(), Word::ONE);
}
