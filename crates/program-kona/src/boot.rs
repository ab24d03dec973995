//! The boot inputs.

use alloy_primitives::B256;
use endgame_preimage::{LocalIndex, PreimageKey, PreimageOracle};

use crate::{ProgramError, source::exact};

/// What a run is about: the five values that L1 can supply (`addLocalData`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootInputs {
    /// Hash of the last L1 block that may be read.
    pub l1_head: B256,
    /// The output root that both sides agree on.
    pub agreed_output_root: B256,
    /// The output root in dispute.
    pub claimed_output_root: B256,
    /// The L2 block number of the claim.
    pub claimed_block: u64,
    /// The L2 chain id.
    pub chain_id: u64,
}

impl BootInputs {
    /// Reads the local keys 1 to 5.
    pub fn load(oracle: &(impl PreimageOracle + ?Sized)) -> Result<Self, ProgramError> {
        let word = |index| -> Result<B256, ProgramError> {
            exact::<32>(oracle, PreimageKey::local(index)).map(B256::from)
        };
        let number = |index| -> Result<u64, ProgramError> {
            exact::<8>(oracle, PreimageKey::local(index)).map(u64::from_be_bytes)
        };
        Ok(Self {
            l1_head: word(LocalIndex::L1Head)?,
            agreed_output_root: word(LocalIndex::AgreedOutputRoot)?,
            claimed_output_root: word(LocalIndex::ClaimedOutputRoot)?,
            claimed_block: number(LocalIndex::ClaimedBlock)?,
            chain_id: number(LocalIndex::ChainId)?,
        })
    }

    /// The value of a local key, for whoever serves these inputs.
    pub fn local(&self, key: PreimageKey) -> Option<alloc::vec::Vec<u8>> {
        let is = |index| key == PreimageKey::local(index);
        Some(if is(LocalIndex::L1Head) {
            self.l1_head.to_vec()
        } else if is(LocalIndex::AgreedOutputRoot) {
            self.agreed_output_root.to_vec()
        } else if is(LocalIndex::ClaimedOutputRoot) {
            self.claimed_output_root.to_vec()
        } else if is(LocalIndex::ClaimedBlock) {
            self.claimed_block.to_be_bytes().to_vec()
        } else if is(LocalIndex::ChainId) {
            self.chain_id.to_be_bytes().to_vec()
        } else {
            return None;
        })
    }
}
