//! Meta-blocks: the parts of a Brotli stream (RFC 7932, 9.2).

use alloc::vec::Vec;

use super::{
    codes::{context_map, count, prefix_code},
    context::literal_context,
    input::Input,
};
use crate::decompress::{Corrupt, PrefixCode};

/// The least number of symbols in a block by the code for it, and how many bits add to it.
const BLOCK_LENGTHS: [(u32, u32); 26] = [
    (1, 2),
    (5, 2),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 3),
    (41, 3),
    (49, 4),
    (65, 4),
    (81, 4),
    (97, 4),
    (113, 5),
    (145, 5),
    (177, 5),
    (209, 5),
    (241, 6),
    (305, 6),
    (369, 7),
    (497, 8),
    (753, 9),
    (1265, 10),
    (2289, 11),
    (4337, 12),
    (8433, 13),
    (16625, 24),
];

/// Insert lengths and copy lengths, in the same way.
const INSERT_LENGTHS: [(u32, u32); 24] = [
    (0, 0),
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 1),
    (8, 1),
    (10, 2),
    (14, 2),
    (18, 3),
    (26, 3),
    (34, 4),
    (50, 4),
    (66, 5),
    (98, 5),
    (130, 6),
    (194, 7),
    (322, 8),
    (578, 9),
    (1090, 10),
    (2114, 12),
    (6210, 14),
    (22594, 24),
];
const COPY_LENGTHS: [(u32, u32); 24] = [
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 1),
    (12, 1),
    (14, 2),
    (18, 2),
    (22, 3),
    (30, 3),
    (38, 4),
    (54, 4),
    (70, 5),
    (102, 5),
    (134, 6),
    (198, 7),
    (326, 8),
    (582, 9),
    (1094, 10),
    (2118, 24),
];

/// Where the insert and the copy code begin, by the highest bits of a command (5).
const COMMAND_CELLS: [(u16, u16); 11] = [
    (0, 0),
    (0, 8),
    (0, 0),
    (0, 8),
    (8, 0),
    (8, 8),
    (0, 16),
    (16, 0),
    (8, 16),
    (16, 8),
    (16, 16),
];

/// The symbols of one kind come in blocks, and each block has a type.
#[derive(Clone, Debug)]
struct Blocks {
    types: usize,
    current: usize,
    previous: usize,
    /// Symbols that are left of the block.
    left: u32,
    /// The codes for types and lengths, if there is more than one type.
    codes: Option<(PrefixCode, PrefixCode)>,
}

impl Blocks {
    fn read(input: &mut Input) -> Result<Self, Corrupt> {
        let types = count(input)?;
        let mut blocks = Self {
            types,
            current: 0,
            previous: 1,
            left: 1 << 24,
            codes: None,
        };
        if types > 1 {
            let type_code = prefix_code(input, types + 2)?;
            let length_code = prefix_code(input, BLOCK_LENGTHS.len())?;
            blocks.left = block_length(input, &length_code)?;
            blocks.codes = Some((type_code, length_code));
        }
        Ok(blocks)
    }

    /// The type of the block that the next symbol is in.
    fn next(&mut self, input: &mut Input) -> Result<usize, Corrupt> {
        if let (0, Some((type_code, length_code))) = (self.left, &self.codes) {
            let next = match usize::from(input.symbol(type_code)?) {
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
            self.left = block_length(input, length_code)?;
        }
        // A meta-block ends before all symbols of its only block are used up.
        self.left = self.left.wrapping_sub(1);
        Ok(self.current)
    }
}

fn block_length(input: &mut Input, code: &PrefixCode) -> Result<u32, Corrupt> {
    let symbol = input.symbol(code)?;
    length(input, &BLOCK_LENGTHS, symbol)
}

fn length(input: &mut Input, lengths: &[(u32, u32)], symbol: u16) -> Result<u32, Corrupt> {
    let (base, bits) = *lengths.get(usize::from(symbol)).ok_or(Corrupt)?;
    Ok(base + input.take(bits)?)
}

/// What a meta-block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Nothing, or what is not for the output and was passed over.
    Nothing,
    /// The output itself, so many bytes.
    Stored(usize),
    /// Commands, which make so many bytes.
    Commands(usize),
}

/// Reads what a meta-block begins with: whether it is the last, and what it holds.
pub(super) fn header(input: &mut Input) -> Result<(bool, Content), Corrupt> {
    let last = input.flag()?;
    if last && input.flag()? {
        return Ok((true, Content::Nothing));
    }
    let nibbles = input.take(2)? + 4;
    if nibbles == 7 {
        skip_metadata(input)?;
        return Ok((last, Content::Nothing));
    }
    let length = number(input, nibbles, 4, 4)? as usize + 1;
    if last || !input.flag()? {
        return Ok((last, Content::Commands(length)));
    }
    input.align()?;
    Ok((false, Content::Stored(length)))
}

fn skip_metadata(input: &mut Input) -> Result<(), Corrupt> {
    if input.flag()? {
        return Err(Corrupt);
    }
    let bytes = input.take(2)?;
    let mut left = if bytes == 0 {
        0
    } else {
        number(input, bytes, 8, 1)? as usize + 1
    };
    input.align()?;
    while left > 0 {
        left -= input.bytes(left)?.len();
    }
    Ok(())
}

/// A number of so many digits of so many bits, the lowest first. The highest is not zero if there
/// are more than `least`.
fn number(input: &mut Input, digits: u32, bits: u32, least: u32) -> Result<u32, Corrupt> {
    let mut number = 0;
    for place in 0..digits {
        let digit = input.take(bits)?;
        if digit == 0 && place + 1 == digits && digits > least {
            return Err(Corrupt);
        }
        number |= digit << (place * bits);
    }
    Ok(number)
}

/// How a meta-block's commands are encoded.
#[derive(Clone, Debug)]
pub(super) struct Coding {
    literals: Blocks,
    commands: Blocks,
    distances: Blocks,
    /// How a context is made of the bytes before, by block type.
    context_modes: Vec<u8>,
    /// Which code a literal has, by block type and context.
    literal_map: Vec<u8>,
    literal_codes: Vec<PrefixCode>,
    command_codes: Vec<PrefixCode>,
    /// Which code a distance has, by block type and context.
    distance_map: Vec<u8>,
    distance_codes: Vec<PrefixCode>,
    postfix_bits: u32,
    direct_distances: u32,
}

/// A command: literals, then a copy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Command {
    pub(super) literals: usize,
    pub(super) copy: usize,
    /// Whether the copy is from the last distance, and no other follows.
    pub(super) is_last_distance: bool,
}

/// A distance, as it is encoded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Distance {
    /// One of those before, or near one.
    Recent(u16),
    /// So many bytes.
    Bytes(usize),
}

impl Coding {
    pub(super) fn read(input: &mut Input) -> Result<Self, Corrupt> {
        let literals = Blocks::read(input)?;
        let commands = Blocks::read(input)?;
        let distances = Blocks::read(input)?;
        let postfix_bits = input.take(2)?;
        let direct_distances = input.take(4)? << postfix_bits;
        let mut context_modes = Vec::with_capacity(literals.types);
        for _ in 0..literals.types {
            context_modes.push(input.take(2)? as u8);
        }
        let (literal_codes, literal_map) = context_map(input, literals.types * 64)?;
        let (distance_codes, distance_map) = context_map(input, distances.types * 4)?;
        let distance_alphabet = 16 + direct_distances + (48 << postfix_bits);
        let mut codes = |count, alphabet| {
            let mut codes = Vec::with_capacity(count);
            for _ in 0..count {
                codes.push(prefix_code(input, alphabet)?);
            }
            Ok(codes)
        };
        Ok(Self {
            literal_codes: codes(literal_codes, 256)?,
            command_codes: codes(commands.types, COMMAND_CELLS.len() * 64)?,
            distance_codes: codes(distance_codes, distance_alphabet as usize)?,
            literals,
            commands,
            distances,
            context_modes,
            literal_map,
            distance_map,
            postfix_bits,
            direct_distances,
        })
    }

    pub(super) fn command(&mut self, input: &mut Input) -> Result<Command, Corrupt> {
        let block_type = self.commands.next(input)?;
        let code = self.command_codes.get(block_type).ok_or(Corrupt)?;
        let symbol = input.symbol(code)?;
        let cell = COMMAND_CELLS.get(usize::from(symbol >> 6));
        let (insert, copy) = *cell.ok_or(Corrupt)?;
        let insert = insert + (symbol >> 3 & 7);
        let copy = copy + (symbol & 7);
        Ok(Command {
            literals: length(input, &INSERT_LENGTHS, insert)? as usize,
            copy: length(input, &COPY_LENGTHS, copy)? as usize,
            is_last_distance: symbol < 128,
        })
    }

    /// A literal, after these two bytes.
    pub(super) fn literal(
        &mut self,
        input: &mut Input,
        last: u8,
        before_last: u8,
    ) -> Result<u8, Corrupt> {
        let block_type = self.literals.next(input)?;
        let mode = *self.context_modes.get(block_type).ok_or(Corrupt)?;
        let context = literal_context(mode, last, before_last);
        let code = self.literal_map.get(block_type * 64 + context);
        let code = self.literal_codes.get(usize::from(*code.ok_or(Corrupt)?));
        Ok(input.symbol(code.ok_or(Corrupt)?)? as u8)
    }

    /// The distance of a copy of this length (4).
    pub(super) fn distance(&mut self, input: &mut Input, copy: usize) -> Result<Distance, Corrupt> {
        let block_type = self.distances.next(input)?;
        let context = copy.clamp(2, 5) - 2;
        let code = self.distance_map.get(block_type * 4 + context);
        let code = self.distance_codes.get(usize::from(*code.ok_or(Corrupt)?));
        let symbol = input.symbol(code.ok_or(Corrupt)?)?;
        let Some(number) = u32::from(symbol).checked_sub(16) else {
            return Ok(Distance::Recent(symbol));
        };
        let Some(number) = number.checked_sub(self.direct_distances) else {
            return Ok(Distance::Bytes(number as usize + 1));
        };
        let postfix = number & ((1 << self.postfix_bits) - 1);
        let number = number >> self.postfix_bits;
        let bits = number / 2 + 1;
        let offset = ((2 + number % 2) << bits) - 4 + input.take(bits)?;
        let distance = (offset << self.postfix_bits) + postfix + self.direct_distances + 1;
        Ok(Distance::Bytes(distance as usize))
    }
}
