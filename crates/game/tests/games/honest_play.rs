//! Whole games: whatever the others do, the honest player wins and loses no bond.

use crate::world::{CROOK, GENESIS, HONEST, RULES, START_BLOCK, Truth, bond, new_game, try_step};
use alloy_primitives::{Address, B256, keccak256};
use endgame_game::{
    Action, ExecutionGame, GameError, GameState, GameStatus, HonestTrace, Lie, LyingTrace,
    Position, honest_actions,
};
use proptest::prelude::*;

/// One thing that a dishonest player tries, as indices into what is there.
#[derive(Clone, Debug)]
enum Trick {
    /// Counter any claim with the true value, a lie of the liar's trace, or noise.
    Move {
        claim: usize,
        attack: bool,
        value: Value,
    },
    /// Step on any leaf.
    Step { leaf: usize, attack: bool },
    /// Follow the liar's consistent trace for one round.
    Lie,
}

#[derive(Clone, Copy, Debug)]
enum Value {
    True,
    Lie,
    Noise(u8),
}

fn trick() -> impl Strategy<Value = Trick> {
    let value = prop_oneof![
        Just(Value::True),
        Just(Value::Lie),
        (0u8..4).prop_map(Value::Noise)
    ];
    prop_oneof![
        4 => (0usize..64, any::<bool>(), value)
            .prop_map(|(claim, attack, value)| Trick::Move { claim, attack, value }),
        1 => (0usize..64, any::<bool>()).prop_map(|(leaf, attack)| Trick::Step { leaf, attack }),
        2 => Just(Trick::Lie),
    ]
}

/// Lets a player of `trace` do all it can; refused actions are skipped.
fn play<T: HonestTrace<Error = endgame_game::GameError>>(
    game: &mut GameState,
    trace: &T,
    truth: Truth,
    player: Address,
    now: u64,
) {
    for action in honest_actions(game, trace).unwrap() {
        match action {
            Action::Move {
                parent,
                is_attack,
                position,
                value,
            } => {
                let stake = bond(&game.rules, position);
                let done = game.add_move(parent, is_attack, value, (player, stake), now);
                assert!(done.is_ok() || player != HONEST, "{done:?}");
            }
            Action::Step {
                claim, is_attack, ..
            } => {
                let done = try_step(game, truth, claim, is_attack, player);
                assert!(done.is_ok() || player != HONEST, "{done:?}");
            }
            Action::ChallengeBlockNumber => game.block_number_challenger = player,
        }
    }
}

/// The truth for somebody who cannot run the program from a false root: nobody has its preimage.
struct Careful(Truth);

impl HonestTrace for Careful {
    type Error = GameError;

    fn output_root(&self, game: &GameState, block: u64) -> Result<B256, GameError> {
        self.0.output_root(game, block)
    }

    fn state_hash(&self, run: &ExecutionGame, steps: u64) -> Result<B256, GameError> {
        assert_eq!(
            run.starting.root,
            self.0.root(run.starting.block),
            "{run:?}"
        );
        self.0.state_hash(run, steps)
    }

    fn block_number_is_wrong(&self, game: &GameState) -> Result<bool, GameError> {
        self.0.block_number_is_wrong(game)
    }
}

/// The honest player answers until it has nothing left to do.
fn answer(game: &mut GameState, truth: Truth, now: u64) {
    while !honest_actions(game, &Careful(truth)).unwrap().is_empty() {
        play(game, &Careful(truth), truth, HONEST, now);
    }
}

fn apply(game: &mut GameState, truth: Truth, lie: &LyingTrace<Truth>, trick: &Trick, now: u64) {
    match *trick {
        Trick::Move {
            claim,
            attack,
            value,
        } => {
            let parent = claim % game.claims().len();
            let from = game.claims()[parent].position;
            let position = if attack { from.attack() } else { from.defend() };
            if position.depth() > game.rules.max_depth {
                return;
            }
            let Some(value) = pick(game, truth, lie, parent, position, value) else {
                return;
            };
            let stake = bond(&game.rules, position);
            // Refused moves are part of the game.
            let _ = game.add_move(parent, attack, value, (CROOK, stake), now);
        }
        Trick::Step { leaf, attack } => {
            let leaf = leaf % game.claims().len();
            let _ = try_step(game, truth, leaf, attack, CROOK);
        }
        Trick::Lie => play(game, lie, truth, CROOK, now),
    }
}

fn pick(
    game: &GameState,
    truth: Truth,
    lie: &LyingTrace<Truth>,
    parent: usize,
    position: Position,
    value: Value,
) -> Option<B256> {
    fn from<T: HonestTrace>(
        game: &GameState,
        trace: &T,
        parent: usize,
        position: Position,
    ) -> Option<B256> {
        let split = game.rules.split_depth;
        if position.depth() <= split {
            return trace.output_root(game, game.block_at(position).ok()?).ok();
        }
        let run = game.execution_game(parent, position).ok()?;
        let relative = position.relative_to_depth(split + 1).ok()?;
        let index = relative.trace_index(game.rules.execution_depth()).ok()?;
        trace.state_hash(&run, index as u64 + 1).ok()
    }
    match value {
        Value::True => from(game, &truth, parent, position),
        Value::Lie => from(game, lie, parent, position),
        // The first byte decides whether an execution game's root is accepted.
        Value::Noise(seed) => {
            let mut noise = keccak256([seed]);
            noise.0[0] = seed;
            Some(noise)
        }
    }
}

/// The three invariants of the honest challenger.
fn check(game: &GameState, root_is_true: bool) {
    let outcome = game.outcome();
    let expected = if root_is_true {
        GameStatus::DefenderWins
    } else {
        GameStatus::ChallengerWins
    };
    assert_eq!(outcome.status, expected);
    for (index, claim) in game.claims().iter().enumerate() {
        if claim.claimant != HONEST {
            continue;
        }
        assert_eq!(
            outcome.bond_to[index], HONEST,
            "honest claim {index} lost its bond"
        );
        let parent = claim.parent.unwrap();
        assert_eq!(outcome.bond_to[parent], HONEST, "claim {index} won nothing");
        assert_ne!(game.claims()[parent].claimant, HONEST, "countered itself");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn honest_player_wins_against_any_tricks(
        rules in prop::sample::select(RULES.to_vec()),
        root_is_true in any::<bool>(),
        range in 1u64..5,
        run_length in 1u64..17,
        lie_block in 0u64..12,
        lie_step in 0u64..20,
        tricks in prop::collection::vec((trick(), 0u64..1_200), 1..40),
    ) {
        let claimed = START_BLOCK + range;
        let truth = Truth { derivable: claimed, run_length };
        let lie = Lie {
            from_block: START_BLOCK + 1 + lie_block % range,
            after_steps: lie_step,
            salt: B256::ZERO,
        };
        let root = if root_is_true { truth.root(claimed) } else { lie.output_root(claimed) };
        let liar = LyingTrace::new(truth, lie, rules.execution_depth());
        let mut game = new_game(rules, truth, root, claimed);
        let mut now = GENESIS;
        answer(&mut game, truth, now);
        for (trick, wait) in &tricks {
            now += wait;
            apply(&mut game, truth, &liar, trick, now);
            answer(&mut game, truth, now);
        }
        check(&game, root_is_true);
    }

    #[test]
    fn root_past_the_last_derivable_block_is_false(
        rules in prop::sample::select(RULES.to_vec()),
        derivable in 1u64..3,
        beyond in 1u64..3,
        tricks in prop::collection::vec((trick(), 0u64..1_200), 1..20),
    ) {
        let derivable = START_BLOCK + derivable;
        let claimed = derivable + beyond;
        let truth = Truth { derivable, run_length: 5 };
        let lie = Lie { from_block: claimed, after_steps: 2, salt: B256::ZERO };
        let liar = LyingTrace::new(truth, lie, rules.execution_depth());
        let mut game = new_game(rules, truth, lie.output_root(claimed), claimed);
        let mut now = GENESIS;
        answer(&mut game, truth, now);
        for (trick, wait) in &tricks {
            now += wait;
            apply(&mut game, truth, &liar, trick, now);
            answer(&mut game, truth, now);
        }
        check(&game, false);
    }
}

#[test]
fn two_consistent_players_end_at_one_instruction() {
    // With an even maximum depth the liar, who holds the root, makes the last claim.
    let [rules, _] = RULES;
    let truth = Truth {
        derivable: START_BLOCK + 6,
        run_length: 9,
    };
    let lie = Lie {
        from_block: START_BLOCK + 4,
        after_steps: 6,
        salt: B256::ZERO,
    };
    let liar = LyingTrace::new(truth, lie, rules.execution_depth());
    let mut game = new_game(
        rules,
        truth,
        lie.output_root(START_BLOCK + 6),
        START_BLOCK + 6,
    );
    let step = loop {
        let actions = honest_actions(&game, &truth).unwrap();
        assert_eq!(actions.len(), 1);
        if let Action::Step {
            claim,
            execution,
            step,
            ..
        } = actions[0]
        {
            assert_eq!(execution.starting.block, START_BLOCK + 3);
            assert_eq!(execution.disputed.block, START_BLOCK + 4);
            assert_eq!(game.claims()[claim].claimant, CROOK);
            break step;
        }
        play(&mut game, &truth, truth, HONEST, GENESIS);
        play(&mut game, &liar, truth, CROOK, GENESIS);
    };
    assert_eq!(step, 6);
    assert_eq!(game.claims().len() as u32, rules.max_depth + 1);
    answer(&mut game, truth, GENESIS);
    check(&game, false);
}

#[test]
fn right_root_with_a_wrong_block_number_is_challenged_by_number() {
    let [rules, _] = RULES;
    let truth = Truth {
        derivable: START_BLOCK + 2,
        run_length: 5,
    };
    let claimed = START_BLOCK + 4;
    let mut game = new_game(rules, truth, truth.root(claimed), claimed);
    let actions = honest_actions(&game, &truth).unwrap();
    assert_eq!(actions, [Action::ChallengeBlockNumber]);
    game.block_number_challenger = HONEST;
    assert_eq!(honest_actions(&game, &truth).unwrap(), []);
    let outcome = game.outcome();
    assert_eq!(outcome.status, GameStatus::ChallengerWins);
    assert_eq!(outcome.bond_to[0], HONEST);
}

#[test]
fn right_root_of_an_earlier_block_is_challenged_by_number() {
    let [rules, _] = RULES;
    let truth = Truth {
        derivable: START_BLOCK + 6,
        run_length: 5,
    };
    let game = new_game(rules, truth, truth.root(START_BLOCK + 3), START_BLOCK + 6);
    let actions = honest_actions(&game, &truth).unwrap();
    assert_eq!(actions, [Action::ChallengeBlockNumber]);
}

#[test]
fn claims_made_before_the_number_was_challenged_are_defended() {
    let [rules, _] = RULES;
    let truth = Truth {
        derivable: START_BLOCK + 6,
        run_length: 5,
    };
    let claimed = START_BLOCK + 6;
    let mut game = new_game(rules, truth, keccak256(b"false"), claimed);
    answer(&mut game, truth, GENESIS);
    let third = Address::repeat_byte(0x33);
    game.block_number_challenger = third;
    let stake = bond(&rules, Position::ROOT.attack().attack());
    game.add_move(1, true, keccak256(b"x"), (CROOK, stake), GENESIS)
        .unwrap();
    answer(&mut game, truth, GENESIS);
    let outcome = game.outcome();
    assert_eq!(outcome.status, GameStatus::ChallengerWins);
    assert_eq!(outcome.bond_to[..3], [third, HONEST, HONEST]);
}

#[test]
fn freeloader_left_of_the_honest_counter_is_countered() {
    let [rules, _] = RULES;
    let truth = Truth {
        derivable: START_BLOCK + 8,
        run_length: 5,
    };
    let claimed = START_BLOCK + 8;
    let mut game = new_game(rules, truth, truth.root(claimed), claimed);
    // A true claim that attacks the true root: the honest answer is a defence of it.
    let value = truth.root(START_BLOCK + 4);
    let bait = game
        .add_move(
            0,
            true,
            value,
            (CROOK, bond(&rules, Position::ROOT.attack())),
            GENESIS,
        )
        .unwrap();
    answer(&mut game, truth, GENESIS);
    // The crook attacks its own claim, further left than the honest defence.
    let position = game.claims()[bait].position.attack();
    game.add_move(
        bait,
        true,
        keccak256(b"bait"),
        (CROOK, bond(&rules, position)),
        GENESIS,
    )
    .unwrap();
    let actions = honest_actions(&game, &truth).unwrap();
    assert!(
        matches!(actions[..], [Action::Move { parent: 3, .. }]),
        "{actions:?}"
    );
    answer(&mut game, truth, GENESIS);
    check(&game, true);
}
