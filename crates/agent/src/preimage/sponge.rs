//! Keccak-256 from the inside, as large preimage proposals show it on L1.

use alloy::primitives::{B256, U256, keccak256};
use endgame_contracts::vm::IPreimageOracle::{Leaf, StateMatrix};

/// Bytes absorbed at a time.
pub(super) const BLOCK: usize = 136;
/// Levels of the tree of leaves.
const DEPTH: usize = 16;

/// The state before any input.
const EMPTY: [u64; 25] = [0; 25];

/// A preimage absorbed block by block.
#[derive(Debug)]
pub(super) struct Absorbed {
    /// The commitment to the state after each block, the padded one included.
    pub(super) commitments: Vec<B256>,
    /// State before the last block.
    before_last: [u64; 25],
    /// State after the last block: what the digest is squeezed from.
    #[cfg(test)]
    last: [u64; 25],
    /// All levels of the tree of leaves, as far as they are not zero subtrees.
    tree: Vec<Vec<B256>>,
}

/// The last two leaves with their proofs: what ends a proposal.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) before: StateMatrix,
    pub(super) pre: (Leaf, Vec<B256>),
    pub(super) post: (Leaf, Vec<B256>),
}

impl Absorbed {
    /// Absorbs the whole of `preimage`.
    pub(super) fn new(preimage: &[u8]) -> Self {
        let mut state = EMPTY;
        let mut before_last = EMPTY;
        let mut commitments = Vec::with_capacity(preimage.len() / BLOCK + 1);
        let mut leaves = Vec::with_capacity(commitments.capacity());
        for index in 0..=preimage.len() / BLOCK {
            let block = block(preimage, index);
            before_last = state;
            absorb(&mut state, &block);
            let commitment = commitment(&state);
            commitments.push(commitment);
            leaves.push(leaf_hash(&block, index as u64, commitment));
        }
        Self {
            commitments,
            before_last,
            #[cfg(test)]
            last: state,
            tree: build_tree(leaves),
        }
    }

    /// The hash of what was absorbed.
    #[cfg(test)]
    pub(super) fn digest(&self) -> B256 {
        let mut digest = B256::ZERO;
        for (bytes, lane) in digest.0.chunks_mut(8).zip(self.last) {
            bytes.copy_from_slice(&lane.to_le_bytes());
        }
        digest
    }

    /// What `squeezeLPP` takes; only for preimages of at least one whole block.
    pub(super) fn ending(&self, preimage: &[u8]) -> Option<Ending> {
        let last = self.commitments.len() - 1;
        let leaf = |index: usize| {
            let leaf = Leaf {
                input: block(preimage, index).to_vec().into(),
                index: U256::from(index),
                stateCommitment: *self.commitments.get(index)?,
            };
            Some((leaf, self.proof(index)))
        };
        Some(Ending {
            before: StateMatrix {
                state: self.before_last,
            },
            pre: leaf(last.checked_sub(1)?)?,
            post: leaf(last)?,
        })
    }

    /// The siblings of a leaf, from the bottom up.
    fn proof(&self, index: usize) -> Vec<B256> {
        let mut empty = B256::ZERO;
        let mut proof = Vec::with_capacity(DEPTH);
        for height in 0..DEPTH {
            let level = self.tree.get(height);
            let sibling = level.and_then(|level| level.get((index >> height) ^ 1));
            proof.push(sibling.copied().unwrap_or(empty));
            empty = pair(empty, empty);
        }
        proof
    }
}

/// The block's bytes; the last one with keccak's padding: a one bit at each end.
fn block(preimage: &[u8], index: usize) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let rest = preimage.get(index * BLOCK..).unwrap_or_default();
    for (to, from) in block.iter_mut().zip(rest) {
        *to = *from;
    }
    if let Some(first) = block.get_mut(rest.len()) {
        *first = 0x01;
        block[BLOCK - 1] |= 0x80;
    }
    block
}

fn absorb(state: &mut [u64; 25], block: &[u8; BLOCK]) {
    let (lanes, _) = block.as_chunks::<8>();
    for (lane, bytes) in state.iter_mut().zip(lanes) {
        *lane ^= u64::from_le_bytes(*bytes);
    }
    tiny_keccak::keccakf(state);
}

fn commitment(state: &[u64; 25]) -> B256 {
    let mut words = Vec::with_capacity(25 * 32);
    for lane in state {
        words.extend_from_slice(&U256::from(*lane).to_be_bytes::<32>());
    }
    keccak256(words)
}

fn leaf_hash(block: &[u8; BLOCK], index: u64, commitment: B256) -> B256 {
    let mut leaf = block.to_vec();
    leaf.extend_from_slice(&U256::from(index).to_be_bytes::<32>());
    leaf.extend_from_slice(commitment.as_slice());
    keccak256(leaf)
}

fn pair(left: B256, right: B256) -> B256 {
    keccak256([left.0, right.0].concat())
}

fn build_tree(leaves: Vec<B256>) -> Vec<Vec<B256>> {
    let mut empty = B256::ZERO;
    let mut level = leaves;
    let mut tree = Vec::with_capacity(DEPTH + 1);
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
        tree.push(std::mem::replace(&mut level, parents));
    }
    tree.push(level);
    tree
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(len: usize) -> Vec<u8> {
        (0..len).map(|i| (i * 7 + i / 251) as u8).collect()
    }

    #[test]
    fn digest_is_keccak_at_every_alignment() {
        for len in [0, 1, 135, 136, 137, 271, 272, 1_000] {
            let preimage = sample(len);
            let absorbed = Absorbed::new(&preimage);
            assert_eq!(absorbed.digest(), keccak256(&preimage), "{len} bytes");
            assert_eq!(absorbed.commitments.len(), len / BLOCK + 1);
        }
    }

    #[test]
    fn proofs_of_the_last_leaves_lead_to_one_root() {
        let preimage = sample(136 * 5 + 3);
        let absorbed = Absorbed::new(&preimage);
        let ending = absorbed.ending(&preimage).unwrap();
        assert_eq!(
            commitment(&ending.before.state),
            ending.pre.0.stateCommitment
        );
        for (leaf, proof) in [&ending.pre, &ending.post] {
            let input: [u8; BLOCK] = leaf.input.as_ref().try_into().unwrap();
            let mut node = leaf_hash(&input, leaf.index.to(), leaf.stateCommitment);
            for (height, sibling) in proof.iter().enumerate() {
                node = if leaf.index.bit(height) {
                    pair(*sibling, node)
                } else {
                    pair(node, *sibling)
                };
            }
            assert_eq!(vec![node], absorbed.tree[DEPTH]);
        }
    }

    #[test]
    fn one_block_has_no_leaf_before_its_last() {
        let preimage = sample(10);
        assert!(Absorbed::new(&preimage).ending(&preimage).is_none());
    }
}
