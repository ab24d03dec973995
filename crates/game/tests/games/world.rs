//! A small made-up rollup and VM that whole games are played over.

use alloy_primitives::{Address, B256, U256, keccak256};
use endgame_game::{
    BondCurve, Claim, Clock, ExecutionGame, GameError, GameState, HonestTrace, Position, Rules,
    VmStatus,
};

pub(crate) const HONEST: Address = Address::repeat_byte(0x11);
pub(crate) const CROOK: Address = Address::repeat_byte(0xcc);
pub(crate) const START_BLOCK: u64 = 100;
pub(crate) const GENESIS: u64 = 1_000_000;

/// Small trees with an even and an odd maximum depth.
pub(crate) const RULES: [Rules; 2] = [
    Rules {
        split_depth: 3,
        max_depth: 8,
        max_clock: 1_000,
        clock_extension: 50,
        preimage_challenge_period: 100,
    },
    Rules {
        split_depth: 2,
        max_depth: 7,
        max_clock: 1_000,
        clock_extension: 50,
        preimage_challenge_period: 100,
    },
];

pub(crate) fn bond(rules: &Rules, position: Position) -> U256 {
    let curve = BondCurve {
        max_depth: rules.max_depth,
        ..BondCurve::STANDARD
    };
    curve.bond(position.depth())
}

/// The truth: what the program computes for a chain whose L1 data ends after `derivable`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Truth {
    pub(crate) derivable: u64,
    /// Instructions of every run.
    pub(crate) run_length: u64,
}

impl Truth {
    pub(crate) fn root(self, block: u64) -> B256 {
        keccak256(block.min(self.derivable).to_be_bytes())
    }

    /// How a run ends.
    pub(crate) fn verdict(self, run: &ExecutionGame) -> VmStatus {
        if run.starting.root != self.root(run.starting.block) {
            VmStatus::Panic
        } else if run.disputed.root == self.root(run.disputed.block) {
            VmStatus::Valid
        } else {
            VmStatus::Invalid
        }
    }

    pub(crate) fn state(self, run: &ExecutionGame, steps: u64) -> B256 {
        // All runs start from the absolute prestate.
        let at = steps.min(self.run_length);
        let context = if at == 0 {
            B256::ZERO
        } else {
            run.local_context()
        };
        let digest = keccak256([context.as_slice(), &at.to_be_bytes()].concat());
        if at == self.run_length {
            self.verdict(run).stamp(digest)
        } else {
            VmStatus::Unfinished.stamp(digest)
        }
    }

    /// One instruction from any state: true states lead to true states, others to something.
    pub(crate) fn step(self, run: &ExecutionGame, pre: B256) -> B256 {
        (0..=self.run_length)
            .find(|&at| self.state(run, at) == pre)
            .map_or_else(
                || VmStatus::Unfinished.stamp(keccak256(pre)),
                |at| self.state(run, at + 1),
            )
    }
}

impl HonestTrace for Truth {
    type Error = GameError;

    fn output_root(&self, _game: &GameState, block: u64) -> Result<B256, GameError> {
        Ok(self.root(block))
    }

    fn state_hash(&self, run: &ExecutionGame, steps: u64) -> Result<B256, GameError> {
        Ok(self.state(run, steps))
    }

    fn block_number_is_wrong(&self, game: &GameState) -> Result<bool, GameError> {
        let root = game.claim(0)?.value;
        Ok((game.starting_block..=self.derivable)
            .any(|block| block != game.claimed_block && self.root(block) == root))
    }
}

/// A game with nothing but a root claim, made by the crook.
pub(crate) fn new_game(rules: Rules, truth: Truth, root: B256, claimed_block: u64) -> GameState {
    let claim = Claim {
        parent: None,
        countered_by: Address::ZERO,
        claimant: CROOK,
        bond: bond(&rules, Position::ROOT),
        value: root,
        position: Position::ROOT,
        clock: Clock {
            duration: 0,
            timestamp: GENESIS,
        },
    };
    GameState::new(
        rules,
        (truth.root(START_BLOCK), START_BLOCK),
        claimed_block,
        vec![claim],
    )
    .unwrap()
}

/// Runs a step of the made-up VM against the leaf and adds it if the game accepts it.
pub(crate) fn try_step(
    game: &mut GameState,
    truth: Truth,
    leaf: usize,
    is_attack: bool,
    by: Address,
) -> Result<(), GameError> {
    let run = game.execution_game(leaf, game.claim(leaf)?.position)?;
    let pre = match game.step_claims(leaf, is_attack)?.pre {
        Some(index) => game.claim(index)?.value,
        None => truth.state(&run, 0),
    };
    game.add_step(leaf, is_attack, truth.step(&run, pre), by)
}
