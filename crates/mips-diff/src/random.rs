//! Random states in front of a given instruction.
//!
//! Registers, memory and threads are random, with an eye on what instructions look at: addresses meet memory that is
//! there, reservations fit now and then, arguments of system calls are often ones that the VM knows.

use endgame_mips::{
    HEAP_END, HEAP_START, Instruction, Reservation, ReservationKind, SCHEDULING_QUANTUM, State,
    Thread, syscall,
};
use endgame_preimage::PreimageKey;
use endgame_vm::Words as _;

use crate::{Catalog, Dice};

/// A state whose next step executes `insn`, unless the thread's time is up or its program counter is off.
pub fn state(dice: &mut Dice, catalog: &Catalog, insn: u32) -> State {
    let mut state = State::new(code_address(dice));
    bookkeeping(dice, catalog, &mut state);
    threads(dice, &mut state);
    let insn = Instruction(insn);
    let target = target(dice, &state);
    aim(dice, &mut state, insn, target);
    reservation(dice, &mut state, target);
    memory(dice, &mut state, target);
    put(&mut state, insn.0);
    state
}

/// As [`state`], in front of the system call `number`.
pub fn system_call(dice: &mut Dice, catalog: &Catalog, number: u64) -> State {
    let mut state = state(dice, catalog, 0x0c);
    let buffer = target(dice, &state);
    let arguments = arguments(dice, &state, number, buffer);
    if let Some(thread) = state.thread_mut() {
        thread.set_register(2, number);
        for (register, value) in (4..).zip(arguments) {
            thread.set_register(register, value);
        }
    }
    memory(dice, &mut state, buffer);
    put(&mut state, 0x0c);
    state
}

/// Puts an instruction where the program counter points, as far as it does to one.
fn put(state: &mut State, insn: u32) {
    if let Some(pc) = state.thread().map(|thread| thread.pc) {
        state.memory.set_bytes(pc & !3, &insn.to_be_bytes());
    }
}

fn code_address(dice: &mut Dice) -> u64 {
    let address = match dice.below(4) {
        0 => dice.roll(),
        1 => u64::MAX - dice.below(64),
        _ => 0x1_0000 + dice.below(1 << 21),
    };
    if dice.one_in(50) {
        address
    } else {
        address & !3
    }
}

fn bookkeeping(dice: &mut Dice, catalog: &Catalog, state: &mut State) {
    state.preimage_key = if dice.one_in(8) {
        let mut raw = [0; 32];
        raw.fill_with(|| dice.roll() as u8);
        PreimageKey::from_raw(raw)
    } else {
        dice.pick(&catalog.keys(), state.preimage_key)
    };
    let len = catalog
        .entry(state.preimage_key)
        .map_or(0, |(value, _)| value.len() as u64);
    state.preimage_offset = match dice.below(8) {
        0 => dice.roll(),
        1 => dice.below(8),
        _ => dice.below(len + 10),
    };
    state.heap = match dice.below(4) {
        0 => dice.roll(),
        1 => HEAP_END - 4096 * dice.below(4),
        _ => HEAP_START + 4096 * dice.below(1 << 20),
    };
    state.step = if dice.one_in(8) {
        u64::MAX - dice.below(2)
    } else {
        dice.below(1 << 40)
    };
    state.steps_since_switch = match dice.below(20) {
        0 => SCHEDULING_QUANTUM,
        1 => SCHEDULING_QUANTUM - 1,
        2 => dice.roll(),
        _ => dice.below(SCHEDULING_QUANTUM),
    };
    state.next_thread_id = dice.value();
    state.exit_code = dice.roll() as u8;
    state.exited = dice.one_in(60);
}

fn threads(dice: &mut Dice, state: &mut State) {
    let Some(mut runs) = state.left.pop() else {
        return;
    };
    runs.id = dice.value();
    (runs.hi, runs.lo) = (dice.value(), dice.value());
    for register in 1..32 {
        runs.set_register(register, dice.value());
    }
    if dice.one_in(12) {
        runs.next_pc = dice.roll();
    }
    if dice.one_in(50) {
        (runs.exited, runs.exit_code) = (true, dice.roll() as u8);
    }
    let mut crowd = |most: u64| -> Vec<Thread> {
        (0..dice.below(most + 1))
            .map(|_| Thread {
                id: dice.value(),
                pc: dice.roll(),
                exited: dice.one_in(3),
                ..Thread::default()
            })
            .collect()
    };
    (state.left, state.right) = (crowd(2), crowd(2));
    state.traverse_right = dice.one_in(2);
    if state.traverse_right {
        state.right.push(runs);
    } else {
        state.left.push(runs);
    }
}

/// An address that an instruction may access: anywhere, or near the instruction, so that the two paths through the
/// memory tree meet at every height.
fn target(dice: &mut Dice, state: &State) -> u64 {
    let pc = state.thread().map_or(0, |thread| thread.pc);
    match dice.below(6) {
        0 => dice.roll(),
        1 => dice.value(),
        2 => HEAP_START + dice.below(1 << 30),
        3 => pc & !0x1f | dice.below(32),
        _ => pc ^ 1 << dice.below(64) ^ dice.below(8),
    }
}

/// Makes the instruction access `target`, if it accesses memory and its address is not fixed.
fn aim(dice: &mut Dice, state: &mut State, insn: Instruction, target: u64) {
    let is_access = insn.opcode() >= 0x20 || matches!(insn.opcode(), 0x1a | 0x1b);
    if is_access && let Some(thread) = state.thread_mut() {
        thread.set_register(insn.rs(), target.wrapping_sub(insn.signed()));
    }
    // Operands that are equal or zero decide branches, moves and divisions.
    if let Some(thread) = state.thread_mut()
        && !is_access
    {
        let value = thread.register(insn.rs());
        match dice.below(5) {
            0 => thread.set_register(insn.rt(), value),
            1 => thread.set_register(insn.rt(), 0),
            _ => {}
        }
    }
}

fn reservation(dice: &mut Dice, state: &mut State, target: u64) {
    let owner = state.thread().map_or(0, |thread| thread.id);
    let kinds = [
        ReservationKind::None,
        ReservationKind::Word,
        ReservationKind::DoubleWord,
    ];
    state.reservation = Reservation {
        kind: dice.pick(&kinds, ReservationKind::None),
        address: match dice.below(4) {
            0 => dice.roll(),
            1 => target ^ dice.below(16),
            _ => target,
        },
        owner: if dice.one_in(4) { dice.value() } else { owner },
    };
}

/// Fills memory: the word at `target`, its neighbours, and words that share more or less of the way to the root.
fn memory(dice: &mut Dice, state: &mut State, target: u64) {
    let pc = state.thread().map_or(0, |thread| thread.pc);
    for address in [target, target.wrapping_add(8), pc] {
        for _ in 0..dice.below(4) {
            let neighbour = address ^ 1 << dice.below(64);
            state.memory.set_word(neighbour, dice.roll());
        }
        state.memory.set_word(address, dice.value());
    }
}

/// Arguments of a system call, more often than not ones that it makes a difference for.
fn arguments(dice: &mut Dice, state: &State, number: u64, buffer: u64) -> [u64; 3] {
    let other = dice.value();
    match number {
        syscall::READ | syscall::WRITE => {
            let fds = [0, 1, 2, 3, 4, 5, 5, 5, 6, 6, 6, 7, 99, syscall::FD_EVENT];
            let fd = if dice.one_in(16) {
                other
            } else {
                dice.pick(&fds, 5)
            };
            // What goes to a person or to the host is not cut at the end of a word, so it may be long.
            let count = match dice.below(4) {
                0 if matches!(fd, 1 | 2 | 4) => dice.below(5000),
                0 => other,
                _ => dice.below(12),
            };
            [fd, buffer, count]
        }
        syscall::FCNTL => {
            let commands = [0, 1, 1, 2, 3, 3, 4];
            [dice.below(9), dice.pick(&commands, 1), other]
        }
        syscall::MMAP => {
            let hint = if dice.one_in(3) { other } else { 0 };
            let lengths = [
                0,
                1,
                4095,
                4096,
                4097,
                HEAP_END.wrapping_sub(state.heap),
                HEAP_END.wrapping_sub(state.heap).wrapping_add(1),
                u64::MAX,
                u64::MAX - 4095,
            ];
            let length = if dice.one_in(4) {
                other
            } else {
                dice.pick(&lengths, 1)
            };
            [hint, length, 0]
        }
        syscall::CLONE => {
            let flags = if dice.one_in(4) {
                other
            } else {
                syscall::CLONE_FLAGS
            };
            [flags, buffer, 0]
        }
        syscall::FUTEX => {
            let operations = [
                syscall::FUTEX_WAIT_PRIVATE,
                syscall::FUTEX_WAIT_PRIVATE,
                syscall::FUTEX_WAKE_PRIVATE,
                0,
                1,
            ];
            let operation = if dice.one_in(8) {
                other
            } else {
                dice.pick(&operations, 0)
            };
            [buffer, operation, dice.pick(&[0, 1, other], 0)]
        }
        syscall::CLOCK_GETTIME => {
            let clock = if dice.one_in(4) { other } else { dice.below(2) };
            // The two words are in two leaves now and then, and once at both ends of memory.
            let buffer = match dice.below(4) {
                0 => buffer & !0x1f | 0x18,
                1 => u64::MAX - dice.below(16),
                _ => buffer,
            };
            [clock, buffer, 0]
        }
        syscall::GETRANDOM => [buffer, dice.pick(&[0, 1, 7, 8, 9, other], 8), 0],
        syscall::EVENTFD2 => [other, dice.pick(&[0, 0x80, 0x880, other], 0x80), 0],
        _ => [other, dice.value(), dice.value()],
    }
}
