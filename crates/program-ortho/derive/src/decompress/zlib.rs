//! The zlib format (RFC 1950).

use alloc::vec::Vec;

use super::{End, inflate::Inflate};

/// Decompresses a zlib stream.
#[derive(Clone, Debug)]
pub(super) struct Zlib {
    inflate: Inflate,
    checksum: Adler32,
    end: Option<End>,
}

impl Zlib {
    /// None if the bytes don't begin as a zlib stream does whose only dictionary is the empty one,
    /// which is as good as none.
    pub(super) fn new(bytes: Vec<u8>) -> Option<Self> {
        let &[method, flags, ref rest @ ..] = bytes.as_slice() else {
            return None;
        };
        let is_deflate = method & 0x0f == 8 && method >> 4 <= 7;
        if !is_deflate || u16::from_be_bytes([method, flags]) % 31 != 0 {
            return None;
        }
        let mut start = 2;
        if flags & 0x20 != 0 {
            let dictionary = u32::from_be_bytes(*rest.first_chunk()?);
            if dictionary != Adler32::default().value() {
                return None;
            }
            start += 4;
        }
        Some(Self {
            inflate: Inflate::new(bytes, start)?,
            checksum: Adler32::default(),
            end: None,
        })
    }

    /// As [`Inflate::read`]; a wrong checksum makes the end a corrupt one.
    pub(super) fn read(&mut self, out: &mut Vec<u8>, most: usize) -> Option<End> {
        if self.end.is_none() {
            let before = out.len();
            self.end = self.inflate.read(out, most);
            self.checksum.add(out.get(before..).unwrap_or_default());
            if self.end == Some(End::Complete) {
                let sum = self.inflate.trailer().first_chunk();
                if sum.map(|sum| u32::from_be_bytes(*sum)) != Some(self.checksum.value()) {
                    self.end = Some(End::Corrupt);
                }
            }
        }
        self.end
    }
}

/// The checksum of RFC 1950, 8.2.
#[derive(Clone, Copy, Debug)]
struct Adler32 {
    sum: u32,
    sums: u32,
}

impl Default for Adler32 {
    fn default() -> Self {
        Self { sum: 1, sums: 0 }
    }
}

impl Adler32 {
    /// The largest prime below 2^16.
    const MODULUS: u32 = 65_521;

    /// Bytes after which `sums` still is below 2^32.
    const NO_OVERFLOW: usize = 5_552;

    fn add(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(Self::NO_OVERFLOW) {
            for byte in part {
                self.sum += u32::from(*byte);
                self.sums += self.sum;
            }
            self.sum %= Self::MODULUS;
            self.sums %= Self::MODULUS;
        }
    }

    const fn value(self) -> u32 {
        self.sums << 16 | self.sum
    }
}
