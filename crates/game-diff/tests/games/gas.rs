//! What the last transaction of a dispute costs: a step in a game of standard depth.

use std::{env, fmt::Write as _, fs, path::Path};

use alloy_primitives::{Address, B256, U256, keccak256};
use endgame_game::{Position, Rules, VmStatus};
use endgame_game_diff::{Arena, Vm};
use endgame_local_evm::Gas;
use endgame_mips::{State, StepWitness, compact_proof};
use endgame_mips_diff::{Catalog, Dice, typical};
use endgame_preimage::PreimageKey;
use endgame_vm::Preimages;

/// Set to rewrite the snapshot.
const UPDATE: &str = "ENDGAME_UPDATE_SNAPSHOTS";
const PLAYER: Address = Address::repeat_byte(0x11);

/// Whether the claim before the leaf, whose state the step starts from, stands at `position`.
fn is_before(leaf: Position, position: Position, split: u32) -> bool {
    leaf.left()
        .is_some_and(|left| left.trace_ancestor_below(split) == position)
}

/// Plays down to a leaf on a random way and steps on it.
fn step_in_a_game(dice: &mut Dice, witness: &StepWitness, proof: &[u8]) -> Gas {
    let rules = Rules::STANDARD;
    let anchor = (B256::repeat_byte(0xaa), 1);
    let mut arena = Arena::new(rules, Vm::Mips64, B256::repeat_byte(3), anchor).unwrap();
    arena.evm.fund(PLAYER, U256::from(10).pow(U256::from(30)));
    let root = keccak256(b"root");
    let game = arena.create(PLAYER, root, 1 << 20).unwrap();

    let split = rules.split_depth;
    let mut way = Vec::new();
    let mut position = Position::ROOT;
    while position.depth() < rules.max_depth {
        // Roots cannot be defended; the split's last claim is attacked, so the execution fails.
        let must =
            position.is_root() || matches!(position.depth(), d if d == split || d == split + 1);
        let is_attack = must || dice.one_in(2);
        position = if is_attack {
            position.attack()
        } else {
            position.defend()
        };
        way.push((is_attack, position));
    }
    let leaf = position;
    let mut disputed = (0, root);
    for (is_attack, position) in way {
        let value = if is_before(leaf, position, split) {
            witness.pre
        } else {
            let status = if position.depth() == split + 1 {
                VmStatus::Invalid
            } else {
                VmStatus::Unfinished
            };
            status.stamp(B256::from(U256::from(dice.roll())))
        };
        let bond = game.bond(&mut arena, position).unwrap();
        game.play(&mut arena, (PLAYER, bond), disputed, is_attack, value)
            .unwrap();
        arena.evm.pass(12);
        disputed = (disputed.0 + 1, value);
    }
    game.step(
        &mut arena,
        PLAYER,
        (disputed.0, true),
        &witness.state_data,
        proof,
    )
    .unwrap()
}

fn median(mut all: Vec<u64>) -> u64 {
    all.sort_unstable();
    all[all.len() / 2]
}

#[test]
fn a_step_in_a_game_costs_what_the_snapshot_says() {
    let mut dice = Dice::new(5);
    let mut found = format!(
        "{:<26}{:>22}\n{:<26}{:>9}{:>13}\n",
        "gas of FaultDisputeGame.step", "compact proof", "", "execution", "transaction"
    );
    let mut row = |name: &str, states: &[State], dice: &mut Dice| {
        let catalog = Catalog::default();
        let costs: Vec<Gas> = states
            .iter()
            .map(|state| {
                let witness =
                    StepWitness::take(&mut state.clone(), &mut Preimages::new(&catalog)).unwrap();
                let proof = compact_proof(&witness.state_data, &witness.proof_data).unwrap();
                step_in_a_game(dice, &witness, &proof)
            })
            .collect();
        let execution = median(costs.iter().map(|gas| gas.execution).collect());
        let transaction = median(costs.iter().map(|gas| gas.transaction).collect());
        writeln!(found, "{name:<26}{execution:>11}{transaction:>13}").unwrap();
        transaction
    };
    let typical = row("computation, median", &typical::mix(41), &mut dice);
    assert!(typical <= 100_000, "{typical}");
    for (name, state) in typical::kinds(no_key()) {
        if matches!(name, "daddu" | "ld, stack" | "sw, heap") {
            row(name, &vec![state; 5], &mut dice);
        }
    }

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/step.txt");
    if env::var_os(UPDATE).is_some() {
        fs::write(&path, &found).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap();
    assert!(
        kept == found,
        "gas has changed (`make gas` keeps it):\n{found}"
    );
}

/// No kind that is measured here reads a preimage.
fn no_key() -> PreimageKey {
    PreimageKey::from_raw([0; 32])
}
