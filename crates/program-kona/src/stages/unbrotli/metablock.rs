//! A meta-block's header: its blocks, contexts and codes (RFC 7932, sections 7 and 9.2).

use alloc::vec::Vec;

use super::{
    Stop,
    bits::Bits,
    blocks::Blocks,
    code::{Code, Tables},
    context::{CONTEXTS, Mode},
    lengths::{self, MOST_SYMBOLS},
    map,
};

/// Contexts of distances.
const DISTANCE_CONTEXTS: usize = 4;
/// Distance symbols that stand for earlier distances.
const SHORT: u32 = 16;

/// What there is to know of a meta-block before its commands.
#[derive(Debug)]
pub(super) struct MetaBlock {
    pub(super) literals: Literals,
    pub(super) commands: Blocks,
    command_codes: Vec<Code>,
    pub(super) distances: Distances,
}

impl MetaBlock {
    pub(super) fn read(bits: &mut Bits<'_>, tables: &mut Tables) -> Result<Self, Stop> {
        let literals = Blocks::read(bits, tables)?;
        let commands = Blocks::read(bits, tables)?;
        let distances = Blocks::read(bits, tables)?;
        let postfix = bits.read(2);
        let direct = bits.read(4) << postfix;
        let modes = (0..literals.types).map(|_| bits.read(2) as u8).collect();
        let size = literals.types as usize * CONTEXTS;
        let (literal_map, literal_codes) = map::read(bits, tables, size)?;
        let size = distances.types as usize * DISTANCE_CONTEXTS;
        let (distance_map, distance_codes) = map::read(bits, tables, size)?;
        let alphabet = SHORT + direct + (48 << postfix);
        let literal_codes = codes(bits, tables, literal_codes, 256)?;
        let command_codes = codes(bits, tables, commands.types, MOST_SYMBOLS as u32)?;
        let distance_codes = codes(bits, tables, distance_codes, alphabet)?;
        Ok(Self {
            literals: Literals::new(literals, modes, literal_map, literal_codes),
            commands,
            command_codes,
            distances: Distances {
                blocks: distances,
                map: distance_map,
                codes: distance_codes,
                postfix,
                direct,
            },
        })
    }

    /// The code of the next command.
    pub(super) fn command(&mut self, bits: &mut Bits<'_>, tables: &Tables) -> Code {
        if self.commands.left == 0 {
            self.commands.switch(bits, tables);
        }
        self.commands.left -= 1;
        let at = self.commands.current as usize;
        self.command_codes.get(at).copied().unwrap_or_default()
    }
}

fn codes(
    bits: &mut Bits<'_>,
    tables: &mut Tables,
    count: u32,
    alphabet: u32,
) -> Result<Vec<Code>, Stop> {
    (0..count)
        .map(|_| lengths::read(bits, tables, alphabet))
        .collect()
}

/// The blocks of literals.
#[derive(Debug)]
pub(super) struct Literals {
    pub(super) blocks: Blocks,
    modes: Vec<u8>,
    map: Vec<u8>,
    codes: Vec<Code>,
    /// What these say of the block that one is in.
    pub(super) mode: &'static Mode,
    pub(super) by_context: [Code; CONTEXTS],
    /// The code, where all contexts have the same.
    pub(super) only: Option<Code>,
}

impl Literals {
    fn new(blocks: Blocks, modes: Vec<u8>, map: Vec<u8>, codes: Vec<Code>) -> Self {
        let mut literals = Self {
            blocks,
            modes,
            map,
            codes,
            mode: Mode::of(0),
            by_context: [Code::default(); CONTEXTS],
            only: None,
        };
        literals.enter();
        literals
    }

    /// Goes on to the next block.
    pub(super) fn switch(&mut self, bits: &mut Bits<'_>, tables: &Tables) {
        self.blocks.switch(bits, tables);
        self.enter();
    }

    fn enter(&mut self) {
        let block = self.blocks.current as usize;
        self.mode = Mode::of(self.modes.get(block).copied().unwrap_or_default());
        let contexts = self.map.iter().skip(block * CONTEXTS);
        for (code, index) in self.by_context.iter_mut().zip(contexts) {
            *code = self
                .codes
                .get(usize::from(*index))
                .copied()
                .unwrap_or_default();
        }
        let [first, others @ ..] = &self.by_context;
        self.only = others.iter().all(|code| code == first).then_some(*first);
    }
}

/// The blocks of distances.
#[derive(Debug)]
pub(super) struct Distances {
    blocks: Blocks,
    map: Vec<u8>,
    codes: Vec<Code>,
    postfix: u32,
    direct: u32,
}

/// A distance as it is given (RFC 7932, section 4).
#[derive(Clone, Copy, Debug)]
pub(super) enum Given {
    /// By the number of a short code.
    Short(usize),
    Long(usize),
}

impl Distances {
    /// Reads the distance of a command.
    pub(super) fn read(&mut self, bits: &mut Bits<'_>, tables: &Tables, context: u8) -> Given {
        if self.blocks.left == 0 {
            self.blocks.switch(bits, tables);
        }
        self.blocks.left -= 1;
        let at = self.blocks.current as usize * DISTANCE_CONTEXTS + usize::from(context);
        let code = self
            .map
            .get(at)
            .and_then(|at| self.codes.get(usize::from(*at)));
        bits.refill();
        let symbol = tables.symbol(code.copied().unwrap_or_default(), bits);
        let Some(symbol) = symbol.checked_sub(SHORT) else {
            return Given::Short(symbol as usize);
        };
        let Some(symbol) = symbol.checked_sub(self.direct) else {
            return Given::Long(symbol as usize + 1);
        };
        let lowest = symbol & ((1 << self.postfix) - 1);
        let symbol = symbol >> self.postfix;
        let width = 1 + symbol / 2;
        let begin = ((2 + symbol % 2) << width) - 4;
        let upper = (begin + bits.take(width)) << self.postfix;
        Given::Long((self.direct + upper + lowest + 1) as usize)
    }
}
