//! Comparing mechanisms: made ones, and those that there are.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use endgame_diversity::{Facts, Kind, Pair, Report, SharedCrate};
use serde_json::json;

/// Two programs, two VMs, all four mechanisms of them.
fn made() -> Facts {
    let component = |kind: &str, name: &str, crates: serde_json::Value, contracts: &[&str]| {
        json!({
            "kind": kind, "name": name, "about": "", "crates": crates, "contracts": contracts,
            "cryptography": {},
        })
    };
    let uses = |name: &str, version: &str| json!({ "name": name, "versions": [version] });
    let makes = |name: &str| json!({ "name": name, "versions": ["1.0.0"], "buildOnly": true });
    let mechanism = |program: &str, vm: &str| json!({ "name": format!("{program}-{vm}"), "components": [program, vm] });
    let mut facts = json!({
        "mechanisms": [
            mechanism("a", "v"), mechanism("b", "v"), mechanism("a", "w"), mechanism("b", "w"),
        ],
        "components": [
            component("program", "a", json!([uses("bytes", "1.0.0"), uses("hash", "1.0.0"), makes("syn")]), &[]),
            component("program", "b", json!([uses("bytes", "2.0.0"), uses("sum", "1.0.0"), makes("syn")]), &[]),
            component("vm", "v", json!([uses("hash", "1.0.0"), uses("syn", "1.0.0"), uses("page", "1.0.0")]), &["V.sol", "Lib.sol"]),
            component("vm", "w", json!([uses("hash", "1.0.0")]), &["W.sol", "Lib.sol"]),
        ],
        "cryptographic": ["hash"],
    });
    facts["components"][0]["cryptography"] = json!({ "keccak-256": ["hash"], "modexp": ["bytes"] });
    facts["components"][1]["cryptography"] = json!({ "keccak-256": ["sum"], "sha-256": ["sum"] });
    serde_json::from_value(facts).unwrap()
}

fn pair(facts: &Facts, names: [&str; 2]) -> Pair {
    let mut pairs = facts.pairs().unwrap().into_iter();
    pairs.find(|pair| pair.mechanisms == names).unwrap()
}

fn shared<'a>(pair: &'a Pair, name: &str) -> Option<&'a SharedCrate> {
    pair.crates.iter().find(|shared| shared.name == name)
}

#[test]
fn every_two_mechanisms_are_compared_once() {
    let pairs = made().pairs().unwrap();
    assert_eq!(pairs.len(), 6);
    assert_eq!(pairs[0].mechanisms, ["a-v", "b-v"]);
    assert_eq!(pairs[5].mechanisms, ["a-w", "b-w"]);
}

#[test]
fn crate_of_two_programs_is_told_from_a_crate_of_the_vm_that_they_share() {
    let pair = pair(&made(), ["a-v", "b-v"]);
    let names: Vec<_> = pair.crates.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["bytes", "hash", "page", "syn"]);
    assert_eq!(pair.crate_counts, [4, 5]);

    let bytes = shared(&pair, "bytes").unwrap();
    assert!(bytes.in_independent_parts && !bytes.build_only);
    assert_eq!(bytes.versions, [["1.0.0"], ["2.0.0"]]);
    assert_eq!(bytes.used_by, ["a", "b"]);

    // Program a has it too, but program b does not.
    let hash = shared(&pair, "hash").unwrap();
    assert!(!hash.in_independent_parts && hash.cryptographic);
    assert_eq!(hash.used_by, ["a", "v"]);

    // Code in the VM, a macro's part in both programs.
    let syn = shared(&pair, "syn").unwrap();
    assert!(syn.in_independent_parts && syn.build_only);
    assert!(!shared(&pair, "page").unwrap().build_only);
}

#[test]
fn crate_of_different_components_of_the_two_counts_as_independent_parts() {
    // Nothing is shared between a-v and b-w, and yet `hash` is in a, v and w.
    let pair = pair(&made(), ["a-v", "b-w"]);
    assert!(pair.components.iter().all(|row| !row.shared));
    let hash = shared(&pair, "hash").unwrap();
    assert!(hash.in_independent_parts);
    assert_eq!(hash.used_by, ["a", "v", "w"]);
    assert_eq!(pair.contracts, ["Lib.sol"]);
    assert_eq!(pair.contract_counts, [2, 2]);
}

#[test]
fn cryptography_is_compared_primitive_by_primitive() {
    let facts = made();
    let different = pair(&facts, ["a-v", "b-v"]);
    assert_eq!(
        different.cryptography.len(),
        1,
        "only keccak-256 is of both"
    );
    assert_eq!(different.cryptography[0].primitive, "keccak-256");
    assert_eq!(different.cryptography[0].kind, Kind::Program);
    assert!(different.cryptography[0].shared.is_empty());
    let same = pair(&facts, ["a-v", "a-w"]);
    assert_eq!(same.cryptography[0].shared, ["hash"]);
}

#[test]
fn pair_with_one_program_and_one_vm_is_named_as_refused() {
    let mut facts = made();
    let mut twin = facts.mechanisms[0].clone();
    twin.name = "twin".into();
    facts.mechanisms.push(twin);
    let twins = pair(&facts, ["a-v", "twin"]);
    assert!(twins.shares_program_and_vm());
    assert!(twins.to_string().contains("S2-AGG-5 refuses"));
    let pair = pair(&facts, ["a-v", "b-v"]);
    assert!(!pair.shares_program_and_vm());
    assert!(!pair.to_string().contains("S2-AGG-5"));
}

#[test]
fn set_is_independent_when_no_part_is_in_every_mechanism() {
    let mut facts = made();
    let report = Report::of(&facts).unwrap();
    assert!(report.independent);
    facts.mechanisms.truncate(2);
    let report = Report::of(&facts).unwrap();
    assert_eq!(report.in_every_mechanism, ["v"]);
    assert!(report.to_string().contains("In every mechanism: v."));
}

#[test]
fn mechanism_with_an_unknown_component_is_refused() {
    let mut facts = made();
    facts.mechanisms[1].components.push("zk".into());
    let error = Report::of(&facts).unwrap_err();
    assert_eq!(
        error.to_string(),
        "mechanism b-v has the component zk, which is not described"
    );
}

#[test]
fn programs_compute_every_primitive_with_different_libraries() {
    let facts = Facts::embedded().unwrap();
    let pair = pair(&facts, ["kona-mips64", "ortho-mips64"]);
    let mut programs = pair
        .cryptography
        .iter()
        .filter(|row| row.kind == Kind::Program)
        .peekable();
    assert!(programs.peek().is_some());
    for row in programs {
        assert!(row.shared.is_empty(), "{row:?}");
    }
}

#[test]
fn programs_share_no_execution_or_derivation_code() {
    let facts = Facts::embedded().unwrap();
    let pair = pair(&facts, ["kona-mips64", "ortho-mips64"]);
    let shared = pair.crates.iter().filter(|one| one.in_independent_parts);
    let ours: Vec<_> = shared
        .map(|one| one.name.as_str())
        .filter(|name| name.starts_with("endgame-"))
        .collect();
    // The runtime, how inputs come in, and where the chain's configuration stands.
    let runtime = [
        "endgame-guest-platform",
        "endgame-preimage",
        "endgame-section",
    ];
    assert_eq!(ours, runtime);
}
