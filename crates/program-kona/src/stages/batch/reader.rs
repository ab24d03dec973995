//! Reading the parts of a span batch.

use alloc::vec::Vec;

use alloy_rlp::Header;

/// Bytes that are taken from the front.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

/// An RLP item: its payload, and all of its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub list: bool,
    pub payload: &'a [u8],
    pub raw: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) const fn peek(&self) -> Option<u8> {
        match self.0 {
            [first, ..] => Some(*first),
            [] => None,
        }
    }

    pub(super) const fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let Some((taken, rest)) = self.0.split_at_checked(len) else {
            return None;
        };
        self.0 = rest;
        Some(taken)
    }

    pub(super) const fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let Some((taken, rest)) = self.0.split_first_chunk() else {
            return None;
        };
        self.0 = rest;
        Some(*taken)
    }

    /// A Base128 varint of at most ten bytes and 64 bits. The shortest form is not required, as
    /// in Go's `binary.ReadUvarint`.
    pub(super) fn uvarint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            if shift == 63 && byte > 1 {
                return None;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// A standard bitlist of `len` bits: all of its bytes, and no bit beyond its length.
    pub(super) fn bits(&mut self, len: u64) -> Option<Bits> {
        let bytes = self.take(usize::try_from(len.div_ceil(8)).ok()?)?;
        let spare = (8 - len % 8) % 8;
        let first = bytes.first().copied().unwrap_or_default();
        let fits = u16::from(first) < 1 << (8 - spare);
        fits.then(|| Bits(bytes.to_vec()))
    }

    /// An RLP item in its canonical form.
    pub(super) fn item(&mut self) -> Option<Item<'a>> {
        let mut rest = self.0;
        let header = Header::decode(&mut rest).ok()?;
        let payload = rest.get(..header.payload_length)?;
        let len = self.0.len() - rest.len() + header.payload_length;
        Some(Item {
            list: header.list,
            payload,
            raw: self.take(len)?,
        })
    }
}

/// A bitlist: a big-endian integer, of which bit 0 is the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits(Vec<u8>);

impl Bits {
    pub(super) fn get(&self, index: usize) -> bool {
        let byte = self.0.iter().nth_back(index / 8).copied();
        byte.is_some_and(|byte| byte >> (index % 8) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn uvarint(bytes: &[u8]) -> Option<u64> {
        Reader::new(bytes).uvarint()
    }

    /// Specs `protocol/delta/span-batches.md`, "Span batch format".
    #[test]
    fn varints_may_be_longer_than_needed_but_not_beyond_64_bits() {
        assert_eq!(uvarint(&[0x80, 0x00]), Some(0));
        assert_eq!(uvarint(&[0x81, 0x80, 0x80, 0x00]), Some(1));
        let mut greatest = vec![0xff; 9];
        greatest.push(1);
        assert_eq!(uvarint(&greatest), Some(u64::MAX));
        greatest[9] = 2;
        assert_eq!(uvarint(&greatest), None);
        assert_eq!(uvarint(&[0x80; 11]), None);
        assert_eq!(uvarint(&[0x80]), None);
        assert_eq!(uvarint(&[]), None);
    }

    /// Specs `protocol/delta/span-batches.md`, "Span batch format": a bitlist is padded to whole
    /// bytes, all of which must be there.
    #[test]
    fn short_bitlists_and_bits_beyond_the_length_are_refused() {
        let read = |bytes: &[u8], len| Reader::new(bytes).bits(len);
        assert!(read(&[0x01], 9).is_none());
        assert!(read(&[0x02, 0x00], 9).is_none());
        assert!(read(&[0x08], 3).is_none());
        assert!(read(&[], 0).is_some());
        let bits = read(&[0x01, 0x02], 9).unwrap();
        let set: Vec<_> = (0..9).filter(|i| bits.get(*i)).collect();
        assert_eq!(set, [1, 8]);
    }
}
