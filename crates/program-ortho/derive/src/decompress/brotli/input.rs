//! The bits of a Brotli stream.

use alloc::vec::Vec;
use core::ops::Range;

use crate::decompress::{Corrupt, PrefixCode};

/// How much of the channel the reference implementation gives its decompressor at first and later.
const FIRST_PART: usize = 4_096;
const PART: usize = 32_768;

/// Reads bits, the lowest of each byte first, and notices where a new part of the input begins:
/// the reference implementation hands out what it has before it goes on there.
#[derive(Clone, Debug)]
pub(super) struct Input {
    bytes: Vec<u8>,
    /// The byte that comes into the buffer next.
    next: usize,
    /// Where the part ends.
    part_end: usize,
    /// Bits that were not read yet, the next one lowest, zeros above them.
    buffer: u64,
    /// How many they are.
    count: u32,
    /// Whether a part ended, or the input did.
    part_ended: bool,
}

impl Input {
    /// Reads a channel from byte `next` on.
    pub(super) fn new(bytes: Vec<u8>, next: usize) -> Self {
        Self {
            part_end: FIRST_PART.min(bytes.len()),
            bytes,
            next,
            buffer: 0,
            count: 0,
            part_ended: false,
        }
    }

    /// Whether a part ended since this was asked last.
    pub(super) fn part_ended(&mut self) -> bool {
        core::mem::take(&mut self.part_ended)
    }

    /// Reads a number of `count` bits, at most 24.
    pub(super) fn take(&mut self, count: u32) -> Result<u32, Corrupt> {
        while self.count < count {
            self.more()?;
        }
        let value = self.buffer & ((1 << count) - 1);
        self.drop(count);
        Ok(value as u32)
    }

    /// Reads whether the next bit is set.
    pub(super) fn flag(&mut self) -> Result<bool, Corrupt> {
        Ok(self.take(1)? == 1)
    }

    /// Reads a symbol.
    pub(super) fn symbol(&mut self, code: &PrefixCode) -> Result<u16, Corrupt> {
        if self.count < 15 {
            self.refill();
        }
        loop {
            let (symbol, length) = code.decode(self.buffer as u32).ok_or(Corrupt)?;
            if length <= self.count {
                self.drop(length);
                return Ok(symbol);
            }
            self.more()?;
        }
    }

    /// Passes over what is left of a byte that was begun: zeros.
    pub(super) fn align(&mut self) -> Result<(), Corrupt> {
        match self.take(self.count % 8)? {
            0 => Ok(()),
            _ => Err(Corrupt),
        }
    }

    /// Passes over at least one byte and at most `most`, when aligned. More follow, if the part has
    /// more. Where they are for [`Self::get`].
    pub(super) fn bytes(&mut self, most: usize) -> Result<Range<usize>, Corrupt> {
        self.next -= self.count as usize / 8;
        (self.buffer, self.count) = (0, 0);
        if self.next == self.part_end {
            self.next_part()?;
        }
        let start = self.next;
        self.next = self.part_end.min(start + most);
        Ok(start..self.next)
    }

    /// Bytes of the input.
    pub(super) fn get(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    /// Whether the part goes on after the byte that was begun.
    pub(super) const fn is_within_part(&self) -> bool {
        self.next - (self.count as usize / 8) < self.part_end
    }

    /// Whether the input has another part.
    pub(super) const fn has_next_part(&self) -> bool {
        self.part_end < self.bytes.len()
    }

    fn drop(&mut self, count: u32) {
        self.buffer >>= count;
        self.count -= count;
    }

    /// Makes the buffer hold more bits.
    fn more(&mut self) -> Result<(), Corrupt> {
        if self.next == self.part_end {
            self.next_part()?;
        }
        self.refill();
        Ok(())
    }

    fn next_part(&mut self) -> Result<(), Corrupt> {
        self.part_ended = true;
        if !self.has_next_part() {
            return Err(Corrupt);
        }
        self.part_end = self.bytes.len().min(self.part_end + PART);
        Ok(())
    }

    /// Fills the buffer up to 32 bits or more, but not past the part.
    fn refill(&mut self) {
        let rest = self.bytes.get(self.next..self.part_end);
        let rest = rest.unwrap_or_default();
        if let (true, Some(word)) = (self.count <= 32, rest.first_chunk()) {
            self.buffer |= u64::from(u32::from_le_bytes(*word)) << self.count;
            self.next += 4;
            self.count += 32;
            return;
        }
        for byte in rest {
            if self.count > 32 {
                return;
            }
            self.buffer |= u64::from(*byte) << self.count;
            self.next += 1;
            self.count += 8;
        }
    }
}
