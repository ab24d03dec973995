//! Limits that Fjord raised (OP specs `protocol/derivation.md`, "Protocol Parameters"). It counts
//! by the time of the L1 block that derivation is at.

/// `MAX_RLP_BYTES_PER_CHANNEL`.
pub const fn max_rlp_bytes_per_channel(fjord: bool) -> u64 {
    if fjord { 100_000_000 } else { 10_000_000 }
}

/// `MAX_CHANNEL_BANK_SIZE`.
pub const fn max_channel_bank_size(fjord: bool) -> u64 {
    if fjord { 1_000_000_000 } else { 100_000_000 }
}
