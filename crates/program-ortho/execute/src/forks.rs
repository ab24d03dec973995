//! The forks of the OP Stack and what they mean for the EVM.

use core::fmt;

use endgame_ortho_evm::Rules;
use endgame_ortho_precompiles::PrecompileRules;

/// The forks in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fork {
    /// June 2023: the merge's rules.
    Bedrock,
    /// Deposits' gas counts as it is used.
    Regolith,
    /// Shanghai.
    Canyon,
    /// Span batches: changes derivation alone.
    Delta,
    /// Cancun without blobs.
    Ecotone,
    /// secp256r1, fees by compressed size.
    Fjord,
    /// A limit for pairings.
    Granite,
    /// EIP-1559 parameters in the header.
    Holocene,
    /// Prague, operator fee, the message passer's root in the header.
    Isthmus,
    /// Minimum base fee, data availability footprint.
    Jovian,
}

impl fmt::Display for Fork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The forks after Bedrock, by the order of [`Forks::times`].
const AFTER_BEDROCK: [Fork; 9] = [
    Fork::Regolith,
    Fork::Canyon,
    Fork::Delta,
    Fork::Ecotone,
    Fork::Fjord,
    Fork::Granite,
    Fork::Holocene,
    Fork::Isthmus,
    Fork::Jovian,
];

/// When forks become active: seconds of L2 block time, or never.
///
/// A fork is active when its own time or that of any later one has come: a configuration may leave
/// out a fork that a later one contains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forks {
    times: [Option<u64>; 9],
}

impl Forks {
    /// Each fork with its time; others are never active.
    pub fn new(times: impl IntoIterator<Item = (Fork, u64)>) -> Self {
        let mut forks = Self::default();
        for (fork, time) in times {
            for (known, at) in AFTER_BEDROCK.into_iter().zip(&mut forks.times) {
                if known == fork {
                    *at = Some(time);
                }
            }
        }
        forks
    }

    /// Every fork up to and including `last`, active from genesis.
    pub fn all_up_to(last: Fork) -> Self {
        Self::new(
            AFTER_BEDROCK
                .into_iter()
                .filter(|fork| *fork <= last)
                .map(|fork| (fork, 0)),
        )
    }

    /// The last fork that is active in a block of this time.
    pub fn at(&self, time: u64) -> Fork {
        let active = |at: &Option<u64>| at.is_some_and(|at| at <= time);
        let mut forks = AFTER_BEDROCK.iter().zip(&self.times);
        forks
            .rfind(|(_, at)| active(at))
            .map_or(Fork::Bedrock, |(fork, _)| *fork)
    }

    /// Whether a fork is active in a block of this time.
    pub fn is_active(&self, fork: Fork, time: u64) -> bool {
        self.at(time) >= fork
    }

    /// When the fork becomes active, if ever.
    pub fn activation(&self, fork: Fork) -> Option<u64> {
        let forks = AFTER_BEDROCK.iter().zip(self.times);
        forks
            .filter(|(other, _)| **other >= fork)
            .filter_map(|(_, time)| time)
            .min()
    }
}

impl Fork {
    /// The EVM's rules. Blob transactions exist on no L2 (`protocol/ecotone/derivation.md`).
    pub const fn rules(self) -> Rules {
        const fn with(rules: Rules, precompiles: PrecompileRules) -> Rules {
            Rules {
                blobs: None,
                precompiles,
                ..rules
            }
        }
        match self {
            Self::Bedrock | Self::Regolith => Rules::PARIS,
            Self::Canyon | Self::Delta => Rules::SHANGHAI,
            Self::Ecotone => with(Rules::CANCUN, PrecompileRules::CANCUN),
            Self::Fjord => with(Rules::CANCUN, PrecompileRules::OP_FJORD),
            Self::Granite | Self::Holocene => with(Rules::CANCUN, PrecompileRules::OP_GRANITE),
            Self::Isthmus => with(Rules::PRAGUE, PrecompileRules::OP_ISTHMUS),
            Self::Jovian => with(Rules::PRAGUE, PrecompileRules::OP_JOVIAN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_fork_implies_the_earlier_ones() {
        let forks = Forks::new([(Fork::Canyon, 10), (Fork::Isthmus, 30)]);
        assert_eq!(forks.at(9), Fork::Bedrock);
        assert_eq!(forks.at(10), Fork::Canyon);
        assert!(forks.is_active(Fork::Regolith, 10));
        assert!(!forks.is_active(Fork::Ecotone, 29));
        assert!(forks.is_active(Fork::Ecotone, 30));
        assert_eq!(forks.activation(Fork::Granite), Some(30));
        assert_eq!(forks.activation(Fork::Jovian), None);
        assert_eq!(Forks::all_up_to(Fork::Jovian).at(0), Fork::Jovian);
    }
}
