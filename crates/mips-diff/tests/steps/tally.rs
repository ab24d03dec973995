//! What the tests share: trying steps and counting what came of them.

use endgame_mips::{State, VmError};
use endgame_mips_diff::{Bench, Catalog, Dice, Outcome, random};

/// A bench with a random source.
pub(crate) struct Tally {
    pub(crate) bench: Bench,
    pub(crate) dice: Dice,
}

/// What came of some steps.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    pub(crate) advanced: u32,
    pub(crate) invalid: u32,
    pub(crate) division_by_zero: u32,
    pub(crate) in_delay_slot: u32,
    pub(crate) unaligned: u32,
    pub(crate) unknown_call: u32,
    pub(crate) past_the_end: u32,
    pub(crate) not_found: u32,
    pub(crate) no_thread: u32,
}

impl Tally {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            bench: Bench::new(Catalog::new().unwrap()).unwrap(),
            dice: Dice::new(seed),
        }
    }

    /// Tries random states in front of instructions.
    pub(crate) fn try_with(&mut self, times: u32, mut insn: impl FnMut(&mut Dice) -> u32) -> Tried {
        self.try_states(times, |dice, catalog| {
            let insn = insn(dice);
            random::state(dice, catalog, insn)
        })
    }

    /// Tries states. Those with the same seed are the same, so a failure can be looked at again.
    pub(crate) fn try_states(
        &mut self,
        times: u32,
        mut make: impl FnMut(&mut Dice, &Catalog) -> State,
    ) -> Tried {
        let mut tried = Tried::default();
        for _ in 0..times {
            let seed = self.dice.roll();
            let mut state = make(&mut Dice::new(seed), self.bench.catalog());
            let before = state.clone();
            match self.bench.step(&mut state) {
                Ok(outcome) => tried.count(&outcome),
                Err(difference) => panic!("{difference}\nseed {seed:#x}, {}", describe(&before)),
            }
        }
        tried
    }
}

impl Tried {
    fn count(&mut self, outcome: &Outcome) {
        *match outcome {
            Outcome::Advanced(_) => &mut self.advanced,
            Outcome::Refused(error) => match error {
                VmError::InvalidInstruction { .. } => &mut self.invalid,
                VmError::DivisionByZero { .. } => &mut self.division_by_zero,
                VmError::BranchInDelaySlot { .. } => &mut self.in_delay_slot,
                VmError::UnalignedPc { .. } => &mut self.unaligned,
                VmError::UnknownSyscall { .. } => &mut self.unknown_call,
                VmError::PreimageOffset { .. } => &mut self.past_the_end,
                VmError::Oracle(_) => &mut self.not_found,
                VmError::NoThread => &mut self.no_thread,
            },
        } += 1;
    }
}

/// A state without its memory.
fn describe(state: &State) -> String {
    let word = state
        .thread()
        .and_then(|thread| endgame_mips::reference::fetch(&state.memory, thread.pc).ok());
    format!(
        "instruction {word:x?}, thread {:#x?}, step {:#x}, since switch {}, reservation {:x?}, heap {:#x}, key {}, offset {}",
        state.thread(),
        state.step,
        state.steps_since_switch,
        state.reservation,
        state.heap,
        state.preimage_key,
        state.preimage_offset,
    )
}
