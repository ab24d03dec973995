//! The mechanisms and their components.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{DiversityError, Pair};

/// All that is known, as `facts.json` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Facts {
    /// The mechanisms.
    pub mechanisms: Vec<Mechanism>,
    /// What they are made of.
    pub components: Vec<Component>,
    /// Crates that are cryptography or that cryptography is built on.
    pub cryptographic: Vec<String>,
}

/// One way to decide whether an output root is true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mechanism {
    /// Its name.
    pub name: String,
    /// Names of its components.
    pub components: Vec<String>,
}

/// A part of a mechanism that its verdict depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// What kind of part.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// What it is, in words.
    pub about: String,
    /// The crates that it is compiled from, by name.
    pub crates: Vec<Crate>,
    /// Its contracts' sources, with all that they import.
    pub contracts: Vec<String>,
    /// The crates that compute each cryptographic primitive.
    pub cryptography: BTreeMap<String, Vec<String>>,
}

/// The kinds of components that S2-AGG-13 counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A state transition function and its lineage.
    Program,
    /// What proves a run of it: a VM that L1 can step, or a proof system.
    Vm,
    /// The game's contracts.
    Game,
    /// Where the program's inputs are found on L1.
    Oracle,
    /// The contract that checks a proof or a signature.
    Verifier,
    /// A key that is trusted.
    Key,
}

/// A crate and the versions of it that are in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// Its versions.
    pub versions: Vec<String>,
    /// Whether it only makes code (a macro and what macros are made of) and is not in the program.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub build_only: bool,
}

impl Facts {
    /// The facts of this build.
    pub fn embedded() -> Result<Self, DiversityError> {
        Ok(serde_json::from_str(include_str!("../facts.json"))?)
    }

    /// Every two mechanisms, compared.
    pub fn pairs(&self) -> Result<Vec<Pair>, DiversityError> {
        let mut pairs = Vec::new();
        for (at, first) in self.mechanisms.iter().enumerate() {
            for second in self.mechanisms.iter().skip(at + 1) {
                pairs.push(Pair::of(self, first, second)?);
            }
        }
        Ok(pairs)
    }

    /// The components of a mechanism, by kind.
    pub fn components_of(&self, mechanism: &Mechanism) -> Result<Vec<&Component>, DiversityError> {
        let component = |name: &String| {
            self.components
                .iter()
                .find(|component| component.name == *name)
                .ok_or_else(|| DiversityError::NoComponent {
                    mechanism: mechanism.name.clone(),
                    component: name.clone(),
                })
        };
        let mut components: Vec<_> = mechanism
            .components
            .iter()
            .map(component)
            .collect::<Result<_, _>>()?;
        components.sort_by_key(|component| component.kind);
        Ok(components)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Program => "program",
            Self::Vm => "VM",
            Self::Game => "game",
            Self::Oracle => "oracle",
            Self::Verifier => "verifier",
            Self::Key => "key",
        })
    }
}
