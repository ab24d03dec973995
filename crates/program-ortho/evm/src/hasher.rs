//! A keyed hash for the tables in memory.
//!
//! Users choose addresses and slots. Whoever knows the key can choose them so that all fall into
//! one bucket, so the key comes from the caller, who takes something that is not known before.

use core::hash::{BuildHasher, Hasher};

/// Makes hashers with one key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keyed(pub(crate) u64);

/// The state of one hash.
pub(crate) struct FoldHasher(u64);

/// An odd number without pattern: the fraction of the golden ratio.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

impl BuildHasher for Keyed {
    type Hasher = FoldHasher;

    #[inline]
    fn build_hasher(&self) -> FoldHasher {
        FoldHasher(self.0)
    }
}

impl Hasher for FoldHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (chunks, rest) = bytes.as_chunks::<8>();
        for chunk in chunks {
            self.write_u64(u64::from_le_bytes(*chunk));
        }
        if let Some(rest) = rest.first_chunk::<4>() {
            self.write_u64(u32::from_le_bytes(*rest).into());
        } else {
            for byte in rest {
                self.write_u64((*byte).into());
            }
        }
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        // Both halves of the product count, so that every bit moves every other.
        let wide = u128::from(self.0 ^ number) * u128::from(MULTIPLIER);
        self.0 = (wide as u64) ^ (wide >> 64) as u64;
    }

    /// Lengths of keys of one type are all the same.
    #[inline]
    fn write_usize(&mut self, _: usize) {}

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

/// A table with a keyed hash.
pub(crate) type Table<K, V> = hashbrown::HashMap<K, V, Keyed>;
