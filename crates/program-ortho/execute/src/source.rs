//! Where state comes from: byte strings named by their keccak-256.

use alloc::vec::Vec;

use endgame_ortho_evm::PrecompileAnswer;
use endgame_ortho_precompiles::Precompile;
use endgame_ortho_primitives::Hash;

/// What a hash names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A node of the state trie or of a storage trie.
    Node,
    /// The code of a contract.
    Code,
    /// The RLP of a block header.
    Header,
}

/// Gives preimages. Whoever reads checks them against their hashes.
pub trait StateSource {
    /// Why something could not be had.
    type Error;

    /// The bytes whose keccak-256 is `hash`.
    fn preimage(&self, what: Found, hash: Hash) -> Result<Vec<u8>, Self::Error>;

    /// Answers a precompile whose price is paid; nothing to have it computed in software.
    fn precompile(
        &self,
        _precompile: Precompile,
        _gas: u64,
        _input: &[u8],
    ) -> Result<Option<PrecompileAnswer>, Self::Error> {
        Ok(None)
    }
}

impl<S: StateSource + ?Sized> StateSource for &S {
    type Error = S::Error;

    fn preimage(&self, what: Found, hash: Hash) -> Result<Vec<u8>, S::Error> {
        (**self).preimage(what, hash)
    }

    fn precompile(
        &self,
        precompile: Precompile,
        gas: u64,
        input: &[u8],
    ) -> Result<Option<PrecompileAnswer>, S::Error> {
        (**self).precompile(precompile, gas, input)
    }
}
