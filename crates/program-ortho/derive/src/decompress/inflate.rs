//! DEFLATE (RFC 1951).

use alloc::{vec, vec::Vec};
use core::ops::Range;

use super::{Corrupt, End, PrefixCode, bits::Bits};

/// Bytes that a copy can reach back.
const WINDOW: usize = 32_768;

/// The order in which the lengths of the code for lengths come.
const LENGTHS_ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// The least length by its symbol from 257 on, and how many bits add to it.
const LENGTHS: [(usize, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];

/// Symbols of literals and lengths, and of distances, that a stream may define.
const MAX_LITERALS: usize = 286;
const MAX_DISTANCES: usize = 30;

/// Decompresses a stream piece by piece.
///
/// Its pieces are those of the reference implementation's decompressor, as a batch can depend on
/// them where the stream is corrupt (see [`End`]): one ends where the window is full, at an empty
/// stored block, and at the end.
#[derive(Clone, Debug)]
pub(super) struct Inflate {
    bits: Bits,
    /// The last bytes of the output. The next one goes to `write`; at the end it begins anew.
    window: Vec<u8>,
    write: usize,
    /// Whether it was written to the end once.
    wrapped: bool,
    /// Where in the window the next piece begins.
    unread: usize,
    /// What is to be handed out before more is decompressed.
    piece: Range<usize>,
    step: Step,
    /// Whether this is the last block.
    last: bool,
    literals: PrefixCode,
    distances: PrefixCode,
    end: Option<End>,
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
enum Step {
    Block,
    Stored { left: usize },
    Symbols,
    Copy { left: usize, distance: usize },
}

impl Inflate {
    /// Decompresses `bytes` from byte `start` on.
    pub(super) fn new(bytes: Vec<u8>, start: usize) -> Option<Self> {
        let none = PrefixCode::new(&[])?;
        Some(Self {
            bits: Bits::new(bytes, start),
            window: vec![0; WINDOW],
            write: 0,
            wrapped: false,
            unread: 0,
            piece: 0..0,
            step: Step::Block,
            last: false,
            literals: none.clone(),
            distances: none,
            end: None,
        })
    }

    /// Appends bytes of the output, at most `most` and not past the end of a piece. The end, if
    /// nothing follows them.
    pub(super) fn read(&mut self, out: &mut Vec<u8>, most: usize) -> Option<End> {
        while self.piece.is_empty() {
            if self.end.is_some() {
                return self.end;
            }
            if self.step().is_err() {
                self.end = Some(End::Corrupt);
            }
            if self.end.is_some() && self.piece.is_empty() {
                self.finish_piece();
            }
        }
        let end = self.piece.end.min(self.piece.start + most);
        let bytes = self.window.get(self.piece.start..end);
        out.extend_from_slice(bytes.unwrap_or_default());
        self.piece.start = end;
        if self.piece.is_empty() {
            self.end
        } else {
            None
        }
    }

    /// The input after the stream, once that has ended.
    pub(super) fn trailer(&self) -> &[u8] {
        self.bits.rest()
    }

    /// Goes on until a piece is complete or another step follows.
    fn step(&mut self) -> Result<(), Corrupt> {
        match self.step {
            Step::Block => self.block(),
            Step::Stored { left } => self.stored(left),
            Step::Symbols => self.symbols(),
            Step::Copy { left, distance } => {
                self.copy(left, distance);
                Ok(())
            }
        }
    }

    fn block(&mut self) -> Result<(), Corrupt> {
        self.last = self.bits.take(1)? == 1;
        match self.bits.take(2)? {
            0 => {
                self.bits.align();
                let [a, b, c, d] = *self.bits.rest().first_chunk().ok_or(Corrupt)?;
                let length = u16::from_le_bytes([a, b]);
                if length != !u16::from_le_bytes([c, d]) {
                    return Err(Corrupt);
                }
                self.bits.skip(4);
                if length == 0 {
                    self.finish_piece();
                    self.finish_block();
                } else {
                    let left = length.into();
                    self.step = Step::Stored { left };
                }
            }
            1 => {
                let mut lengths = [8; 288];
                lengths
                    .iter_mut()
                    .take(256)
                    .skip(144)
                    .for_each(|length| *length = 9);
                lengths
                    .iter_mut()
                    .take(280)
                    .skip(256)
                    .for_each(|length| *length = 7);
                self.literals = PrefixCode::new(&lengths).ok_or(Corrupt)?;
                self.distances = PrefixCode::new(&[5; 32]).ok_or(Corrupt)?;
                self.step = Step::Symbols;
            }
            2 => {
                self.codes()?;
                self.step = Step::Symbols;
            }
            _ => return Err(Corrupt),
        }
        Ok(())
    }

    /// The codes that stand before a block (3.2.7).
    fn codes(&mut self) -> Result<(), Corrupt> {
        let literals = self.bits.take(5)? as usize + 257;
        let distances = self.bits.take(5)? as usize + 1;
        if literals > MAX_LITERALS || distances > MAX_DISTANCES {
            return Err(Corrupt);
        }
        let given = self.bits.take(4)? as usize + 4;
        let mut lengths = [0; LENGTHS_ORDER.len()];
        for symbol in LENGTHS_ORDER.into_iter().take(given) {
            *lengths.get_mut(symbol).ok_or(Corrupt)? = self.bits.take(3)? as u8;
        }
        let code = PrefixCode::new(&lengths).ok_or(Corrupt)?;
        let mut lengths = Vec::with_capacity(literals + distances);
        while lengths.len() < literals + distances {
            let (length, times) = match self.bits.symbol(&code)? {
                16 => {
                    let previous = *lengths.last().ok_or(Corrupt)?;
                    (previous, self.bits.take(2)? + 3)
                }
                17 => (0, self.bits.take(3)? + 3),
                18 => (0, self.bits.take(7)? + 11),
                length => (length as u8, 1),
            };
            lengths.resize(lengths.len() + times as usize, length);
        }
        if lengths.len() > literals + distances {
            return Err(Corrupt);
        }
        let (literals, distances) = lengths.split_at_checked(literals).ok_or(Corrupt)?;
        self.literals = PrefixCode::new(literals).ok_or(Corrupt)?;
        self.distances = PrefixCode::new(distances).ok_or(Corrupt)?;
        // The reference implementation wants as many bits for every symbol as the end of the block
        // has, which must follow anyway.
        if let Some(end_of_block) = literals.get(256) {
            self.literals.not_shorter_than(*end_of_block);
        }
        Ok(())
    }

    fn symbols(&mut self) -> Result<(), Corrupt> {
        loop {
            let symbol = self.bits.symbol(&self.literals)?;
            match symbol {
                0..256 => {
                    self.put(symbol as u8);
                    if self.write == WINDOW {
                        self.finish_piece();
                        return Ok(());
                    }
                }
                256 => {
                    self.finish_block();
                    return Ok(());
                }
                _ => {
                    let length = LENGTHS.get(usize::from(symbol) - 257);
                    let (length, extra) = *length.ok_or(Corrupt)?;
                    let length = length + self.bits.take(extra)? as usize;
                    let distance = self.distance()?;
                    self.copy(length, distance);
                    if !matches!(self.step, Step::Symbols) {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn distance(&mut self) -> Result<usize, Corrupt> {
        let distance = match u32::from(self.bits.symbol(&self.distances)?) {
            symbol @ 0..4 => symbol + 1,
            symbol @ 4..30 => {
                let extra = (symbol - 2) / 2;
                ((2 + symbol % 2) << extra) + 1 + self.bits.take(extra)?
            }
            _ => return Err(Corrupt),
        };
        let distance = distance as usize;
        if distance > if self.wrapped { WINDOW } else { self.write } {
            return Err(Corrupt);
        }
        Ok(distance)
    }

    /// Copies within the window up to its end. Symbols follow, or the rest of the copy if a piece
    /// was finished.
    fn copy(&mut self, length: usize, distance: usize) {
        let count = length.min(WINDOW - self.write);
        match self.write.checked_sub(distance) {
            Some(from) if count <= distance => {
                self.window.copy_within(from..from + count, self.write);
                self.write += count;
            }
            _ => {
                let mut from = (self.write + WINDOW - distance) % WINDOW;
                for _ in 0..count {
                    self.put(self.window.get(from).copied().unwrap_or_default());
                    from = (from + 1) % WINDOW;
                }
            }
        }
        let left = length - count;
        self.step = if self.write == WINDOW {
            self.finish_piece();
            Step::Copy { left, distance }
        } else {
            Step::Symbols
        };
    }

    /// Copies a stored block's bytes up to the end of the window.
    fn stored(&mut self, left: usize) -> Result<(), Corrupt> {
        let count = left.min(WINDOW - self.write);
        let rest = self.bits.rest();
        let there = rest.get(..count).unwrap_or(rest);
        let there_count = there.len();
        let room = self.window.iter_mut().skip(self.write);
        room.zip(there).for_each(|(to, from)| *to = *from);
        self.bits.skip(there_count);
        self.write += there_count;
        if there_count < count {
            return Err(Corrupt);
        }
        if self.write == WINDOW {
            self.finish_piece();
            let left = left - count;
            self.step = Step::Stored { left };
        } else {
            self.finish_block();
        }
        Ok(())
    }

    fn finish_block(&mut self) {
        if self.last {
            self.bits.align();
            self.end = Some(End::Complete);
        }
        self.step = Step::Block;
    }

    fn put(&mut self, byte: u8) {
        if let Some(slot) = self.window.get_mut(self.write) {
            *slot = byte;
        }
        self.write += 1;
    }

    /// What was written since the last piece becomes the next one.
    fn finish_piece(&mut self) {
        self.piece = self.unread..self.write;
        self.unread = self.write;
        if self.write == WINDOW {
            (self.write, self.unread) = (0, 0);
            self.wrapped = true;
        }
    }
}
