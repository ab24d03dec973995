//! The chess clock of a claim.

/// Time that a team had used up when a claim was made, and when that was.
///
/// Specs `fault-dispute-game.md`, "Game Clock". On L1 both are packed into 128 bits: duration in
/// the high half, timestamp in the low half.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// Seconds that the claimant's team has used.
    pub duration: u64,
    /// Unix time (seconds) at which the claim was made.
    pub timestamp: u64,
}

impl Clock {
    /// The clock as L1 packs it.
    pub const fn from_packed(packed: u128) -> Self {
        Self {
            duration: (packed >> 64) as u64,
            timestamp: packed as u64,
        }
    }

    /// The 128 bits that L1 stores.
    pub const fn packed(self) -> u128 {
        (self.duration as u128) << 64 | self.timestamp as u128
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_clock_has_the_duration_on_top() {
        let clock = Clock {
            duration: 7,
            timestamp: 9,
        };
        assert_eq!(clock.packed(), (7 << 64) + 9);
        assert_eq!(Clock::from_packed(clock.packed()), clock);
    }
}
