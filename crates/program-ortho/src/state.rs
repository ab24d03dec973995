//! L2's state as execution reads it.

use alloc::vec::Vec;

use endgame_ortho_evm::PrecompileAnswer;
use endgame_ortho_execute::{Found, StateSource};
use endgame_ortho_precompiles::{Precompile, PrecompileError};
use endgame_ortho_primitives::{Address, Hash, Word, keccak256};
use endgame_preimage::{KeyType, PreimageKey};

use crate::{
    PreimageError,
    oracle::{Oracle, Place},
};

/// State from the oracle.
#[derive(Clone, Debug)]
pub(crate) struct L2State {
    oracle: Oracle,
    /// The block whose state the hints for accounts and slots speak of. What later blocks changed
    /// is in memory, so that the paths in this block's tries are all that is ever asked for.
    agreed_block: [u8; 8],
}

impl L2State {
    pub(crate) const fn new(oracle: Oracle, agreed_block: u64) -> Self {
        Self {
            oracle,
            agreed_block: agreed_block.to_be_bytes(),
        }
    }

    /// A precompile's result by L1.
    fn ask(
        &self,
        precompile: Precompile,
        gas: u64,
        input: &[u8],
    ) -> Result<PrecompileAnswer, PreimageError> {
        let request = [&precompile.address().0, &gas.to_be_bytes()[..], input].concat();
        self.oracle.hint("l1-precompile", &[&request])?;
        let key = PreimageKey::new(KeyType::Precompile, keccak256(&request).0);
        let mut result = self.oracle.get(key)?;
        match result.first() {
            Some(1) => {
                result.remove(0);
                Ok(Ok(result))
            }
            Some(0) => Ok(Err(PrecompileError::Accelerator)),
            Some(status) => Err(PreimageError::Status {
                key,
                status: *status,
            }),
            None => Err(PreimageError::Length {
                key,
                expected: 1,
                actual: 0,
            }),
        }
    }
}

/// Whether L1 computes this: the precompiles that take a VM far longer than the oracle's way does,
/// on inputs of a length that they take at all. Software refuses the others at once.
fn is_accelerated(precompile: Precompile, length: usize) -> bool {
    let items = |size| length > 0 && length.is_multiple_of(size);
    match precompile {
        Precompile::EcRecover => true,
        Precompile::Bn254Pairing => length.is_multiple_of(192),
        Precompile::PointEvaluation => length == 192,
        Precompile::BlsG1Msm => items(160),
        Precompile::BlsG2Msm => items(288),
        Precompile::BlsPairing => items(384),
        _ => false,
    }
}

/// Nodes of any trie, codes and headers are keccak preimages.
impl StateSource for L2State {
    type Error = PreimageError;

    fn preimage(&self, what: Found, hash: Hash) -> Result<Vec<u8>, PreimageError> {
        match what {
            Found::Node => {}
            Found::Code => self.oracle.hint("l2-code", &[&hash.0])?,
            Found::Header => self.oracle.hint("l2-block-header", &[&hash.0])?,
        }
        self.oracle.keccak(hash)
    }

    fn vouches(&self) -> bool {
        true
    }

    fn expect_account(&self, address: Address) -> Result<(), PreimageError> {
        let data: [&[u8]; 2] = [&self.agreed_block, &address.0];
        self.oracle.hint("l2-account-proof", &data)
    }

    fn expect_slot(&self, address: Address, slot: Word) -> Result<(), PreimageError> {
        let data: [&[u8]; 3] = [&self.agreed_block, &address.0, &slot.to_be_bytes()];
        self.oracle.hint("l2-account-storage-proof", &data)
    }

    fn expect_sibling(&self, hash: Hash) -> Result<(), PreimageError> {
        self.oracle.hint("l2-state-node", &[&hash.0])
    }

    fn precompile(
        &self,
        precompile: Precompile,
        gas: u64,
        input: &[u8],
    ) -> Result<Option<PrecompileAnswer>, PreimageError> {
        if self.oracle.place() == Place::Native || !is_accelerated(precompile, input.len()) {
            return Ok(None);
        }
        self.ask(precompile, gas, input).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, vec};

    use super::*;
    use crate::testing::Served;

    #[test]
    fn costly_precompiles_come_from_the_oracle_in_a_vm_alone() {
        let served = Served::default();
        let request = [&[0; 19][..], &[1], &3000u64.to_be_bytes(), b"input"].concat();
        let key = PreimageKey::new(KeyType::Precompile, keccak256(&request).0);
        let ask =
            |oracle| L2State::new(oracle, 0).precompile(Precompile::EcRecover, 3000, b"input");
        served.put(key, vec![1, 7, 7]);
        assert_eq!(ask(served.natively()), Ok(None));
        assert_eq!(served.hints(), [""; 0]);
        assert_eq!(ask(served.in_vm()), Ok(Some(Ok(vec![7, 7]))));
        assert_eq!(served.hints().len(), 1);
        served.put(key, vec![0]);
        let failed = Err(PrecompileError::Accelerator);
        assert_eq!(ask(served.in_vm()), Ok(Some(failed)));
        served.put(key, vec![2]);
        let status = PreimageError::Status { key, status: 2 };
        assert_eq!(ask(served.in_vm()), Err(status));
        served.put(key, vec![]);
        assert!(matches!(
            ask(served.in_vm()),
            Err(PreimageError::Length { .. })
        ));
    }

    #[test]
    fn input_that_a_precompile_refuses_is_not_asked_for() {
        for (precompile, taken, refused) in [
            (
                Precompile::Bn254Pairing,
                vec![0, 192, 384],
                vec![1, 191, 193],
            ),
            (Precompile::PointEvaluation, vec![192], vec![0, 191, 384]),
            (Precompile::BlsG1Msm, vec![160, 320], vec![0, 161]),
            (Precompile::BlsG2Msm, vec![288, 576], vec![0, 289]),
            (Precompile::BlsPairing, vec![384, 768], vec![0, 385]),
            (Precompile::Sha256, vec![], vec![0, 32]),
            (Precompile::P256Verify, vec![], vec![160]),
        ] {
            assert!(
                taken
                    .iter()
                    .all(|length| is_accelerated(precompile, *length))
            );
            assert!(
                !refused
                    .iter()
                    .any(|length| is_accelerated(precompile, *length))
            );
        }
    }

    #[test]
    fn hints_name_the_agreed_block_and_come_before_the_preimage() {
        let served = Served::default();
        let state = L2State::new(served.natively(), 0x10);
        let hash = served.keccak(vec![0x60]);
        let (address, slot) = (Address([0xaa; 20]), Word::from(5u64));
        state.expect_account(address).unwrap();
        state.expect_slot(address, slot).unwrap();
        state.expect_sibling(hash).unwrap();
        assert_eq!(state.preimage(Found::Code, hash).unwrap(), [0x60]);
        assert_eq!(state.preimage(Found::Header, hash).unwrap(), [0x60]);
        assert_eq!(state.preimage(Found::Node, hash).unwrap(), [0x60]);
        let at = format!("0000000000000010{}", "aa".repeat(20));
        let expected = [
            format!("l2-account-proof 0x{at}"),
            format!("l2-account-storage-proof 0x{at}{:064x}", 5),
            format!("l2-state-node {hash}"),
            format!("l2-code {hash}"),
            format!("l2-block-header {hash}"),
        ];
        assert_eq!(served.hints(), expected);
    }
}
