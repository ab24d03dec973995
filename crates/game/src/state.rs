//! A game as its contract holds it, and the moves that the contract accepts.

use alloy_primitives::{Address, B256, U256};

use crate::{Clock, GameError, Position, Rules, VmStatus};

/// One claim of a game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Index of the claim that this one counters; nothing for the root.
    pub parent: Option<usize>,
    /// Who countered it: by a step, or by the resolution of its subgame. Zero if nobody.
    pub countered_by: Address,
    /// Who made it.
    pub claimant: Address,
    /// Wei that it stands for.
    pub bond: U256,
    /// An output root, or below the split a VM state hash.
    pub value: B256,
    /// Where it stands.
    pub position: Position,
    /// The clock that it was made with.
    pub clock: Clock,
}

/// A game: its parameters and its claims in the order of the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GameState {
    /// Depths and durations.
    pub rules: Rules,
    /// The output root that the game starts from.
    pub starting_root: B256,
    /// The L2 block of that root.
    pub starting_block: u64,
    /// The L2 block that the root claim is about.
    pub claimed_block: u64,
    /// Who showed that the root claim names a wrong block; zero if nobody.
    pub block_number_challenger: Address,
    claims: Vec<Claim>,
}

/// The claims that a step is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepClaims {
    /// Claim that the pre-state must hash to; nothing stands for the absolute prestate.
    pub pre: Option<usize>,
    /// Claim that the post-state is compared with.
    pub post: usize,
    /// Whether the stepped-on claim and `post` are on the same side: then the step must differ
    /// from `post`, else equal it.
    pub must_differ: bool,
}

impl GameState {
    /// A game with these claims, refused if no contract could hold them.
    pub fn new(
        rules: Rules,
        (starting_root, starting_block): (B256, u64),
        claimed_block: u64,
        claims: Vec<Claim>,
    ) -> Result<Self, GameError> {
        rules.validate()?;
        if claims.is_empty() {
            return Err(GameError::NoSuchClaim(0));
        }
        for (index, claim) in claims.iter().enumerate() {
            let malformed = |reason| GameError::MalformedClaim { index, reason };
            let parent = match (index, claim.parent) {
                (0, None) if claim.position.is_root() => continue,
                (0, _) => return Err(malformed("first claim is not a root")),
                (_, None) => return Err(malformed("second root")),
                (_, Some(parent)) => claims
                    .get(parent)
                    .filter(|_| parent < index)
                    .ok_or(malformed("parent is not an earlier claim"))?,
            };
            let from = parent.position;
            if claim.position != from.attack() && claim.position != from.defend() {
                return Err(malformed("not a move against its parent"));
            }
            if claim.position.depth() > rules.max_depth {
                return Err(malformed("below the maximum depth"));
            }
        }
        Ok(Self {
            rules,
            starting_root,
            starting_block,
            claimed_block,
            block_number_challenger: Address::ZERO,
            claims,
        })
    }

    /// All claims, in the order of the contract.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// The claim with this index.
    pub fn claim(&self, index: usize) -> Result<&Claim, GameError> {
        self.claims.get(index).ok_or(GameError::NoSuchClaim(index))
    }

    /// Seconds on the clock of the team that would counter the claim, at most the maximum.
    pub fn challenger_duration(&self, index: usize, now: u64) -> Result<u64, GameError> {
        let claim = self.claim(index)?;
        let used = match claim.parent {
            Some(parent) => self.claim(parent)?.clock.duration,
            None => 0,
        };
        let waited = now.saturating_sub(claim.clock.timestamp);
        Ok(used.saturating_add(waited).min(self.rules.max_clock))
    }

    /// Whether the claim can still be countered at `now`.
    pub fn can_be_countered(&self, index: usize, now: u64) -> Result<bool, GameError> {
        Ok(self.challenger_duration(index, now)? < self.rules.max_clock)
    }

    /// Whether the game holds this counter to `parent`.
    pub fn has_claim(&self, parent: usize, position: Position, value: B256) -> bool {
        self.claims.iter().any(|claim| {
            claim.parent == Some(parent) && claim.position == position && claim.value == value
        })
    }

    /// Adds a move as the contract would at time `now`, and returns its index.
    pub fn add_move(
        &mut self,
        parent: usize,
        is_attack: bool,
        value: B256,
        by: (Address, U256),
        now: u64,
    ) -> Result<usize, GameError> {
        let disputed = self.claim(parent)?;
        let is_root = disputed.position.is_root();
        if !is_attack && (is_root || disputed.position.depth() == self.rules.split_depth + 1) {
            return Err(GameError::CannotDefendRootClaim);
        }
        if is_root && self.block_number_challenger != Address::ZERO {
            return Err(GameError::BlockNumberChallenged);
        }
        if disputed.position.depth() >= self.rules.max_depth {
            return Err(GameError::GameDepthExceeded);
        }
        let position = if is_attack {
            disputed.position.attack()
        } else {
            disputed.position.defend()
        };
        if position.depth() == self.rules.split_depth + 1 {
            self.check_execution_root(parent, position, is_attack, value)?;
        }
        if self.has_claim(parent, position, value) {
            return Err(GameError::ClaimAlreadyExists(parent));
        }
        let elapsed = self.challenger_duration(parent, now)?;
        if elapsed >= self.rules.max_clock {
            return Err(GameError::ClockTimeExceeded(parent));
        }
        let (claimant, bond) = by;
        self.claims.push(Claim {
            parent: Some(parent),
            countered_by: Address::ZERO,
            claimant,
            bond,
            value,
            position,
            clock: Clock {
                duration: self.rules.duration_after_move(position, elapsed),
                timestamp: now,
            },
        });
        Ok(self.claims.len() - 1)
    }

    /// Which claims a step against the leaf `index` is judged by.
    ///
    /// An attack runs from the claim before the leaf to the leaf; a defence from the leaf to the
    /// claim after it.
    pub fn step_claims(&self, index: usize, is_attack: bool) -> Result<StepClaims, GameError> {
        let leaf = self.claim(index)?.position;
        if leaf.depth() != self.rules.max_depth {
            return Err(GameError::NotALeaf(index));
        }
        let split = self.rules.split_depth;
        let find = |position: Option<Position>| {
            let wanted = position.ok_or(GameError::NoTraceAncestor(index))?;
            self.trace_ancestor(index, wanted.trace_ancestor_below(split))
        };
        let (pre, post) = if is_attack {
            let first = leaf.relative_to_depth(split + 1)?.index_at_depth() == 0;
            let pre = if first {
                None
            } else {
                Some(find(leaf.left())?)
            };
            (pre, index)
        } else {
            (Some(index), find(leaf.right())?)
        };
        let post_depth = self.claim(post)?.position.depth();
        Ok(StepClaims {
            pre,
            post,
            must_differ: (leaf.depth() - post_depth).is_multiple_of(2),
        })
    }

    /// Counters the leaf `index` by a step whose VM result is `post_state`, as the contract would.
    pub fn add_step(
        &mut self,
        index: usize,
        is_attack: bool,
        post_state: B256,
        by: Address,
    ) -> Result<(), GameError> {
        let judged = self.step_claims(index, is_attack)?;
        let equal = self.claim(judged.post)?.value == post_state;
        if equal == judged.must_differ {
            return Err(GameError::ValidStep(index));
        }
        let leaf = self
            .claims
            .get_mut(index)
            .ok_or(GameError::NoSuchClaim(index))?;
        if leaf.countered_by != Address::ZERO {
            return Err(GameError::DuplicateStep(index));
        }
        leaf.countered_by = by;
        Ok(())
    }

    /// The root of an execution game must say that its run fails, unless its own side made the
    /// disputed output root.
    fn check_execution_root(
        &self,
        parent: usize,
        position: Position,
        is_attack: bool,
        value: B256,
    ) -> Result<(), GameError> {
        let status = value.0[0];
        let game = self.execution_game(parent, position)?;
        let disputed_depth = game.disputed.position.map_or(0, Position::depth);
        let opponents = is_attack || disputed_depth % 2 == self.rules.split_depth % 2;
        let fits = if opponents {
            status == VmStatus::Invalid as u8 || status == VmStatus::Panic as u8
        } else {
            status == VmStatus::Valid as u8
        };
        if fits {
            Ok(())
        } else {
            Err(GameError::UnexpectedRootClaim(status))
        }
    }
}
