//! The boot inputs.

use endgame_ortho_primitives::Hash;
use endgame_preimage::{LocalIndex, PreimageKey};

use crate::{PreimageError, oracle::Oracle};

/// What a run is about: the five values that L1 can supply (`addLocalData`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootInputs {
    /// Hash of the last L1 block that may be read.
    pub l1_head: Hash,
    /// The output root that both sides agree on.
    pub agreed_output_root: Hash,
    /// The output root in dispute.
    pub claimed_output_root: Hash,
    /// The L2 block number of the claim.
    pub claimed_block: u64,
    /// The L2 chain id.
    pub chain_id: u64,
}

impl BootInputs {
    /// Reads the local keys 1 to 5.
    pub(crate) fn load(oracle: &Oracle) -> Result<Self, PreimageError> {
        let hash = |index| oracle.exact(PreimageKey::local(index)).map(Hash);
        let number = |index| {
            let bytes = oracle.exact(PreimageKey::local(index))?;
            Ok::<_, PreimageError>(u64::from_be_bytes(bytes))
        };
        Ok(Self {
            l1_head: hash(LocalIndex::L1Head)?,
            agreed_output_root: hash(LocalIndex::AgreedOutputRoot)?,
            claimed_output_root: hash(LocalIndex::ClaimedOutputRoot)?,
            claimed_block: number(LocalIndex::ClaimedBlock)?,
            chain_id: number(LocalIndex::ChainId)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::testing::Served;

    fn served() -> Served {
        let served = Served::default();
        served.local(LocalIndex::L1Head, &[1; 32]);
        served.local(LocalIndex::AgreedOutputRoot, &[2; 32]);
        served.local(LocalIndex::ClaimedOutputRoot, &[3; 32]);
        served.local(LocalIndex::ClaimedBlock, &4u64.to_be_bytes());
        served.local(LocalIndex::ChainId, &5u64.to_be_bytes());
        served
    }

    #[test]
    fn inputs_are_the_local_keys_one_to_five() {
        let inputs = BootInputs::load(&served().natively()).unwrap();
        let expected = BootInputs {
            l1_head: Hash([1; 32]),
            agreed_output_root: Hash([2; 32]),
            claimed_output_root: Hash([3; 32]),
            claimed_block: 4,
            chain_id: 5,
        };
        assert_eq!(inputs, expected);
    }

    #[test]
    fn missing_or_misshapen_input_ends_the_run() {
        let served = served();
        let key = PreimageKey::local(LocalIndex::ClaimedBlock);
        served.put(key, vec![0; 32]);
        let error = PreimageError::Length {
            key,
            expected: 8,
            actual: 32,
        };
        assert_eq!(BootInputs::load(&served.natively()), Err(error));
        served.remove(key);
        let missing = BootInputs::load(&served.natively());
        assert!(matches!(missing, Err(PreimageError::Oracle(_))));
    }
}
