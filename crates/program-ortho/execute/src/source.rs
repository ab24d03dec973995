//! Where state comes from: byte strings named by their keccak-256.

use alloc::vec::Vec;

use endgame_ortho_evm::PrecompileAnswer;
use endgame_ortho_precompiles::Precompile;
use endgame_ortho_primitives::{Address, Hash, Word};

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

/// Gives preimages. Whoever reads checks them against their hashes, unless the source
/// [vouches](Self::vouches) for them.
pub trait StateSource {
    /// Why something could not be had.
    type Error;

    /// The bytes whose keccak-256 is `hash`.
    fn preimage(&self, what: Found, hash: Hash) -> Result<Vec<u8>, Self::Error>;

    /// Whether what the source gives is known to have the hash that was asked for.
    fn vouches(&self) -> bool {
        false
    }

    /// Hears that the nodes on the path to an account are read next.
    fn expect_account(&self, _address: Address) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Hears that the nodes on the path to a slot of an account are read next.
    fn expect_slot(&self, _address: Address, _slot: Word) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Hears that a node is read next that lies on no such path: what a removed slot or account
    /// leaves alone in its branch.
    fn expect_sibling(&self, _hash: Hash) -> Result<(), Self::Error> {
        Ok(())
    }

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

    fn vouches(&self) -> bool {
        (**self).vouches()
    }

    fn expect_account(&self, address: Address) -> Result<(), S::Error> {
        (**self).expect_account(address)
    }

    fn expect_slot(&self, address: Address, slot: Word) -> Result<(), S::Error> {
        (**self).expect_slot(address, slot)
    }

    fn expect_sibling(&self, hash: Hash) -> Result<(), S::Error> {
        (**self).expect_sibling(hash)
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
