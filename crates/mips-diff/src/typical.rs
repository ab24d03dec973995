//! Steps as a dispute meets them: of a program whose memory is in use.
//!
//! What a step costs on L1 goes by the siblings in its proofs, hence by how densely memory around the accessed words is
//! filled. Here it is as a guest leaves it: some megabytes of code, a larger heap, a stack.

use endgame_mips::{HEAP_START, SCHEDULING_QUANTUM, State, syscall};
use endgame_preimage::PreimageKey;
use endgame_vm::{Memory, Words as _};

use crate::Dice;

const CODE: u64 = 0x0012_3454;
const HEAP: u64 = HEAP_START + 0x0345_6780;
const STACK: u64 = 0x7fff_ffff_e9a8;
/// Sizes of the areas that are in use around them: 2 MiB, 64 MiB, 16 KiB.
const CODE_BITS: u32 = 21;
const HEAP_BITS: u32 = 26;
const STACK_BITS: u32 = 14;

/// The registers that point to the heap and to the stack.
const HEAP_POINTER: u32 = 16;
const STACK_POINTER: u32 = 29;

/// One step of each kind, by name.
pub fn kinds(key: PreimageKey) -> Vec<(&'static str, State)> {
    let call = |number: u64, arguments: [u64; 3]| {
        let mut state = guest(&mut Dice::new(7), 0x0c);
        state.preimage_key = key;
        if let Some(thread) = state.thread_mut() {
            thread.set_register(2, number);
            for (register, value) in (4..).zip(arguments) {
                thread.set_register(register, value);
            }
        }
        state
    };
    let insn = |word| guest(&mut Dice::new(7), word);
    let mut preempted = insn(0);
    preempted.steps_since_switch = SCHEDULING_QUANTUM;
    let mut reserved = insn(0x38 << 26 | HEAP_POINTER << 21 | 8 << 16);
    reserved.reservation = endgame_mips::Reservation {
        kind: endgame_mips::ReservationKind::Word,
        address: HEAP,
        owner: 0,
    };
    vec![
        ("daddu", insn(9 << 21 | 10 << 16 | 8 << 11 | 0x2d)),
        ("dmultu", insn(9 << 21 | 10 << 16 | 0x1d)),
        ("beq", insn(0x04 << 26 | 9 << 21 | 10 << 16 | 0x40)),
        ("jal", insn(0x03 << 26 | 0x4_8d10)),
        (
            "ld, stack",
            insn(0x37 << 26 | STACK_POINTER << 21 | 8 << 16 | 0x10),
        ),
        (
            "sd, stack",
            insn(0x3f << 26 | STACK_POINTER << 21 | 8 << 16 | 0x10),
        ),
        (
            "lbu, heap",
            insn(0x24 << 26 | HEAP_POINTER << 21 | 8 << 16 | 0x13),
        ),
        (
            "sw, heap",
            insn(0x2b << 26 | HEAP_POINTER << 21 | 8 << 16 | 0x14),
        ),
        ("sc, heap", reserved),
        ("write a preimage key", call(syscall::WRITE, [6, STACK, 8])),
        ("read a preimage", call(syscall::READ, [5, HEAP, 8])),
        ("clock_gettime", call(syscall::CLOCK_GETTIME, [1, STACK, 0])),
        (
            "clone",
            call(syscall::CLONE, [syscall::CLONE_FLAGS, HEAP, 0]),
        ),
        ("thread switch", preempted),
    ]
}

/// Steps of computation in the proportions of compiled code: half arithmetic, a quarter loads, the rest stores and
/// branches.
pub fn mix(count: usize) -> Vec<State> {
    let mut dice = Dice::new(8);
    (0..count)
        .map(|_| {
            let word = computation(&mut dice);
            guest(&mut dice, word)
        })
        .collect()
}

fn computation(dice: &mut Dice) -> u32 {
    let mut register = |from: u64| (8 + dice.below(from)) as u32;
    let (rs, rt, rd) = (register(8), register(8), register(8));
    let base = dice.pick(&[HEAP_POINTER, STACK_POINTER, STACK_POINTER], STACK_POINTER);
    let offset = dice.below(256) as u32 * 8;
    let access = |opcode: u32| opcode << 26 | base << 21 | rt << 16 | offset;
    match dice.below(20) {
        0..=5 => {
            let functions = [0x2d, 0x21, 0x25, 0x26, 0x24, 0x2b];
            rs << 21 | rt << 16 | rd << 11 | dice.pick(&functions, 0x2d)
        }
        6..=8 => 0x19 << 26 | rs << 21 | rt << 16 | dice.below(0x8000) as u32,
        9 | 10 => {
            rt << 16 | rd << 11 | (dice.below(32) as u32) << 6 | dice.pick(&[0, 0x38, 0x3e], 0)
        }
        11..=15 => access(dice.pick(&[0x37, 0x37, 0x23, 0x24], 0x37)),
        16 | 17 => access(dice.pick(&[0x3f, 0x3f, 0x2b, 0x28], 0x3f)),
        _ => dice.pick(&[0x04, 0x05], 0x04) << 26 | rs << 21 | rt << 16 | 0x20,
    }
}

/// A running program in front of an instruction.
fn guest(dice: &mut Dice, insn: u32) -> State {
    let pc = CODE ^ dice.below(1 << 18) & !3;
    let mut state = State::new(pc);
    state.step = 1_234_567_890;
    state.steps_since_switch = 4321;
    state.heap = HEAP_START + (1 << HEAP_BITS);
    if let Some(thread) = state.thread_mut() {
        for register in 1..16 {
            let value = match register % 3 {
                0 => dice.roll(),
                1 => dice.below(1 << 16),
                _ => HEAP_START + dice.below(1 << HEAP_BITS),
            };
            thread.set_register(register, value);
        }
        thread.set_register(HEAP_POINTER as usize, HEAP);
        thread.set_register(28, CODE + 0x8000);
        thread.set_register(STACK_POINTER as usize, STACK);
        thread.set_register(31, CODE & !0xffff);
    }
    for (area, bits) in [(pc, CODE_BITS), (HEAP, HEAP_BITS), (STACK, STACK_BITS)] {
        fill(&mut state.memory, dice, area, bits);
    }
    state.memory.set_bytes(pc, &insn.to_be_bytes());
    state
}

/// Puts something into the page of `center` and, of the area around it, into every sibling on the way to the root.
fn fill(memory: &mut Memory, dice: &mut Dice, center: u64, bits: u32) {
    for word in (center & !0xfff..).step_by(8).take(512) {
        memory.set_word(word, dice.roll());
    }
    for bit in 12..bits {
        memory.set_word(center ^ 1 << bit, dice.roll());
    }
}
