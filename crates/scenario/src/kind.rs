//! Which disputes can be played.

use std::{fmt, str::FromStr};

/// A dispute to play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A false output root is defended down to one instruction, and a true one pays a withdrawal.
    FalseClaim,
    /// A true output root is attacked down to one instruction, and stands.
    FalseStep,
    /// A true output root under the number of another block.
    WrongBlockNumber,
    /// Somebody counters a false root wrongly, for the bond.
    Freeloader,
    /// A false output root that nobody defends.
    Timeout,
    /// False output roots that fall at instructions that read preimages.
    Preimage,
}

impl Kind {
    /// All of them, the main one first.
    pub const ALL: [Self; 6] = [
        Self::FalseClaim,
        Self::FalseStep,
        Self::WrongBlockNumber,
        Self::Freeloader,
        Self::Timeout,
        Self::Preimage,
    ];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FalseClaim => "false-claim",
            Self::FalseStep => "false-step",
            Self::WrongBlockNumber => "wrong-block-number",
            Self::Freeloader => "freeloader",
            Self::Timeout => "timeout",
            Self::Preimage => "preimage",
        }
    }

    /// What happens in it.
    pub const fn about(self) -> &'static str {
        match self {
            Self::FalseClaim => {
                "A false root is defended down to one instruction and falls; a true one pays a withdrawal"
            }
            Self::FalseStep => "A true root is attacked down to one instruction and stands",
            Self::WrongBlockNumber => {
                "A true root under another block's number falls by that block's header"
            }
            Self::Freeloader => {
                "Who counters a false root wrongly loses the bond to who does it right"
            }
            Self::Timeout => "A false root that nobody defends falls when its clock runs out",
            Self::Preimage => {
                "False roots fall at instructions that read preimages: small, large, of a blob, of a precompile"
            }
        }
    }

    /// The deepest level of the dispute game. The claims at even levels are the proposer's, those at
    /// odd ones the challenger's, and whoever is right wants to run the instruction under a claim of
    /// the other: with OP's depth of 73 that is a challenger's claim, with one more a proposer's.
    pub const fn max_depth(self) -> u64 {
        match self {
            Self::FalseStep => 73,
            _ => 74,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
        known.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("no scenario {name:?}; there are {names}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        assert!(
            "dispute"
                .parse::<Kind>()
                .unwrap_err()
                .contains("freeloader")
        );
    }
}
