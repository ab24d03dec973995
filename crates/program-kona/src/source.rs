//! The oracle as the program's parts see it: hints, checks and typed reads.

use alloc::{boxed::Box, string::ToString, sync::Arc, vec::Vec};
use core::fmt;

use alloy_primitives::{Address, B256, Bytes, keccak256};
use endgame_kona_executor::{PreimageError, PreimageKind, Preimages};
use endgame_preimage::{Hint, KeyType, PreimageKey, PreimageOracle};
use sha2::{Digest, Sha256};

use crate::ProgramError;

/// Reads a preimage of a known length.
pub(crate) fn exact<const N: usize>(
    oracle: &(impl PreimageOracle + ?Sized),
    key: PreimageKey,
) -> Result<[u8; N], ProgramError> {
    let value = oracle.get(key)?;
    value
        .as_slice()
        .try_into()
        .map_err(|_| ProgramError::Length {
            key,
            expected: N,
            actual: value.len(),
        })
}

/// The oracle, shared by the providers.
///
/// kona's stages carry errors as text, so the first one is also noted here in its own type.
#[derive(Clone)]
pub(crate) struct Source(Arc<Shared>);

struct Shared {
    oracle: Box<dyn PreimageOracle + Send + Sync>,
    /// Whether values are checked against their keys here.
    checks: bool,
    /// The number of the agreed block, whose state the account proofs are of.
    agreed_block: spin::Mutex<u64>,
    fault: spin::Mutex<Option<ProgramError>>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}

impl Source {
    pub(crate) fn new(oracle: impl PreimageOracle + Send + Sync + 'static, checks: bool) -> Self {
        Self(Arc::new(Shared {
            oracle: Box::new(oracle),
            checks,
            agreed_block: spin::Mutex::new(0),
            fault: spin::Mutex::new(None),
        }))
    }

    pub(crate) fn oracle(&self) -> &(dyn PreimageOracle + Send + Sync) {
        &*self.0.oracle
    }

    /// Names the block whose state the hints for accounts and slots speak of. What later blocks
    /// changed is in memory, so that the paths in this block's tries are all that is ever asked.
    pub(crate) fn set_agreed_block(&self, number: u64) {
        *self.0.agreed_block.lock() = number;
    }

    pub(crate) fn hint(&self, name: &str, data: &[&[u8]]) -> Result<(), ProgramError> {
        let hint = Hint::encode(name, &data.concat());
        Ok(self.0.oracle.hint(hint.as_bytes())?)
    }

    /// A preimage, checked against its key where a hash binds it to it.
    pub(crate) fn get(&self, key: PreimageKey) -> Result<Vec<u8>, ProgramError> {
        let value = self.0.oracle.get(key)?;
        if self.0.checks {
            let expected = match key.key_type() {
                Ok(KeyType::Keccak256) => PreimageKey::new(KeyType::Keccak256, keccak256(&value).0),
                Ok(KeyType::Sha256) => {
                    PreimageKey::new(KeyType::Sha256, Sha256::digest(&value).into())
                }
                _ => key,
            };
            if key != expected {
                return Err(ProgramError::Mismatch(key));
            }
        }
        Ok(value)
    }

    pub(crate) fn exact<const N: usize>(&self, key: PreimageKey) -> Result<[u8; N], ProgramError> {
        let value = self.get(key)?;
        value
            .as_slice()
            .try_into()
            .map_err(|_| ProgramError::Length {
                key,
                expected: N,
                actual: value.len(),
            })
    }

    /// The bytes with this keccak-256.
    pub(crate) fn keccak(&self, hash: B256) -> Result<Bytes, ProgramError> {
        self.get(PreimageKey::keccak256(hash.0)).map(Bytes::from)
    }

    /// Notes the first error.
    pub(crate) fn note(&self, error: ProgramError) {
        self.0.fault.lock().get_or_insert(error);
    }

    pub(crate) fn take_fault(&self) -> Option<ProgramError> {
        self.0.fault.lock().take()
    }

    /// A hint that only makes things faster: without it, a server that lacks a preimage says so
    /// when it is asked for it.
    fn hint_or_note(&self, name: &str, data: &[&[u8]]) {
        if let Err(error) = self.hint(name, data) {
            self.note(error);
        }
    }
}

/// Nodes of any trie, codes and L2 headers are keccak preimages.
impl Preimages for Source {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        let hinted = match kind {
            PreimageKind::Node => Ok(()),
            PreimageKind::Code => self.hint("l2-code", &[hash.as_slice()]),
            PreimageKind::Header => self.hint("l2-block-header", &[hash.as_slice()]),
        };
        hinted.and_then(|()| self.keccak(hash)).map_err(|error| {
            let reason = error.to_string();
            self.note(error);
            PreimageError::Source { kind, hash, reason }
        })
    }

    fn prefetch_node(&self, hash: B256) {
        self.hint_or_note("l2-state-node", &[hash.as_slice()]);
    }

    fn prefetch_account(&self, address: Address) {
        let number = self.0.agreed_block.lock().to_be_bytes();
        self.hint_or_note("l2-account-proof", &[&number, address.as_slice()]);
    }

    fn prefetch_storage(&self, address: Address, slot: B256) {
        let number = self.0.agreed_block.lock().to_be_bytes();
        self.hint_or_note(
            "l2-account-storage-proof",
            &[&number, address.as_slice(), slot.as_slice()],
        );
    }
}
