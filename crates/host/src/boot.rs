//! The boot inputs of one run.

use alloy_primitives::B256;
use endgame_preimage::{LocalIndex, PreimageKey};

/// What a run is about: the local preimages 1 to 5 (specs `fault-proof/index.md`, "Bootstrapping").
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Boot {
    /// Hash of the L1 block that the run may read up to.
    pub l1_head: B256,
    /// The output root both sides agree on.
    pub agreed_output_root: B256,
    /// Hash of the L2 block behind `agreed_output_root`, if known. A hint for the host alone: without
    /// it the block is searched backwards from the claimed one.
    pub agreed_l2_head: Option<B256>,
    /// Number of that block, if known: another hint for the host alone.
    #[serde(default)]
    pub agreed_block: Option<u64>,
    /// The output root in dispute.
    pub claimed_output_root: B256,
    /// The L2 block number of the claim.
    pub claimed_block: u64,
    /// The L2 chain id.
    pub chain_id: u64,
}

impl Boot {
    /// The value of a local key; none for keys that L1 cannot supply.
    pub fn local(&self, key: PreimageKey) -> Option<Vec<u8>> {
        [
            (LocalIndex::L1Head, self.l1_head.to_vec()),
            (
                LocalIndex::AgreedOutputRoot,
                self.agreed_output_root.to_vec(),
            ),
            (
                LocalIndex::ClaimedOutputRoot,
                self.claimed_output_root.to_vec(),
            ),
            (
                LocalIndex::ClaimedBlock,
                self.claimed_block.to_be_bytes().into(),
            ),
            (LocalIndex::ChainId, self.chain_id.to_be_bytes().into()),
        ]
        .into_iter()
        .find_map(|(index, value)| (PreimageKey::local(index) == key).then_some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_five_local_keys_are_known() {
        let boot = Boot {
            l1_head: B256::repeat_byte(1),
            agreed_output_root: B256::repeat_byte(2),
            agreed_l2_head: None,
            agreed_block: None,
            claimed_output_root: B256::repeat_byte(3),
            claimed_block: 4,
            chain_id: 5,
        };
        assert_eq!(
            boot.local(PreimageKey::local(LocalIndex::ClaimedBlock)),
            Some(vec![0, 0, 0, 0, 0, 0, 0, 4])
        );
        assert_eq!(
            boot.local(PreimageKey::local(LocalIndex::ClaimedOutputRoot)),
            Some(vec![3; 32])
        );
        let mut raw = [0; 32];
        (raw[0], raw[31]) = (1, 6);
        assert_eq!(boot.local(PreimageKey::from_raw(raw)), None);
    }
}
