//! Where state comes from.

use alloc::vec::Vec;

use endgame_ortho_precompiles::{Precompile, PrecompileError};
use endgame_ortho_primitives::{Address, Hash, Word};

/// An account as it stands before a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountInfo {
    /// Transactions sent, or contracts created.
    pub nonce: u64,
    /// Wei.
    pub balance: Word,
    /// keccak-256 of its code.
    pub code_hash: Hash,
    /// Whether its storage trie has anything in it (EIP-7610).
    pub has_storage: bool,
}

/// What an accelerator says of a call: its output, or that it fails.
pub type PrecompileAnswer = Result<Vec<u8>, PrecompileError>;

/// Gives the state before a block.
pub trait Database {
    /// Why something could not be had. Ends the execution of the block.
    type Error;

    /// An account, if it exists.
    fn account(&mut self, address: Address) -> Result<Option<AccountInfo>, Self::Error>;

    /// A slot of an account's storage; 0 where there is nothing.
    fn storage(&mut self, address: Address, slot: Word) -> Result<Word, Self::Error>;

    /// The code with this keccak-256 hash.
    fn code(&mut self, hash: Hash) -> Result<Vec<u8>, Self::Error>;

    /// The hash of one of the 256 blocks before this one.
    fn block_hash(&mut self, number: u64) -> Result<Hash, Self::Error>;

    /// Answers a call to a precompile whose price, `gas`, is paid; nothing to have it computed in
    /// software. The seam for a VM's accelerators and a proof's oracle.
    fn precompile(
        &mut self,
        _precompile: Precompile,
        _gas: u64,
        _input: &[u8],
    ) -> Result<Option<PrecompileAnswer>, Self::Error> {
        Ok(None)
    }
}

impl<D: Database + ?Sized> Database for &mut D {
    type Error = D::Error;

    fn account(&mut self, address: Address) -> Result<Option<AccountInfo>, D::Error> {
        (**self).account(address)
    }

    fn storage(&mut self, address: Address, slot: Word) -> Result<Word, D::Error> {
        (**self).storage(address, slot)
    }

    fn code(&mut self, hash: Hash) -> Result<Vec<u8>, D::Error> {
        (**self).code(hash)
    }

    fn block_hash(&mut self, number: u64) -> Result<Hash, D::Error> {
        (**self).block_hash(number)
    }

    fn precompile(
        &mut self,
        precompile: Precompile,
        gas: u64,
        input: &[u8],
    ) -> Result<Option<PrecompileAnswer>, D::Error> {
        (**self).precompile(precompile, gas, input)
    }
}
