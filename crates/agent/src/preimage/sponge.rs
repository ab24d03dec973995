//! Keccak-256 from the inside, as large preimage proposals show it on L1.

use alloy::primitives::{B256, U256, keccak256};
use endgame_contracts::vm::IPreimageOracle::{Leaf, StateMatrix};

use super::leaves::{Leaves, leaf, leaf_hash};

/// Bytes absorbed at a time.
pub(super) const BLOCK: usize = 136;

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
    leaves: Leaves,
}

/// The last two leaves with their proofs: what ends a proposal.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) before: StateMatrix,
    pub(super) pre: (Leaf, Vec<B256>),
    pub(super) post: (Leaf, Vec<B256>),
}

/// The first leaf whose commitment is not to the state after it: what counters a proposal.
#[derive(Debug)]
pub(super) struct Fault {
    /// The state before the leaf.
    pub(super) before: StateMatrix,
    /// The leaf before; none if the first one is false.
    pub(super) pre: Option<(Leaf, Vec<B256>)>,
    /// The false leaf.
    pub(super) post: (Leaf, Vec<B256>),
}

/// The leaves of a proposal as it was made, and the first false one among them.
pub(super) fn examine(preimage: &[u8], commitments: &[B256]) -> (Leaves, Option<Fault>) {
    let leaves = Leaves::new(
        commitments
            .iter()
            .enumerate()
            .map(|(index, commitment)| {
                leaf_hash(&block(preimage, index), index as u64, *commitment)
            })
            .collect(),
    );
    let proven = |index: usize| {
        let commitment = *commitments.get(index)?;
        Some((
            leaf(&block(preimage, index), index, commitment),
            leaves.proof(index),
        ))
    };
    let mut state = EMPTY;
    for (index, claimed) in commitments.iter().enumerate() {
        let before = StateMatrix { state };
        absorb(&mut state, &block(preimage, index));
        if commitment(&state) != *claimed {
            let pre = index.checked_sub(1).and_then(proven);
            let fault = proven(index).map(|post| Fault { before, pre, post });
            return (leaves, fault);
        }
    }
    (leaves, None)
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
            leaves: Leaves::new(leaves),
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
        let proven = |index: usize| {
            let commitment = *self.commitments.get(index)?;
            Some((
                leaf(&block(preimage, index), index, commitment),
                self.leaves.proof(index),
            ))
        };
        Some(Ending {
            before: StateMatrix {
                state: self.before_last,
            },
            pre: proven(last.checked_sub(1)?)?,
            post: proven(last)?,
        })
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

#[cfg(test)]
mod tests {
    use super::{super::leaves::pair, *};

    /// The root that a proof leads to.
    fn climbed(leaf: &Leaf, proof: &[B256]) -> B256 {
        let input: [u8; BLOCK] = leaf.input.as_ref().try_into().unwrap();
        let hash = leaf_hash(&input, leaf.index.to(), leaf.stateCommitment);
        proof
            .iter()
            .enumerate()
            .fold(hash, |node, (height, sibling)| {
                if leaf.index.bit(height) {
                    pair(*sibling, node)
                } else {
                    pair(node, *sibling)
                }
            })
    }

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
            assert_eq!(Some(climbed(leaf, proof)), absorbed.leaves.root());
        }
    }

    #[test]
    fn first_false_leaf_is_found_wherever_it_is() {
        let preimage = sample(136 * 5 + 3);
        let truth = Absorbed::new(&preimage).commitments;
        assert!(examine(&preimage, &truth).1.is_none());
        for false_from in 0..truth.len() {
            let mut commitments = truth.clone();
            for commitment in &mut commitments[false_from..] {
                commitment.0[0] ^= 1;
            }
            let (leaves, fault) = examine(&preimage, &commitments);
            let fault = fault.unwrap();
            assert_eq!(fault.post.0.index, U256::from(false_from));
            assert_eq!(Some(climbed(&fault.post.0, &fault.post.1)), leaves.root());
            match fault.pre {
                None => assert_eq!(false_from, 0),
                Some((leaf, proof)) => {
                    assert_eq!(Some(climbed(&leaf, &proof)), leaves.root());
                    assert_eq!(commitment(&fault.before.state), leaf.stateCommitment);
                }
            }
        }
    }

    #[test]
    fn one_block_has_no_leaf_before_its_last() {
        let preimage = sample(10);
        assert!(Absorbed::new(&preimage).ending(&preimage).is_none());
    }
}
