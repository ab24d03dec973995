//! The commands on small programs, as a person would give them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{fs, path::Path};

use clap::Parser;
use endgame_cannon::{Cannon, CannonError};
use endgame_mips::{State, syscall};
use endgame_vm::Words as _;
use serde_json::Value;
use tempfile::TempDir;

#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: Cannon,
}

/// Runs a command line whose words are separated by spaces; `~` stands for the directory.
fn cannon(dir: &TempDir, line: &str) -> Result<(), CannonError> {
    let dir = dir.path().to_str().unwrap();
    let words = line.split(' ').map(|word| word.replace('~', dir));
    let cli = Cli::try_parse_from(["cannon".to_owned()].into_iter().chain(words)).unwrap();
    cli.command.execute()
}

const PC: u64 = 0x1_0000;

/// Writes a local key, reads the first word of its preimage and 3 bytes more, prints 5 bytes of
/// the code, exits with 1.
fn reader() -> State {
    let (read, write) = (syscall::READ as u32, syscall::WRITE as u32);
    let li = |register: u32, value: u32| 0x2400_0000 | register << 16 | value;
    let call = |number, fd, count| [li(2, number), li(4, fd), li(6, count), 0x0c];
    let mut code = vec![0x3c05_0002]; // lui $5, 2
    for _ in 0..4 {
        code.extend(call(write, 6, 8));
        code.push(0x24a5_0008); // addiu $5, $5, 8
    }
    code.extend(call(read, 5, 8));
    code.extend(call(read, 5, 3));
    code.push(0x3c05_0001); // lui $5, 1
    code.extend(call(write, 1, 5));
    code.extend([li(2, syscall::EXIT_GROUP as u32), li(4, 1), 0x0c]);
    let mut state = State::new(PC);
    for (at, word) in (PC..).step_by(4).zip(code) {
        state.memory.set_bytes(at, &word.to_be_bytes());
    }
    state.memory.set_bytes(0x2_0000, &[1; 32]);
    state
}

/// Answers the first request with `hello`, then ends.
const HOST: &str =
    "head -c 32 <&5 >/dev/null; printf '\\000\\000\\000\\000\\000\\000\\000\\005hello' >&6";

fn with_reader(host: &str) -> TempDir {
    let dir = TempDir::new().unwrap();
    reader().save(dir.path().join("in.bin.gz")).unwrap();
    fs::write(dir.path().join("host.sh"), host).unwrap();
    dir
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn step(dir: &TempDir, name: &str) -> u64 {
    State::load(dir.path().join(name)).unwrap().step
}

/// The state after `n` of the reader's reads of preimages: 21 steps, then 4 each.
const FIRST_READ: u64 = 1 + 4 * 5 + 3;

#[test]
fn a_run_with_a_host_proves_the_read_and_ends_as_the_guest_does() {
    let dir = with_reader(HOST);
    let line = format!(
        "run --input ~/in.bin.gz --output ~/out.bin.gz --meta  --proof-at ={FIRST_READ} \
         --proof-fmt ~/%d.json --snapshot-at %10 --snapshot-fmt ~/s%d.bin --debug-info ~/info.json \
         -- sh ~/host.sh"
    );
    cannon(&dir, &line).unwrap();
    let out = State::load(dir.path().join("out.bin.gz")).unwrap();
    assert!(out.exited && out.exit_code == 1);
    assert_eq!(out.memory.bytes(0x2_0020, 8), b"hel\0\0\0\0\x05");
    let proof = json(&dir.path().join(format!("{FIRST_READ}.json")));
    assert_eq!(proof["step"], FIRST_READ);
    assert_eq!(proof["oracle-key"], format!("0x{}", "01".repeat(32)));
    assert_eq!(proof["oracle-value"], "0x000000000000000568656c6c6f");
    // The first read is at offset 0, which Cannon leaves out.
    assert_eq!(proof.get("oracle-offset"), None);
    for step in [0, 10, 20, 30] {
        let snapshot = State::load(dir.path().join(format!("s{step}.bin"))).unwrap();
        assert_eq!(snapshot.step, step);
    }
    let info = json(&dir.path().join("info.json"));
    assert_eq!(info["num_preimage_requests"], 1);
    assert_eq!(info["total_steps"], out.step);
}

#[test]
fn a_run_goes_on_from_its_own_output() {
    let dir = with_reader(HOST);
    cannon(
        &dir,
        "run --input ~/in.bin.gz --output ~/a.bin --meta  --stop-at =15",
    )
    .unwrap();
    assert_eq!(step(&dir, "a.bin"), 15);
    cannon(
        &dir,
        "run --input ~/a.bin --output ~/b.bin --meta  -- sh ~/host.sh",
    )
    .unwrap();
    cannon(
        &dir,
        "run --input ~/in.bin.gz --output ~/c.bin --meta  -- sh ~/host.sh",
    )
    .unwrap();
    let hash = |name| State::load(dir.path().join(name)).unwrap().state_hash();
    assert_eq!(hash("b.bin"), hash("c.bin"));
}

#[test]
fn a_run_stops_after_the_preimage_that_it_is_told() {
    let run = "run --input ~/in.bin.gz --output ~/out.bin --meta ";
    for (flags, read) in [
        ("--stop-at-preimage-type any", FIRST_READ),
        ("--stop-at-preimage-type local", FIRST_READ),
        ("--stop-at-preimage-larger-than 12", FIRST_READ),
        ("--stop-at-preimage 0x0101@8", FIRST_READ + 4),
        ("--stop-at-preimage 0x01@8@1000", u64::MAX),
        ("--stop-at-preimage-type keccak", u64::MAX),
        ("--stop-at-preimage-larger-than 13", u64::MAX),
    ] {
        for proofs in ["never", "always"] {
            let dir = with_reader(HOST);
            let proofs = format!("--proof-at {proofs} --proof-fmt ~/p%d.json.gz");
            cannon(&dir, &format!("{run} {flags} {proofs} -- sh ~/host.sh")).unwrap();
            let end = State::load(dir.path().join("out.bin")).unwrap();
            assert_eq!(end.exited, read == u64::MAX, "{flags}");
            assert!(end.exited || end.step == read + 1, "{flags}: {}", end.step);
        }
    }
}

#[test]
fn a_host_that_dies_is_named_with_its_exit_code() {
    let dir = with_reader("exit 7");
    let error = cannon(
        &dir,
        "run --input ~/in.bin.gz --output  --meta  sh ~/host.sh",
    )
    .unwrap_err();
    assert!(matches!(&error, CannonError::HostGone { status, .. } if status.code() == Some(7)));
    assert!(error.to_string().contains("failed at step 24"), "{error}");
}

#[test]
fn without_a_host_a_preimage_is_an_error_that_names_the_step() {
    let dir = with_reader("");
    let error = cannon(&dir, "run --input ~/in.bin.gz --output  --meta ").unwrap_err();
    assert!(
        matches!(
            error,
            CannonError::Step {
                step: FIRST_READ,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn what_a_run_needs_is_checked_first() {
    let dir = with_reader("");
    let run = "run --input ~/in.bin.gz --meta  --output ";
    assert!(matches!(
        cannon(&dir, &format!("{run}~/out.json")),
        Err(CannonError::NotBinary { flag: "--output" })
    ));
    assert!(matches!(
        cannon(&dir, &format!("{run} --snapshot-fmt ~/%d.json")),
        Err(CannonError::NotBinary {
            flag: "--snapshot-fmt"
        })
    ));
    assert!(matches!(
        cannon(&dir, &format!("{run} --debug")),
        Err(CannonError::DebugWithoutMeta)
    ));
    fs::write(dir.path().join("meta.json"), "{}").unwrap();
    let line = "run --input ~/in.bin.gz --output  --meta ~/meta.json";
    assert!(matches!(cannon(&dir, line), Err(CannonError::Meta { .. })));
    let line = "run --input ~/absent.bin --output  --meta ";
    assert!(matches!(cannon(&dir, line), Err(CannonError::State { .. })));
}

#[test]
fn a_truncated_an_oversized_and_an_unknown_state_are_refused() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.bin");
    reader().save(&path).unwrap();
    let bytes = fs::read(&path).unwrap();
    let longer = [&bytes[..], &[0]].concat();
    let mut unknown = bytes.clone();
    unknown[0] = 99;
    let mut older = bytes.clone();
    older[0] = 7;
    let refused = [
        (&bytes[..bytes.len() - 1], "truncated"),
        (&longer, "bytes after the state"),
        (&unknown, "unknown state version 99"),
        (&older, "multithreaded64-4"),
    ];
    for (bytes, reason) in refused {
        fs::write(&path, bytes).unwrap();
        for line in [
            "witness --input ~/a.bin",
            "run --input ~/a.bin --output  --meta ",
        ] {
            let error = cannon(&dir, line).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}

#[test]
fn a_witness_is_written_as_bytes() {
    let dir = with_reader("");
    cannon(&dir, "witness --input ~/in.bin.gz --output ~/w.bin").unwrap();
    let witness = fs::read(dir.path().join("w.bin")).unwrap();
    assert_eq!(witness, reader().witness());
}

#[test]
fn load_elf_refuses_other_machines_and_other_types() {
    let dir = TempDir::new().unwrap();
    // A 64-bit big-endian header for machine 62, x86-64.
    let mut elf = vec![0; 64];
    elf[..6].copy_from_slice(b"\x7fELF\x02\x02");
    elf[19] = 62;
    fs::write(dir.path().join("a.elf"), &elf).unwrap();
    let load = "load-elf --path ~/a.elf --out ~/a.bin.gz --meta  --type multithreaded64-";
    let error = cannon(&dir, &format!("{load}5")).unwrap_err().to_string();
    assert!(error.contains("machine 62"), "{error}");
    assert!(matches!(
        cannon(&dir, &format!("{load}4")),
        Err(CannonError::VmType(_))
    ));
}
