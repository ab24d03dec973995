//! The L1 blocks that the next L2 blocks may belong to.

use alloc::{rc::Rc, vec::Vec};

use endgame_ortho_primitives::meter;

use crate::L1Block;

/// Consecutive L1 blocks. New ones come at the end and old ones go at the beginning, at a cost that
/// does not grow with how many there are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Epochs {
    /// The first `gone` of them went.
    blocks: Vec<Rc<L1Block>>,
    gone: usize,
}

impl Epochs {
    /// The blocks.
    pub(crate) fn as_slice(&self) -> &[Rc<L1Block>] {
        self.blocks.get(self.gone..).unwrap_or_default()
    }

    /// Adds the block after the last one.
    pub(crate) fn push(&mut self, block: Rc<L1Block>) {
        self.blocks.push(block);
    }

    /// Forgets all blocks.
    pub(crate) fn clear(&mut self) {
        self.blocks.clear();
        self.gone = 0;
    }

    /// Forgets the first block.
    pub(crate) fn pop_first(&mut self) {
        self.forget(1);
    }

    /// Forgets the blocks before the one with this number, if that is among them.
    pub(crate) fn forget_before(&mut self, number: u64) {
        let first = self.as_slice().first();
        let before = first.and_then(|first| number.checked_sub(first.header.number));
        let before = before.and_then(|before| usize::try_from(before).ok());
        if let Some(before) = before.filter(|before| *before < self.as_slice().len()) {
            self.forget(before);
        }
    }

    fn forget(&mut self, count: usize) {
        self.gone = self.blocks.len().min(self.gone + count);
        // Room is made when that moves fewer blocks than went.
        if self.gone * 2 > self.blocks.len() {
            self.blocks.drain(..self.gone);
            self.gone = 0;
            meter::work(self.blocks.len());
        }
    }
}
