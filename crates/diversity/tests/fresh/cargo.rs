//! What cargo knows.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    path::Path,
    process::Command,
};

use endgame_diversity::Crate;
use serde_json::Value;

use crate::table::Root;

fn cargo(args: &[&str]) -> String {
    let output = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(args)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "cargo {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Names and versions of a package's dependencies and itself, with the features that it has when it
/// is built alone.
fn tree(manifest: &Path, root: &Root, edges: &str) -> BTreeSet<(String, String)> {
    let manifest = manifest.to_str().unwrap();
    let mut args = vec!["tree", "--locked", "--manifest-path", manifest];
    args.extend(["--package", &root.package, "--edges", edges]);
    args.extend(["--prefix", "none", "--format", "{p}"]);
    if let Some(target) = &root.target {
        args.extend(["--target", target]);
    }
    let listing = cargo(&args);
    let lines = listing.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let mut words = line.split(' ');
            let name = words.next().unwrap();
            let version = words.next().unwrap().trim_start_matches('v');
            (name.to_owned(), version.to_owned())
        })
        .collect()
}

/// The crates below the roots, one entry a name.
pub(crate) fn crates(repository: &Path, roots: &[Root]) -> Vec<Crate> {
    let mut all = BTreeMap::<String, BTreeSet<String>>::new();
    let mut linked = BTreeSet::new();
    for root in roots {
        let manifest = repository.join(&root.manifest);
        for (name, version) in tree(&manifest, root, "normal") {
            all.entry(name).or_default().insert(version);
        }
        let names = tree(&manifest, root, "normal,no-proc-macro");
        linked.extend(names.into_iter().map(|(name, _)| name));
    }
    all.into_iter()
        .map(|(name, versions)| Crate {
            build_only: !linked.contains(&name),
            versions: versions.into_iter().collect(),
            name,
        })
        .collect()
}

/// The crates of a workspace that have the category cryptography.
pub(crate) fn cryptography(manifest: &Path) -> Vec<String> {
    let manifest = manifest.to_str().unwrap();
    let output = cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--manifest-path",
        manifest,
    ]);
    let metadata: Value = serde_json::from_str(&output).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .filter(|package| {
            let categories = package["categories"].as_array().unwrap();
            categories.iter().any(|category| category == "cryptography")
        })
        .map(|package| package["name"].as_str().unwrap().to_owned())
        .collect()
}
