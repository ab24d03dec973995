//! Who wins, and who is paid.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};

use crate::{GameError, GameState};

/// The state of a game, numbered as on L1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum GameStatus {
    /// Not resolved.
    InProgress = 0,
    /// The root claim fell.
    ChallengerWins = 1,
    /// The root claim stands.
    DefenderWins = 2,
}

impl GameStatus {
    /// The status with this number.
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::InProgress,
            1 => Self::ChallengerWins,
            2 => Self::DefenderWins,
            _ => return None,
        })
    }
}

/// What resolving every subgame, from the bottom up, comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The verdict on the root claim.
    pub status: GameStatus,
    /// Who countered each claim, zero if nobody.
    pub countered_by: Vec<Address>,
    /// Who receives each claim's bond.
    pub bond_to: Vec<Address>,
    /// Wei that each account is credited with.
    pub credits: BTreeMap<Address, U256>,
}

impl GameState {
    /// The outcome if nobody moves any more (specs `fault-dispute-game.md`, "Resolution").
    ///
    /// A claim falls if one of its children stands; its bond goes to the leftmost of those
    /// (the first made, among equals), or to whoever stepped on it. A successful challenge of the
    /// block number wins the root's subgame before any move.
    pub fn outcome(&self) -> Resolution {
        let count = self.claims().len();
        let mut countered_by = vec![Address::ZERO; count];
        // For each claim, its leftmost standing child so far and that child's claimant.
        let mut best: Vec<Option<(crate::Position, Address)>> = vec![None; count];
        let mut bond_to = vec![Address::ZERO; count];
        let mut credits = BTreeMap::<Address, U256>::new();

        // Children come after their parents, so the reverse order is bottom-up. Among children at
        // one position the first made wins, hence `<=` on the way down.
        for (index, claim) in self.claims().iter().enumerate().rev() {
            let mut winner = match best.get(index).copied().flatten() {
                Some((_, claimant)) => claimant,
                // Only a step sets this on a claim without children.
                None if claim.position.depth() == self.rules.max_depth => claim.countered_by,
                None => Address::ZERO,
            };
            if index == 0 && self.block_number_challenger != Address::ZERO {
                winner = self.block_number_challenger;
            }
            if winner == Address::ZERO
                && let Some(parent) = claim.parent
                && let Some(slot) = best.get_mut(parent)
                && slot.is_none_or(|(position, _)| claim.position <= position)
            {
                *slot = Some((claim.position, claim.claimant));
            }
            let payee = if winner == Address::ZERO {
                claim.claimant
            } else {
                winner
            };
            if let Some(slot) = countered_by.get_mut(index) {
                *slot = winner;
            }
            if let Some(slot) = bond_to.get_mut(index) {
                *slot = payee;
            }
            *credits.entry(payee).or_default() += claim.bond;
        }
        let status = match countered_by.first() {
            Some(&Address::ZERO) | None => GameStatus::DefenderWins,
            Some(_) => GameStatus::ChallengerWins,
        };
        Resolution {
            status,
            countered_by,
            bond_to,
            credits,
        }
    }

    /// The claims whose subgames can be resolved at `now`, in an order that the contract accepts.
    ///
    /// `resolved` tells which ones are done. A claim is ready when its challenger's clock has run
    /// out and every child is resolved or comes before it in the result.
    pub fn resolvable(
        &self,
        now: u64,
        resolved: impl Fn(usize) -> bool,
    ) -> Result<Vec<usize>, GameError> {
        let count = self.claims().len();
        let mut blocked = vec![false; count];
        let mut order = Vec::new();
        for (index, claim) in self.claims().iter().enumerate().rev() {
            if resolved(index) {
                continue;
            }
            let ready = !blocked.get(index).copied().unwrap_or(true)
                && !self.can_be_countered(index, now)?;
            if ready {
                order.push(index);
            } else if let Some(slot) = claim.parent.and_then(|parent| blocked.get_mut(parent)) {
                *slot = true;
            }
        }
        Ok(order)
    }
}
