//! A keyed hash for the tables in memory.
//!
//! Users choose addresses and slots, and contracts compute them. Whoever knows the key can choose them
//! so that all have one hash, and each use of one then looks at all the others. So the key comes from
//! the caller, who takes something that neither users nor contracts can know.

use core::hash::{BuildHasher, Hasher};

use endgame_ortho_primitives::meter;

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

/// Empties a table.
///
/// Clearing one takes time by its room, not by what is in it: a table with far more room than
/// entries is replaced, so that what one transaction made large slows none of those after it.
pub(crate) fn empty<K, V>(table: &mut Table<K, V>) {
    if table.capacity() > 64 + 8 * table.len() {
        *table = Table::with_hasher(*table.hasher());
    } else {
        meter::work(table.capacity());
        table.clear();
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use endgame_ortho_primitives::Word;

    use super::*;

    fn hash(key: u64, word: Word) -> u64 {
        Keyed(key).hash_one(word)
    }

    /// Words that have one hash under `key`: the last limb undoes what the others did.
    fn colliding(key: u64, count: u64) -> impl Iterator<Item = Word> {
        (0..count).map(move |number| {
            let mut hasher = Keyed(key).build_hasher();
            hasher.write_u64(number);
            hasher.write_u64(0);
            hasher.write_u64(0);
            Word::from_limbs([number, 0, 0, hasher.finish()])
        })
    }

    #[test]
    fn words_that_collide_under_one_key_are_spread_by_another() {
        const OTHER: u64 = 0x0123_4567_89ab_cdef;
        let words: Vec<_> = colliding(7, 1000).collect();
        assert!(words.iter().all(|word| hash(7, *word) == hash(7, words[0])));
        let mut spread: Vec<_> = words.iter().map(|word| hash(OTHER, *word)).collect();
        spread.sort_unstable();
        spread.dedup();
        assert_eq!(spread.len(), words.len());
    }

    #[test]
    fn room_is_given_up_when_little_of_it_is_used() {
        let mut table = Table::with_hasher(Keyed(1));
        table.extend((0..1000u64).map(|number| (number, ())));
        let room = table.capacity();
        empty(&mut table);
        assert_eq!(table.capacity(), room, "all of it was used");
        table.insert(1, ());
        empty(&mut table);
        assert_eq!(table.capacity(), 0);
    }
}
