//! The runner on tests written here, right and wrong.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{collections::BTreeMap, fs};

use endgame_ortho_evm::MemoryAccount;
use endgame_ortho_primitives::{Address, Word};
use endgame_ortho_statetest::{Fork, Options, StateTestError, Summary, run, state_root};
use serde_json::{Value, json};

const SENDER: &str = "0x1000000000000000000000000000000000000001";
const RECIPIENT: &str = "0x2000000000000000000000000000000000000002";
const COINBASE: &str = "0x3000000000000000000000000000000000000003";

fn account(nonce: u64, balance: u64) -> MemoryAccount {
    MemoryAccount {
        nonce,
        balance: Word::from(balance),
        ..MemoryAccount::default()
    }
}

/// A transfer of 5 wei at 10 wei a gas, 3 of them to the beneficiary.
fn transfer() -> Value {
    let post: BTreeMap<Address, MemoryAccount> = [
        (SENDER, account(1, 1_000_000 - 210_000 - 5)),
        (RECIPIENT, account(0, 5)),
        (COINBASE, account(0, 63_000)),
    ]
    .into_iter()
    .map(|(address, account)| (address.parse().unwrap(), account))
    .collect();
    let logs = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";
    let outcome = json!([{
        "hash": state_root(&post).to_string(),
        "logs": logs,
        "indexes": {"data": 0, "gas": 0, "value": 0},
        "state": {
            RECIPIENT: {"nonce": "0x00", "balance": "0x06", "code": "0x", "storage": {}},
        },
    }]);
    json!({"transfer": {
        "env": {
            "currentCoinbase": COINBASE,
            "currentGasLimit": "0x1000000",
            "currentNumber": "0x01",
            "currentTimestamp": "0x03e8",
            "currentBaseFee": "0x07",
        },
        "pre": {
            SENDER: {"nonce": "0x00", "balance": "0x0f4240", "code": "0x", "storage": {}},
        },
        "transaction": {
            "nonce": "0x00",
            "gasPrice": "0x0a",
            "gasLimit": ["0x5208"],
            "to": RECIPIENT,
            "value": ["0x05"],
            "data": ["0x"],
            "sender": SENDER,
        },
        "post": {"Cancun": outcome, "Osaka": outcome, "Frontier": outcome},
    }})
}

fn run_all(test: &Value, options: &Options) -> (Result<Summary, StateTestError>, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("inner").join("transfer.json");
    fs::create_dir(file.parent().unwrap()).unwrap();
    fs::write(&file, test.to_string()).unwrap();
    let mut failures = Vec::new();
    let summary = run(directory.path(), options, |failure| {
        failures.push(failure.to_string());
    });
    (summary, failures)
}

#[test]
fn each_known_fork_is_run_and_others_are_counted() {
    let (summary, failures) = run_all(
        &transfer(),
        &Options {
            jobs: 2,
            ..Options::default()
        },
    );
    assert_eq!(failures, Vec::<String>::new());
    assert_eq!(
        summary.unwrap(),
        Summary {
            passed: 2,
            failed: 0,
            skipped: 1
        }
    );
}

#[test]
fn fork_and_filter_choose() {
    let fork = Some(Fork::Osaka);
    let options = Options {
        fork,
        filter: Some("*::trans*".into()),
        jobs: 1,
    };
    assert_eq!(run_all(&transfer(), &options).0.unwrap().passed, 1);
    let options = Options {
        filter: Some("elsewhere".into()),
        ..Options::default()
    };
    assert!(matches!(
        run_all(&transfer(), &options).0,
        Err(StateTestError::Nothing(_))
    ));
}

#[test]
fn a_wrong_root_names_the_first_difference() {
    let mut test = transfer();
    test["transfer"]["pre"][SENDER]["balance"] = json!("0x0f4241");
    let options = Options {
        fork: Some(Fork::Cancun),
        ..Options::default()
    };
    let (summary, failures) = run_all(&test, &options);
    assert_eq!(summary.unwrap().failed, 1);
    let expected = format!("{RECIPIENT} balance 0x5, expected 0x6");
    assert!(failures[0].ends_with(&expected), "{}", failures[0]);
    assert!(failures[0].starts_with("inner/transfer.json::transfer Cancun 0/0/0: state root"));
}

#[test]
fn a_transaction_that_must_be_refused_must_be() {
    let mut test = transfer();
    test["transfer"]["post"]["Cancun"][0]["expectException"] = json!("TransactionException.X");
    let options = Options {
        fork: Some(Fork::Cancun),
        ..Options::default()
    };
    let (_, failures) = run_all(&test, &options);
    assert!(failures[0].contains("not refused"), "{}", failures[0]);
    test["transfer"]["transaction"]["gasLimit"][0] = json!("0x5207");
    // Refused now, but the state that the fixture wants is the one after the transfer.
    let (_, failures) = run_all(&test, &options);
    assert!(failures[0].contains("state root"), "{}", failures[0]);
}

#[test]
fn a_file_that_is_no_state_test_fails_alone() {
    let (summary, failures) = run_all(&json!({"transfer": 1}), &Options::default());
    assert_eq!(
        summary.unwrap(),
        Summary {
            passed: 0,
            failed: 1,
            skipped: 0
        }
    );
    assert!(failures[0].contains("not a state test"), "{}", failures[0]);
}

#[test]
fn a_number_beyond_256_bits_is_refused() {
    let mut test = transfer();
    test["transfer"]["transaction"]["value"][0] = json!(format!("0x:bigint 0x1{}", "0".repeat(64)));
    let options = Options {
        fork: Some(Fork::Cancun),
        ..Options::default()
    };
    let (_, failures) = run_all(&test, &options);
    assert!(failures[0].contains("refused"), "{}", failures[0]);
}
