//! Random programs on the reference and on an engine: they must agree wherever they are stopped.
//!
//! A program is made from bytes, so that a fuzzer can steer it. Programs loop over a page of
//! instructions of every kind, access that page as well as data, and pages that get in each
//! other's way; they start threads and are preempted.

use std::ops::ControlFlow;

use endgame_preimage::{OracleError, PreimageKey, PreimageOracle};
use endgame_vm::{Memory, Preimages, Words as _};

use crate::{
    SCHEDULING_QUANTUM, State,
    engine::{Engine, Reference},
    reference::Step,
    syscall,
};

/// Where programs stand: across the border of two pages.
const CODE: u64 = 0x1_0f80;
/// Instructions of a program.
const LENGTH: u64 = 96;

/// Bytes that decide; when they are used up, numbers made of them.
struct Choices<'a> {
    bytes: &'a [u8],
    seed: u64,
}

impl Choices<'_> {
    fn byte(&mut self) -> u64 {
        if let Some((byte, rest)) = self.bytes.split_first() {
            self.bytes = rest;
            self.seed = (self.seed ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
            return u64::from(*byte);
        }
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed >> 32 & 0xff
    }

    fn below(&mut self, bound: u64) -> u64 {
        let wide = if bound > 256 {
            self.byte() << 8 | self.byte()
        } else {
            self.byte()
        };
        wide % bound.max(1)
    }

    fn of<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let index = self.below(items.len() as u64) as usize;
        items.get(index).copied().unwrap_or_default()
    }

    fn word(&mut self) -> u64 {
        (0..8).fold(0, |word, _| word << 8 | self.byte())
    }
}

/// The functions of opcode 0 but jumps and system calls, and those of opcode 0x1c.
const SPECIAL: [u64; 45] = [
    0x00, 0x02, 0x03, 0x04, 0x06, 0x07, 0x0a, 0x0b, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x16, 0x17,
    0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27,
    0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x38, 0x3a, 0x3b, 0x3c, 0x3e, 0x3f, 0x25,
];
const SPECIAL2: [u64; 5] = [0x02, 0x20, 0x21, 0x24, 0x25];
const IMMEDIATE: [u64; 10] = [0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x18, 0x19];
const LOADS: [u64; 11] = [
    0x1a, 0x1b, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x37,
];
const STORES: [u64; 8] = [0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x3f];
const LINKED: [u64; 4] = [0x30, 0x34, 0x38, 0x3c];
const CALLS: [u64; 24] = [
    syscall::READ,
    syscall::READ,
    syscall::READ,
    syscall::WRITE,
    syscall::WRITE,
    syscall::WRITE,
    syscall::OPEN,
    syscall::MMAP,
    syscall::BRK,
    syscall::SCHED_YIELD,
    syscall::SCHED_YIELD,
    syscall::NANOSLEEP,
    syscall::GETPID,
    syscall::CLONE,
    syscall::CLONE,
    syscall::CLONE,
    syscall::EXIT,
    syscall::FCNTL,
    syscall::GETTID,
    syscall::FUTEX,
    syscall::CLOCK_GETTIME,
    syscall::EVENTFD2,
    syscall::GETRANDOM,
    5003,
];
/// The registers whose values at the start are addresses of data, and of instructions.
const DATA_REGISTERS: [u64; 8] = [16, 17, 18, 19, 20, 21, 22, 23];
const CODE_REGISTERS: [u64; 3] = [24, 25, 31];
/// Pages to access: near the code, in the ways of the flat memory, and at the ends.
const DATA: [u64; 10] = [
    0x2_0000,
    0x2_0ff8,
    CODE,
    CODE + 4 * LENGTH - 8,
    0x7fff_ffff_efd0,
    0x1000_0000_0000,
    0x10_0002_0000,
    0x8000_0002_0000,
    0xffff_ffff_ffff_fff8,
    0xc0_0000_0000,
];

const fn register_form(opcode: u64, s: u64, t: u64, d: u64, shift: u64, function: u64) -> u64 {
    opcode << 26 | s << 21 | t << 16 | d << 11 | shift << 6 | function
}

const fn immediate_form(opcode: u64, s: u64, t: u64, immediate: u64) -> u64 {
    opcode << 26 | s << 21 | t << 16 | immediate & 0xffff
}

impl Choices<'_> {
    /// A register to write: the ones with addresses seldom.
    fn target(&mut self) -> u64 {
        match self.below(16) {
            0 => self.below(32),
            _ => self.below(16),
        }
    }

    fn offset(&mut self) -> u64 {
        match self.below(8) {
            0 => self.below(0x1_0000),
            1..=4 => self.below(32),
            _ => (self.below(32) * 8).wrapping_sub(128),
        }
    }

    /// An instruction that is no branch.
    fn straight(&mut self) -> u64 {
        let (s, t, d) = (self.below(32), self.below(32), self.target());
        match self.below(16) {
            0..=4 => {
                let function = self.of(&SPECIAL);
                // HI and LO take no target in real programs, but the VM has a rule for one.
                let named = matches!(function, 0x11 | 0x13 | 0x18..=0x1f);
                let d = if named && self.below(4) > 0 { 0 } else { d };
                register_form(0, s, t, d, self.below(32), function)
            }
            5 => register_form(0x1c, s, t, d, 0, self.of(&SPECIAL2)),
            6..=8 => immediate_form(self.of(&IMMEDIATE), s, d, self.below(0x1_0000)),
            9..=11 => {
                let base = self.of(&DATA_REGISTERS);
                immediate_form(self.of(&LOADS), base, d, self.offset())
            }
            12..=13 => {
                let base = self.of(&DATA_REGISTERS);
                immediate_form(self.of(&STORES), base, t, self.offset())
            }
            14 => {
                let base = self.of(&[16, 16, 17, 18]);
                immediate_form(self.of(&LINKED), base, d, self.of(&[0, 0, 4, 8]))
            }
            _ => 0,
        }
    }

    /// A branch or jump that mostly stays in the program.
    fn branch(&mut self, at: u64) -> u64 {
        let (s, t) = (self.below(32), self.below(32));
        let offset = self.below(24).wrapping_sub(12);
        match self.below(16) {
            0..=3 => immediate_form(0x04, s, t, offset),
            4..=7 => immediate_form(0x05, s, t, offset),
            8 => immediate_form(0x06, s, 0, offset),
            9 => immediate_form(0x07, s, 0, offset),
            10..=12 => {
                let kind = self.of(&[0, 1, 0x10, 0x11, 5]);
                immediate_form(1, self.of(&[s, 31]), kind, offset)
            }
            13 => {
                let target = (CODE >> 2) + (at + self.below(16)) % LENGTH;
                self.of(&[2, 3]) << 26 | target & 0x03ff_ffff
            }
            _ => {
                let s = self.of(&CODE_REGISTERS);
                let link = self.of(&[0, 31, 31, 24]);
                register_form(0, s, 0, link, 0, if link == 0 { 8 } else { 9 })
            }
        }
    }

    /// A system call with arguments that make sense.
    fn call(&mut self) -> Vec<u64> {
        let number = self.of(&CALLS);
        let mut out = vec![
            immediate_form(0x09, 0, 2, number),
            immediate_form(0x09, 0, 4, self.below(8)),
            register_form(0, self.of(&DATA_REGISTERS), 0, 5, 0, 0x25),
            immediate_form(0x09, 0, 6, self.below(40)),
        ];
        match number {
            syscall::CLONE => {
                out.push(immediate_form(0x0f, 0, 4, 5));
                out.push(immediate_form(0x0d, 4, 4, 0x0f00));
            }
            syscall::FUTEX => {
                out.push(register_form(0, self.of(&DATA_REGISTERS), 0, 4, 0, 0x25));
                let operation = self.of(&[128, 128, 129, 0]);
                out.push(immediate_form(0x09, 0, 5, operation));
            }
            syscall::GETRANDOM => {
                out.push(register_form(0, self.of(&DATA_REGISTERS), 0, 4, 0, 0x25));
                out.push(immediate_form(0x09, 0, 5, self.below(9)));
            }
            _ => {}
        }
        out.push(0x0c);
        out
    }

    fn program(&mut self) -> State {
        let mut state = State::new(CODE);
        let mut code: Vec<u64> = Vec::new();
        while (code.len() as u64) < LENGTH - 2 {
            match self.below(64) {
                0 => code.push(self.word() & 0xffff_ffff),
                1..=3 => code.extend(self.call()),
                4..=16 => {
                    let branch = self.branch(code.len() as u64);
                    code.push(branch);
                    let slot = match self.below(64) {
                        0 => self.branch(code.len() as u64),
                        1 => 0x0c,
                        _ => self.straight(),
                    };
                    code.push(slot);
                }
                _ => code.push(self.straight()),
            }
        }
        code.extend([2 << 26 | CODE >> 2, self.straight()]);
        for (i, instruction) in (0..).zip(&code) {
            let bytes = (*instruction as u32).to_be_bytes();
            state.memory.set_bytes(CODE + 4 * i, &bytes);
        }
        for page in DATA {
            if self.below(2) == 0 && page >> 12 != CODE >> 12 {
                state.memory.set_word(page, self.word());
            }
        }
        let registers = std::array::from_fn(|register| {
            let register = register as u64;
            if register == 0 {
                0
            } else if DATA_REGISTERS.contains(&register) {
                self.of(&DATA)
            } else if CODE_REGISTERS.contains(&register) {
                let odd = u64::from(self.below(64) == 0);
                CODE + 4 * self.below(LENGTH) + odd
            } else {
                match self.below(4) {
                    0 => self.below(4),
                    1 => (self.word() as i32) as u64,
                    _ => self.word(),
                }
            }
        });
        if let Some(thread) = state.thread_mut() {
            thread.registers = registers;
            thread.hi = self.word();
            thread.lo = self.word();
        }
        state.step = self.of(&[0, 0, 12_345_678]);
        state.steps_since_switch = SCHEDULING_QUANTUM - self.of(&[1, 7, 100, 300, 2000, 50_000]);
        state
    }
}

/// Answers local keys, and nothing else.
struct Oracle;

impl PreimageOracle for Oracle {
    fn hint(&self, _: &[u8]) -> Result<(), OracleError> {
        Ok(())
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        match key.as_bytes() {
            [1, rest @ ..] => Ok(rest.to_vec()),
            _ => Err(OracleError::NotFound(key)),
        }
    }
}

/// Runs a program made from `bytes` on the reference and on the engine that `make` makes.
///
/// # Panics
///
/// If they differ.
pub fn agree<E: Engine>(bytes: &[u8], make: impl FnOnce(&State) -> E) {
    let mut choices = Choices { bytes, seed: 1 };
    let start = choices.program();
    let mut reference = Reference::new(start.clone());
    let mut engine = make(&start);
    let (mut preimages, mut preimages2) = (Preimages::new(&Oracle), Preimages::new(&Oracle));
    let mut kept = start;
    for _ in 0..60 {
        let stride = match choices.below(8) {
            0..=3 => 1,
            4..=6 => choices.below(64),
            _ => choices.below(5000),
        };
        let until = reference.step() + stride;
        let stops = choices.below(4) == 0;
        let (mut seen, mut seen2) = (Vec::new(), Vec::new());
        let expected = reference.run(until, &mut preimages, &mut observer(&mut seen, stops));
        let got = engine.run(until, &mut preimages2, &mut observer(&mut seen2, stops));
        assert_eq!(expected, got, "outcome at {until}");
        assert_eq!(seen, seen2, "observed up to {until}");
        assert_eq!(
            (engine.step(), engine.exited()),
            (reference.step(), reference.exited())
        );
        if expected.is_err() {
            return;
        }
        match choices.below(8) {
            0 => {
                reference.restore(&kept);
                engine.restore(&kept);
            }
            1 => kept = engine.state(),
            _ => {}
        }
        assert_same(&reference.state(), &engine.state());
    }
    let (expected, got) = (reference.state(), engine.state());
    assert_eq!(expected.state_hash(), got.state_hash());
}

fn observer(seen: &mut Vec<Step>, stops: bool) -> impl FnMut(&Step) -> ControlFlow<()> {
    move |step| {
        seen.push(step.clone());
        if stops {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

fn assert_same(expected: &State, got: &State) {
    let (plain, plain2) = (expected.with_memory(()), got.with_memory(()));
    assert_eq!(plain, plain2, "expected left, got right");
    let pages =
        |memory: &Memory| -> Vec<_> { memory.iter().map(|(i, p)| (i, *p.words())).collect() };
    let (pages, pages2) = (pages(&expected.memory), pages(&got.memory));
    let indices = |pages: &[(u64, [u64; 512])]| -> Vec<u64> { pages.iter().map(|p| p.0).collect() };
    assert_eq!(indices(&pages), indices(&pages2), "pages at {}", got.step);
    for ((index, a), (_, b)) in pages.iter().zip(&pages2) {
        assert_eq!(a, b, "page {index:#x} at step {}", got.step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fast;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_fast_engine_is_the_reference_wherever_it_stops(
            bytes in prop::collection::vec(any::<u8>(), 0..2000),
        ) {
            agree(&bytes, |state| Fast::new(state).unwrap());
        }
    }
}
