//! ECDSA over secp256r1 (RIP-7212, EIP-7951).

/// Whether `hash (32) ‖ r (32) ‖ s (32) ‖ x (32) ‖ y (32)` is a signature by the key `(x, y)`.
pub fn p256_verify(input: &[u8; 160]) -> bool {
    let (hash, rest) = input.split_at(32);
    let (r, rest) = rest.split_at(32);
    let (s, key) = rest.split_at(32);
    libcrux_p256::ecdsa_verif_without_hash(32, hash, key, r, s)
}
