//! A host that cannot be started. In a process of its own: the host's file descriptors are 3 to 6, and
//! while other threads close some of those, the one through which the system says that a program
//! cannot be started can come to be among them, and is lost.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use clap::Parser;
use endgame_cannon::{Cannon, CannonError};
use endgame_mips::State;
use tempfile::TempDir;

#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: Cannon,
}

#[test]
fn a_host_that_cannot_be_started_is_named() {
    let dir = TempDir::new().unwrap();
    let input = dir.path().join("in.bin.gz");
    State::new(0).save(&input).unwrap();
    let input = input.to_str().unwrap();
    let words = [
        "cannon",
        "run",
        "--input",
        input,
        "--meta",
        "",
        "--",
        "/nonexistent",
    ];
    let error = Cli::try_parse_from(words).unwrap().command.execute();
    let error = error.unwrap_err();
    assert!(matches!(error, CannonError::Host { .. }), "{error}");
    assert!(error.to_string().contains("/nonexistent"), "{error}");
}
