//! Prefix codes that are given by the lengths of their codes alone (RFC 1951, 3.2.2).

use alloc::{boxed::Box, vec, vec::Vec};

use endgame_ortho_primitives::meter;

/// The most bits of a code.
const LONGEST: usize = 15;

/// Codes of at most this many bits are looked up at once.
const FAST_BITS: usize = 9;

/// A prefix code over symbols 0, 1, 2...
#[derive(Clone, Debug)]
pub(super) struct PrefixCode {
    /// By the next bits, at most 9: symbol * 16 + length, 0 where no code of so few bits begins so.
    fast: Box<[u16]>,
    /// How many codes have each length.
    counts: [u16; LONGEST + 1],
    /// The symbols in the order of their codes.
    symbols: Vec<u16>,
    shortest: u32,
    /// The symbol that stands everywhere, in no bits.
    only: Option<u16>,
}

impl PrefixCode {
    /// The code in which each symbol's code has this length, at most 15, or does not exist (0).
    ///
    /// None unless every sequence of bits has a meaning. Two codes are taken that leave some
    /// without: none at all, and one of a single bit.
    pub(super) fn new(lengths: &[u8]) -> Option<Self> {
        let mut counts = [0; LONGEST + 1];
        for length in lengths {
            *counts.get_mut(usize::from(*length))? += 1;
        }
        counts[0] = 0;
        let mut left = 1_i32;
        // Where the symbols of each length begin.
        let mut starts = [0; LONGEST + 2];
        for (length, count) in counts.iter().enumerate().skip(1) {
            left = left * 2 - i32::from(*count);
            if left < 0 {
                return None;
            }
            *starts.get_mut(length + 1)? = starts.get(length)? + usize::from(*count);
        }
        let total = *starts.last()?;
        let single_bit = total == 1 && counts[1] == 1;
        if left != 0 && total != 0 && !single_bit {
            return None;
        }
        let mut symbols = vec![0; total];
        for (symbol, length) in (0..).zip(lengths) {
            if *length > 0 {
                let at = starts.get_mut(usize::from(*length))?;
                *symbols.get_mut(*at)? = symbol;
                *at += 1;
            }
        }
        let shortest = counts.iter().position(|count| *count > 0).unwrap_or(0);
        let longest = counts.iter().rposition(|count| *count > 0).unwrap_or(0);
        let mut code = Self {
            fast: vec![0; 1 << longest.min(FAST_BITS)].into(),
            counts,
            symbols,
            shortest: shortest as u32,
            only: None,
        };
        meter::work(lengths.len() + code.fast.len());
        code.fill();
        Some(code)
    }

    /// The code that has one symbol, and no bits for it.
    pub(super) fn only(symbol: u16) -> Self {
        Self {
            fast: vec![0].into(),
            counts: [0; LONGEST + 1],
            symbols: Vec::new(),
            shortest: 0,
            only: Some(symbol),
        }
    }

    /// The length of the shortest code; 0 if there is none.
    pub(super) const fn shortest(&self) -> u32 {
        self.shortest
    }

    /// Has every symbol read only where at least as many bits are left as this symbol's code has.
    pub(super) fn not_shorter_than(&mut self, length: u8) {
        self.shortest = self.shortest.max(length.into());
    }

    /// The symbol whose code the bits begin with, lowest first, and that code's length.
    pub(super) fn decode(&self, bits: u32) -> Option<(u16, u32)> {
        let index = bits as usize & (self.fast.len() - 1);
        match *self.fast.get(index)? {
            0 => self.decode_slowly(bits),
            entry => Some((entry / 16, u32::from(entry % 16))),
        }
    }

    /// Goes through the lengths: codes of one length are consecutive numbers.
    fn decode_slowly(&self, mut bits: u32) -> Option<(u16, u32)> {
        if let Some(only) = self.only {
            return Some((only, 0));
        }
        let (mut code, mut first, mut before) = (0, 0, 0);
        for (length, count) in (0..).zip(&self.counts).skip(1) {
            code += bits & 1;
            bits >>= 1;
            let count = u32::from(*count);
            if code < first + count {
                let symbol = *self.symbols.get((before + code - first) as usize)?;
                return Some((symbol, length));
            }
            before += count;
            first = (first + count) * 2;
            code *= 2;
        }
        None
    }

    fn fill(&mut self) {
        let (mut code, mut symbols) = (0_u32, self.symbols.iter());
        for (length, count) in (0..).zip(&self.counts).skip(1) {
            code *= 2;
            if length > FAST_BITS as u32 {
                return;
            }
            for symbol in symbols.by_ref().take(usize::from(*count)) {
                let reversed = code.reverse_bits() >> (32 - length);
                let entries = self.fast.iter_mut().skip(reversed as usize);
                for entry in entries.step_by(1 << length) {
                    *entry = symbol * 16 + length as u16;
                }
                code += 1;
            }
        }
    }
}
