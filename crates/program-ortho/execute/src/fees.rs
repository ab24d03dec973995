//! What a transaction pays beside gas (`protocol/exec-engine.md`, "Fees", and the forks' changes).

mod fastlz;
mod l1_block;

pub use fastlz::compressed_length;
pub use l1_block::{L1_BLOCK, L1Fees};

use endgame_ortho_primitives::Word;

/// The size in bytes, times 10^6, that Fjord thinks a transaction takes on L1: a line through
/// measured sizes by the length that FastLZ compresses it to (`protocol/fjord/exec-engine.md`).
pub fn estimated_size_scaled(transaction: &[u8]) -> u64 {
    const INTERCEPT: i64 = -42_585_600;
    const SLOPE: i64 = 836_500;
    const MINIMUM: i64 = 100 * 1_000_000;
    let length = compressed_length(transaction) as i64;
    SLOPE
        .saturating_mul(length)
        .saturating_add(INTERCEPT)
        .max(MINIMUM)
        .unsigned_abs()
}

/// What a transaction counts against the block's limit for data: gas for each byte that it is
/// thought to take (`protocol/jovian/exec-engine.md`, "DA Footprint Block Limit").
pub fn da_footprint(transaction: &[u8], gas_scalar: u16) -> Word {
    let bytes = estimated_size_scaled(transaction) / 1_000_000;
    Word::from(bytes).wrapping_mul(u64::from(gas_scalar).into())
}
