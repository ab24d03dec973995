//! Writing.

use alloc::vec::Vec;

use endgame_ortho_primitives::{Word, meter};

/// Writes items one after another.
#[derive(Clone, Debug, Default)]
pub struct Encoder {
    out: Vec<u8>,
}

impl Encoder {
    /// An encoder with nothing written.
    pub const fn new() -> Self {
        Self { out: Vec::new() }
    }

    /// An encoder that writes after what `out` holds.
    pub const fn after(out: Vec<u8>) -> Self {
        Self { out }
    }

    /// What was written.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    /// How many bytes were written.
    pub const fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether nothing was written.
    pub const fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Writes a byte string.
    pub fn bytes(&mut self, bytes: &[u8]) {
        meter::work(1 + bytes.len());
        if !matches!(bytes, [0..0x80]) {
            let (header, length) = header(0x80, bytes.len());
            self.out.extend(header.iter().take(length));
        }
        self.out.extend_from_slice(bytes);
    }

    /// Writes a number without leading zeros.
    pub fn u64(&mut self, number: u64) {
        self.u128(number.into());
    }

    /// Writes a number without leading zeros.
    pub fn u128(&mut self, number: u128) {
        let bytes = number.to_be_bytes();
        let zeros = number.leading_zeros() as usize / 8;
        self.bytes(bytes.get(zeros..).unwrap_or_default());
    }

    /// Writes a number without leading zeros.
    pub fn word(&mut self, number: Word) {
        let bytes = number.to_be_bytes();
        let zeros = number.leading_zeros() as usize / 8;
        self.bytes(bytes.get(zeros..).unwrap_or_default());
    }

    /// Writes true as 1, false as nothing.
    pub fn bool(&mut self, value: bool) {
        self.u64(value.into());
    }

    /// Writes what already is RLP.
    pub fn raw(&mut self, rlp: &[u8]) {
        meter::work(rlp.len());
        self.out.extend_from_slice(rlp);
    }

    /// Writes a list of what `items` writes.
    pub fn list(&mut self, items: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        items(self);
        let (header, length) = header(0xc0, self.out.len() - start);
        // The payload's length is known only now: append the header, then turn it to the front.
        self.out.extend(header.iter().take(length));
        if let Some(tail) = self.out.get_mut(start..) {
            meter::work(tail.len());
            tail.rotate_right(length);
        }
    }
}

/// The header of a string (`base` 0x80) or list (0xc0) and how many of its bytes count.
fn header(base: u8, length: usize) -> ([u8; 9], usize) {
    let mut header = [0; 9];
    let [first, rest @ ..] = &mut header;
    if length < 56 {
        *first = base + length as u8;
        return (header, 1);
    }
    let zeros = (length as u64).leading_zeros() as usize / 8;
    let bytes = (length as u64).to_be_bytes();
    for (to, from) in rest.iter_mut().zip(bytes.iter().skip(zeros)) {
        *to = *from;
    }
    *first = base + 55 + (8 - zeros) as u8;
    (header, 9 - zeros)
}
