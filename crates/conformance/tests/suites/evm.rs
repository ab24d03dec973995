//! State tests.

use std::collections::BTreeMap;

use endgame_conformance::{Fixture, StateTests, evm_fork};
use endgame_ortho_evm::MemoryAccount;
use endgame_ortho_statetest::{StateTestError, Summary, state_root};
use endgame_program_ortho::primitives::{Address, Word};
use serde_json::{Value, json};

use crate::{archived, made::Made};

const SENDER: &str = "0x1000000000000000000000000000000000000001";
const RECIPIENT: &str = "0x2000000000000000000000000000000000000002";
/// keccak-256 of the RLP of no logs.
const NO_LOGS: &str = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";

/// A transfer of 5 wei at the base fee, on every fork that is named.
fn transfer(forks: &[&str]) -> Value {
    let account = |nonce, balance: u64| MemoryAccount {
        nonce,
        balance: Word::from(balance),
        ..MemoryAccount::default()
    };
    let left = 1_000_000 - 7 * 21_000 - 5;
    let after = [(SENDER, account(1, left)), (RECIPIENT, account(0, 5))];
    let after: BTreeMap<Address, _> = after
        .into_iter()
        .map(|(address, account)| (address.parse().unwrap(), account))
        .collect();
    let post = json!([{
        "hash": state_root(&after).to_string(),
        "logs": NO_LOGS,
        "indexes": {"data": 0, "gas": 0, "value": 0},
    }]);
    let post: BTreeMap<_, _> = forks.iter().map(|fork| (fork, post.clone())).collect();
    json!({"transfer": {
        "env": {
            "currentCoinbase": "0x3000000000000000000000000000000000000003",
            "currentGasLimit": "0x1000000",
            "currentNumber": "0x01",
            "currentTimestamp": "0x03e8",
            "currentBaseFee": "0x07",
        },
        "pre": {SENDER: {"nonce": "0x00", "balance": "0x0f4240", "code": "0x", "storage": {}}},
        "transaction": {
            "nonce": "0x00",
            "gasPrice": "0x07",
            "gasLimit": ["0x5208"],
            "to": RECIPIENT,
            "value": ["0x05"],
            "data": ["0x"],
            "sender": SENDER,
        },
        "post": post,
    }})
}

fn run(made: &Made, tests: &StateTests) -> (Result<Summary, StateTestError>, Vec<String>) {
    let mut failures = Vec::new();
    let fixture = Fixture::open(&made.path).unwrap();
    let summary = tests.run(&fixture, |failure| failures.push(failure.to_string()));
    (summary, failures)
}

fn summary(passed: usize, failed: usize, skipped: usize) -> Summary {
    Summary {
        passed,
        failed,
        skipped,
    }
}

#[test]
fn tests_of_every_fork_run_from_directories_and_archives() {
    let made = Made::new();
    made.write(
        "one",
        "a.json",
        &transfer(&["Cancun", "Prague", "Frontier"]),
    );
    made.write("two/inner", "b.json", &transfer(&["Osaka"]));
    let (ran, failures) = run(&made, &StateTests::new(2));
    assert_eq!(ran.unwrap(), summary(3, 0, 1), "{failures:?}");
    let fixture = Fixture::open(&archived(&made.path)).unwrap();
    let ran = StateTests::new(1).run(&fixture, |_| ());
    assert_eq!(ran.unwrap(), summary(3, 0, 1));
}

#[test]
fn fork_and_filter_pick_tests() {
    let made = Made::new();
    made.write("one", "a.json", &transfer(&["Cancun", "Prague"]));
    made.write("two", "b.json", &transfer(&["Cancun"]));
    let of_prague = StateTests::new(1).of_fork(evm_fork("prague").unwrap());
    assert_eq!(run(&made, &of_prague).0.unwrap(), summary(1, 0, 0));
    let of_two = StateTests::new(1).that_fit("two/*");
    assert_eq!(run(&made, &of_two).0.unwrap(), summary(1, 0, 0));
    let of_none = StateTests::new(1).that_fit("three/*");
    assert!(matches!(
        run(&made, &of_none).0,
        Err(StateTestError::Nothing(_))
    ));
    assert!(evm_fork("Byzantium").unwrap_err().contains("Osaka"));
}

#[test]
fn wrong_outcome_fails_and_the_failure_names_the_test() {
    let made = Made::new();
    let mut wrong = transfer(&["Cancun", "Osaka"]);
    wrong["transfer"]["post"]["Cancun"][0]["hash"] = json!(format!("0x{}", "11".repeat(32)));
    made.write("one", "a.json", &wrong);
    let (ran, failures) = run(&made, &StateTests::new(1));
    assert_eq!(ran.unwrap(), summary(1, 1, 0));
    assert_eq!(failures.len(), 1);
    assert!(
        failures[0].contains("one/a.json::transfer Cancun 0/0/0"),
        "{failures:?}"
    );
}

#[test]
fn file_that_is_no_state_test_fails_and_the_others_run() {
    let made = Made::new();
    made.write("one", "a.json", &transfer(&["Cancun"]));
    made.write_raw("one", "b.json", b"{\"transfer\": ");
    made.write("one", "c.json", &json!({"transfer": {"env": 1}}));
    let (ran, failures) = run(&made, &StateTests::new(1));
    assert_eq!(ran.unwrap(), summary(1, 2, 0));
    assert!(
        failures
            .iter()
            .all(|failure| failure.contains("not a state test")),
        "{failures:?}"
    );
}

#[test]
fn directory_without_tests_is_an_error() {
    let (ran, _) = run(&Made::new(), &StateTests::new(1));
    assert!(matches!(ran, Err(StateTestError::Nothing(_))));
}
