//! `facts.json` says what the lock files, the contracts' sources and `mechanisms.toml` say.
//!
//! `ENDGAME_UPDATE_SNAPSHOTS=1 cargo test -p endgame-diversity` rewrites it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod cargo;
mod solidity;
mod table;

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

use endgame_diversity::Facts;
use table::Table;

/// Set to rewrite the facts.
const UPDATE: &str = "ENDGAME_UPDATE_SNAPSHOTS";

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn repository() -> PathBuf {
    here().ancestors().nth(2).unwrap().to_owned()
}

fn table() -> Table {
    toml::from_str(&fs::read_to_string(here().join("mechanisms.toml")).unwrap()).unwrap()
}

#[test]
fn facts_are_those_of_the_sources() {
    let facts = table().facts(&repository());
    let path = here().join("facts.json");
    if env::var_os(UPDATE).is_some() {
        let json = serde_json::to_string_pretty(&facts).unwrap();
        fs::write(&path, json + "\n").unwrap();
    }
    let kept: Facts = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert!(
        kept == facts,
        "crates/diversity/facts.json is stale: `make diversity` rewrites it"
    );
}

/// A guest that is built is a program of some mechanism; the benchmark and the runtime are not.
#[test]
fn every_guest_is_in_the_table() {
    let roots: BTreeSet<String> = table().packages().collect();
    for member in fs::read_dir(repository().join("guests")).unwrap() {
        let manifest = member.unwrap().path().join("Cargo.toml");
        let Some(name) = package_of(&manifest) else {
            continue;
        };
        if name != "endgame-guest-bench" && name != "endgame-guest-platform" {
            assert!(
                roots.contains(&name),
                "{name} is no root in crates/diversity/mechanisms.toml"
            );
        }
    }
}

fn package_of(manifest: &Path) -> Option<String> {
    let manifest: toml::Table = toml::from_str(&fs::read_to_string(manifest).ok()?).unwrap();
    Some(manifest["package"]["name"].as_str().unwrap().to_owned())
}

#[test]
fn every_crate_that_calls_itself_cryptography_is_counted_as_such() {
    let table = table();
    let facts = table.facts(&repository());
    let ours: BTreeSet<&str> = facts
        .components
        .iter()
        .flat_map(|component| &component.crates)
        .map(|one| one.name.as_str())
        .collect();
    for manifest in table.manifests() {
        for name in cargo::cryptography(&repository().join(manifest)) {
            assert!(
                !ours.contains(name.as_str())
                    || table.is_none(&name)
                    || facts.cryptographic.contains(&name),
                "{name} has the category cryptography: name it in crates/diversity/mechanisms.toml"
            );
        }
    }
}

#[test]
fn no_name_under_cryptography_is_without_a_crate() {
    let facts = table().facts(&repository());
    for component in &facts.components {
        for name in component.cryptography.values().flatten() {
            assert!(
                component.crates.iter().any(|one| one.name == *name),
                "{} is not in {}",
                name,
                component.name
            );
        }
    }
    for name in &facts.cryptographic {
        let mut crates = facts.components.iter().flat_map(|part| &part.crates);
        assert!(
            crates.any(|one| one.name == *name),
            "{name} is in no component"
        );
    }
}
