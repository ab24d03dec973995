//! Accounts.

use alloc::vec::Vec;

use endgame_ortho_primitives::{Hash, Word};
use endgame_ortho_rlp::{Encoder, Reader};

use crate::DecodeError;

/// An account as the state trie has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Transactions sent, or contracts created.
    pub nonce: u64,
    /// Wei.
    pub balance: Word,
    /// Root of its storage trie.
    pub storage_root: Hash,
    /// keccak-256 of its code.
    pub code_hash: Hash,
}

impl Account {
    /// Decodes a value of the state trie.
    pub fn decode(rlp: &[u8]) -> Result<Self, DecodeError> {
        let mut outer = Reader::new(rlp);
        let mut items = outer.list()?;
        outer.end()?;
        let account = Self {
            nonce: items.u64()?,
            balance: items.word()?,
            storage_root: items.hash()?,
            code_hash: items.hash()?,
        };
        items.end()?;
        Ok(account)
    }

    /// The value of the state trie.
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new();
        encoder.list(|items| {
            items.u64(self.nonce);
            items.word(self.balance);
            items.bytes(&self.storage_root.0);
            items.bytes(&self.code_hash.0);
        });
        encoder.finish()
    }
}

impl Default for Account {
    /// An account that holds nothing and is nothing (EIP-161).
    fn default() -> Self {
        Self {
            nonce: 0,
            balance: Word::ZERO,
            storage_root: Hash::EMPTY_TRIE,
            code_hash: Hash::KECCAK_EMPTY,
        }
    }
}
