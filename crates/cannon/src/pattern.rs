//! Patterns of steps: `never`, `always`, `=123`, `%123`.

use std::str::FromStr;

/// At which steps something happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepPattern {
    /// At none.
    #[default]
    Never,
    /// At each.
    Always,
    /// At this one.
    At(u64),
    /// At multiples of this, which is not zero.
    Every(u64),
}

/// A text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unrecognized step matcher {0:?}: 'never', 'always', '=123' or '%123'")]
pub struct InvalidPattern(String);

impl FromStr for StepPattern {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = match text {
            "" | "never" => Some(Self::Never),
            "always" => Some(Self::Always),
            _ => match text.split_at_checked(1) {
                Some(("=", number)) => parse(number).map(Self::At),
                Some(("%", number)) => parse(number).filter(|n| *n > 0).map(Self::Every),
                _ => None,
            },
        };
        parsed.ok_or_else(|| InvalidPattern(text.to_owned()))
    }
}

/// A number as Go's literals have it: decimal, or with a prefix 0x, 0o, 0b or 0.
fn parse(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = match lower.split_at_checked(2) {
        Some(("0x", digits)) => (digits, 16),
        Some(("0o", digits)) => (digits, 8),
        Some(("0b", digits)) => (digits, 2),
        Some(_) if lower.starts_with('0') => (lower.as_str(), 8),
        _ => (lower.as_str(), 10),
    };
    let digits = digits.replace('_', "");
    if digits.starts_with('+') {
        return None;
    }
    u64::from_str_radix(&digits, radix).ok()
}

impl StepPattern {
    /// Whether it is at `step`.
    pub const fn matches(self, step: u64) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::At(at) => step == at,
            Self::Every(interval) => step.is_multiple_of(interval),
        }
    }

    /// The first step after `step` that it is at.
    pub const fn after(self, step: u64) -> Option<u64> {
        match self {
            Self::Always => step.checked_add(1),
            Self::At(at) if at > step => Some(at),
            Self::Never | Self::At(_) => None,
            Self::Every(interval) => match (step / interval).checked_add(1) {
                Some(n) => n.checked_mul(interval),
                None => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_cannon() {
        for (text, pattern) in [
            ("", StepPattern::Never),
            ("never", StepPattern::Never),
            ("always", StepPattern::Always),
            ("=12", StepPattern::At(12)),
            ("=0x1f", StepPattern::At(31)),
            ("%1_000", StepPattern::Every(1000)),
            ("=017", StepPattern::At(15)),
            ("=0", StepPattern::At(0)),
        ] {
            assert_eq!(text.parse(), Ok(pattern), "{text}");
        }
        for text in ["%0", "12", "=", "=-1", "=+1", "sometimes", "%x", "é"] {
            assert!(text.parse::<StepPattern>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_next_match_is_the_first_one_after() {
        for pattern in [
            StepPattern::Never,
            StepPattern::Always,
            StepPattern::At(7),
            StepPattern::Every(5),
        ] {
            for step in 0..20 {
                let next = (step + 1..40).find(|s| pattern.matches(*s));
                assert_eq!(pattern.after(step), next, "{pattern:?} after {step}");
            }
            assert_eq!(pattern.after(u64::MAX), None);
        }
    }
}
