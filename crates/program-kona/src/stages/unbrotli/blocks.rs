//! Block types and counts (RFC 7932, section 6).

use super::{
    Stop,
    bits::Bits,
    code::{Code, Tables},
    lengths,
};

/// By the symbol of a block's count: the extra bits. What it begins with follows from those before.
const EXTRA: [u8; 26] = [
    2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13, 24,
];

/// Where one is in the blocks of a category.
#[derive(Debug)]
pub(super) struct Blocks {
    /// How many types there are.
    pub(super) types: u32,
    /// The type of the block.
    pub(super) current: u32,
    previous: u32,
    /// How much is left of the block.
    pub(super) left: usize,
    type_code: Code,
    count_code: Code,
}

impl Blocks {
    /// Reads the header of a category.
    pub(super) fn read(bits: &mut Bits<'_>, tables: &mut Tables) -> Result<Self, Stop> {
        let mut blocks = Self {
            types: number(bits),
            current: 0,
            previous: 1,
            left: usize::MAX,
            type_code: Code::default(),
            count_code: Code::default(),
        };
        if blocks.types > 1 {
            blocks.type_code = lengths::read(bits, tables, blocks.types + 2)?;
            blocks.count_code = lengths::read(bits, tables, EXTRA.len() as u32)?;
            blocks.left = blocks.count(bits, tables);
        }
        Ok(blocks)
    }

    /// Goes on to the next block.
    pub(super) fn switch(&mut self, bits: &mut Bits<'_>, tables: &Tables) {
        bits.refill();
        let next = match tables.symbol(self.type_code, bits) {
            0 => self.previous,
            1 => self.current + 1,
            other => other - 2,
        };
        self.previous = self.current;
        self.current = if next >= self.types {
            next - self.types
        } else {
            next
        };
        self.left = self.count(bits, tables);
    }

    fn count(&self, bits: &mut Bits<'_>, tables: &Tables) -> usize {
        bits.refill();
        let symbol = tables.symbol(self.count_code, bits) as usize;
        let shorter: usize = EXTRA.iter().take(symbol).map(|bits| 1 << bits).sum();
        let extra = EXTRA.get(symbol).copied().unwrap_or_default();
        1 + shorter + bits.read(u32::from(extra)) as usize
    }
}

/// A number from 1 to 256 (the RFC's code for "NBLTYPES" and "NTREES").
pub(super) fn number(bits: &mut Bits<'_>) -> u32 {
    if !bits.flag() {
        return 1;
    }
    let width = bits.read(3);
    (1 << width) + bits.read(width) + 1
}
