//! The hot path: recently read and written preimages, in memory.

use std::{collections::HashMap, sync::RwLock};

use endgame_preimage::PreimageKey;

use crate::poison::Unpoison;

/// The most bytes kept: beyond it the cache starts anew, the disk has everything.
const CAPACITY: usize = 128 << 20;

/// What an entry costs besides its value, roughly.
const OVERHEAD: usize = 96;

#[derive(Debug, Default)]
pub(crate) struct Cache(RwLock<Entries>);

#[derive(Debug, Default)]
struct Entries {
    map: HashMap<PreimageKey, Vec<u8>>,
    bytes: usize,
}

impl Cache {
    pub(crate) fn get(&self, key: PreimageKey) -> Option<Vec<u8>> {
        self.0.unpoisoned_read().map.get(&key).cloned()
    }

    pub(crate) fn contains(&self, key: PreimageKey) -> bool {
        self.0.unpoisoned_read().map.contains_key(&key)
    }

    pub(crate) fn insert(&self, key: PreimageKey, value: Vec<u8>) {
        let mut entries = self.0.unpoisoned_write();
        let cost = value.len() + OVERHEAD;
        if entries.bytes + cost > CAPACITY {
            *entries = Entries::default();
        }
        if entries.map.insert(key, value).is_none() {
            entries.bytes += cost;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cache_stays_within_its_capacity() {
        let cache = Cache::default();
        let key = |n: u8| PreimageKey::keccak256([n; 32]);
        for n in 0..5 {
            cache.insert(key(n), vec![0; CAPACITY / 4]);
        }
        let entries = cache.0.unpoisoned_read();
        assert!(entries.bytes <= CAPACITY);
        assert!(entries.map.contains_key(&key(4)), "the newest is there");
    }
}
