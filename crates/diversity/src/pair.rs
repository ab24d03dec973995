//! Two mechanisms, compared.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{Component, Crate, DiversityError, Facts, Kind, Mechanism};

/// What two mechanisms both use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pair {
    /// Their names.
    pub mechanisms: [String; 2],
    /// Their components, kind by kind.
    pub components: Vec<ComponentPair>,
    /// How many crates each has.
    pub crate_counts: [usize; 2],
    /// The crates that both have.
    pub crates: Vec<SharedCrate>,
    /// How many contract sources each has.
    pub contract_counts: [usize; 2],
    /// The contract sources that both have.
    pub contracts: Vec<String>,
    /// The libraries of each cryptographic primitive that both compute.
    pub cryptography: Vec<CryptographyPair>,
}

/// The components of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComponentPair {
    /// The kind.
    pub kind: Kind,
    /// The names of each one's components.
    pub names: [Vec<String>; 2],
    /// Whether they have one in common.
    pub shared: bool,
}

/// A crate that both use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SharedCrate {
    /// Its name.
    pub name: String,
    /// Each one's versions, in the parts that are not shared if it is there in both.
    pub versions: [Vec<String>; 2],
    /// The components that use it.
    pub used_by: Vec<String>,
    /// Whether each mechanism has it in a component of its own, that the other does not have: then
    /// two parts that shall be independent are built with one crate.
    pub in_independent_parts: bool,
    /// Whether it only makes code, at least in one mechanism's own parts.
    pub build_only: bool,
    /// Whether it is cryptography or what that is built on.
    pub cryptographic: bool,
}

/// Who computes a cryptographic primitive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CryptographyPair {
    /// The primitive.
    pub primitive: String,
    /// In components of this kind.
    pub kind: Kind,
    /// The crates of each.
    pub libraries: [Vec<String>; 2],
    /// Those that both use.
    pub shared: Vec<String>,
}

/// A crate in one mechanism: the components that have it, and how.
#[derive(Default)]
struct Use<'a>(BTreeMap<&'a str, &'a Crate>);

impl<'a> Use<'a> {
    /// How the components have it that the other mechanism has not.
    fn beside(&self, other: &Self) -> Vec<&'a Crate> {
        let own = self.0.iter();
        own.filter(|(component, _)| !other.0.contains_key(*component))
            .map(|(_, used)| *used)
            .collect()
    }

    fn all(&self) -> Vec<&'a Crate> {
        self.0.values().copied().collect()
    }
}

impl Pair {
    /// Compares two mechanisms.
    pub(crate) fn of(
        facts: &Facts,
        first: &Mechanism,
        second: &Mechanism,
    ) -> Result<Self, DiversityError> {
        let sides = [facts.components_of(first)?, facts.components_of(second)?];
        let [uses, other] = [uses(&sides[0]), uses(&sides[1])];
        let contracts = [contracts(&sides[0]), contracts(&sides[1])];
        Ok(Self {
            mechanisms: [first.name.clone(), second.name.clone()],
            components: component_pairs(&sides),
            crate_counts: [uses.len(), other.len()],
            crates: shared_crates(&facts.cryptographic, &uses, &other),
            contract_counts: [contracts[0].len(), contracts[1].len()],
            contracts: (&contracts[0] & &contracts[1])
                .into_iter()
                .map(str::to_owned)
                .collect(),
            cryptography: cryptography_pairs(&sides),
        })
    }

    /// Whether both have the same program and the same VM, which S2-AGG-5 forbids.
    pub fn shares_program_and_vm(&self) -> bool {
        [Kind::Program, Kind::Vm].into_iter().all(|kind| {
            self.components
                .iter()
                .any(|pair| pair.kind == kind && pair.shared)
        })
    }
}

fn uses<'a>(components: &[&'a Component]) -> BTreeMap<&'a str, Use<'a>> {
    let mut uses: BTreeMap<&str, Use<'_>> = BTreeMap::new();
    for component in components {
        for used in &component.crates {
            let entry = uses.entry(&used.name).or_default();
            entry.0.insert(&component.name, used);
        }
    }
    uses
}

fn contracts<'a>(components: &[&'a Component]) -> BTreeSet<&'a str> {
    components
        .iter()
        .flat_map(|component| &component.contracts)
        .map(String::as_str)
        .collect()
}

fn component_pairs(sides: &[Vec<&Component>; 2]) -> Vec<ComponentPair> {
    let kinds: BTreeSet<Kind> = sides.iter().flatten().map(|part| part.kind).collect();
    kinds
        .into_iter()
        .map(|kind| {
            let names = sides.each_ref().map(|components| {
                let of_kind = components.iter().filter(|part| part.kind == kind);
                of_kind.map(|part| part.name.clone()).collect::<Vec<_>>()
            });
            let shared = names[0].iter().any(|name| names[1].contains(name));
            ComponentPair {
                kind,
                names,
                shared,
            }
        })
        .collect()
}

fn shared_crates(
    cryptographic: &[String],
    uses: &BTreeMap<&str, Use<'_>>,
    other: &BTreeMap<&str, Use<'_>>,
) -> Vec<SharedCrate> {
    uses.iter()
        .filter_map(|(name, one)| {
            let two = other.get(name)?;
            let beside = [one.beside(two), two.beside(one)];
            let independent = beside.iter().all(|own| !own.is_empty());
            let relevant = if independent {
                beside
            } else {
                [one.all(), two.all()]
            };
            let components: BTreeSet<_> = one.0.keys().chain(two.0.keys()).collect();
            Some(SharedCrate {
                name: (*name).to_owned(),
                versions: relevant.each_ref().map(|crates| versions(crates)),
                used_by: components.into_iter().map(|&name| name.into()).collect(),
                in_independent_parts: independent,
                build_only: relevant
                    .iter()
                    .any(|crates| crates.iter().all(|used| used.build_only)),
                cryptographic: cryptographic.iter().any(|known| known == name),
            })
        })
        .collect()
}

fn versions(crates: &[&Crate]) -> Vec<String> {
    let versions: BTreeSet<_> = crates.iter().flat_map(|used| &used.versions).collect();
    versions.into_iter().cloned().collect()
}

fn cryptography_pairs(sides: &[Vec<&Component>; 2]) -> Vec<CryptographyPair> {
    let mut rows: BTreeMap<(Kind, &str), [BTreeSet<&str>; 2]> = BTreeMap::new();
    for (side, components) in sides.iter().enumerate() {
        for component in components {
            for (primitive, libraries) in &component.cryptography {
                let row = rows.entry((component.kind, primitive)).or_default();
                if let Some(known) = row.get_mut(side) {
                    known.extend(libraries.iter().map(String::as_str));
                }
            }
        }
    }
    rows.into_iter()
        .filter(|(_, [one, two])| !one.is_empty() && !two.is_empty())
        .map(|((kind, primitive), [one, two])| {
            let owned = |set: BTreeSet<&str>| set.into_iter().map(str::to_owned).collect();
            CryptographyPair {
                primitive: primitive.to_owned(),
                kind,
                shared: owned(&one & &two),
                libraries: [owned(one), owned(two)],
            }
        })
        .collect()
}
