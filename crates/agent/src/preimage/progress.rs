//! How far a large preimage proposal has got.

use alloy::primitives::{B256, U256};

/// What L1 knows of a proposal, packed into one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    /// When the last block was added; 0 before.
    pub(super) complete_at: u64,
    /// 0 if there is no such proposal.
    pub(super) size: u32,
    pub(super) blocks: u32,
    pub(super) countered: bool,
}

impl Progress {
    pub(super) fn unpack(word: B256) -> Self {
        let word = U256::from_be_bytes(word.0);
        let field = |shift: usize, bits: usize| -> u64 {
            ((word >> shift) & ((U256::from(1) << bits) - U256::from(1))).saturating_to()
        };
        Self {
            complete_at: field(192, 64),
            size: field(128, 32) as u32,
            blocks: field(96, 32) as u32,
            countered: field(0, 64) != 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_unpacked_as_l1_packs_it() {
        let word: U256 =
            (U256::from(7) << 192usize) | (U256::from(99) << 128usize) | (U256::from(4) << 96usize);
        let progress = Progress::unpack(word.to_be_bytes::<32>().into());
        assert_eq!(
            progress,
            Progress {
                complete_at: 7,
                size: 99,
                blocks: 4,
                countered: false
            }
        );
        let countered = word | U256::from(u64::MAX);
        assert!(Progress::unpack(countered.to_be_bytes::<32>().into()).countered);
    }
}
