//! `mechanisms.toml`, and the facts that follow from it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use endgame_diversity::{Component, Facts, Kind, Mechanism};
use serde::Deserialize;

use crate::{cargo, solidity};

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    mechanism: Vec<Mechanism>,
    component: Vec<Described>,
    cryptography: Cryptography,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    kind: Kind,
    name: String,
    about: String,
    #[serde(default)]
    roots: Vec<Root>,
    #[serde(default)]
    contracts: Vec<String>,
    #[serde(default)]
    cryptography: BTreeMap<String, Vec<String>>,
}

/// A package whose normal dependencies are a component's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Root {
    pub(crate) manifest: String,
    pub(crate) package: String,
    /// What it is compiled for, if not for this machine. Any bare 64-bit target has the same
    /// dependencies as the VM's, which cargo does not know by name.
    pub(crate) target: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cryptography {
    support: Vec<String>,
    not: Vec<String>,
}

impl Table {
    /// Names of the packages that components start from.
    pub(crate) fn packages(&self) -> impl Iterator<Item = String> {
        let roots = self.component.iter().flat_map(|part| &part.roots);
        roots.map(|root| root.package.clone())
    }

    /// The workspaces that they are in.
    pub(crate) fn manifests(&self) -> BTreeSet<&str> {
        let roots = self.component.iter().flat_map(|part| &part.roots);
        roots.map(|root| root.manifest.as_str()).collect()
    }

    /// Whether a crate that calls itself cryptography is none.
    pub(crate) fn is_none(&self, name: &str) -> bool {
        self.cryptography.not.iter().any(|known| known == name)
    }

    /// The facts, from the sources in the repository.
    pub(crate) fn facts(&self, repository: &Path) -> Facts {
        let mut cryptographic: BTreeSet<String> =
            self.cryptography.support.iter().cloned().collect();
        let components = self.component.iter().map(|part| {
            cryptographic.extend(part.cryptography.values().flatten().cloned());
            Component {
                kind: part.kind,
                name: part.name.clone(),
                about: part.about.clone(),
                crates: cargo::crates(repository, &part.roots),
                contracts: solidity::closure(&repository.join("contracts/src"), &part.contracts),
                cryptography: part.cryptography.clone(),
            }
        });
        Facts {
            components: components.collect(),
            mechanisms: self.mechanism.clone(),
            cryptographic: cryptographic.into_iter().collect(),
        }
    }
}
