//! Stage 2 needs two state transition functions that share no code: what `ortho` is built from is
//! not what the other program is built from.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{collections::BTreeSet, env, process::Command};

use serde_json::Value;

/// Families of crates that the other program is made of, and its cryptography.
const FAMILIES: [&str; 15] = [
    "alloy",
    "op-alloy",
    "kona",
    "revm",
    "op-revm",
    "ark",
    "aurora-engine-modexp",
    "blst",
    "c-kzg",
    "k256",
    "p256",
    "ripemd",
    "ruint",
    "secp256k1",
    "sha2",
];

/// Of `ortho`, but only for its tests.
const FOR_TESTS: [&str; 3] = [
    "endgame-ortho-chain-differential",
    "endgame-ortho-differential",
    "endgame-ortho-statetest",
];

fn is_of(name: &str, family: &str) -> bool {
    name.strip_prefix(family)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[test]
fn no_crate_of_the_other_program_is_in_the_dependency_tree() {
    let output = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name_of = |id: &Value| {
        let package = packages
            .iter()
            .find(|package| package["id"] == *id)
            .unwrap();
        package["name"].as_str().unwrap().to_owned()
    };
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let ours = |name: &str| {
        (name.starts_with("endgame-ortho-") || name == "endgame-program-ortho")
            && !FOR_TESTS.contains(&name)
    };
    let mut open: Vec<&Value> = nodes
        .iter()
        .map(|node| &node["id"])
        .filter(|id| ours(&name_of(id)))
        .collect();
    assert!(open.len() >= 9, "{} crates of ours", open.len());
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id.as_str().unwrap()) {
            continue;
        }
        let name = name_of(id);
        let family = FAMILIES.iter().find(|family| is_of(&name, family));
        assert_eq!(family, None, "{name} is the other program's");
        let node = nodes.iter().find(|node| node["id"] == *id).unwrap();
        for dependency in node["deps"].as_array().unwrap() {
            // A kind of null is a normal dependency.
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"].is_null()) {
                open.push(&dependency["pkg"]);
            }
        }
    }
    assert!(seen.len() > 20, "{} crates in the tree", seen.len());
}
