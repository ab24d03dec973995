//! The fast engine: blocks of decoded instructions on flat memory.
//!
//! What happens a million times a second is here, everything else is left to the
//! [reference](mod@crate::reference), which runs on this engine's memory: system calls, the
//! scheduler, errors, stores to instructions. So the two agree by construction where it is not
//! about speed, and by differential tests where it is.

#![expect(
    clippy::inline_always,
    reason = "the inner loop is made of such functions"
)]

mod block;
mod core;
mod op;
mod pairs;
mod window;

use endgame_vm::Preimages;

use self::{
    block::{Block, Blocks, MAX_INSTRUCTIONS, NONE},
    core::{Core, EXIT, LEFT, NOT_TAKEN, REGISTER, TAKEN},
    op::{HI, LO},
    window::Window,
};
use crate::{
    Reservation, SCHEDULING_QUANTUM, State, VmError,
    engine::{Engine, Observer},
    reference,
};

/// Executes blocks of decoded instructions.
#[derive(Debug)]
pub struct Fast {
    state: State<Window>,
    blocks: Blocks,
}

/// Where a run of blocks ended.
struct End {
    pc: u64,
    next_pc: u64,
    /// Steps not used.
    left: u64,
    why: Why,
}

/// Why a run of blocks ended.
enum Why {
    /// The next step is for the reference, or there is none left.
    Reference,
    /// There is no block yet where it goes on: exit `exit` of block `block`.
    Undecoded { block: u32, exit: usize },
}

impl Fast {
    /// An engine that starts from `state`. Fails if the operating system does not give away 64
    /// GiB of address space, which is reserved but not used.
    pub fn new(state: &State) -> std::io::Result<Self> {
        let pc = state.thread().map_or(0, |thread| thread.pc);
        let mut memory = Window::reserve()?;
        memory.restore(&state.memory);
        Ok(Self {
            state: state.with_memory(memory),
            blocks: Blocks::new(pc),
        })
    }

    /// Runs whole blocks of the active thread, `budget` steps at most. Unless those were all,
    /// the next step is for the reference.
    fn burst(&mut self, budget: u64) -> Option<()> {
        let mut left = budget;
        let mut why = Why::Undecoded {
            block: NONE,
            exit: 0,
        };
        while let Why::Undecoded { block, exit } = why {
            let thread = self.state.thread()?;
            let follows = thread.next_pc == thread.pc.wrapping_add(4);
            if thread.exited || !follows || thread.register(0) != 0 {
                return None;
            }
            let next = self.block_after(block, exit, thread.pc);
            let end = self.run_from(next, left)?;
            let used = left - end.left;
            self.state.step = self.state.step.wrapping_add(used);
            self.state.steps_since_switch += used;
            (left, why) = (end.left, end.why);
        }
        Some(())
    }

    /// Runs blocks of the active thread from block `id` on, which is where it stands.
    fn run_from(&mut self, id: u32, left: u64) -> Option<End> {
        let reservation = self.state.reservation;
        if reservation != Reservation::default() {
            self.state.memory.mark_special(reservation.address);
        }
        let thread = if self.state.traverse_right {
            self.state.right.last_mut()
        } else {
            self.state.left.last_mut()
        }?;
        let mut core = Core {
            r: [0; 256],
            target: 0,
            memory: self.state.memory.view()?,
            reservation,
            thread: thread.id,
        };
        for (slot, value) in core.r.iter_mut().zip(&thread.registers) {
            *slot = *value;
        }
        core.set(HI, thread.hi);
        core.set(LO, thread.lo);
        let end = run_blocks(&mut core, &mut self.blocks, id, left);
        for (slot, value) in thread.registers.iter_mut().zip(&core.r) {
            *slot = *value;
        }
        (thread.hi, thread.lo) = (core.get(HI), core.get(LO));
        (thread.pc, thread.next_pc) = (end.pc, end.next_pc);
        self.state.reservation = core.reservation;
        Some(end)
    }

    /// The number of the block at `pc`, which is where exit `exit` of block `before` leads.
    fn block_after(&mut self, before: u32, exit: usize, pc: u64) -> u32 {
        if let Some(id) = self.blocks.find(pc) {
            return id;
        }
        if self.blocks.is_full() {
            self.forget_blocks();
            return self.blocks.decode(&mut self.state.memory, pc);
        }
        let id = self.blocks.decode(&mut self.state.memory, pc);
        self.blocks.link(before, exit, id);
        id
    }

    fn forget_blocks(&mut self) {
        self.blocks.clear();
        self.state.memory.forget_decoded();
    }
}

/// Runs blocks from block `id` on until there are fewer than a block's steps left, or one cannot
/// go on.
fn run_blocks(core: &mut Core<'_>, blocks: &mut Blocks, mut id: u32, mut left: u64) -> End {
    loop {
        let block = blocks.get(id);
        if left < u64::from(block.steps) {
            return End {
                pc: block.pc,
                next_pc: block.pc.wrapping_add(4),
                left,
                why: Why::Reference,
            };
        }
        left -= u64::from(block.steps);
        let ops = blocks.ops(&block);
        let outcome = match ops {
            [op, rest @ ..] => (op.handler)(core, op, rest),
            [] => LEFT,
        };
        let (exit, pc) = match outcome {
            NOT_TAKEN | TAKEN => {
                let exit = outcome as usize & 1;
                let [not_taken, taken] = block.exits;
                let [a, b] = block.after;
                let (pc, after) = if exit == 0 {
                    (not_taken, a)
                } else {
                    (taken, b)
                };
                if after != NONE {
                    id = after;
                    continue;
                }
                (exit, pc)
            }
            REGISTER => (2, core.target),
            EXIT.. => {
                left += u64::from(block.steps) - u64::from(outcome - EXIT);
                (2, core.target)
            }
            _ => {
                let done = u64::from(outcome - LEFT);
                return left_at(core, blocks, &block, done, left);
            }
        };
        let Some(next) = blocks.find(pc) else {
            return End {
                pc,
                next_pc: pc.wrapping_add(4),
                left,
                why: Why::Undecoded { block: id, exit },
            };
        };
        if exit < 2 {
            blocks.link(id, exit, next);
        }
        id = next;
    }
}

/// The end of a run in the middle of a block, after `done` of its instructions.
fn left_at(core: &mut Core<'_>, blocks: &Blocks, block: &Block, done: u64, left: u64) -> End {
    let (ops, jumps) = (blocks.ops(block), blocks.jumps(block));
    let before = jumps.iter().rfind(|jump| u64::from(jump.at) <= done);
    let (start, at) = before.map_or((block.pc, 0), |jump| (jump.target, jump.at));
    let pc = start.wrapping_add(4 * (done - u64::from(at)));
    let rest = u64::from(block.steps) - done;
    // In a delay slot the branch has been executed already: it says what comes after.
    let jump = jumps.iter().find(|jump| u64::from(jump.at) == done + 1);
    let mut middle = ops.iter().filter(|op| op.kind.is_exit());
    let next_pc = if let Some(jump) = jump {
        jump.target
    } else if let Some(branch) = middle.find(|op| u64::from(op.at) == done + 1)
        && core.is_taken(branch)
    {
        branch.i
    } else if let (true, 1, Some(branch)) = (block.delayed, rest, ops.last()) {
        let [not_taken, taken] = block.exits;
        match core.branch(branch) {
            REGISTER => core.target,
            TAKEN => taken,
            _ => not_taken,
        }
    } else {
        pc.wrapping_add(4)
    };
    End {
        pc,
        next_pc,
        left: left + rest,
        why: Why::Reference,
    }
}

impl Engine for Fast {
    fn step(&self) -> u64 {
        self.state.step
    }

    fn exited(&self) -> bool {
        self.state.exited
    }

    fn run(
        &mut self,
        until: u64,
        preimages: &mut Preimages<'_>,
        observe: &mut Observer<'_>,
    ) -> Result<(), VmError> {
        while self.state.step < until && !self.state.exited {
            if self.state.memory.is_stale() {
                self.forget_blocks();
            }
            let quantum = SCHEDULING_QUANTUM.saturating_sub(self.state.steps_since_switch);
            let budget = quantum.min(until - self.state.step);
            let before = self.state.step;
            self.burst(budget);
            // A step for the reference, or the last few that make no whole block.
            let left = budget - (self.state.step - before);
            let last = if left > MAX_INSTRUCTIONS {
                1
            } else {
                left.max(1)
            };
            for _ in 0..last {
                if self.state.step >= until || self.state.exited {
                    break;
                }
                let step = reference::step(&mut self.state, preimages)?;
                let silent = step.preimage.is_none() && step.output.is_none();
                if !silent && observe(&step).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn state(&mut self) -> State {
        let memory = self.state.memory.snapshot();
        self.state.with_memory(memory)
    }

    fn restore(&mut self, state: &State) {
        self.state.memory.restore(&state.memory);
        self.state.assign(state);
    }
}
