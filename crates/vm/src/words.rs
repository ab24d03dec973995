//! What an interpreter needs of a memory.

/// A memory of 2^64 bytes, read and written as aligned big-endian words of 64 bits.
///
/// The values are numbers: how an implementation lays the bytes out is its own affair.
/// Addresses are aligned by the implementation: the low three bits are ignored.
pub trait Words {
    /// The word at `address`; memory never written reads as zero.
    fn word(&self, address: u64) -> u64;

    /// Stores a word. The page comes to exist even if `value` is zero.
    fn set_word(&mut self, address: u64, value: u64);

    /// Copies `len` bytes from `address` on, wrapping at the end of the address space.
    fn bytes(&self, address: u64, len: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(len);
        let mut at = address;
        while out.len() < len {
            let word = self.word(at).to_be_bytes();
            let rest = word.iter().skip((at & 7) as usize);
            let before = out.len();
            out.extend(rest.take(len - before));
            at = at.wrapping_add((out.len() - before) as u64);
        }
        out
    }

    /// Stores bytes from `address` on, wrapping at the end of the address space.
    fn set_bytes(&mut self, address: u64, mut bytes: &[u8]) {
        let mut at = address;
        while !bytes.is_empty() {
            let mut word = self.word(at).to_be_bytes();
            let mut n = 0;
            for (slot, byte) in word.iter_mut().skip((at & 7) as usize).zip(bytes) {
                *slot = *byte;
                n += 1;
            }
            self.set_word(at, u64::from_be_bytes(word));
            bytes = bytes.get(n..).unwrap_or_default();
            at = at.wrapping_add(n as u64);
        }
    }
}
