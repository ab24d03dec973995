//! How a stream gives its prefix codes (RFC 7932, sections 3.4 and 3.5).

use super::{
    Stop,
    bits::Bits,
    code::{Code, Counts, LONGEST, Tables},
};

/// Symbols of the largest alphabet: that of insert-and-copy lengths.
pub(super) const MOST_SYMBOLS: usize = 704;
/// The order in which the lengths of code lengths' codes are given.
const ORDER: [u8; 18] = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/// By the next four bits: a length of such a code, and how many of the bits give it.
const LENGTHS: [(u8, u32); 16] = [
    (0, 2),
    (4, 2),
    (3, 2),
    (2, 3),
    (0, 2),
    (4, 2),
    (3, 2),
    (1, 4),
    (0, 2),
    (4, 2),
    (3, 2),
    (2, 3),
    (0, 2),
    (4, 2),
    (3, 2),
    (5, 4),
];
/// What all codes of one length would need of the space of codes.
const SPACE: i32 = 1 << LONGEST;

/// Reads a code of an alphabet.
pub(super) fn read(bits: &mut Bits<'_>, tables: &mut Tables, alphabet: u32) -> Result<Code, Stop> {
    match bits.read(2) {
        1 => simple(bits, tables, alphabet),
        skipped => complex(bits, tables, alphabet, skipped as usize),
    }
}

/// A code of up to four symbols.
fn simple(bits: &mut Bits<'_>, tables: &mut Tables, alphabet: u32) -> Result<Code, Stop> {
    let count = bits.read(2) as usize + 1;
    let width = u32::BITS - (alphabet - 1).leading_zeros();
    let mut symbols = [0; 4];
    for symbol in symbols.iter_mut().take(count) {
        let value = bits.read(width);
        if value >= alphabet {
            return Err(Stop);
        }
        *symbol = value as u16;
    }
    let [a, b, c, d] = symbols;
    let mut sorted = symbols;
    if let Some(all) = sorted.get_mut(..count) {
        all.sort_unstable();
        if all.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(Stop);
        }
    }
    let mut counts = Counts::default();
    Ok(match count {
        1 => tables.single(a),
        2 => {
            counts[1] = 2;
            tables.add(&counts, sorted.get(..2).unwrap_or_default())
        }
        3 => {
            (counts[1], counts[2]) = (1, 2);
            tables.add(&counts, &[a, b.min(c), b.max(c)])
        }
        _ if bits.flag() => {
            (counts[1], counts[2], counts[3]) = (1, 1, 2);
            tables.add(&counts, &[a, b, c.min(d), c.max(d)])
        }
        _ => {
            counts[2] = 4;
            tables.add(&counts, &sorted)
        }
    })
}

/// A code that is given by its codes' lengths, which are compressed themselves.
fn complex(
    bits: &mut Bits<'_>,
    tables: &mut Tables,
    alphabet: u32,
    skipped: usize,
) -> Result<Code, Stop> {
    let mark = tables.len();
    let code = length_code(bits, tables, skipped)?;
    let mut lengths = Lengths::new(alphabet as usize);
    // Whoever gives too much reads on to the alphabet's end.
    while lengths.next < lengths.end && lengths.space != 0 {
        bits.refill();
        match tables.symbol(code, bits) {
            16 => lengths.repeat(true, bits.take(2) as usize)?,
            17 => lengths.repeat(false, bits.take(3) as usize)?,
            length => lengths.put(length as u8, 1),
        }
    }
    tables.drop_after(mark);
    if lengths.space == 0 {
        Ok(lengths.code(tables))
    } else {
        Err(Stop)
    }
}

/// The code of the code lengths.
fn length_code(bits: &mut Bits<'_>, tables: &mut Tables, skipped: usize) -> Result<Code, Stop> {
    let (mut space, mut given, mut last) = (32_i32, 0, 0);
    let mut lengths = Lengths::new(ORDER.len());
    for symbol in ORDER.into_iter().skip(skipped) {
        bits.refill();
        let index = bits.peek() as usize & 0xf;
        let (length, width) = LENGTHS.get(index).copied().unwrap_or_default();
        bits.skip(width);
        if length == 0 {
            continue;
        }
        lengths.next = usize::from(symbol);
        lengths.put(length, 1);
        (given, last) = (given + 1, symbol);
        space -= 32 >> length;
        if space <= 0 {
            break;
        }
    }
    match (space, given) {
        (0, _) => Ok(lengths.code(tables)),
        (_, 1) => Ok(tables.single(u16::from(last))),
        _ => Err(Stop),
    }
}

/// The lengths of a code's codes.
struct Lengths {
    by_symbol: [u8; MOST_SYMBOLS],
    /// The symbol whose length comes next, and how many symbols there are.
    next: usize,
    end: usize,
    counts: Counts,
    /// What is left of the space of codes.
    space: i32,
    /// The last length that is not zero.
    last: u8,
    /// How often that is, or zero is, repeated by the repetitions before.
    repeated: usize,
    repeated_length: u8,
}

impl Lengths {
    fn new(end: usize) -> Self {
        Self {
            by_symbol: [0; MOST_SYMBOLS],
            next: 0,
            end: end.min(MOST_SYMBOLS),
            counts: Counts::default(),
            space: SPACE,
            last: 8,
            repeated: 0,
            repeated_length: 0,
        }
    }

    /// A length that is given.
    fn put(&mut self, length: u8, count: usize) {
        self.repeated = 0;
        if length != 0 {
            self.last = length;
        }
        self.set(length, count);
    }

    fn set(&mut self, length: u8, count: usize) {
        if length != 0 {
            let end = self.next + count;
            if let Some(lengths) = self.by_symbol.get_mut(self.next..end) {
                lengths.fill(length);
            }
            if let Some(total) = self.counts.get_mut(usize::from(length)) {
                *total += count as u16;
            }
            self.space -= (SPACE >> length) * count as i32;
        }
        self.next += count;
    }

    /// Another `extra + 3` of the last length or of zero; right after such a repetition, the extra bits
    /// are lower digits of the same number.
    fn repeat(&mut self, last: bool, extra: usize) -> Result<(), Stop> {
        let (length, width) = if last { (self.last, 2) } else { (0, 3) };
        if self.repeated_length != length {
            self.repeated_length = length;
            self.repeated = 0;
        }
        let before = self.repeated;
        if before > 0 {
            self.repeated = (before - 2) << width;
        }
        self.repeated += extra + 3;
        let count = self.repeated - before;
        if count > self.end - self.next {
            return Err(Stop);
        }
        self.set(length, count);
        Ok(())
    }

    /// The code, of which the lengths leave no space.
    fn code(&self, tables: &mut Tables) -> Code {
        let mut starts = [0_u16; LONGEST + 1];
        let mut total = 0;
        for (start, count) in starts.iter_mut().zip(&self.counts) {
            *start = total;
            total += count;
        }
        let mut sorted = [0_u16; MOST_SYMBOLS];
        let lengths = self.by_symbol.iter().take(self.end);
        for (symbol, length) in lengths.enumerate().filter(|(_, length)| **length != 0) {
            let Some(at) = starts.get_mut(usize::from(*length)) else {
                continue;
            };
            if let Some(place) = sorted.get_mut(usize::from(*at)) {
                *place = symbol as u16;
            }
            *at += 1;
        }
        tables.add(
            &self.counts,
            sorted.get(..usize::from(total)).unwrap_or_default(),
        )
    }
}
