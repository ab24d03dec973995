//! Prefix codes as tables (RFC 7932, section 3.2).
//!
//! A code's bits are looked up in a first table by as many bits as its longest code has, [`ROOT`] at
//! most; what is longer in a second one. Tables are no larger than the code needs: a stream can ask for
//! hundreds of tiny codes with few bytes.

use alloc::vec::Vec;

use super::bits::Bits;

/// Bits of the longest code.
pub(super) const LONGEST: usize = 15;
/// Bits that the first table is looked up by at most.
const ROOT: u32 = 9;
/// Marks an entry of the first table that leads to a second one.
const LINK: u32 = 1 << 31;

/// How many codes there are of each length.
pub(super) type Counts = [u16; LONGEST + 1];

/// A prefix code: where its table begins in [`Tables`], and the bits that it is looked up by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Code {
    start: u32,
    root: u32,
}

/// The tables of all the codes of a meta-block.
///
/// An entry is a symbol above the eight bits of its code's length; or with [`LINK`] where in the code's
/// table the second one begins, above the bits that this is looked up by.
#[derive(Debug, Default)]
pub(super) struct Tables {
    entries: Vec<u32>,
}

impl Tables {
    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    /// How much there is, for [`drop_after`](Self::drop_after).
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Drops the codes that were added since.
    pub(super) fn drop_after(&mut self, len: usize) {
        self.entries.truncate(len);
    }

    /// Reads a symbol, for which the buffer holds the bits.
    #[inline]
    pub(super) fn symbol(&self, code: Code, bits: &mut Bits<'_>) -> u32 {
        let next = bits.peek();
        let index = next as u32 & ((1 << code.root) - 1);
        let mut entry = self.entry(code.start + index);
        if entry & LINK != 0 {
            let index = (next >> code.root) as u32 & ((1 << (entry & 0xff)) - 1);
            entry = self.entry(code.start + ((entry & !LINK) >> 8) + index);
        }
        bits.skip(entry & 0xff);
        entry >> 8
    }

    #[inline]
    fn entry(&self, at: u32) -> u32 {
        self.entries.get(at as usize).copied().unwrap_or_default()
    }

    /// A code of a single symbol, which takes no bits.
    pub(super) fn single(&mut self, symbol: u16) -> Code {
        let start = self.entries.len() as u32;
        self.entries.push(u32::from(symbol) << 8);
        Code { start, root: 0 }
    }

    /// A code with so many symbols of each length, given in the order of their codes, that leaves no
    /// sequence of bits without a symbol.
    pub(super) fn add(&mut self, counts: &Counts, symbols: &[u16]) -> Code {
        let longest = counts.iter().rposition(|count| *count > 0).unwrap_or(0) as u32;
        let root = longest.min(ROOT);
        let start = self.entries.len();
        let mut symbols = symbols.iter();
        // The next code, its first bit lowest.
        let mut code = 0_usize;
        self.entries.push(0);
        for length in 1..=root {
            // What is shorter stands in both halves.
            self.entries.extend_from_within(start..);
            for symbol in symbols.by_ref().take(count(counts, length)) {
                self.set(start + code, u32::from(*symbol) << 8 | length);
                code = after(code, length);
            }
        }
        let mut seconds = Seconds::default();
        for length in root + 1..=longest {
            let mut left = count(counts, length);
            for symbol in symbols.by_ref().take(left) {
                let first = code & ((1 << root) - 1);
                if seconds.start == 0 || seconds.first != first {
                    let bits = second_bits(counts, root, length, left);
                    seconds = Seconds {
                        first,
                        start: self.entries.len(),
                        bits,
                    };
                    let offset = (seconds.start - start) as u32;
                    self.set(start + first, LINK | offset << 8 | bits);
                    self.entries.resize(seconds.start + (1 << bits), 0);
                }
                let entry = u32::from(*symbol) << 8 | length;
                let step = 1 << (length - root);
                for at in (code >> root..1 << seconds.bits).step_by(step) {
                    self.set(seconds.start + at, entry);
                }
                code = after(code, length);
                left -= 1;
            }
        }
        Code {
            start: start as u32,
            root,
        }
    }

    fn set(&mut self, at: usize, value: u32) {
        if let Some(entry) = self.entries.get_mut(at) {
            *entry = value;
        }
    }
}

/// The second table that codes are put into.
#[derive(Default)]
struct Seconds {
    /// The first bits of its codes.
    first: usize,
    start: usize,
    bits: u32,
}

/// Bits of the second table whose first code has this length, when there are so many left of it.
fn second_bits(counts: &Counts, root: u32, length: u32, left: usize) -> u32 {
    let mut bits = length - root;
    let mut used = left;
    while used < 1 << bits && ((root + bits) as usize) < LONGEST {
        bits += 1;
        used = 2 * used + count(counts, root + bits);
    }
    bits
}

fn count(counts: &Counts, length: u32) -> usize {
    usize::from(counts.get(length as usize).copied().unwrap_or_default())
}

/// The code after this one of the same length, both with their first bit lowest.
fn after(code: usize, length: u32) -> usize {
    let zeros = !code & ((1 << length) - 1);
    // The last bit that is zero becomes one, and those after it zero.
    zeros.checked_ilog2().map_or(0, |last| {
        let bit = 1 << last;
        code & (bit - 1) | bit
    })
}
