//! The resolution model against hand-made games.

use crate::world::{CROOK, GENESIS, HONEST, RULES, START_BLOCK, Truth, new_game};
use alloy_primitives::{Address, B256, U256, keccak256};
use endgame_game::{Clock, GameError, GameState, GameStatus, Position, Rules};

const THIRD: Address = Address::repeat_byte(0x33);
const TRUTH: Truth = Truth {
    derivable: START_BLOCK + 8,
    run_length: 5,
};

fn game() -> GameState {
    new_game(RULES[0], TRUTH, keccak256(b"root"), START_BLOCK + 8)
}

/// A move with a bond of `bond` wei at the beginning of time.
fn add(game: &mut GameState, parent: usize, attack: bool, by: Address, bond: u64) -> usize {
    let value = keccak256((game.claims().len() as u64).to_be_bytes());
    game.add_move(parent, attack, value, (by, U256::from(bond)), GENESIS)
        .unwrap()
}

#[test]
fn unattacked_root_stands() {
    let outcome = game().outcome();
    assert_eq!(outcome.status, GameStatus::DefenderWins);
    assert_eq!(outcome.bond_to, [CROOK]);
}

#[test]
fn unanswered_attack_takes_the_root_bond() {
    let mut game = game();
    add(&mut game, 0, true, HONEST, 10);
    let outcome = game.outcome();
    assert_eq!(outcome.status, GameStatus::ChallengerWins);
    assert_eq!(outcome.bond_to, [HONEST, HONEST]);
    assert_eq!(
        outcome.credits[&HONEST],
        game.claims()[0].bond + U256::from(10)
    );
}

#[test]
fn leftmost_standing_counter_is_paid() {
    let mut game = game();
    let attack = add(&mut game, 0, true, HONEST, 10);
    let right = add(&mut game, attack, false, THIRD, 20);
    let left = add(&mut game, attack, true, CROOK, 20);
    assert_eq!(game.outcome().bond_to[attack], CROOK);
    // The left one falls: the right one is paid.
    add(&mut game, left, true, HONEST, 30);
    let outcome = game.outcome();
    assert_eq!(outcome.bond_to[attack], THIRD);
    assert_eq!(outcome.bond_to[right], THIRD);
    assert_eq!(outcome.status, GameStatus::DefenderWins);
}

#[test]
fn first_of_equally_placed_counters_is_paid() {
    let mut game = game();
    add(&mut game, 0, true, THIRD, 10);
    add(&mut game, 0, true, HONEST, 10);
    assert_eq!(game.outcome().bond_to[0], THIRD);
}

#[test]
fn leaf_bond_goes_to_whoever_stepped() {
    let mut game = game();
    let mut at = 0;
    let depth = RULES[0].max_depth;
    for level in 0..depth {
        let by = if level % 2 == 0 { HONEST } else { CROOK };
        // The execution game's root must say that the run fails.
        let mut value = keccak256(level.to_be_bytes());
        value.0[0] = 1;
        at = game
            .add_move(at, true, value, (by, U256::from(level)), GENESIS)
            .unwrap();
    }
    assert_eq!(game.outcome().status, GameStatus::DefenderWins);
    game.add_step(at, true, B256::ZERO, THIRD).unwrap();
    let outcome = game.outcome();
    assert_eq!(outcome.bond_to[at], THIRD);
    assert_eq!(outcome.status, GameStatus::ChallengerWins);
    assert_eq!(
        game.add_step(at, true, B256::ZERO, HONEST),
        Err(GameError::DuplicateStep(at))
    );
}

#[test]
fn bonds_are_paid_out_in_full() {
    let mut game = game();
    let attack = add(&mut game, 0, true, HONEST, 10);
    let defence = add(&mut game, attack, false, CROOK, 20);
    add(&mut game, defence, true, THIRD, 30);
    add(&mut game, attack, true, CROOK, 40);
    let staked = game
        .claims()
        .iter()
        .map(|c| c.bond)
        .fold(U256::ZERO, |a, b| a + b);
    let paid = game
        .outcome()
        .credits
        .values()
        .fold(U256::ZERO, |a, b| a + b);
    assert_eq!(staked, paid);
}

#[test]
fn subgames_resolve_from_the_bottom_when_clocks_have_run_out() {
    let mut game = game();
    let first = add(&mut game, 0, true, HONEST, 10);
    let later = GENESIS + 400;
    let second = game
        .add_move(first, true, keccak256(b"2"), (CROOK, U256::from(1)), later)
        .unwrap();
    // The challengers used nothing before `first` and have not answered `second`.
    let end = later + RULES[0].max_clock;
    assert_eq!(game.resolvable(end - 1, |_| false).unwrap(), []);
    assert_eq!(game.resolvable(end, |_| false).unwrap(), [second, first, 0]);
    assert_eq!(game.resolvable(end, |i| i == second).unwrap(), [first, 0]);
    assert_eq!(game.resolvable(end, |_| true).unwrap(), []);
}

#[test]
fn clock_of_the_grandparent_is_inherited() {
    let mut game = game();
    let t1 = GENESIS + 300;
    let first = game
        .add_move(0, true, keccak256(b"1"), (HONEST, U256::ZERO), t1)
        .unwrap();
    assert_eq!(
        game.claims()[first].clock,
        Clock {
            duration: 300,
            timestamp: t1
        }
    );
    let t2 = t1 + 120;
    let second = game
        .add_move(first, true, keccak256(b"2"), (CROOK, U256::ZERO), t2)
        .unwrap();
    assert_eq!(game.claims()[second].clock.duration, 120);
    // Back to the attackers: their 300 s count on.
    assert_eq!(game.challenger_duration(second, t2 + 5), Ok(305));
    assert_eq!(game.challenger_duration(second, t2 + 5_000), Ok(1_000));
    assert_eq!(
        game.add_move(
            second,
            true,
            keccak256(b"3"),
            (HONEST, U256::ZERO),
            t2 + 700
        ),
        Err(GameError::ClockTimeExceeded(second))
    );
}

#[test]
fn refused_moves() {
    let mut game = game();
    let stake = (CROOK, U256::ZERO);
    let value = keccak256(b"v");
    assert_eq!(
        game.add_move(0, false, value, stake, GENESIS),
        Err(GameError::CannotDefendRootClaim)
    );
    assert_eq!(
        game.add_move(7, true, value, stake, GENESIS),
        Err(GameError::NoSuchClaim(7))
    );
    let a = game.add_move(0, true, value, stake, GENESIS).unwrap();
    assert_eq!(
        game.add_move(0, true, value, stake, GENESIS),
        Err(GameError::ClaimAlreadyExists(0))
    );
    assert_eq!(game.step_claims(a, true), Err(GameError::NotALeaf(a)));
    let b = game.add_move(a, true, value, stake, GENESIS).unwrap();
    let c = game.add_move(b, true, value, stake, GENESIS).unwrap();
    assert_eq!(
        game.add_move(c, true, B256::ZERO, stake, GENESIS),
        Err(GameError::UnexpectedRootClaim(0))
    );
    game.block_number_challenger = HONEST;
    assert_eq!(
        game.add_move(0, true, keccak256(b"w"), stake, GENESIS),
        Err(GameError::BlockNumberChallenged)
    );
}

#[test]
fn claims_that_no_contract_holds_are_refused() {
    let good = game();
    let build = |claims| {
        GameState::new(
            RULES[0],
            (good.starting_root, good.starting_block),
            good.claimed_block,
            claims,
        )
    };
    let root = good.claims()[0].clone();
    assert_eq!(build(vec![]), Err(GameError::NoSuchClaim(0)));
    let mut child = root.clone();
    child.parent = Some(0);
    child.position = Position::ROOT.attack();
    assert!(build(vec![root.clone(), child.clone()]).is_ok());
    for (parent, gindex) in [(Some(1), 2), (None, 2), (Some(0), 3), (Some(0), 4)] {
        child.parent = parent;
        child.position = Position::from_gindex(gindex).unwrap();
        let result = build(vec![root.clone(), child.clone()]);
        assert!(
            matches!(result, Err(GameError::MalformedClaim { index: 1, .. })),
            "{parent:?} {gindex}: {result:?}"
        );
    }
    let rules = Rules {
        split_depth: 0,
        ..RULES[0]
    };
    assert!(GameState::new(rules, (B256::ZERO, 0), 1, vec![root]).is_err());
}

#[test]
fn local_context_binds_both_roots_or_the_first_alone() {
    let mut game = game();
    // Attacks all the way: the leaf is the first block, which starts from the anchor.
    let a = add(&mut game, 0, true, HONEST, 0);
    let b = add(&mut game, a, true, CROOK, 0);
    let c = add(&mut game, b, true, HONEST, 0);
    let leaf = game.claims()[c].clone();
    let attacked = game.execution_game(c, leaf.position.attack()).unwrap();
    assert_eq!(attacked.starting.position, None);
    assert_eq!(attacked.starting.root, game.starting_root);
    assert_eq!(attacked.disputed.block, START_BLOCK + 1);
    let expected = [leaf.value.as_slice(), &U256::from(8).to_be_bytes::<32>()].concat();
    assert_eq!(attacked.local_context(), keccak256(expected));
    // Defended: from the leaf to the claim one block on, which is `b`.
    let defended = game.execution_game(c, leaf.position.defend()).unwrap();
    assert_eq!(defended.starting.root, leaf.value);
    assert_eq!(defended.disputed.root, game.claims()[b].value);
    assert_eq!(defended.disputed.block, START_BLOCK + 2);
    let expected = [
        leaf.value.as_slice(),
        &U256::from(8).to_be_bytes::<32>(),
        game.claims()[b].value.as_slice(),
        &U256::from(4).to_be_bytes::<32>(),
    ]
    .concat();
    assert_eq!(defended.local_context(), keccak256(expected));
}
