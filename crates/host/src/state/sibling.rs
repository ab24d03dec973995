//! The sibling that a trie deletion needs, and no proof of the deleted key contains.
//!
//! When all but one child of a branch are gone, the branch collapses into the child left. Whoever
//! computes the new root must know whether that child is a leaf or extension, which takes over the
//! branch's nibble, or a branch, which does not. Its hash stands in the collapsing branch; its content
//! is found in two ways, both of them with `eth_getProof` alone:
//!
//! - on the state after the block, the merged node stands in the place of the branch: with the merged
//!   nibbles taken off its path again it is the sibling, if the block did not change its value too;
//! - on the state before the block, the proof of any key below the sibling contains it. Keys are hashed,
//!   so one whose hash begins with the sibling's path is searched: few tries for the short paths of all
//!   but the largest tries.

use std::sync::atomic::{AtomicBool, Ordering};

use alloy_primitives::{B256, U256, keccak256};
use alloy_trie::{Nibbles, nodes::TrieNode};

use super::seen::Owner;
use crate::{poison::lock, trie::Walk};

/// The sibling at `path` with this hash, rebuilt from what a proof on the state after the block ends in.
pub(crate) fn post_state_sibling(walk: &Walk, path: &Nibbles, hash: B256) -> Option<Vec<u8>> {
    let (position, node) = walk.last.as_ref()?;
    let shorten = |key: &Nibbles| {
        let full = position.join(key);
        full.starts_with(path).then(|| full.slice(path.len()..))
    };
    let sibling = match node.clone() {
        TrieNode::Leaf(mut leaf) => {
            leaf.key = shorten(&leaf.key)?;
            alloy_rlp::encode(&leaf)
        }
        TrieNode::Extension(mut extension) => {
            extension.key = shorten(&extension.key)?;
            alloy_rlp::encode(&extension)
        }
        _ => return None,
    };
    (keccak256(&sibling) == hash).then_some(sibling)
}

/// The longest path that a key is searched for: 16^7 hashes on average, under a minute on two cores.
const MAX_SEARCH: usize = 7;

/// A key whose hash begins with `path`: an address (left-padded) in the accounts' trie, else a slot. None
/// if the path is too long to search for.
///
/// Blocks the thread and uses all cores.
pub(crate) fn key_below(owner: Owner, path: &Nibbles) -> Option<B256> {
    let skipped = match owner {
        Owner::Accounts => 12,
        Owner::Storage(_) => 0,
    };
    if path.len() > MAX_SEARCH {
        return None;
    }
    let mut padded = path.to_vec();
    padded.resize(8, 0);
    let prefix = padded
        .iter()
        .fold(0_u32, |prefix, nibble| prefix << 4 | u32::from(*nibble));
    let mask = u32::MAX
        .checked_shl(32 - 4 * path.len() as u32)
        .unwrap_or(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    // Twenty times the expected number of tries: a miss has a chance of e^-20.
    let tries = 20 * 16_u64.pow(path.len() as u32) / threads as u64 + 1;
    let found = std::sync::Mutex::new(None);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (found, done) = (&found, &done);
            scope.spawn(move || {
                for attempt in 0..tries {
                    if attempt.trailing_zeros() >= 12 && done.load(Ordering::Relaxed) {
                        return;
                    }
                    let number = attempt * threads as u64 + thread as u64;
                    let key = B256::from(U256::from(number));
                    let [a, b, c, d, ..] = keccak256(key.get(skipped..).unwrap_or_default()).0;
                    if u32::from_be_bytes([a, b, c, d]) & mask == prefix {
                        *lock(found) = Some(key);
                        done.store(true, Ordering::Relaxed);
                        return;
                    }
                }
            });
        }
    });
    found
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trie::walk;
    use alloy_primitives::{Address, Bytes};
    use alloy_trie::{HashBuilder, proof::ProofRetainer};

    /// A trie over these keys (all with a value long enough to be hashed), and the proof of one.
    fn prove(keys: &[Nibbles], key: &Nibbles) -> Vec<Bytes> {
        let mut sorted = keys.to_vec();
        sorted.sort_unstable();
        let retainer: ProofRetainer = ProofRetainer::new(vec![*key]);
        let mut builder = HashBuilder::default().with_proof_retainer(retainer);
        for key in sorted {
            builder.add_leaf(key, &[0xaa; 40]);
        }
        builder.root();
        builder
            .take_proof_nodes()
            .into_nodes_sorted()
            .into_iter()
            .map(|(_, node)| node)
            .collect()
    }

    fn key(start: &[u8]) -> Nibbles {
        let mut nibbles = vec![5; 64];
        nibbles[..start.len()].copy_from_slice(start);
        Nibbles::from_nibbles(nibbles)
    }

    /// Deletes the first key; the sibling that hangs beside it comes back from the post-state.
    fn rebuilt(keys: &[Nibbles], sibling_path: &[u8]) -> bool {
        let before = walk(&keys[0], &prove(keys, &keys[0])).unwrap();
        let path = Nibbles::from_nibbles(sibling_path);
        let mention = before
            .mentions
            .iter()
            .find(|mention| mention.path == path)
            .unwrap();
        let after = walk(&keys[0], &prove(&keys[1..], &keys[0])).unwrap();
        assert_eq!(after.value, None, "the key is gone");
        post_state_sibling(&after, &path, mention.hash)
            .is_some_and(|sibling| keccak256(sibling) == mention.hash)
    }

    #[test]
    fn leaf_sibling_is_rebuilt_from_the_post_state() {
        assert!(rebuilt(&[key(&[1, 2]), key(&[1, 3]), key(&[4])], &[1, 3]));
        assert!(rebuilt(&[key(&[1]), key(&[3])], &[3]));
    }

    #[test]
    fn extension_sibling_is_rebuilt_from_the_post_state() {
        let keys = [
            key(&[1, 2]),
            key(&[1, 3, 7, 7, 1]),
            key(&[1, 3, 7, 7, 2]),
            key(&[4]),
        ];
        assert!(rebuilt(&keys, &[1, 3]));
    }

    #[test]
    fn branch_sibling_is_not_in_the_post_state() {
        let keys = [key(&[1, 2]), key(&[1, 3, 1]), key(&[1, 3, 2]), key(&[4])];
        assert!(!rebuilt(&keys, &[1, 3]));
    }

    #[test]
    fn key_is_found_below_a_short_path() {
        for path in [&[][..], &[7], &[0xa, 0xb, 0xc]] {
            let path = Nibbles::from_nibbles(path);
            let slot = key_below(Owner::Storage(Address::ZERO), &path).unwrap();
            assert!(Nibbles::unpack(keccak256(slot)).starts_with(&path));
            let address = Address::from_word(key_below(Owner::Accounts, &path).unwrap());
            assert!(Nibbles::unpack(keccak256(address)).starts_with(&path));
        }
        assert_eq!(key_below(Owner::Accounts, &key(&[1])), None);
    }
}
