//! Recorded runs.

use alloy_primitives::{B256, Bytes};
use endgame_conformance::{ConformanceError, Fixture, ProgramKind, Report, RunVm, runs};
use serde_json::json;

use crate::{
    failure, heard,
    made::{Made, MadeRun, remove},
};

/// The report of program kona. Both programs pass and fail the same.
fn run(made: &Made, vm: RunVm) -> Report {
    let fixture = Fixture::open(&made.path).unwrap();
    let report = |kind: ProgramKind| {
        heard(|on_item| runs(&fixture, None, kind.program(), vm, on_item).unwrap())
    };
    let (kona, ortho) = (report(ProgramKind::Kona), report(ProgramKind::Ortho));
    let outcomes = (ortho.passed, ortho.failed);
    assert_eq!(outcomes, (kona.passed, kona.failed), "{ortho:?} {kona:?}");
    kona
}

/// The report on one run that `change` was made to.
fn changed(change: impl FnOnce(&mut MadeRun)) -> Report {
    let made = Made::new();
    let mut recorded = MadeRun::new();
    change(&mut recorded);
    recorded.write(&made, "run");
    run(&made, RunVm::None)
}

#[test]
fn true_claim_passes_and_its_altered_one_is_found_false() {
    let report = changed(|_| ());
    assert_eq!((report.passed, report.failed), (1, 0), "{report:?}");
    assert_eq!(report.items[0].name, "run");
    assert_eq!(report.items[0].gas_used, Some(0));
    assert_eq!(report.items[0].steps, None);
}

#[test]
fn run_in_the_vm_counts_its_steps() {
    let made = Made::new();
    MadeRun::new().write(&made, "run");
    let report = run(&made, RunVm::Mips64);
    assert_eq!((report.passed, report.failed), (1, 0), "{report:?}");
    assert!(report.items[0].steps.unwrap() > 1000);
    assert_eq!(report.items[0].gas_used, None);
}

#[test]
fn run_that_was_recorded_as_false_must_be_found_false() {
    let report = changed(|run| {
        run.boot["claimed_l2_output_root"] = json!(B256::repeat_byte(8));
        run.boot["expected_exit"] = json!(1);
    });
    assert_eq!((report.passed, report.failed), (1, 0), "{report:?}");
}

#[test]
fn another_end_than_the_recorded_one_fails() {
    let report = changed(|run| run.boot["expected_exit"] = json!(1));
    let reason = failure(&report);
    assert_eq!(reason, "as recorded: exit 0, expected 1 (a verdict)");
}

#[test]
fn altered_claim_that_is_not_found_false_fails() {
    // As recorded the claim is false by one bit; altered it is true.
    let report = changed(|run| {
        let mut claim: B256 =
            serde_json::from_value(run.boot["claimed_l2_output_root"].clone()).unwrap();
        claim.0[31] ^= 1;
        run.boot["claimed_l2_output_root"] = json!(claim);
        run.boot["expected_exit"] = json!(1);
    });
    let reason = failure(&report);
    assert_eq!(reason, "altered claim: exit 0, expected 1 (a verdict)");
}

#[test]
fn run_without_a_preimage_comes_to_no_verdict() {
    for vm in [RunVm::None, RunVm::Mips64] {
        let made = Made::new();
        let mut recorded = MadeRun::new();
        recorded.preimages.clear();
        recorded.write(&made, "run");
        let report = run(&made, vm);
        let reason = failure(&report);
        assert!(
            reason.starts_with("as recorded: exit 2, expected 0 ("),
            "{reason}"
        );
    }
}

#[test]
fn run_of_another_chain_comes_to_no_verdict() {
    let report = changed(|run| run.boot["l2_chain_id"] = json!(10));
    assert!(
        failure(&report).starts_with("as recorded: exit 2"),
        "{report:?}"
    );
}

#[test]
fn wrong_preimage_and_a_key_of_an_unknown_type_are_found_before_anything_runs() {
    for (key, words) in [
        (B256::repeat_byte(2), "wrong preimage of 0x0202"),
        (B256::repeat_byte(0x77), "is of a type that is not read"),
    ] {
        let report = changed(|run| {
            run.preimages.insert(key, Bytes::from_static(b"x"));
        });
        let reason = failure(&report);
        assert!(reason.starts_with("preimages.json: "), "{reason}");
        assert!(reason.contains(words), "{reason}");
    }
}

#[test]
fn malformed_and_missing_files_fail_under_the_run_s_name_and_the_others_run() {
    let made = Made::new();
    for name in ["a", "b", "c", "d"] {
        MadeRun::new().write(&made, name);
    }
    made.write("b", "boot.json", &json!({"l1_head": 1}));
    made.write_raw("c", "rollup.json", b"[");
    remove(&made, "d", "preimages.json");
    let report = run(&made, RunVm::None);
    assert_eq!((report.passed, report.failed), (1, 3));
    for (item, file) in report.items[1..]
        .iter()
        .zip(["boot", "rollup", "preimages"])
    {
        assert!(
            item.to_string().contains(&format!("FAILED: {file}.json: ")),
            "{item}"
        );
    }
}

#[test]
fn configuration_that_is_none_comes_to_no_verdict() {
    let report = changed(|run| run.rollup = json!({}));
    assert!(
        failure(&report).starts_with("as recorded: exit 2"),
        "{report:?}"
    );
    let made = Made::new();
    let mut recorded = MadeRun::new();
    recorded.rollup = json!({});
    recorded.write(&made, "run");
    assert!(!failure(&run(&made, RunVm::Mips64)).is_empty());
}

#[test]
fn directory_without_a_run_is_an_error() {
    let made = Made::new();
    let fixture = Fixture::open(&made.path).unwrap();
    let program = ProgramKind::Kona.program();
    let error = runs(&fixture, None, program, RunVm::None, |_| ()).unwrap_err();
    assert!(matches!(error, ConformanceError::Empty { .. }));
    assert!(error.to_string().contains("no boot.json"), "{error}");
}
