//! `endgame conformance`: what it prints and how it ends.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use tempfile::TempDir;

/// An image that says at once that it passed: `t0` is where results go, `t1` is 1.
const PASSES: [u32; 7] = [
    0x3c08_bfff,
    0x3508_fff0,
    0x3409_0001,
    0xad09_0008,
    0xad09_0004,
    0x03e0_0008,
    0,
];

struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
}

fn conformance(args: &[&str], data: &Path) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_endgame"))
        .args(["conformance", args[0]])
        .arg(data)
        .args(&args[1..])
        .output()
        .unwrap();
    Ended {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The suites with what each needs.
const SUITES: [&[&str]; 5] = [
    &["blocks", "--program", "kona"],
    &["blocks", "--program", "ortho"],
    &["runs", "--program", "kona"],
    &["evm"],
    &["mips"],
];

fn images(names: &[(&str, &[u32])]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, image) in names {
        let bytes: Vec<_> = image.iter().flat_map(|word| word.to_be_bytes()).collect();
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

#[test]
fn data_that_passes_ends_with_0() {
    let dir = images(&[("good.bin", &PASSES), ("oracle.bin", &[])]);
    let ended = conformance(&["mips"], dir.path());
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stdout.contains("good"), "{}", ended.stdout);
    assert!(ended.stdout.ends_with("1 passed, 0 failed, 1 skipped\n"));

    let ended = conformance(&["mips", "--json"], dir.path());
    assert_eq!(ended.code, 0);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["passed"], 1);
    assert_eq!(report["items"][0]["outcome"], "passed");
    assert_eq!(report["items"][1]["outcome"], "skipped");
    // What was on the way to it is no part of the document.
    assert!(ended.stderr.contains("good"));
}

#[test]
fn data_that_fails_ends_with_1_and_the_rest_of_it_was_run() {
    let dir = images(&[("bad.bin", &PASSES[..3]), ("good.bin", &PASSES)]);
    let ended = conformance(&["mips", "--json"], dir.path());
    assert_eq!(ended.code, 1);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(
        (&report["passed"], &report["failed"]),
        (&1.into(), &1.into())
    );
    assert!(report["items"][0]["reason"].is_string());

    // A filter that leaves it out.
    let ended = conformance(&["mips", "--filter", "good*"], dir.path());
    assert_eq!(ended.code, 0, "{}", ended.stdout);
}

#[test]
fn malformed_data_ends_with_1_and_names_the_file() {
    for (suite, file) in
        SUITES
            .iter()
            .zip(["fixture.json", "fixture.json", "boot.json", "test.json"])
    {
        let dir = TempDir::new().unwrap();
        fs::create_dir(dir.path().join("item")).unwrap();
        fs::write(dir.path().join("item").join(file), "{\"a\": ").unwrap();
        let ended = conformance(suite, dir.path());
        assert_eq!(ended.code, 1, "{suite:?}: {}", ended.stderr);
        assert!(ended.stdout.contains(file), "{suite:?}: {}", ended.stdout);
        assert!(
            ended.stdout.contains("0 passed, 1 failed"),
            "{suite:?}: {}",
            ended.stdout
        );
    }
}

#[test]
fn nothing_to_run_ends_with_1_and_says_where() {
    let empty = TempDir::new().unwrap();
    let text = empty.path().join("text");
    for suite in SUITES {
        for data in [empty.path(), Path::new("no/such/data")] {
            let ended = conformance(suite, data);
            assert_eq!(ended.code, 1, "{suite:?}");
            assert!(ended.stdout.is_empty(), "{suite:?}: {}", ended.stdout);
            let named = ended.stderr.contains(&data.display().to_string());
            assert!(
                ended.stderr.starts_with("error: ") && named,
                "{suite:?}: {}",
                ended.stderr
            );
        }
    }
    fs::write(&text, "no archive").unwrap();
    let ended = conformance(&["mips"], &text);
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("cannot read"), "{}", ended.stderr);
}

#[test]
fn what_is_no_command_line_ends_with_2() {
    let dir = TempDir::new().unwrap();
    for args in [
        &["blocks"][..],
        &["blocks", "--program", "nobody"],
        &["runs", "--program", "kona", "--vm", "x86"],
        &["evm", "--jobs", "0"],
        &["nothing"],
    ] {
        assert_eq!(conformance(args, dir.path()).code, 2, "{args:?}");
    }
}

#[test]
fn fork_that_there_is_not_ends_with_1_and_names_those_that_there_are() {
    let dir = TempDir::new().unwrap();
    let ended = conformance(&["evm", "--fork", "Byzantium"], dir.path());
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("Osaka"), "{}", ended.stderr);
}
