//! Blocks: runs of instructions, decoded once.
//!
//! A block goes on past branches ahead, which are mostly not taken and leave it in its middle if
//! they are, and along calls and jumps ahead. It ends with a branch backwards, a jump to a
//! register, or before what is for the reference.

use std::collections::HashMap;

use super::{
    op::{Decoded, Kind, LATCHES, Op, decode},
    pairs,
    window::Window,
};
use crate::reference;

/// A block goes on while it has fewer instructions.
pub(super) const MAX_INSTRUCTIONS: u64 = 100;
/// The most operations to keep; beyond that everything is decoded anew.
const MAX_OPS: usize = 1 << 20;
/// Instructions that the table of entries covers: 64 MiB of code. Those elsewhere are in a map.
const TABLE: usize = 1 << 24;
/// No block has this number.
pub(super) const NONE: u32 = 0;

/// A block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Block {
    /// Its operations.
    ops: (u32, u32),
    /// The jumps that it follows.
    jumps: (u32, u32),
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

/// A jump in the middle of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jump {
    /// How many instructions of the block come before its target.
    pub(super) at: u8,
    /// The target.
    pub(super) target: u64,
}

/// All blocks decoded so far.
pub(super) struct Blocks {
    all: Vec<Block>,
    ops: Vec<Op>,
    jumps: Vec<Jump>,
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
            jumps: Vec::new(),
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
        self.jumps.clear();
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
        let range = block.ops.0 as usize..block.ops.1 as usize;
        self.ops.get(range).unwrap_or_default()
    }

    /// The jumps in a block's middle.
    pub(super) fn jumps(&self, block: &Block) -> &[Jump] {
        let range = block.jumps.0 as usize..block.jumps.1 as usize;
        self.jumps.get(range).unwrap_or_default()
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
        let (first, jump) = (self.ops.len(), self.jumps.len());
        let mut block = flow(memory, pc, &mut self.ops, &mut self.jumps);
        pairs::join(self.ops.get_mut(first..).unwrap_or_default());
        block.ops = (first as u32, self.ops.len() as u32);
        block.jumps = (jump as u32, self.jumps.len() as u32);
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

/// Decodes from `pc` on to the end of the block and appends its operations and jumps.
fn flow(memory: &mut Window, pc: u64, ops: &mut Vec<Op>, jumps: &mut Vec<Jump>) -> Block {
    let mut block = Block {
        pc,
        ..Block::default()
    };
    let mut steps = 0_u64;
    let mut here = pc;
    while steps < MAX_INSTRUCTIONS {
        match decode_at(memory, here) {
            Decoded::Plain(a, b) => {
                memory.mark_decoded(here);
                for op in [a, b].into_iter().flatten() {
                    push(ops, op, steps);
                }
                steps += 1;
                here = here.wrapping_add(4);
            }
            Decoded::Branch { op, target, link } => {
                let slot = here.wrapping_add(4);
                let Decoded::Plain(a, b) = decode_at(memory, slot) else {
                    break;
                };
                memory.mark_decoded(here);
                memory.mark_decoded(slot);
                let mut branch = enter_branch(ops, op, link, here, [a, b], steps);
                steps += 2;
                let after = here.wrapping_add(8);
                let ahead = target > here;
                if let (Some(exit), true) = (branch.kind.as_exit(), ahead) {
                    branch.kind = exit;
                    branch.handler = exit.handler();
                    branch.i = target;
                    push(ops, branch, steps);
                    here = after;
                } else if branch.kind == Kind::Jump && (ahead || link != 0) {
                    jumps.push(Jump {
                        at: steps as u8,
                        target,
                    });
                    here = target;
                } else {
                    push(ops, branch, steps);
                    block.steps = steps as u32;
                    block.exits = [after, target];
                    block.delayed = true;
                    return block;
                }
            }
            Decoded::Rare => break,
        }
    }
    // The next instruction starts a block of its own, or is for the reference.
    if steps == 0 {
        block.steps = u32::MAX;
    } else {
        push(ops, Op::new(Kind::Jump, 0, 0, 0, 0), steps);
        block.steps = steps as u32;
        block.exits = [here, here];
    }
    block
}

fn push(ops: &mut Vec<Op>, mut op: Op, at: u64) {
    op.at = at as u8;
    ops.push(op);
}

/// Appends what a branch at `here` and its delay slot do before it is decided; returns the
/// operation that decides it.
fn enter_branch(
    ops: &mut Vec<Op>,
    mut branch: Op,
    link: usize,
    here: u64,
    slot: [Option<Op>; 2],
    steps: u64,
) -> Op {
    let slot_writes = |register: u8| slot.iter().flatten().any(|op| op.writes(register));
    // What the branch looks at must be as it was before its link and its slot.
    if slot_writes(branch.s) || link != 0 && usize::from(branch.s) == link {
        push(ops, latch(0, branch.s), steps);
        branch.s = LATCHES[0];
    }
    if slot_writes(branch.t) {
        push(ops, latch(1, branch.t), steps);
        branch.t = LATCHES[1];
    }
    if link != 0 {
        let after = here.wrapping_add(8);
        push(ops, Op::new(Kind::Li, link, 0, 0, after), steps);
    }
    for op in slot.into_iter().flatten() {
        push(ops, op, steps + 1);
    }
    branch
}

fn latch(n: usize, register: u8) -> Op {
    let into = LATCHES.get(n).copied().unwrap_or_default();
    Op::new(Kind::Mov, usize::from(into), usize::from(register), 0, 0)
}

fn decode_at(memory: &Window, pc: u64) -> Decoded {
    reference::fetch(memory, pc).map_or(Decoded::Rare, |insn| decode(insn, pc))
}
