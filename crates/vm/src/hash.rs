//! keccak-256 of node pairs, and the hashes of subtrees that are all zero.

use std::sync::LazyLock;

use alloy_primitives::B256;
use tiny_keccak::{Hasher as _, Keccak};

use crate::TREE_DEPTH;

/// The parent of two nodes: keccak-256 of their concatenation.
pub(crate) fn pair(left: &B256, right: &B256) -> B256 {
    let mut hasher = Keccak::v256();
    hasher.update(left.as_slice());
    hasher.update(right.as_slice());
    let mut out = B256::ZERO;
    hasher.finalize(out.as_mut_slice());
    out
}

/// `ZERO[h]` is the root of an all-zero subtree of height `h`; a leaf has height 0.
static ZERO: LazyLock<[B256; TREE_DEPTH + 1]> = LazyLock::new(|| {
    let mut node = B256::ZERO;
    std::array::from_fn(|height| {
        if height > 0 {
            node = pair(&node, &node);
        }
        node
    })
});

/// The root of an all-zero subtree of `height`.
///
/// Heights over the tree's own do not occur; they give the root of the whole empty tree.
pub(crate) fn zero(height: usize) -> B256 {
    let table = &*ZERO;
    table
        .get(height)
        .copied()
        .unwrap_or_else(|| table.last().copied().unwrap_or_default())
}

/// Hashes `nodes` (a power of two of them, at `height`) up to their root, `N` at most.
///
/// Pairs of zero subtrees are taken from the table instead of being hashed.
pub(crate) fn fold<const N: usize>(mut nodes: [B256; N], mut height: usize) -> B256 {
    let mut len = N;
    while len > 1 {
        let empty = zero(height);
        let parent_of_empty = zero(height + 1);
        for i in 0..len / 2 {
            let (Some(left), Some(right)) = (nodes.get(2 * i), nodes.get(2 * i + 1)) else {
                break;
            };
            let parent = if *left == empty && *right == empty {
                parent_of_empty
            } else {
                pair(left, right)
            };
            if let Some(slot) = nodes.get_mut(i) {
                *slot = parent;
            }
        }
        len /= 2;
        height += 1;
    }
    nodes.first().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::{b256, keccak256};

    #[test]
    fn pair_is_keccak_of_the_concatenation() {
        let (a, b) = (B256::repeat_byte(1), B256::repeat_byte(2));
        assert_eq!(
            pair(&a, &b),
            keccak256([a.as_slice(), b.as_slice()].concat())
        );
    }

    #[test]
    fn zero_subtrees_hash_as_the_deposit_contract_has_it() {
        // The well-known first zero hash of keccak binary trees.
        assert_eq!(
            zero(1),
            b256!("ad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5")
        );
        assert_eq!(fold([B256::ZERO; 16], 3), fold([zero(0); 16], 3));
        assert_eq!(fold([zero(3); 16], 3), zero(7));
    }
}
