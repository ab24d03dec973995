//! Contracts that every L2 has (OP specs `protocol/predeploys.md`).

use endgame_ortho_primitives::Address;

/// The address of a predeploy by its last byte.
pub(crate) const fn predeploy(last: u8) -> Address {
    let mut bytes = [0; 20];
    bytes[0] = 0x42;
    bytes[19] = last;
    Address(bytes)
}
