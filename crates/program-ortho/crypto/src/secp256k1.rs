//! Recovery of signers.

use endgame_ortho_primitives::{Address, Word, keccak256};
use libsecp256k1::{Message, RecoveryId, Signature};

/// The address whose key signed `hash`; none if no key can have.
///
/// Takes any `s` below the group's order: that it must be in the lower half is a rule of
/// transactions (EIP-2), not of the precompile.
pub fn recover(hash: &[u8; 32], y_odd: bool, r: Word, s: Word) -> Option<Address> {
    let mut signature = [0; 64];
    let (halves, _) = signature.as_chunks_mut::<32>();
    halves
        .iter_mut()
        .zip([r, s])
        .for_each(|(to, half)| *to = half.to_be_bytes());
    if r.is_zero() || s.is_zero() {
        return None;
    }
    let signature = Signature::parse_standard(&signature).ok()?;
    let recovery_id = RecoveryId::parse(y_odd.into()).ok()?;
    let key = libsecp256k1::recover(&Message::parse(hash), &signature, &recovery_id).ok()?;
    // The first byte only says that the point is not compressed.
    let (_, point) = key
        .serialize()
        .split_first()
        .map(|(tag, point)| (*tag, keccak256(point)))?;
    Some(Address::from_word(point.to_word()))
}
