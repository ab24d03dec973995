//! What came of each item, and of all.

use std::{fmt, time::Duration};

use serde::{Serialize, Serializer};

/// What came of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "outcome", content = "reason")]
pub enum Outcome {
    /// As the data says.
    Passed,
    /// Not as the data says, and how.
    Failed(String),
    /// Not run, and why.
    Skipped(String),
}

/// One item of conformance data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// Its name: a block's number, a run's or image's name.
    pub name: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Gas that it used, where it is about blocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gas_used: Option<u64>,
    /// Steps that a VM took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<u64>,
    /// How long it took.
    #[serde(rename = "milliseconds", serialize_with = "milliseconds")]
    pub elapsed: Duration,
}

fn milliseconds<S: Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((elapsed.as_secs_f64() * 1e6).round() / 1e3)
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<28}", self.name)?;
        if let Some(gas) = self.gas_used {
            write!(f, " {gas:>10} gas")?;
        }
        if let Some(steps) = self.steps {
            write!(f, " {steps:>12} steps")?;
        }
        write!(f, " {:>7.0} ms  ", self.elapsed.as_secs_f64() * 1e3)?;
        match &self.outcome {
            Outcome::Passed => f.write_str("ok"),
            Outcome::Failed(reason) => write!(f, "FAILED: {reason}"),
            Outcome::Skipped(reason) => write!(f, "skipped: {reason}"),
        }
    }
}

/// What came of all items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The items, in the order that they were run in.
    pub items: Vec<Item>,
    /// How many passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// How many were not run.
    pub skipped: usize,
}

impl Report {
    /// Whether no item failed.
    pub const fn is_ok(&self) -> bool {
        self.failed == 0
    }

    /// Counts an item in.
    pub fn add(&mut self, item: Item) {
        match item.outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed(_) => self.failed += 1,
            Outcome::Skipped(_) => self.skipped += 1,
        }
        self.items.push(item);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(outcome: Outcome) -> Item {
        Item {
            name: "x".into(),
            outcome,
            gas_used: Some(21_000),
            steps: None,
            elapsed: Duration::from_micros(1500),
        }
    }

    #[test]
    fn report_counts_and_fails_with_one_failure() {
        let mut report = Report::default();
        report.add(item(Outcome::Passed));
        assert_eq!(report.to_string(), "1 passed, 0 failed");
        assert!(report.is_ok());
        report.add(item(Outcome::Skipped("32-bit".into())));
        report.add(item(Outcome::Failed("hash".into())));
        assert_eq!(report.to_string(), "1 passed, 1 failed, 1 skipped");
        assert!(!report.is_ok());
    }

    #[test]
    fn item_as_json_has_its_outcome_and_reason() {
        let json = serde_json::to_value(item(Outcome::Failed("hash".into()))).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "name": "x", "outcome": "failed", "reason": "hash",
                "gasUsed": 21_000, "milliseconds": 1.5,
            })
        );
    }
}
