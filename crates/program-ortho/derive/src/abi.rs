//! Reading what Solidity encodes.

use endgame_ortho_primitives::{Address, Hash, Word};

/// Reads values one after another; none where there is not exactly such a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AbiReader<'a> {
    rest: &'a [u8],
}

impl<'a> AbiReader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next bytes, as `abi.encodePacked` writes them.
    pub(crate) fn packed<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*bytes)
    }

    pub(crate) fn word(&mut self) -> Option<Word> {
        self.packed().map(Word::from_be_bytes)
    }

    pub(crate) fn hash(&mut self) -> Option<Hash> {
        self.packed().map(Hash)
    }

    /// A `uint64` in a word.
    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.word()?.to_u64()
    }

    /// An `address` in a word.
    pub(crate) fn address(&mut self) -> Option<Address> {
        self.word().and_then(address_of)
    }

    /// What is left.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// None unless everything was read.
    pub(crate) fn end(self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }
}

/// The address that a word holds; none if there is more in it.
pub(crate) fn address_of(word: Word) -> Option<Address> {
    (word.bits() <= 160).then_some(Address::from_word(word))
}
