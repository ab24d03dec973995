//! Proofs that nobody honest makes.

use endgame_local_evm::EvmError;
use endgame_mips::{StepWitness, compact_proof};
use endgame_mips_diff::{Dice, random};
use endgame_vm::Preimages;

use crate::tally::Tally;

/// Damages a proof: a bit, a byte, its length, a node out of place.
fn tamper(dice: &mut Dice, proof: &mut Vec<u8>) {
    let at = dice.below(proof.len() as u64) as usize;
    match dice.below(6) {
        0 => proof[at] ^= 1 << dice.below(8),
        1 => proof[at] = dice.roll() as u8,
        2 => proof.truncate(at),
        3 => proof.extend((0..=dice.below(2000)).map(|_| dice.roll() as u8)),
        4 => proof[0] = dice.below(3) as u8,
        _ => {
            let from = dice.below(proof.len() as u64) as usize;
            let node: Vec<u8> = proof.iter().skip(from).take(32).copied().collect();
            proof.splice(at..(at + node.len()).min(proof.len()), node);
        }
    }
}

/// A step has one result: whoever finds a proof of another takes every bond there is.
#[test]
fn a_damaged_proof_proves_the_same_or_nothing() {
    let mut tally = Tally::new(41);
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..1500 {
        let seed = tally.dice.roll();
        let mut dice = Dice::new(seed);
        let catalog = tally.bench.catalog().clone();
        let mut state = match round % 3 {
            0 => random::system_call(&mut dice, &catalog, dice_call(seed)),
            1 => random::state(&mut dice, &catalog, 0x37 << 26 | seed as u32 >> 6),
            _ => random::state(&mut dice, &catalog, 0x3f << 26 | seed as u32 >> 6),
        };
        let Ok(witness) = StepWitness::take(&mut state, &mut Preimages::new(&catalog)) else {
            continue;
        };
        if let Some(read) = &witness.oracle {
            tally.bench.load(read.key, read.offset).unwrap();
        }
        let compact = compact_proof(&witness.state_data, &witness.proof_data).unwrap();
        for proof in [&witness.proof_data, &compact] {
            let mut proof = proof.clone();
            tamper(&mut dice, &mut proof);
            match tally.bench.on_chain(&witness.state_data, &proof) {
                Ok((post, _)) => {
                    assert_eq!(post, witness.post, "seed {seed:#x}");
                    accepted += 1;
                }
                Err(EvmError::Reverted(_)) => refused += 1,
                Err(other) => panic!("{other}, seed {seed:#x}"),
            }
        }
    }
    assert!(accepted > 100 && refused > 1000, "{accepted}, {refused}");
}

/// clock_gettime, which has two proofs of memory, or a read of a preimage.
fn dice_call(seed: u64) -> u64 {
    if seed & 1 == 0 { 5222 } else { 5000 }
}

#[test]
fn a_malformed_state_is_refused() {
    let mut tally = Tally::new(42);
    let catalog = tally.bench.catalog().clone();
    let mut dice = Dice::new(1);
    let mut state = random::state(&mut dice, &catalog, 0);
    (state.exited, state.steps_since_switch) = (false, 0);
    state.thread_mut().unwrap().pc = 0x1000;
    let witness = StepWitness::take(&mut state, &mut Preimages::new(&catalog)).unwrap();
    let mut refuses = |state_data: &[u8]| {
        let found = tally.bench.on_chain(state_data, &witness.proof_data);
        assert!(matches!(found, Err(EvmError::Reverted(_))), "{found:?}");
    };
    refuses(&witness.state_data[..187]);
    refuses(&[&witness.state_data[..], &[0]].concat());
    // The flags: whether the program has exited, and which stack is active.
    for flag in [98, 115] {
        for value in [2, 0xff] {
            let mut damaged = witness.state_data.clone();
            damaged[flag] = value;
            refuses(&damaged);
        }
    }
}
