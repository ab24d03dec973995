//! DEFLATE (RFC 1951), of which the output up to an error counts.
//!
//! What is an error decides which batches of a broken channel are read, so it is what Go's
//! `compress/flate` makes of it.

use alloc::vec::Vec;

/// The greatest length of a code, in bits.
const MAX_BITS: usize = 15;
/// Codes up to this length are found by one look-up.
const FAST_BITS: usize = 10;
const END_OF_BLOCK: usize = 256;
/// Symbols of literals and lengths, and of distances, that mean something.
const LITERALS: usize = 286;
const DISTANCES: usize = 30;
/// The order in which the lengths of the codes for code lengths come.
const LENGTH_ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// The output of a DEFLATE stream until its end, its first error, or `limit` bytes; and what
/// follows the stream, if it was read to its end.
pub(super) fn inflate(input: &[u8], limit: usize) -> (Vec<u8>, Option<&[u8]>) {
    let mut stream = Stream {
        input: input.iter(),
        bits: 0,
        count: 0,
        output: Vec::new(),
        limit,
    };
    // Without a value the stream has failed, or is full.
    let mut block = Some(Block::More);
    while block == Some(Block::More) {
        block = stream.block();
    }
    (stream.output, block.map(|_| stream.input.as_slice()))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    More,
    Last,
}

struct Stream<'a> {
    input: core::slice::Iter<'a, u8>,
    /// Bits that were read and not used, the first the lowest.
    bits: u64,
    count: u32,
    output: Vec<u8>,
    limit: usize,
}

impl Stream<'_> {
    /// Makes sure of `count` bits, at most 32.
    fn need(&mut self, count: u32) -> Option<()> {
        while self.count < count {
            self.bits |= u64::from(*self.input.next()?) << self.count;
            self.count += 8;
        }
        Some(())
    }

    fn take(&mut self, count: u32) -> Option<usize> {
        self.need(count)?;
        let value = self.bits & ((1 << count) - 1);
        self.drop_bits(count);
        usize::try_from(value).ok()
    }

    const fn drop_bits(&mut self, count: u32) {
        self.bits >>= count;
        self.count -= count;
    }

    fn push(&mut self, byte: u8) -> Option<()> {
        (self.output.len() < self.limit).then(|| self.output.push(byte))
    }

    fn block(&mut self) -> Option<Block> {
        let last = self.take(1)? == 1;
        match self.take(2)? {
            0 => self.stored()?,
            1 => {
                let (literals, distances) = fixed()?;
                self.compressed(&literals, &distances)?;
            }
            2 => {
                let (literals, distances) = self.codes()?;
                self.compressed(&literals, &distances)?;
            }
            _ => return None,
        }
        Some(if last { Block::Last } else { Block::More })
    }

    /// Bytes as they are.
    fn stored(&mut self) -> Option<()> {
        self.drop_bits(self.count % 8);
        let (len, check) = (self.take(16)?, self.take(16)?);
        if len != check ^ 0xffff {
            return None;
        }
        for _ in 0..len {
            let byte = self.take(8)?;
            self.push(u8::try_from(byte).ok()?)?;
        }
        Some(())
    }

    /// The codes of a block that brings its own.
    fn codes(&mut self) -> Option<(Codes, Codes)> {
        let literals = self.take(5)? + 257;
        let distances = self.take(5)? + 1;
        let count = self.take(4)? + 4;
        if literals > LITERALS || distances > DISTANCES {
            return None;
        }
        let mut lengths = [0; LENGTH_ORDER.len()];
        for symbol in LENGTH_ORDER.iter().take(count) {
            *lengths.get_mut(*symbol)? = u8::try_from(self.take(3)?).ok()?;
        }
        let codes = Codes::new(&lengths)?;
        let mut lengths = Vec::with_capacity(literals + distances);
        while lengths.len() < literals + distances {
            let (value, repeat) = match self.symbol(&codes)? {
                16 => (*lengths.last()?, 3 + self.take(2)?),
                17 => (0, 3 + self.take(3)?),
                18 => (0, 11 + self.take(7)?),
                length => (u8::try_from(length).ok()?, 1),
            };
            lengths.extend(core::iter::repeat_n(value, repeat));
        }
        if lengths.len() > literals + distances {
            return None;
        }
        let (literals, distances) = lengths.split_at_checked(literals)?;
        let mut codes = Codes::new(literals)?;
        // Go reads as many bits as the end of the block takes before it looks for a symbol.
        codes.least = codes.least.max(u32::from(*literals.get(END_OF_BLOCK)?));
        Some((codes, Codes::new(distances)?))
    }

    fn compressed(&mut self, literals: &Codes, distances: &Codes) -> Option<()> {
        loop {
            let symbol = self.symbol(literals)?;
            if symbol == END_OF_BLOCK {
                return Some(());
            }
            if let Ok(byte) = u8::try_from(symbol) {
                self.push(byte)?;
                continue;
            }
            let (base, extra) = length(symbol)?;
            let length = base + self.take(extra)?;
            let (base, extra) = distance(self.symbol(distances)?)?;
            let distance = base + self.take(extra)?;
            let start = self.output.len().checked_sub(distance)?;
            for i in start..start + length {
                self.push(*self.output.get(i)?)?;
            }
        }
    }

    fn symbol(&mut self, codes: &Codes) -> Option<usize> {
        self.need(codes.least)?;
        // As many bits as there are, but no more input than the code needs.
        loop {
            let (symbol, length) = codes.find(self.bits);
            if length != 0 && length <= self.count {
                self.drop_bits(length);
                return Some(symbol);
            }
            if self.count >= MAX_BITS as u32 {
                return None;
            }
            self.need(self.count + 1)?;
        }
    }
}

/// The least length that a symbol stands for, and how many bits come on top.
const fn length(symbol: usize) -> Option<(usize, u32)> {
    match symbol {
        257..265 => Some((symbol - 254, 0)),
        265..285 => {
            let (group, extra) = ((symbol - 265) % 4, (symbol as u32 - 261) / 4);
            Some((((4 + group) << extra) + 3, extra))
        }
        285 => Some((258, 0)),
        _ => None,
    }
}

/// The least distance that a symbol stands for, and how many bits come on top.
const fn distance(symbol: usize) -> Option<(usize, u32)> {
    match symbol {
        0..4 => Some((symbol + 1, 0)),
        4..DISTANCES => {
            let extra = (symbol as u32 - 2) / 2;
            Some((((2 + symbol % 2) << extra) + 1, extra))
        }
        _ => None,
    }
}

/// The codes of blocks that bring none.
fn fixed() -> Option<(Codes, Codes)> {
    let mut lengths = [8; 288];
    lengths.get_mut(144..256)?.fill(9);
    lengths.get_mut(256..280)?.fill(7);
    Some((Codes::new(&lengths)?, Codes::new(&[5; 32])?))
}

/// A Huffman code.
struct Codes {
    /// Symbol and length by the next [`FAST_BITS`] bits; no length where the code is longer.
    fast: Vec<(u16, u8)>,
    /// Symbols in the order of their codes.
    symbols: Vec<u16>,
    /// How many codes each length has.
    counts: [u16; MAX_BITS + 1],
    /// How many bits must be there before a symbol is looked for.
    least: u32,
}

impl Codes {
    /// The code of which the symbols have these lengths; `None` where it is no complete one. One
    /// code of one bit and no code at all will do.
    fn new(lengths: &[u8]) -> Option<Self> {
        let mut counts = [0_u16; MAX_BITS + 1];
        for length in lengths.iter().filter(|length| **length != 0) {
            *counts.get_mut(usize::from(*length))? += 1;
        }
        let used: u16 = counts.iter().sum();
        let mut space = 1_u32 << MAX_BITS;
        for (length, count) in counts.iter().enumerate() {
            space = space.checked_sub(u32::from(*count) << (MAX_BITS - length))?;
        }
        let single = used == 1 && counts.get(1) == Some(&1);
        if space != 0 && used != 0 && !single {
            return None;
        }
        let mut symbols: Vec<_> = (0..lengths.len() as u16)
            .filter(|symbol| lengths.get(usize::from(*symbol)) != Some(&0))
            .collect();
        symbols.sort_by_key(|symbol| lengths.get(usize::from(*symbol)).copied());
        let least = counts.iter().position(|count| *count != 0).unwrap_or(0) as u32;
        let mut codes = Self {
            fast: Vec::new(),
            symbols,
            counts,
            least,
        };
        codes.fast = codes.table(lengths)?;
        Some(codes)
    }

    fn table(&self, lengths: &[u8]) -> Option<Vec<(u16, u8)>> {
        let mut table = alloc::vec![(0, 0); 1 << FAST_BITS];
        let (mut code, mut previous) = (0_usize, 0_usize);
        for symbol in &self.symbols {
            let length = *lengths.get(usize::from(*symbol))?;
            let bits = usize::from(length);
            if bits > FAST_BITS {
                break;
            }
            code <<= bits - previous;
            previous = bits;
            let reversed = code.reverse_bits() >> (usize::BITS as usize - bits);
            for entry in table.iter_mut().skip(reversed).step_by(1 << bits) {
                *entry = (*symbol, length);
            }
            code += 1;
        }
        Some(table)
    }

    /// The symbol of which the code stands first in `bits`, and the code's length; none where no
    /// code does.
    fn find(&self, bits: u64) -> (usize, u32) {
        let index = bits as usize & ((1 << FAST_BITS) - 1);
        match self.fast.get(index) {
            Some((symbol, length)) if *length != 0 => (usize::from(*symbol), u32::from(*length)),
            _ => self.find_long(bits).unwrap_or_default(),
        }
    }

    fn find_long(&self, bits: u64) -> Option<(usize, u32)> {
        let (mut code, mut first, mut index) = (0_usize, 0_usize, 0_usize);
        for (length, count) in self.counts.iter().enumerate().skip(1) {
            code |= (bits >> (length - 1)) as usize & 1;
            let count = usize::from(*count);
            if let Some(offset) = code.checked_sub(first).filter(|offset| *offset < count) {
                let symbol = self.symbols.get(index + offset)?;
                return Some((usize::from(*symbol), length as u32));
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use miniz_oxide::{deflate::compress_to_vec, inflate::decompress_to_vec};

    /// Bytes that look like nothing, the same each time.
    fn noise(seed: u32, len: usize, mask: u8) -> Vec<u8> {
        let mut state = seed;
        core::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8 & mask
        })
        .take(len)
        .collect()
    }

    #[test]
    fn streams_of_every_kind_come_out_as_they_went_in() {
        for mask in [0x00, 0x01, 0x0f, 0x7f, 0xff] {
            for len in [0, 1, 100, 70_000] {
                let data = noise(len as u32 + 1, len, mask);
                for level in [0, 1, 6, 9] {
                    let stream = compress_to_vec(&data, level);
                    assert!(
                        inflate(&stream, usize::MAX) == (data.clone(), Some(&[][..])),
                        "{mask} {len} {level}"
                    );
                }
            }
        }
    }

    #[test]
    fn streams_with_an_error_never_give_what_another_inflater_does_not() {
        let data = noise(7, 3_000, 0x3f);
        let stream = compress_to_vec(&data, 6);
        for i in 0..stream.len() {
            let mut broken = stream.clone();
            broken[i] ^= 0x10;
            let (output, _) = inflate(&broken, 1 << 20);
            match decompress_to_vec(&broken) {
                Ok(whole) => assert!(output == whole, "{i}"),
                Err(error) => assert!(
                    error.output.starts_with(&output) || output.starts_with(&error.output),
                    "{i}"
                ),
            }
        }
    }

    /// A block with its own codes: one literal, the end of the block, and no distance.
    fn block(code_lengths: &[(u32, u32)]) -> Vec<u8> {
        let (mut out, mut bits, mut count) = (Vec::new(), 0_u64, 0);
        for (value, len) in code_lengths {
            bits |= u64::from(*value) << count;
            count += len;
            while count >= 8 {
                out.push(bits as u8);
                bits >>= 8;
                count -= 8;
            }
        }
        out.push(bits as u8);
        out
    }

    /// Go's `compress/flate` takes an incomplete code for an error, but for one code of one bit.
    #[test]
    fn incomplete_codes_are_errors() {
        assert!(Codes::new(&[1, 1]).is_some());
        assert!(Codes::new(&[1]).is_some());
        assert!(Codes::new(&[0, 0]).is_some());
        assert!(Codes::new(&[2]).is_none());
        assert!(Codes::new(&[1, 2]).is_none());
        assert!(Codes::new(&[1, 1, 1]).is_none());
        // The third kind of block, and stored blocks of which the length has a bad check.
        assert_eq!(inflate(&block(&[(1, 1), (3, 2)]), 10), (vec![], None));
        assert_eq!(inflate(&[1, 1, 0, 1, 0, 7], 10), (vec![], None));
        let whole = [1, 1, 0, 0xfe, 0xff, 7, 8];
        assert_eq!(inflate(&whole, 10), (vec![7], Some(&[8][..])));
    }
}
