//! The fields that span batches are made of.

use crate::BatchError;

/// Reads fields one after another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What is left.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `count` bytes.
    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], BatchError> {
        let (bytes, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or(BatchError::Truncated)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], BatchError> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(BatchError::Truncated)?;
        self.rest = rest;
        Ok(*bytes)
    }

    /// The next `count` times `N` bytes.
    pub(super) fn arrays<const N: usize>(
        &mut self,
        count: usize,
    ) -> Result<&'a [[u8; N]], BatchError> {
        let length = count.checked_mul(N).ok_or(BatchError::Truncated)?;
        Ok(self.bytes(length)?.as_chunks().0)
    }

    /// A number, its lowest 7 bits first. It may be longer than it has to be, up to 10 bytes.
    pub(super) fn uvarint(&mut self) -> Result<u64, BatchError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            if shift == 63 && byte > 1 {
                break;
            }
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(BatchError::Uvarint)
    }

    /// `length` bits.
    pub(super) fn bitlist(&mut self, length: usize) -> Result<Bitlist<'a>, BatchError> {
        let bytes = self.bytes(length.div_ceil(8))?;
        let unused = bytes.first().map_or(0, |first| match length % 8 {
            0 => 0,
            used => first >> used,
        });
        if unused != 0 {
            return Err(BatchError::Bits(length));
        }
        Ok(Bitlist { bytes })
    }
}

/// Bits, as a big-endian number: the first bit is the lowest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bitlist<'a> {
    bytes: &'a [u8],
}

impl Bitlist<'_> {
    /// The bit at this place, false past the end.
    pub(super) fn get(&self, index: usize) -> bool {
        let byte = self.bytes.iter().rev().nth(index / 8);
        byte.is_some_and(|byte| byte >> (index % 8) & 1 == 1)
    }

    /// How many bits are set.
    pub(super) fn count_ones(&self) -> usize {
        self.bytes
            .iter()
            .map(|byte| byte.count_ones() as usize)
            .sum()
    }
}
