//! What a block is built from.

use alloc::vec::Vec;

use endgame_ortho_primitives::{Address, Hash};
use endgame_ortho_types::DEPOSIT_TYPE;

/// Payload attributes (OP specs `protocol/exec-engine.md`, "Extended PayloadAttributesV3").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Seconds since 1970.
    pub timestamp: u64,
    /// The L1 origin's randomness.
    pub prev_randao: Hash,
    /// Where priority fees go.
    pub fee_recipient: Address,
    /// The L1 origin's parent beacon block root, from Ecotone.
    pub parent_beacon_block_root: Option<Hash>,
    /// The block's gas limit.
    pub gas_limit: u64,
    /// EIP-2718 encodings, in order.
    pub transactions: Vec<Vec<u8>>,
    /// Denominator (4 bytes) and elasticity (4 bytes), from Holocene; zero means the chain's own.
    pub eip1559_params: Option<[u8; 8]>,
    /// Wei, from Jovian.
    pub min_base_fee: Option<u64>,
}

/// Whether these bytes are a deposit's.
pub(crate) fn is_deposit(transaction: &[u8]) -> bool {
    transaction.first() == Some(&DEPOSIT_TYPE)
}

impl Attributes {
    /// Whether there are no transactions but deposits.
    pub fn is_deposits_only(&self) -> bool {
        self.transactions.iter().all(|raw| is_deposit(raw))
    }

    /// The same attributes with the deposits alone: what a block with an invalid transaction
    /// becomes from Holocene on (`protocol/holocene/derivation.md`, "Engine Queue").
    #[must_use]
    pub fn deposits_only(&self) -> Self {
        let mut attributes = self.clone();
        attributes.transactions.retain(|raw| is_deposit(raw));
        attributes
    }
}
