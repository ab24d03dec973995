//! Programs of random instructions, step by step: states that steps lead to, not ones that were made up.

use endgame_mips::{State, syscall};
use endgame_mips_diff::{Catalog, Dice, Outcome, random};
use endgame_vm::Words as _;

use crate::tally::Tally;

/// An instruction of compiled code, or a system call's number followed by the call.
fn instructions(dice: &mut Dice, out: &mut Vec<u32>) {
    let mut register = || dice.below(32) as u32;
    let (rs, rt, rd) = (register(), register(), register());
    let operands = rs << 21 | rt << 16;
    match dice.below(8) {
        0 | 1 => {
            let functions = [
                0x00, 0x02, 0x03, 0x04, 0x0a, 0x0b, 0x10, 0x12, 0x18, 0x1d, 0x21, 0x23, 0x24, 0x25,
                0x26, 0x27, 0x2a, 0x2b, 0x2d, 0x2f, 0x38, 0x3c, 0x3e, 0x3f,
            ];
            let shift = (dice.below(32) as u32) << 6;
            out.push(operands | rd << 11 | shift | dice.pick(&functions, 0x21));
        }
        2 | 3 => {
            let opcodes = [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x19];
            out.push(dice.pick(&opcodes, 9) << 26 | operands | dice.below(1 << 16) as u32);
        }
        4 | 5 => {
            let opcodes = [
                0x20, 0x23, 0x25, 0x26, 0x37, 0x28, 0x2a, 0x2b, 0x2c, 0x3f, 0x30, 0x38, 0x34, 0x3c,
            ];
            out.push(dice.pick(&opcodes, 0x37) << 26 | operands | dice.below(64) as u32);
        }
        6 => {
            // A short branch, with something harmless in its delay slot.
            let distance = 2 + dice.below(3) as u32;
            out.push(dice.pick(&[0x04, 0x05, 0x06, 0x07], 0x04) << 26 | operands | distance);
            out.push(0x09 << 26 | operands | 1);
        }
        _ => {
            let calls = [
                syscall::SCHED_YIELD,
                syscall::CLONE,
                syscall::MMAP,
                syscall::GETTID,
                syscall::CLOCK_GETTIME,
                syscall::GETRANDOM,
                syscall::WRITE,
                syscall::EXIT,
            ];
            let number = dice.pick(&calls, syscall::GETTID);
            if number == syscall::CLONE {
                // lui $a0, 5; ori $a0, $a0, 0x0f00
                out.extend([
                    0x0f << 26 | 4 << 16 | 5,
                    0x0d << 26 | 4 << 21 | 4 << 16 | 0x0f00,
                ]);
            }
            if number != syscall::EXIT || dice.one_in(4) {
                out.extend([0x09 << 26 | 2 << 16 | number as u32, 0x0c]);
            }
        }
    }
}

fn program(dice: &mut Dice, catalog: &Catalog) -> State {
    let mut state = random::state(dice, catalog, 0);
    (state.exited, state.steps_since_switch) = (false, 0);
    let mut code = Vec::new();
    while code.len() < 150 {
        instructions(dice, &mut code);
    }
    let thread = state.thread_mut().unwrap();
    thread.exited = false;
    (thread.pc, thread.next_pc) = (0x2_0000, 0x2_0004);
    // Threads that wait run the same code when their turn comes.
    for thread in state.left.iter_mut().chain(&mut state.right) {
        thread.pc = thread.pc & 0x1fc | 0x2_0000;
        thread.next_pc = thread.pc + 4;
    }
    for (address, word) in (0x2_0000..).step_by(4).zip(code) {
        state.memory.set_bytes(address, &word.to_be_bytes());
    }
    state
}

#[test]
fn programs_of_random_instructions_agree_step_by_step() {
    let mut tally = Tally::new(51);
    let mut steps = 0;
    for _ in 0..30 {
        let seed = tally.dice.roll();
        let mut state = program(&mut Dice::new(seed), tally.bench.catalog());
        for step in 0..100 {
            match tally.bench.step(&mut state) {
                Ok(Outcome::Advanced(_)) => steps += 1,
                Ok(Outcome::Refused(_)) => break,
                Err(difference) => panic!("{difference}, seed {seed:#x}, step {step}"),
            }
        }
    }
    assert!(steps > 1000, "{steps}");
}
