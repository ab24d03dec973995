//! Proofs that a leaf is part of a memory.

use alloy_primitives::B256;

use crate::{TREE_DEPTH, hash};

/// Nodes in a proof: the leaf and a sibling for each level.
pub const PROOF_NODES: usize = TREE_DEPTH + 1;
/// Bytes in an encoded proof.
pub const PROOF_BYTES: usize = PROOF_NODES * 32;

/// The 32-byte leaf that holds an address, and its siblings from the bottom up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MerkleProof {
    /// The leaf.
    pub leaf: B256,
    /// Its sibling, the sibling of their parent, and so on.
    pub siblings: [B256; TREE_DEPTH],
}

impl MerkleProof {
    /// The root that the proof leads to if the leaf holds `address`.
    pub fn root(&self, address: u64) -> B256 {
        let mut index = address >> 5;
        self.siblings.iter().fold(self.leaf, |node, sibling| {
            let right = index & 1 == 1;
            index >>= 1;
            if right {
                hash::pair(sibling, &node)
            } else {
                hash::pair(&node, sibling)
            }
        })
    }

    /// The encoding that the on-chain VM reads: leaf, then siblings.
    pub fn to_bytes(&self) -> [u8; PROOF_BYTES] {
        let mut out = [0; PROOF_BYTES];
        let nodes = std::iter::once(&self.leaf).chain(&self.siblings);
        for (slot, node) in out.as_chunks_mut().0.iter_mut().zip(nodes) {
            *slot = node.0;
        }
        out
    }
}
