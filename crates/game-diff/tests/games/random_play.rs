//! Random moves, steps, waits and resolutions: whatever one side refuses the other has to refuse.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256, keccak256};
use endgame_game::{Claim, Clock, GameState, GameStatus, Position, Rules, VmStatus};
use endgame_game_diff::{Arena, Game, Vm};
use endgame_local_evm::EvmError;
use endgame_mips_diff::Dice;

const START: u64 = 100;
const PLAYERS: [Address; 3] = [
    Address::repeat_byte(0x11),
    Address::repeat_byte(0xcc),
    Address::repeat_byte(0xfe),
];

/// Small trees with an even and an odd maximum depth.
const RULES: [Rules; 2] = [
    Rules {
        split_depth: 3,
        max_depth: 8,
        max_clock: 1_000,
        clock_extension: 50,
        preimage_challenge_period: 100,
    },
    Rules {
        split_depth: 2,
        max_depth: 5,
        max_clock: 1_000,
        clock_extension: 50,
        preimage_challenge_period: 100,
    },
];

/// What claims may say: few values, so that the same is said twice, and each a hash of something.
fn statement(number: u64) -> ([u8; 8], B256) {
    let data = number.to_be_bytes();
    let status = [
        VmStatus::Valid,
        VmStatus::Invalid,
        VmStatus::Panic,
        VmStatus::Unfinished,
    ];
    (data, status[number as usize % 4].stamp(keccak256(data)))
}

fn prestate() -> ([u8; 8], B256) {
    statement(3)
}

/// A game in both worlds.
struct Twin {
    arena: Arena,
    game: Game,
    model: GameState,
    resolved: Vec<bool>,
    /// State data by the hash that it has.
    data: BTreeMap<B256, [u8; 8]>,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    moves: u32,
    refused_moves: u32,
    steps: u32,
    refused_steps: u32,
    resolutions: u32,
    refused_resolutions: u32,
}

fn reverted(result: Result<impl Sized, EvmError>) -> bool {
    match result {
        Ok(_) => false,
        Err(EvmError::Reverted(_)) => true,
        Err(other) => panic!("{other}"),
    }
}

impl Twin {
    fn new(rules: Rules, dice: &mut Dice) -> Self {
        let anchor = B256::repeat_byte(0xaa);
        let mut arena = Arena::new(rules, Vm::Told, prestate().1, (anchor, START)).unwrap();
        for player in PLAYERS {
            arena.evm.fund(player, U256::from(10).pow(U256::from(30)));
        }
        let block = START + 1 + dice.below(6);
        let root = statement(dice.below(8)).1;
        let game = arena.create(PLAYERS[1], root, block).unwrap();
        let claim = Claim {
            parent: None,
            countered_by: Address::ZERO,
            claimant: PLAYERS[1],
            bond: U256::ZERO,
            value: root,
            position: Position::ROOT,
            clock: Clock {
                duration: 0,
                timestamp: arena.evm.timestamp(),
            },
        };
        let model = GameState::new(rules, (anchor, START), block, vec![claim]).unwrap();
        Self {
            arena,
            game,
            model,
            resolved: vec![false],
            data: (0..8).map(|n| (statement(n).1, statement(n).0)).collect(),
            counts: Counts::default(),
        }
    }

    fn any_claim(&self, dice: &mut Dice) -> usize {
        let count = self.model.claims().len() as u64;
        // Recent claims more often: games should get to the bottom.
        let back = if dice.one_in(3) {
            dice.below(count)
        } else {
            dice.below(count.min(3))
        };
        (count - 1 - back) as usize
    }

    fn play(&mut self, dice: &mut Dice) {
        let (parent, is_attack) = (self.any_claim(dice), dice.below(3) > 0);
        let value = statement(dice.below(8)).1;
        let player = dice.pick(&PLAYERS, PLAYERS[0]);
        let claim = self.model.claim(parent).unwrap().clone();
        let position = if is_attack {
            claim.position.attack()
        } else {
            claim.position.defend()
        };
        let bond = self
            .game
            .bond(&mut self.arena, position)
            .unwrap_or_default();
        let now = self.arena.evm.timestamp();
        let disputed = (parent, claim.value);
        let on_chain = self
            .game
            .play(&mut self.arena, (player, bond), disputed, is_attack, value);
        let in_model = self
            .model
            .add_move(parent, is_attack, value, (player, bond), now);
        assert_eq!(
            reverted(on_chain),
            in_model.is_err(),
            "{claim:?} {is_attack} {value} {in_model:?}"
        );
        match in_model {
            Ok(index) => {
                self.resolved.push(false);
                self.counts.moves += 1;
                assert_eq!(
                    self.game.claim(&mut self.arena, index).unwrap(),
                    self.model.claims()[index]
                );
            }
            Err(_) => self.counts.refused_moves += 1,
        }
        // Another claim than the one that is there, or another bond: never a move.
        let off = (player, bond + U256::from(1));
        assert!(reverted(self.game.play(
            &mut self.arena,
            off,
            disputed,
            is_attack,
            B256::repeat_byte(0x77)
        )));
        assert!(reverted(self.game.play(
            &mut self.arena,
            (player, bond),
            (parent, B256::repeat_byte(0x99)),
            is_attack,
            B256::repeat_byte(0x77)
        )));
    }

    fn step(&mut self, dice: &mut Dice) {
        let (leaf, is_attack) = (self.any_claim(dice), dice.one_in(2));
        // What counts then is said by `a_late_step_counters_and_the_bond_stays_paid`.
        if self.resolved[leaf] {
            return;
        }
        let player = dice.pick(&PLAYERS, PLAYERS[0]);
        let judged = self.model.step_claims(leaf, is_attack);
        let (data, post) = match &judged {
            Ok(judged) => {
                let pre = judged
                    .pre
                    .map_or(prestate().1, |index| self.model.claims()[index].value);
                let claimed = self.model.claims()[judged.post].value;
                let post = if dice.one_in(2) {
                    claimed
                } else {
                    B256::repeat_byte(0x55)
                };
                (self.data[&pre], post)
            }
            Err(_) => (prestate().0, B256::repeat_byte(0x55)),
        };
        let at = (leaf, is_attack);
        // Not what was claimed: refused whatever the step comes to.
        assert!(reverted(self.game.step(
            &mut self.arena,
            player,
            at,
            b"another state",
            post.as_slice()
        )));
        let on_chain = self
            .game
            .step(&mut self.arena, player, at, &data, post.as_slice());
        let in_model = self.model.add_step(leaf, is_attack, post, player);
        assert_eq!(
            reverted(on_chain),
            in_model.is_err(),
            "{leaf} {is_attack} {judged:?} {in_model:?}"
        );
        if in_model.is_ok() {
            self.counts.steps += 1;
        } else {
            self.counts.refused_steps += 1;
        }
    }

    fn wait(&mut self, dice: &mut Dice) {
        let seconds = [1, 30, 200, 600];
        self.arena.evm.pass(dice.pick(&seconds, 1));
        let now = self.arena.evm.timestamp();
        for index in 0..self.model.claims().len() {
            assert_eq!(
                self.game
                    .challenger_duration(&mut self.arena, index)
                    .unwrap(),
                self.model.challenger_duration(index, now).unwrap()
            );
        }
    }

    fn resolve_claim(&mut self, index: usize, most: u64) {
        let now = self.arena.evm.timestamp();
        let ready = self
            .model
            .resolvable(now, |claim| self.resolved[claim])
            .unwrap();
        let children: Vec<usize> = (0..self.model.claims().len())
            .filter(|claim| self.model.claims()[*claim].parent == Some(index))
            .collect();
        // All at once, every answer has to be resolved; bit by bit, those that are looked at.
        let possible = ready.contains(&index) && children.iter().all(|child| self.resolved[*child]);
        let on_chain = self.game.resolve_claim(&mut self.arena, index, most);
        let refused = reverted(on_chain);
        assert!(!(possible && refused), "claim {index} can be resolved");
        if most == 0 {
            assert_eq!(refused, !possible, "claim {index}");
        }
        self.resolved[index] = self.game.is_resolved(&mut self.arena, index).unwrap();
        assert!(!self.resolved[index] || possible || refused);
        if refused {
            self.counts.refused_resolutions += 1;
        } else {
            self.counts.resolutions += 1;
        }
    }

    /// Lets the clocks run out and resolves everything.
    fn finish(&mut self) {
        assert!(self.resolved[0] || self.game.resolve(&mut self.arena).is_err());
        self.arena.evm.pass(2_000);
        let now = self.arena.evm.timestamp();
        let order = self
            .model
            .resolvable(now, |claim| self.resolved[claim])
            .unwrap();
        for index in order {
            self.resolve_claim(index, 0);
        }
        let outcome = self.model.outcome();
        for (index, countered_by) in outcome.countered_by.iter().enumerate() {
            let claim = self.game.claim(&mut self.arena, index).unwrap();
            assert_eq!(claim.countered_by, *countered_by, "claim {index}");
        }
        for player in PLAYERS {
            let credit = outcome.credits.get(&player).copied().unwrap_or_default();
            assert_eq!(self.game.credit(&mut self.arena, player).unwrap(), credit);
        }
        assert_eq!(self.game.resolve(&mut self.arena).unwrap(), outcome.status);
        assert!(self.game.resolve(&mut self.arena).is_err());
    }
}

#[test]
fn random_games_agree_in_every_move_and_in_their_outcome() {
    let mut total = Counts::default();
    let mut verdicts = BTreeMap::<u8, u32>::new();
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let mut twin = Twin::new(RULES[seed as usize % 2], &mut dice);
        for _ in 0..80 {
            match dice.below(12) {
                0 => twin.wait(&mut dice),
                1 => {
                    let index = twin.any_claim(&mut dice);
                    twin.resolve_claim(index, dice.below(3));
                }
                2..=4 => twin.step(&mut dice),
                _ => twin.play(&mut dice),
            }
        }
        twin.finish();
        *verdicts
            .entry(twin.model.outcome().status as u8)
            .or_default() += 1;
        total.moves += twin.counts.moves;
        total.refused_moves += twin.counts.refused_moves;
        total.steps += twin.counts.steps;
        total.refused_steps += twin.counts.refused_steps;
        total.resolutions += twin.counts.resolutions;
        total.refused_resolutions += twin.counts.refused_resolutions;
    }
    assert!(total.moves > 500 && total.refused_moves > 500, "{total:?}");
    assert!(total.steps > 20 && total.refused_steps > 200, "{total:?}");
    assert!(
        total.resolutions > 500 && total.refused_resolutions > 50,
        "{total:?}"
    );
    assert!(
        verdicts[&(GameStatus::ChallengerWins as u8)] > 5,
        "{verdicts:?}"
    );
    assert!(
        verdicts[&(GameStatus::DefenderWins as u8)] > 5,
        "{verdicts:?}"
    );
}

/// A leaf that nobody stepped on in time is resolved, and its bond paid to its claimant. A step can still show that it
/// is false, as in the OP Stack's contract, and that decides the claims above it: the truth wins late rather than never,
/// but who comes late gets no bond. The model says who is right, and would pay whoever stepped.
#[test]
fn a_late_step_counters_and_the_bond_stays_paid() {
    let mut dice = Dice::new(0);
    let mut twin = Twin::new(RULES[1], &mut dice);
    let [honest, crook, late] = PLAYERS;
    let put = |twin: &mut Twin, by: Address| {
        let parent = twin.model.claims().len() - 1;
        let claim = twin.model.claims()[parent].clone();
        let position = claim.position.attack();
        let bond = twin.game.bond(&mut twin.arena, position).unwrap();
        let now = twin.arena.evm.timestamp();
        // The root of the execution says that it fails.
        let value = statement(1 + 4 * (parent as u64 % 2)).1;
        let disputed = (parent, claim.value);
        twin.game
            .play(&mut twin.arena, (by, bond), disputed, true, value)
            .unwrap();
        twin.model
            .add_move(parent, true, value, (by, bond), now)
            .unwrap();
        twin.resolved.push(false);
    };
    for level in 0..5 {
        put(&mut twin, if level % 2 == 0 { honest } else { crook });
    }
    let leaf = twin.model.claims().len() - 1;
    let bond = twin.model.claims()[leaf].bond;
    twin.arena.evm.pass(2_000);
    twin.resolve_claim(leaf, 0);
    let before = twin.game.credit(&mut twin.arena, honest).unwrap();
    assert_eq!(before, bond);

    let post = B256::repeat_byte(0x55);
    twin.game
        .step(
            &mut twin.arena,
            late,
            (leaf, true),
            &prestate().0,
            post.as_slice(),
        )
        .unwrap();
    twin.model.add_step(leaf, true, post, late).unwrap();
    for index in (0..leaf).rev() {
        twin.resolve_claim(index, 0);
    }
    let outcome = twin.model.outcome();
    assert_eq!(twin.game.resolve(&mut twin.arena).unwrap(), outcome.status);
    assert_eq!(outcome.bond_to[leaf], late);
    assert_eq!(twin.game.credit(&mut twin.arena, late).unwrap(), U256::ZERO);
}
