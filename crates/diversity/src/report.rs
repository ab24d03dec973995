//! Everything that the command prints.

use std::fmt;

use serde::Serialize;

use crate::{Component, DiversityError, Facts, Mechanism, Pair};

/// The mechanisms and the comparison of every two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The mechanisms.
    pub mechanisms: Vec<Mechanism>,
    /// What they are made of.
    pub components: Vec<Component>,
    /// The comparisons.
    pub pairs: Vec<Pair>,
    /// Names of the components that are in every mechanism.
    pub in_every_mechanism: Vec<String>,
    /// Whether there is none (S2-AGG-13).
    pub independent: bool,
}

impl Report {
    /// Compares every two of the mechanisms.
    pub fn of(facts: &Facts) -> Result<Self, DiversityError> {
        let everywhere = facts.components.iter().filter(|component| {
            let mut mechanisms = facts.mechanisms.iter();
            mechanisms.all(|mechanism| mechanism.components.contains(&component.name))
        });
        let in_every_mechanism: Vec<_> = everywhere.map(|part| part.name.clone()).collect();
        Ok(Self {
            mechanisms: facts.mechanisms.clone(),
            components: facts.components.clone(),
            pairs: facts.pairs()?,
            independent: in_every_mechanism.is_empty(),
            in_every_mechanism,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Parts of mechanisms:\n")?;
        for part in &self.components {
            writeln!(f, "  {:<8} {:<16} {}", part.kind, part.name, part.about)?;
        }
        for pair in &self.pairs {
            writeln!(f, "\n{pair}")?;
        }
        if self.independent {
            write!(
                f,
                "No part is in every mechanism: the set is independent (S2-AGG-13)."
            )
        } else {
            write!(
                f,
                "In every mechanism: {}. The set is not independent (S2-AGG-13) while that is so.",
                self.in_every_mechanism.join(", ")
            )
        }
    }
}
