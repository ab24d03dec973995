//! Blocks where op-revm and its companions need help, and the errors of a block.

use alloc::{collections::BTreeMap, string::ToString, sync::Arc, vec, vec::Vec};

use alloy_consensus::{SignableTransaction, TxEip1559, transaction::SignerRecoverable};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256, address, hex, keccak256};
use op_alloy_consensus::{OpReceiptEnvelope, OpTxEnvelope, TxDeposit};

use crate::{
    Accelerator, AcceleratorError, Call, ExecutorError, Fork, Forks, GenesisAccount, TrieDb,
    testing::{
        CONTRACT, GAS_LIMIT, SENDER, Store, attributes, call, contract, deposit, genesis,
        slot0_after,
    },
    trie::EMPTY_ROOT,
};

/// Stores the gas that is left.
const GAS_TO_SLOT0: [u8; 4] = hex!("5a5f5500");

#[test]
fn deposit_may_use_more_gas_than_eip_7825_allows() {
    for fork in [Fork::Jovian, Fork::Karst] {
        let left = slot0_after(fork, &GAS_TO_SLOT0, 20_000_000);
        assert!(left > U256::from(19_000_000), "{fork}: {left}");
    }
}

/// Calls the bn256 pairing with `pairs` zero pairs and stores whether it succeeded.
fn pairing_succeeds(fork: Fork, pairs: u32) -> bool {
    let [_, a, b, c] = (pairs * 192).to_be_bytes();
    let code = [
        &hex!("60206000")[..],
        &[0x62, a, b, c],
        &hex!("600060085afa5f5500"),
    ]
    .concat();
    slot0_after(fork, &code, 40_000_000) == U256::ONE
}

#[test]
fn pairing_input_is_limited_by_fork() {
    for (fork, pairs, succeeds) in [
        (Fork::Granite, 586, true),
        (Fork::Granite, 587, false),
        (Fork::Jovian, 427, true),
        (Fork::Jovian, 428, false),
        (Fork::Karst, 300, true),
        (Fork::Karst, 301, false),
    ] {
        assert_eq!(pairing_succeeds(fork, pairs), succeeds, "{fork} {pairs}");
    }
}

#[test]
fn user_transaction_in_an_activation_block_is_refused() {
    for (fork, forks) in [
        (
            Fork::Jovian,
            Forks {
                jovian: Some(2),
                ..Forks::all_up_to(Fork::Isthmus)
            },
        ),
        (
            Fork::Karst,
            Forks {
                karst: Some(2),
                ..Forks::all_up_to(Fork::Jovian)
            },
        ),
    ] {
        let (chain, parent, store) = genesis(forks, &BTreeMap::new());
        let user = Bytes::from_static(&[2, 0xc0]);
        let attributes = attributes(&chain, &parent, vec![call(50_000), user]);
        let mut db = TrieDb::new(parent, store);
        let error = chain.execute(&mut db, &attributes).unwrap_err();
        assert!(error.is_invalid());
        assert!(
            matches!(error, ExecutorError::UserTransactionAtActivation { index: 1, fork: f } if f == fork)
        );
        chain.execute(&mut db, &attributes.deposits_only()).unwrap();
    }
}

#[test]
fn deposit_nonce_is_kept_without_a_regolith_time() {
    let forks = Forks {
        canyon: Some(0),
        ..Forks::default()
    };
    let (chain, parent, store) = genesis(forks, &contract(&GAS_TO_SLOT0));
    let attributes = attributes(&chain, &parent, vec![call(100_000), call(100_000)]);
    let outcome = chain
        .execute(&mut TrieDb::new(parent, store), &attributes)
        .unwrap();
    let nonces: Vec<_> = outcome
        .receipts
        .iter()
        .map(|receipt| match receipt {
            OpReceiptEnvelope::Deposit(deposit) => deposit.receipt.deposit_nonce,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(nonces, [Some(0), Some(1)]);
}

/// Specs `protocol/deposits.md`, "Execution": a deposit that fails raises its sender's nonce.
#[test]
fn deposit_that_cannot_pay_for_its_contract_raises_the_nonce() {
    for forks in [Forks::default(), Forks::all_up_to(Fork::Regolith)] {
        let (chain, parent, store) = genesis(forks, &BTreeMap::new());
        let beyond_means = OpTxEnvelope::from(TxDeposit {
            from: SENDER,
            to: TxKind::Create,
            gas_limit: 100_000,
            mint: 4,
            value: U256::from(5),
            ..TxDeposit::default()
        });
        let attributes = attributes(&chain, &parent, vec![beyond_means.encoded_2718().into()]);
        let mut db = TrieDb::new(parent, store);
        let outcome = chain.execute(&mut db, &attributes).unwrap();
        assert!(!outcome.receipts[0].status());
        assert_eq!(outcome.header.gas_used, 100_000);
        let sender = db.account(SENDER).unwrap().unwrap();
        assert_eq!((sender.nonce, sender.balance), (1, U256::from(4)));
    }
}

/// Specs `protocol/deposits.md`: deposits take gas of the block, those of the system before Regolith
/// excepted.
#[test]
fn deposits_take_no_more_gas_than_the_block_has() {
    for forks in [Forks::default(), Forks::all_up_to(Fork::Regolith)] {
        let bedrock = forks.regolith.is_none();
        let run = |gas: [u64; 2], is_system_transaction| {
            let deposit = |gas_limit| {
                OpTxEnvelope::from(TxDeposit {
                    from: SENDER,
                    to: CONTRACT.into(),
                    gas_limit,
                    is_system_transaction,
                    ..TxDeposit::default()
                })
            };
            let deposits = gas.map(|gas| deposit(gas).encoded_2718().into());
            let (chain, parent, store) = genesis(forks, &BTreeMap::new());
            let mut attributes = attributes(&chain, &parent, deposits.into());
            attributes.gas_limit = 1_000_000;
            chain.execute(&mut TrieDb::new(parent, store), &attributes)
        };
        assert!(run([400_000, 600_000], false).is_ok());
        let beyond = [[1_000_001, 21_000], [21_000, 1_000_001]];
        for gas in beyond {
            assert!(matches!(
                run(gas, false),
                Err(ExecutorError::InvalidTransaction { .. })
            ));
            assert_eq!(run(gas, true).is_ok(), bedrock);
        }
    }
}

/// Specs `protocol/ecotone/l1-attributes.md`: in the first block of Ecotone the L1 fee is Bedrock's.
#[test]
fn first_ecotone_block_has_bedrocks_l1_fee() {
    const L1_BLOCK: Address = address!("4200000000000000000000000000000000000015");
    const L1_FEE_VAULT: Address = address!("420000000000000000000000000000000000001a");
    let transaction = TxEip1559 {
        chain_id: 901,
        gas_limit: 30_000,
        max_fee_per_gas: 1_000_000,
        to: CONTRACT.into(),
        ..TxEip1559::default()
    };
    let signed = OpTxEnvelope::from(transaction.into_signed(Signature::test_signature()));
    let sender = signed.recover_signer().unwrap();
    let raw: Bytes = signed.encoded_2718().into();
    let data_gas: u64 = raw.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum();
    // Base fee, overhead, scalar.
    let values = [(1, 7_000_000), (5, 188), (6, 684_000)];
    let word = |number: u64| B256::from(U256::from(number));
    let account = GenesisAccount {
        nonce: 1,
        storage: values
            .map(|(slot, value)| (word(slot), U256::from(value)))
            .into(),
        ..GenesisAccount::default()
    };
    let rich = GenesisAccount {
        balance: U256::from(10).pow(U256::from(18)),
        ..GenesisAccount::default()
    };
    for both in [false, true] {
        let forks = Forks {
            ecotone: Some(2),
            fjord: both.then_some(2),
            ..Forks::all_up_to(Fork::Canyon)
        };
        let accounts = [(L1_BLOCK, account.clone()), (sender, rich.clone())];
        let (chain, parent, store) = genesis(forks, &accounts.into());
        let attributes = attributes(&chain, &parent, vec![call(50_000), raw.clone()]);
        let mut db = TrieDb::new(parent, store);
        let outcome = chain.execute(&mut db, &attributes).unwrap();
        assert!(outcome.receipts[1].status());
        let vault = db.account(L1_FEE_VAULT).unwrap().unwrap();
        let expected = (data_gas + 188) * 7_000_000 * 684_000 / 1_000_000;
        assert_eq!(vault.balance, U256::from(expected), "{both}");
    }
}

#[test]
fn create2_deployer_comes_with_canyon_at_any_block_time() {
    const DEPLOYER: Address = address!("13b0D85CcB8bf860b6b79AF3029fCA081AE9beF2");
    let forks = Forks {
        regolith: Some(0),
        canyon: Some(7),
        ..Forks::default()
    };
    let (chain, parent, store) = genesis(forks, &BTreeMap::new());
    let mut db = TrieDb::new(parent, store);
    for (time, expected) in [(5, false), (10, true)] {
        let mut attributes = attributes(&chain, db.parent(), Vec::new());
        attributes.timestamp = time;
        chain.execute(&mut db, &attributes).unwrap();
        assert_eq!(db.account(DEPLOYER).unwrap().is_some(), expected, "{time}");
    }
}

#[test]
fn invalid_transaction_leaves_the_state_for_a_retry() {
    let (chain, parent, store) = genesis(Forks::all_up_to(Fork::Isthmus), &contract(&GAS_TO_SLOT0));
    let too_much = call(GAS_LIMIT);
    let good = attributes(&chain, &parent, vec![call(100_000)]);
    let bad = attributes(&chain, &parent, vec![call(100_000), too_much]);
    let mut db = TrieDb::new(parent.clone(), store);
    let error = chain.execute(&mut db, &bad).unwrap_err();
    assert!(matches!(
        error,
        ExecutorError::InvalidTransaction { index: 1, .. }
    ));
    assert_eq!(*db.parent(), parent);
    let retried = chain.execute(&mut db, &good).unwrap();
    let (_, _, store) = genesis(chain.forks, &contract(&GAS_TO_SLOT0));
    let fresh = chain
        .execute(&mut TrieDb::new(parent, store), &good)
        .unwrap();
    assert_eq!(retried.header, fresh.header);
}

#[test]
fn destroyed_and_recreated_account_loses_its_storage() {
    // PUSH0 SELFDESTRUCT, before Cancun limits it.
    let mut accounts = contract(&hex!("5fff"));
    let account = accounts.get_mut(&CONTRACT).unwrap();
    account.storage = [(B256::ZERO, U256::from(7))].into();
    let (chain, parent, store) = genesis(Forks::all_up_to(Fork::Canyon), &accounts);
    let revive = deposit(CONTRACT.into(), 50_000, 5, &[]);
    let attributes = attributes(&chain, &parent, vec![call(100_000), revive]);
    let mut db = TrieDb::new(parent, store);
    assert_eq!(db.slot(CONTRACT, U256::ZERO).unwrap(), U256::from(7));
    chain.execute(&mut db, &attributes).unwrap();
    let account = db.account(CONTRACT).unwrap().unwrap();
    assert_eq!(account.balance, U256::from(5));
    assert_eq!(account.storage_root, EMPTY_ROOT);
    assert_eq!(db.slot(CONTRACT, U256::ZERO).unwrap(), U256::ZERO);
}

#[test]
fn codes_and_headers_of_built_blocks_are_remembered() {
    // Init code that deploys "BLOCKHASH(1) to slot 0".
    let runtime = hex!("6001405f5500");
    let init = [&hex!("65")[..], &runtime, &hex!("5f526006601af3")].concat();
    let (chain, parent, store) = genesis(Forks::all_up_to(Fork::Isthmus), &BTreeMap::new());
    let mut db = TrieDb::new(parent, store);
    let create = deposit(TxKind::Create, 200_000, 0, &init);
    let block1 = attributes(&chain, db.parent(), vec![create]);
    let first = chain.execute(&mut db, &block1).unwrap().header;
    let created = SENDER.create(0);
    assert_eq!(
        db.account(created).unwrap().unwrap().code_hash,
        keccak256(runtime)
    );
    let run = deposit(created.into(), 100_000, 0, &[]);
    for _ in 0..2 {
        let next = attributes(&chain, db.parent(), vec![run.clone()]);
        chain.execute(&mut db, &next).unwrap();
    }
    assert_eq!(
        db.slot(created, U256::ZERO).unwrap(),
        U256::from_be_bytes(first.hash().0)
    );
}

#[test]
fn recorded_preimages_hold_the_next_state() {
    let (chain, parent, mut store) =
        genesis(Forks::all_up_to(Fork::Isthmus), &contract(&GAS_TO_SLOT0));
    let block = attributes(&chain, &parent, vec![call(100_000)]);
    let mut db = TrieDb::recording(parent, &store);
    let header = chain.execute(&mut db, &block).unwrap().header;
    let new = db.take_new_preimages();
    let slot = db.slot(CONTRACT, U256::ZERO).unwrap();
    let root = db.output_root().unwrap();
    assert!(!new.is_empty() && db.take_new_preimages().is_empty());
    store.add(new);
    let mut db = TrieDb::new(header.clone(), &store);
    assert_eq!(db.slot(CONTRACT, U256::ZERO).unwrap(), slot);
    assert_eq!(db.output_root().unwrap(), root);
    let proof = db.account_proof(CONTRACT).unwrap();
    assert_eq!(keccak256(&proof[0]), header.state_root);
    let account = db.account(CONTRACT).unwrap().unwrap();
    let proof = db.storage_proof(CONTRACT, B256::ZERO).unwrap();
    assert_eq!(keccak256(&proof[0]), account.storage_root);
}

#[test]
fn missing_state_is_no_verdict_on_the_block() {
    let (chain, parent, _) = genesis(Forks::all_up_to(Fork::Isthmus), &contract(&GAS_TO_SLOT0));
    let block = attributes(&chain, &parent, vec![call(100_000)]);
    let error = chain
        .execute(&mut TrieDb::new(parent, Store::default()), &block)
        .unwrap_err();
    assert!(matches!(error, ExecutorError::State(_)), "{error}");
    assert!(!error.is_invalid());
}

#[test]
fn attributes_that_break_the_rules_are_refused() {
    let (chain, parent, store) = genesis(Forks::all_up_to(Fork::Isthmus), &BTreeMap::new());
    let good = attributes(&chain, &parent, Vec::new());
    let mut db = TrieDb::new(parent, store);
    let breakages: [fn(&mut crate::Attributes); 4] = [
        |a| a.timestamp = 0,
        |a| a.parent_beacon_root = None,
        |a| a.eip1559_params = None,
        |a| a.eip1559_params = Some(hex!("0000000000000006").into()),
    ];
    for (i, breakage) in breakages.into_iter().enumerate() {
        let mut bad = good.clone();
        breakage(&mut bad);
        let error = chain.execute(&mut db, &bad).unwrap_err();
        assert!(error.is_invalid(), "{i}: {error}");
    }
    chain.execute(&mut db, &good).unwrap();
}

#[test]
fn call_changes_nothing_and_reports_gas_output_and_revert() {
    // Returns CALLER if there is call data, else reverts.
    let code = hex!("366007575f5ffd5b335f5260205ff3");
    let (chain, parent, store) = genesis(Forks::all_up_to(Fork::Isthmus), &contract(&code));
    let mut db = TrieDb::new(parent.clone(), store);
    let message = |input: &[u8]| Call {
        from: SENDER,
        to: CONTRACT.into(),
        value: U256::ZERO,
        gas_limit: 100_000,
        input: input.to_vec().into(),
    };
    let returned = chain.call(&mut db, &parent, message(&[1])).unwrap();
    assert!(returned.success);
    assert_eq!(
        Address::from_word(B256::from_slice(&returned.output)),
        SENDER
    );
    assert!(returned.gas_used > 21_000 && returned.gas_used < 22_000);
    let reverted = chain.call(&mut db, &parent, message(&[])).unwrap();
    assert!(!reverted.success && reverted.halt.is_none());
    let mut starved = message(&[1]);
    starved.gas_limit = 21_020;
    assert!(!chain.call(&mut db, &parent, starved).unwrap().success);
    assert_eq!(*db.parent(), parent);
}

/// Answers every precompile with one word, or fails.
#[derive(Debug)]
struct Oracle(Option<u8>);

impl Accelerator for Oracle {
    fn run(
        &self,
        address: Address,
        required_gas: u64,
        input: &[u8],
    ) -> Result<Option<Bytes>, AcceleratorError> {
        assert_eq!((address.0[19], required_gas, input.len()), (1, 3000, 128));
        match self.0 {
            Some(byte) => Ok(Some(vec![byte; 32].into())),
            None => Err(AcceleratorError {
                address,
                reason: "gone".into(),
            }),
        }
    }
}

#[test]
fn accelerator_answers_for_ecrecover_and_its_failure_is_no_verdict() {
    // STATICCALL(gas, 1, 0, 128, 0, 32), then the output to slot 0.
    let code = hex!("60205f60805f60015afa505f515f5500");
    let (chain, parent, store) = genesis(Forks::all_up_to(Fork::Isthmus), &contract(&code));
    let block = attributes(&chain, &parent, vec![call(100_000)]);
    let mut db = TrieDb::new(parent.clone(), &store);
    let oracle: Arc<dyn Accelerator> = Arc::new(Oracle(Some(9)));
    chain.execute_with(&mut db, &block, Some(oracle)).unwrap();
    assert_eq!(
        db.slot(CONTRACT, U256::ZERO).unwrap(),
        U256::from_be_bytes([9; 32])
    );
    let oracle: Arc<dyn Accelerator> = Arc::new(Oracle(None));
    let error = chain
        .execute_with(&mut TrieDb::new(parent, &store), &block, Some(oracle))
        .unwrap_err();
    assert!(!error.is_invalid() && error.to_string().contains("gone"));
}
