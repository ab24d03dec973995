//! Blocks: straight runs of instructions, decoded once.

use std::collections::HashMap;

use super::{
    op::{Decoded, Kind, LATCHES, Op, decode},
    pairs,
    window::Window,
};
use crate::{Instruction, reference};

/// The most instructions of a block, a branch and its delay slot left aside.
const MAX_INSTRUCTIONS: u64 = 126;
/// The most operations to keep; beyond that everything is decoded anew.
const MAX_OPS: usize = 1 << 20;
/// Instructions that the table of entries covers: 64 MiB of code. Those elsewhere are in a map.
const TABLE: usize = 1 << 24;
/// No block has this number.
pub(super) const NONE: u32 = 0;

/// A block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Block {
    /// Its operations in [`Blocks::ops`].
    first: u32,
    end: u32,
    /// Instructions; `u32::MAX` if its first one is for the reference.
    pub(super) steps: u32,
    /// The blocks after it, if known: not taken, taken.
    pub(super) after: [u32; 2],
    /// Where it starts.
    pub(super) pc: u64,
    /// Where it goes on: not taken, taken.
    pub(super) exits: [u64; 2],
    /// Whether its last instruction stands in a delay slot.
    pub(super) delayed: bool,
}

/// All blocks decoded so far.
pub(super) struct Blocks {
    all: Vec<Block>,
    ops: Vec<Op>,
    /// Blocks by address in the part of memory from `base` on.
    table: Vec<u32>,
    base: u64,
    elsewhere: HashMap<u64, u32>,
}

impl std::fmt::Debug for Blocks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blocks")
            .field("blocks", &self.all.len())
            .field("ops", &self.ops.len())
            .finish_non_exhaustive()
    }
}

impl Blocks {
    /// No blocks, and room for code around `pc`.
    pub(super) fn new(pc: u64) -> Self {
        Self {
            all: vec![Block::default()],
            ops: Vec::new(),
            table: vec![NONE; TABLE],
            base: pc - pc % (4 * TABLE as u64),
            elsewhere: HashMap::new(),
        }
    }

    /// Forgets all blocks.
    pub(super) fn clear(&mut self) {
        for block in self.all.drain(..) {
            if let Some(slot) = self.table.get_mut(index(self.base, block.pc)) {
                *slot = NONE;
            }
        }
        self.all.push(Block::default());
        self.ops.clear();
        self.elsewhere.clear();
    }

    /// Whether too much was decoded to keep it.
    pub(super) const fn is_full(&self) -> bool {
        self.ops.len() > MAX_OPS
    }

    /// A block, by its number.
    #[inline(always)]
    pub(super) fn get(&self, id: u32) -> Block {
        self.all.get(id as usize).copied().unwrap_or_default()
    }

    /// A block's operations.
    #[inline(always)]
    pub(super) fn ops(&self, block: &Block) -> &[Op] {
        let range = block.first as usize..block.end as usize;
        self.ops.get(range).unwrap_or_default()
    }

    /// The number of the block at `pc`, if it is decoded.
    #[inline(always)]
    pub(super) fn find(&self, pc: u64) -> Option<u32> {
        match self.table.get(index(self.base, pc)) {
            Some(&NONE) => None,
            Some(id) if pc.is_multiple_of(4) => Some(*id),
            Some(_) => None,
            None => self.elsewhere.get(&pc).copied(),
        }
    }

    /// Remembers that `block` is followed by `after` on exit `exit`.
    pub(super) fn link(&mut self, block: u32, exit: usize, after: u32) {
        let block = self.all.get_mut(block as usize);
        if let Some(slot) = block.and_then(|block| block.after.get_mut(exit)) {
            *slot = after;
        }
    }

    /// Decodes the block at `pc`.
    pub(super) fn decode(&mut self, memory: &mut Window, pc: u64) -> u32 {
        let first = self.ops.len();
        let mut block = flow(memory, pc, &mut self.ops);
        pairs::join(self.ops.get_mut(first..).unwrap_or_default());
        (block.first, block.end) = (first as u32, self.ops.len() as u32);
        let id = self.all.len() as u32;
        self.all.push(block);
        match self.table.get_mut(index(self.base, pc)) {
            Some(slot) if pc.is_multiple_of(4) => *slot = id,
            _ => {
                self.elsewhere.insert(pc, id);
            }
        }
        id
    }
}

const fn index(base: u64, pc: u64) -> usize {
    (pc.wrapping_sub(base) >> 2) as usize
}

/// Decodes from `pc` on to the end of the block and appends its operations.
fn flow(memory: &mut Window, pc: u64, ops: &mut Vec<Op>) -> Block {
    let first = ops.len();
    let mut block = Block {
        pc,
        ..Block::default()
    };
    let mut steps = 0_u64;
    let mut push = |mut op: Op, at: u64| {
        op.at = at as u8;
        ops.push(op);
    };
    loop {
        let here = pc.wrapping_add(4 * steps);
        let decoded = fetch(memory, here).map(|insn| decode(insn, here));
        match decoded {
            Some(Decoded::Plain(a, b)) if steps < MAX_INSTRUCTIONS => {
                memory.mark_decoded(here);
                for op in [a, b].into_iter().flatten() {
                    push(op, steps);
                }
                steps += 1;
                continue;
            }
            Some(Decoded::Branch {
                op: mut branch,
                target,
                link,
            }) => {
                let slot = here.wrapping_add(4);
                let inner = fetch(memory, slot).map(|insn| decode(insn, slot));
                if let Some(Decoded::Plain(a, b)) = inner {
                    memory.mark_decoded(here);
                    memory.mark_decoded(slot);
                    let parts = [a, b];
                    let slot_writes = |register: u8| {
                        let mut ops = parts.iter().flatten();
                        ops.any(|op| op.writes(register))
                    };
                    // What the branch looks at must be as it was before its link and its slot.
                    let linked = link != 0 && usize::from(branch.s) == link;
                    if linked || slot_writes(branch.s) {
                        push(latch(0, branch.s), steps);
                        branch.s = LATCHES[0];
                    }
                    if slot_writes(branch.t) {
                        push(latch(1, branch.t), steps);
                        branch.t = LATCHES[1];
                    }
                    if link != 0 {
                        let after = here.wrapping_add(8);
                        push(Op::new(Kind::Li, link, 0, 0, after), steps);
                    }
                    for op in parts.into_iter().flatten() {
                        push(op, steps + 1);
                    }
                    push(branch, steps + 2);
                    block.steps = steps as u32 + 2;
                    block.exits = [here.wrapping_add(8), target];
                    block.delayed = true;
                    return block;
                }
            }
            _ => {}
        }
        // The next instruction starts a block of its own, or is for the reference.
        if steps == 0 {
            ops.truncate(first);
            block.steps = u32::MAX;
        } else {
            push(Op::new(Kind::Jump, 0, 0, 0, 0), steps);
            block.steps = steps as u32;
            block.exits = [here, here];
        }
        return block;
    }
}

fn latch(n: usize, register: u8) -> Op {
    let into = LATCHES.get(n).copied().unwrap_or_default();
    Op::new(Kind::Mov, usize::from(into), usize::from(register), 0, 0)
}

fn fetch(memory: &Window, pc: u64) -> Option<Instruction> {
    reference::fetch(memory, pc).ok()
}
