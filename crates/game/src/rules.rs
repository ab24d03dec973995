//! The parameters of a game.

use crate::{GameError, Position};

/// Depths and durations that a game's implementation fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Depth of the deepest output root claims; execution games begin one level below.
    pub split_depth: u32,
    /// Depth at which claims are about one instruction.
    pub max_depth: u32,
    /// Seconds that each team has.
    pub max_clock: u64,
    /// Seconds that a team is given when it has less than that left.
    pub clock_extension: u64,
    /// Challenge period of large preimages, in seconds: added to the extension at the bottom.
    pub preimage_challenge_period: u64,
}

impl Rules {
    /// The parameters of OP's standard games.
    pub const STANDARD: Self = Self {
        split_depth: 30,
        max_depth: 73,
        max_clock: 302_400,
        clock_extension: 10_800,
        preimage_challenge_period: 86_400,
    };

    /// Refuses parameters that no implementation has.
    pub fn validate(&self) -> Result<(), GameError> {
        if self.max_depth > 125 {
            return Err(GameError::BadRules("maximum depth over 125"));
        }
        if self.split_depth < 2 || self.split_depth + 1 >= self.max_depth {
            return Err(GameError::BadRules(
                "split depth must lie between 2 and the maximum depth",
            ));
        }
        let longest = self
            .clock_extension
            .checked_mul(2)
            .zip(
                self.clock_extension
                    .checked_add(self.preimage_challenge_period),
            )
            .map(|(split, bottom)| split.max(bottom));
        if longest.is_none_or(|longest| longest > self.max_clock) {
            return Err(GameError::BadRules("extension longer than the clock"));
        }
        Ok(())
    }

    /// Depth of an execution game's tree, whose root is one level below the split.
    pub const fn execution_depth(&self) -> u32 {
        self.max_depth - self.split_depth - 1
    }

    /// The duration on the clock of a move at `position` whose team has used `elapsed` seconds.
    ///
    /// If the potential grandchild, which inherits this clock, would have less than the extension
    /// left, it gets exactly the extension: twice that if it is the root of an execution game,
    /// and the preimage challenge period more at the bottom.
    pub fn duration_after_move(&self, position: Position, elapsed: u64) -> u64 {
        let depth = position.depth();
        let extension = if depth + 1 == self.max_depth {
            self.clock_extension + self.preimage_challenge_period
        } else if depth + 1 == self.split_depth {
            2 * self.clock_extension
        } else {
            self.clock_extension
        };
        elapsed.min(self.max_clock.saturating_sub(extension))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_rules_are_valid() {
        assert_eq!(Rules::STANDARD.validate(), Ok(()));
        assert_eq!(Rules::STANDARD.execution_depth(), 42);
    }

    #[test]
    fn impossible_rules_are_refused() {
        for bad in [
            Rules {
                split_depth: 1,
                ..Rules::STANDARD
            },
            Rules {
                split_depth: 72,
                ..Rules::STANDARD
            },
            Rules {
                max_depth: 126,
                ..Rules::STANDARD
            },
            Rules {
                max_clock: 97_199,
                ..Rules::STANDARD
            },
            Rules {
                clock_extension: u64::MAX,
                ..Rules::STANDARD
            },
        ] {
            assert!(bad.validate().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn clock_is_extended_by_the_place_of_the_move() {
        let rules = Rules::STANDARD;
        let late = rules.max_clock - 1;
        let at = |depth| Position::at_depth(depth, 0).unwrap();
        assert_eq!(rules.duration_after_move(at(1), 50), 50);
        assert_eq!(rules.duration_after_move(at(1), late), 302_400 - 10_800);
        assert_eq!(rules.duration_after_move(at(29), late), 302_400 - 21_600);
        assert_eq!(rules.duration_after_move(at(72), late), 302_400 - 97_200);
        assert_eq!(rules.duration_after_move(at(73), late), 302_400 - 10_800);
    }
}
