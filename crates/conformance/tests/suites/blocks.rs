//! Blocks.

use alloy_primitives::{B256, Bytes};
use endgame_conformance::{ConformanceError, Fixture, ProgramKind, Report, blocks};
use serde_json::json;

use crate::{
    archived, failure, heard,
    made::{Made, MadeBlock, remove},
};

const EXECUTORS: [ProgramKind; 2] = [ProgramKind::Kona, ProgramKind::Ortho];

fn run(made: &Made, executor: ProgramKind) -> Report {
    let fixture = Fixture::open(&made.path).unwrap();
    heard(|on_item| blocks(&fixture, None, executor.program(), on_item).unwrap())
}

/// Why both executors let the block fail, when `change` was made to it.
fn failures(change: impl Fn(&mut MadeBlock)) -> [String; 2] {
    let made = Made::new();
    let mut block = MadeBlock::after(9);
    change(&mut block);
    block.write(&made, "block");
    EXECUTORS.map(|executor| failure(&run(&made, executor)).to_owned())
}

#[test]
fn both_executors_build_a_block_to_its_hash() {
    let made = Made::new();
    MadeBlock::after(9).write(&made, "b");
    MadeBlock::after(19).write(&made, "a/inner");
    for executor in EXECUTORS {
        let report = run(&made, executor);
        assert_eq!((report.passed, report.failed), (2, 0), "{report:?}");
        // In the order of the directories' names, under the blocks' numbers.
        let names: Vec<_> = report.items.iter().map(|item| &item.name).collect();
        assert_eq!(names, ["10", "20"]);
        assert_eq!(report.items[0].gas_used, Some(21_000));
    }
}

#[test]
fn archive_is_as_good_as_a_directory_and_a_filter_picks_from_it() {
    let made = Made::new();
    MadeBlock::after(9).write(&made, "first");
    MadeBlock::after(19).write(&made, "second");
    let archive = archived(&made.path);
    let fixture = Fixture::open(&archive).unwrap();
    let executor = ProgramKind::Ortho.program();
    let report = blocks(&fixture, Some("sec*"), executor, |_| ()).unwrap();
    assert_eq!(report.items.len(), 1);
    assert_eq!(report.items[0].name, "20");
    let error = blocks(&fixture, Some("third"), executor, |_| ()).unwrap_err();
    assert!(matches!(error, ConformanceError::Empty { .. }));
}

#[test]
fn directory_without_a_block_is_an_error() {
    let made = Made::new();
    made.write("block", "other.json", &json!({}));
    let fixture = Fixture::open(&made.path).unwrap();
    let error = blocks(&fixture, None, ProgramKind::Kona.program(), |_| ()).unwrap_err();
    assert!(error.to_string().contains("no fixture.json"), "{error}");
}

#[test]
fn another_hash_fails_with_both() {
    let expected = B256::repeat_byte(0xee);
    for reason in failures(|block| block.fixture["expected_block_hash"] = json!(expected)) {
        assert!(reason.starts_with("hash 0x"), "{reason}");
        assert!(
            reason.ends_with(&format!("expected {expected}")),
            "{reason}"
        );
    }
}

#[test]
fn block_whose_witness_lacks_a_node_fails() {
    let root = |block: &MadeBlock| -> B256 {
        serde_json::from_value(block.fixture["parent_header"]["stateRoot"].clone()).unwrap()
    };
    for reason in failures(|block| {
        let root = root(block);
        block.preimages.remove(&root).unwrap();
    }) {
        assert!(reason.contains("0x"), "{reason}");
    }
}

#[test]
fn wrong_preimage_is_found_before_anything_runs() {
    for reason in failures(|block| {
        let value = Bytes::from_static(b"another");
        block.preimages.insert(B256::repeat_byte(5), value);
    }) {
        assert!(
            reason.starts_with("preimages.json: wrong preimage of 0x0505"),
            "{reason}"
        );
    }
}

#[test]
fn bytes_that_are_no_transaction_fail() {
    for reason in failures(|block| {
        block.fixture["executing_payload"]["transactions"] = json!(["0x02c0"]);
    }) {
        assert!(!reason.is_empty());
    }
}

#[test]
fn configuration_that_is_none_fails() {
    for reason in failures(|block| block.fixture["rollup_config"] = json!([])) {
        assert!(!reason.is_empty());
    }
}

#[test]
fn malformed_files_fail_under_the_directory_s_name_and_the_others_run() {
    let made = Made::new();
    MadeBlock::after(9).write(&made, "a");
    MadeBlock::after(9).write(&made, "b");
    made.write_raw("b", "fixture.json", b"{\"rollup_config\": ");
    MadeBlock::after(9).write(&made, "c");
    made.write("c", "preimages.json", &json!({"0x01": "0x"}));
    MadeBlock::after(9).write(&made, "d");
    remove(&made, "d", "preimages.json");
    let report = run(&made, ProgramKind::Ortho);
    assert_eq!((report.passed, report.failed), (1, 3));
    let names: Vec<_> = report.items.iter().map(|item| &item.name).collect();
    assert_eq!(names, ["10", "b", "c", "d"]);
    for (item, file) in report.items[1..]
        .iter()
        .zip(["fixture", "preimages", "preimages"])
    {
        assert!(
            item.to_string().contains(&format!("FAILED: {file}.json: ")),
            "{item}"
        );
    }
}
