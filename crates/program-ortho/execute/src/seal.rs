//! What a block commits to.

use alloc::vec::Vec;

use endgame_ortho_primitives::{Address, Hash, keccak256};

/// The L2 contract whose storage root an output root commits to.
pub const MESSAGE_PASSER: Address = predeploy(0x16);

/// The address of a predeploy by its last byte (`protocol/predeploys.md`).
pub(crate) const fn predeploy(last: u8) -> Address {
    let mut bytes = [0; 20];
    bytes[0] = 0x42;
    bytes[19] = last;
    Address(bytes)
}

/// The output root of version 0 (`protocol/proposals.md`, "L2 Output Commitment Construction").
pub fn output_root(state_root: Hash, message_passer_root: Hash, block_hash: Hash) -> Hash {
    let parts: Vec<u8> = [Hash::ZERO, state_root, message_passer_root, block_hash]
        .map(|hash| hash.0)
        .concat();
    keccak256(&parts)
}
