//! Deposits: transactions that derivation makes from L1 (OP specs `protocol/deposits.md`).

use alloc::vec::Vec;

use endgame_ortho_primitives::{Address, Hash, Word};
use endgame_ortho_rlp::{Encoder, Reader};

use crate::DecodeError;

/// The type byte of a deposit.
pub const DEPOSIT_TYPE: u8 = 0x7e;

/// A transaction that came from L1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deposit {
    /// Names what caused it, uniquely.
    pub source_hash: Hash,
    /// The sender.
    pub from: Address,
    /// The recipient; none creates a contract.
    pub to: Option<Address>,
    /// Wei to create for the sender; 0 is encoded as none.
    pub mint: Word,
    /// Wei to send.
    pub value: Word,
    /// Most gas that it may use on L2; paid on L1.
    pub gas_limit: u64,
    /// Only true before Regolith: uses no gas of the block.
    pub is_system: bool,
    /// Call data, or init code.
    pub data: Vec<u8>,
}

impl Deposit {
    /// Decodes what follows the type byte.
    pub(crate) fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut outer = Reader::new(payload);
        let mut items = outer.list()?;
        outer.end()?;
        let deposit = Self {
            source_hash: items.hash()?,
            from: items.address()?,
            to: items.optional_address()?,
            mint: items.word()?,
            value: items.word()?,
            gas_limit: items.u64()?,
            is_system: items.bool()?,
            data: items.bytes()?.to_vec(),
        };
        items.end()?;
        Ok(deposit)
    }

    /// The bytes that stand in a block.
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::after([DEPOSIT_TYPE].to_vec());
        encoder.list(|items| {
            items.bytes(&self.source_hash.0);
            items.bytes(&self.from.0);
            items.bytes(self.to.as_ref().map_or(&[], |to| &to.0));
            items.word(self.mint);
            items.word(self.value);
            items.u64(self.gas_limit);
            items.bool(self.is_system);
            items.bytes(&self.data);
        });
        encoder.finish()
    }
}
