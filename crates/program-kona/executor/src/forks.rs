//! The forks of the OP Stack and what they mean for Ethereum's.

use core::fmt;

use alloy_hardforks::EthereumHardfork;
use alloy_op_hardforks::{EthereumHardforks, ForkCondition, OpHardfork, OpHardforks};

/// The forks that change execution, in their order (Delta changes derivation alone).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fork {
    /// Deposit nonces in receipts.
    Regolith,
    /// Shanghai.
    Canyon,
    /// Cancun without blobs.
    Ecotone,
    /// RIP-7212, FastLZ fees.
    Fjord,
    /// Limited pairing input.
    Granite,
    /// EIP-1559 parameters in the header.
    Holocene,
    /// Prague, operator fee, withdrawals root in the header.
    Isthmus,
    /// Minimum base fee, data availability footprint.
    Jovian,
    /// Osaka.
    Karst,
}

impl fmt::Display for Fork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Activation times (seconds of L2 block time); `None` is never.
///
/// A fork is active when its own time or that of any later one has come: a configuration may leave
/// out a fork that a later one contains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the forks")]
pub struct Forks {
    pub regolith: Option<u64>,
    pub canyon: Option<u64>,
    pub ecotone: Option<u64>,
    pub fjord: Option<u64>,
    pub granite: Option<u64>,
    pub holocene: Option<u64>,
    pub isthmus: Option<u64>,
    pub jovian: Option<u64>,
    pub karst: Option<u64>,
}

impl Forks {
    /// Every fork up to and including `last`, active from genesis.
    pub fn all_up_to(last: Fork) -> Self {
        let at = |fork: Fork| (fork <= last).then_some(0);
        Self {
            regolith: at(Fork::Regolith),
            canyon: at(Fork::Canyon),
            ecotone: at(Fork::Ecotone),
            fjord: at(Fork::Fjord),
            granite: at(Fork::Granite),
            holocene: at(Fork::Holocene),
            isthmus: at(Fork::Isthmus),
            jovian: at(Fork::Jovian),
            karst: at(Fork::Karst),
        }
    }

    /// The fork's own time and those of the later ones.
    fn times_from(&self, fork: Fork) -> impl Iterator<Item = u64> {
        [
            (Fork::Regolith, self.regolith),
            (Fork::Canyon, self.canyon),
            (Fork::Ecotone, self.ecotone),
            (Fork::Fjord, self.fjord),
            (Fork::Granite, self.granite),
            (Fork::Holocene, self.holocene),
            (Fork::Isthmus, self.isthmus),
            (Fork::Jovian, self.jovian),
            (Fork::Karst, self.karst),
        ]
        .into_iter()
        .filter(move |(other, _)| *other >= fork)
        .filter_map(|(_, time)| time)
    }

    /// When the fork becomes active, if ever.
    pub fn activation(&self, fork: Fork) -> Option<u64> {
        self.times_from(fork).min()
    }

    /// Whether the fork is active in a block of this time.
    pub fn is_active(&self, fork: Fork, time: u64) -> bool {
        self.times_from(fork).any(|at| at <= time)
    }
}

/// The forks as one block sees them: op-revm's companions ask by time, and one of them (the
/// create2 deployer) looks two seconds back to find an activation block, whatever the block time.
#[derive(Clone, Debug)]
pub(crate) struct BlockForks {
    pub(crate) forks: Forks,
    pub(crate) time: u64,
    pub(crate) parent_time: u64,
}

impl BlockForks {
    pub(crate) fn is_active(&self, fork: Fork) -> bool {
        self.forks.is_active(fork, self.time)
    }

    /// Whether this is the fork's first block.
    pub(crate) fn activates(&self, fork: Fork) -> bool {
        self.is_active(fork) && !self.forks.is_active(fork, self.parent_time)
    }

    fn condition(&self, fork: Fork) -> ForkCondition {
        if self.activates(fork) {
            ForkCondition::Timestamp(self.time)
        } else if self.is_active(fork) {
            ForkCondition::Timestamp(0)
        } else {
            ForkCondition::Never
        }
    }
}

impl EthereumHardforks for BlockForks {
    fn ethereum_fork_activation(&self, fork: EthereumHardfork) -> ForkCondition {
        match fork {
            EthereumHardfork::Shanghai => self.condition(Fork::Canyon),
            EthereumHardfork::Cancun => self.condition(Fork::Ecotone),
            EthereumHardfork::Prague => self.condition(Fork::Isthmus),
            EthereumHardfork::Osaka => self.condition(Fork::Karst),
            fork if fork <= EthereumHardfork::Paris => ForkCondition::Block(0),
            _ => ForkCondition::Never,
        }
    }
}

impl OpHardforks for BlockForks {
    fn op_fork_activation(&self, fork: OpHardfork) -> ForkCondition {
        self.condition(match fork {
            OpHardfork::Bedrock => return ForkCondition::Block(0),
            OpHardfork::Regolith => Fork::Regolith,
            OpHardfork::Canyon => Fork::Canyon,
            OpHardfork::Ecotone => Fork::Ecotone,
            OpHardfork::Fjord => Fork::Fjord,
            OpHardfork::Granite => Fork::Granite,
            OpHardfork::Holocene => Fork::Holocene,
            OpHardfork::Isthmus => Fork::Isthmus,
            OpHardfork::Jovian => Fork::Jovian,
            OpHardfork::Karst => Fork::Karst,
            _ => return ForkCondition::Never,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_fork_implies_the_earlier_ones() {
        let forks = Forks {
            canyon: Some(10),
            ..Forks::default()
        };
        assert!(!forks.is_active(Fork::Regolith, 9));
        assert!(forks.is_active(Fork::Regolith, 10));
        assert!(forks.is_active(Fork::Canyon, 10));
        assert!(!forks.is_active(Fork::Ecotone, 10));
        assert_eq!(forks.activation(Fork::Regolith), Some(10));
        assert_eq!(forks.activation(Fork::Ecotone), None);
    }

    #[test]
    fn activation_block_is_found_at_any_block_time() {
        let forks = Forks {
            canyon: Some(100),
            ..Forks::default()
        };
        for (parent_time, time, expected) in [
            (99, 100, true),
            (94, 106, true),
            (100, 101, false),
            (88, 99, false),
        ] {
            let block = BlockForks {
                forks,
                time,
                parent_time,
            };
            assert_eq!(block.activates(Fork::Canyon), expected);
            let (now, before) = (
                block.is_canyon_active_at_timestamp(time),
                block.is_canyon_active_at_timestamp(time - 2),
            );
            assert_eq!(now && !before, expected, "{parent_time} {time}");
        }
    }
}
