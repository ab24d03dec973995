//! The host as a process: killed while it writes, and serving over file descriptors.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::{
    env,
    fs::File,
    io::{self, BufRead, BufReader},
    os::fd::OwnedFd,
    path::Path,
    process::{Child, Command, Stdio},
};

use command_fds::{CommandFdExt, FdMapping};
use endgame_host::{Batch, Config, Store, serve_fds};
use endgame_preimage::{LocalIndex, OracleError, PreimageKey, PreimageOracle, wire::PipeOracle};
use support::{boot, host, key_of};

/// Tells a child process which part to play on which directory.
const STORE: &str = "ENDGAME_TEST_STORE";
const SERVE: &str = "ENDGAME_TEST_SERVE";

/// This test binary again, as a child that runs the named test's other half.
fn again(test: &str, variable: &str, dir: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(variable, dir);
    command
}

fn value(number: u64) -> Vec<u8> {
    [&number.to_be_bytes()[..], &[7; 3000]].concat()
}

/// Stores values until it is killed, and says after each that it is stored.
fn write_for_ever(dir: &Path) -> ! {
    let store = Store::open(&dir.join("store")).unwrap();
    let first = store.len().unwrap();
    for number in first.. {
        let mut batch = Batch::default();
        batch.keccak(value(number));
        store.put(batch).unwrap();
        println!("\nstored {number}");
    }
    unreachable!("there is always a next number")
}

#[test]
fn store_survives_kill_9() {
    const TEST: &str = "store_survives_kill_9";
    if let Some(dir) = env::var_os(STORE) {
        write_for_ever(dir.as_ref());
    }
    let dir = tempfile::tempdir().unwrap();
    let mut stored = 0;
    for round in 1..=3 {
        let mut child: Child = again(TEST, STORE, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for line in lines {
            let line = line.unwrap();
            if let Some(number) = line.strip_prefix("stored ") {
                stored = number.parse::<u64>().unwrap() + 1;
                if stored >= 25 * round {
                    break;
                }
            }
        }
        // SIGKILL, while the next value is being written.
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(stored >= 25 * round, "the child ended by itself");
        let store = Store::open(&dir.path().join("store")).unwrap();
        assert!(store.len().unwrap() >= stored);
        for number in 0..store.len().unwrap() {
            let value = value(number);
            assert_eq!(store.get(key_of(&value)).unwrap(), Some(value));
        }
    }
}

/// Serves what is stored in a directory until the client is gone.
fn serve(dir: &Path) -> ! {
    let host = host(&Config {
        data_dir: Some(dir.to_owned()),
        ..Config::default()
    });
    let code = i32::from(serve_fds(&host).is_err());
    std::process::exit(code)
}

/// A client of a child that serves.
fn connect(test: &str, dir: &Path) -> (Child, PipeOracle<File, File>) {
    let file = |fd: OwnedFd| File::from(fd);
    let (hint_in, hints) = io::pipe().unwrap();
    let (acks, ack_out) = io::pipe().unwrap();
    let (key_in, keys) = io::pipe().unwrap();
    let (values, value_out) = io::pipe().unwrap();
    let fds: [OwnedFd; 4] = [
        hint_in.into(),
        ack_out.into(),
        key_in.into(),
        value_out.into(),
    ];
    let mappings = fds
        .into_iter()
        .zip(3..)
        .map(|(parent_fd, child_fd)| FdMapping {
            parent_fd,
            child_fd,
        })
        .collect();
    let mut command = again(test, SERVE, dir);
    command.stdout(Stdio::null()).fd_mappings(mappings).unwrap();
    let child = command.spawn().unwrap();
    // The parent's copies of the child's ends go with `command`.
    drop(command);
    let client = PipeOracle::new(
        (file(acks.into()), file(hints.into())),
        (file(values.into()), file(keys.into())),
    );
    (child, client)
}

#[test]
fn server_process_speaks_the_fd_protocol() {
    const TEST: &str = "server_process_speaks_the_fd_protocol";
    if let Some(dir) = env::var_os(SERVE) {
        serve(dir.as_ref());
    }
    let dir = tempfile::tempdir().unwrap();
    {
        let host = host(&Config {
            data_dir: Some(dir.path().to_owned()),
            ..Config::default()
        });
        let mut batch = Batch::default();
        batch.keccak(value(1));
        batch.keccak(Vec::new());
        host.backend().store().put(batch).unwrap();
    }
    let (mut child, client) = connect(TEST, dir.path());
    let chain_id = PreimageKey::local(LocalIndex::ChainId);
    assert_eq!(client.get(chain_id).unwrap(), boot().chain_id.to_be_bytes());
    client.hint(b"l1-block-header 0x").unwrap_err();
    drop(client);
    assert!(!child.wait().unwrap().success(), "a bad hint ends it");

    let (mut child, client) = connect(TEST, dir.path());
    client.hint(b"somebody-elses-hint 0x00").unwrap();
    assert_eq!(client.get(key_of(&value(1))).unwrap(), value(1));
    assert_eq!(client.get(key_of(b"")).unwrap(), b"");
    drop(client);
    assert!(
        child.wait().unwrap().success(),
        "a client that leaves is no failure"
    );

    let (mut child, client) = connect(TEST, dir.path());
    let missing = client.get(key_of(b"nobody has this"));
    assert!(
        matches!(missing, Err(OracleError::Channel(_))),
        "{missing:?}"
    );
    assert!(!child.wait().unwrap().success());
}
