//! Bits, the lowest of each byte first.

use alloc::vec::Vec;

use super::{Corrupt, PrefixCode};

/// Reads bits from bytes.
#[derive(Clone, Debug)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    /// The byte that comes into the buffer next.
    next: usize,
    /// Bits that were not read yet, the next one lowest, zeros above them.
    buffer: u64,
    /// How many they are.
    count: u32,
}

impl Bits {
    /// Reads `bytes` from byte `next` on.
    pub(super) const fn new(bytes: Vec<u8>, next: usize) -> Self {
        Self {
            bytes,
            next,
            buffer: 0,
            count: 0,
        }
    }

    /// Reads a number of `count` bits, at most 32.
    pub(super) fn take(&mut self, count: u32) -> Result<u32, Corrupt> {
        self.need(count)?;
        let value = self.buffer & ((1 << count) - 1);
        self.drop(count);
        Ok(value as u32)
    }

    /// Reads a symbol. Fails where none has the code that the next bits begin with.
    pub(super) fn symbol(&mut self, code: &PrefixCode) -> Result<u16, Corrupt> {
        self.need(code.shortest())?;
        let (symbol, length) = code.decode(self.buffer as u32).ok_or(Corrupt)?;
        if length > self.count {
            return Err(Corrupt);
        }
        self.drop(length);
        Ok(symbol)
    }

    /// Passes over what is left of a byte that was begun.
    pub(super) fn align(&mut self) {
        self.drop(self.count % 8);
        self.next -= self.count as usize / 8;
        (self.buffer, self.count) = (0, 0);
    }

    /// The bytes from here on, when aligned.
    pub(super) fn rest(&self) -> &[u8] {
        self.bytes.get(self.next..).unwrap_or_default()
    }

    /// Passes over bytes, when aligned: at most as many as there are.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.next += bytes;
    }

    fn drop(&mut self, count: u32) {
        self.buffer >>= count;
        self.count -= count;
    }

    /// Makes the buffer hold at least this many bits, at most 32, and as many as a symbol has.
    fn need(&mut self, count: u32) -> Result<(), Corrupt> {
        if self.count < 32 {
            if let Some(word) = self.rest().first_chunk() {
                self.buffer |= u64::from(u32::from_le_bytes(*word)) << self.count;
                self.next += 4;
                self.count += 32;
            } else {
                while let (true, Some(byte)) = (self.count < 32, self.bytes.get(self.next)) {
                    self.buffer |= u64::from(*byte) << self.count;
                    self.next += 1;
                    self.count += 8;
                }
            }
        }
        if self.count < count {
            return Err(Corrupt);
        }
        Ok(())
    }
}
