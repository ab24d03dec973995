//! The tree over the blocks of a large preimage that L1 keeps.

use alloy::primitives::{B256, U256, keccak256};
use endgame_contracts::vm::IPreimageOracle::Leaf;

use super::sponge::BLOCK;

/// Levels of the tree.
const DEPTH: usize = 16;

/// A tree of leaves; the places after the last one are zero.
#[derive(Debug)]
pub(super) struct Leaves {
    /// All levels, from the leaves up, as far as they are not zero subtrees.
    levels: Vec<Vec<B256>>,
}

impl Leaves {
    /// The tree of leaves with these hashes.
    pub(super) fn new(hashes: Vec<B256>) -> Self {
        let mut empty = B256::ZERO;
        let mut level = hashes;
        let mut levels = Vec::with_capacity(DEPTH + 1);
        for _ in 0..DEPTH {
            let parents = level
                .chunks(2)
                .map(|nodes| match *nodes {
                    [left, right] => pair(left, right),
                    [left] => pair(left, empty),
                    _ => empty,
                })
                .collect();
            empty = pair(empty, empty);
            levels.push(std::mem::replace(&mut level, parents));
        }
        levels.push(level);
        Self { levels }
    }

    /// The tree's root; nothing if it has no leaves.
    pub(super) fn root(&self) -> Option<B256> {
        self.levels.last()?.first().copied()
    }

    /// The siblings of a leaf, from the bottom up.
    pub(super) fn proof(&self, index: usize) -> Vec<B256> {
        let mut empty = B256::ZERO;
        let mut proof = Vec::with_capacity(DEPTH);
        for (height, level) in self.levels.iter().enumerate().take(DEPTH) {
            let sibling = level.get((index >> height) ^ 1);
            proof.push(sibling.copied().unwrap_or(empty));
            empty = pair(empty, empty);
        }
        proof
    }
}

/// A leaf as L1 takes it.
pub(super) fn leaf(block: &[u8; BLOCK], index: usize, commitment: B256) -> Leaf {
    Leaf {
        input: block.to_vec().into(),
        index: U256::from(index),
        stateCommitment: commitment,
    }
}

/// A leaf's hash.
pub(super) fn leaf_hash(block: &[u8; BLOCK], index: u64, commitment: B256) -> B256 {
    let mut leaf = block.to_vec();
    leaf.extend_from_slice(&U256::from(index).to_be_bytes::<32>());
    leaf.extend_from_slice(commitment.as_slice());
    keccak256(leaf)
}

/// The parent of two nodes.
pub(super) fn pair(left: B256, right: B256) -> B256 {
    keccak256([left.0, right.0].concat())
}
