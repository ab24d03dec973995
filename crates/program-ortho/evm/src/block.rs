//! What a transaction sees of its block.

use endgame_ortho_primitives::{Address, Hash, Word};

/// The block that a transaction runs in.
#[derive(Clone, Debug, Default)]
pub struct BlockEnv {
    /// The chain's id.
    pub chain_id: u64,
    /// Blocks before it.
    pub number: u64,
    /// Receives the priority fees.
    pub beneficiary: Address,
    /// Seconds since 1970.
    pub timestamp: u64,
    /// Most gas that it may use.
    pub gas_limit: u64,
    /// EIP-1559, wei.
    pub base_fee: Word,
    /// The beacon chain's randomness (EIP-4399).
    pub prev_randao: Hash,
    /// Wei a blob gas (EIP-4844).
    pub blob_base_fee: Word,
}

/// How many blobs a block takes and how their price moves (EIP-7840).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobSchedule {
    /// Most blobs in a block.
    pub max: u64,
    /// The larger, the slower the price moves.
    pub base_fee_update_fraction: u64,
}

impl BlobSchedule {
    /// EIP-4844.
    pub const CANCUN: Self = Self {
        max: 6,
        base_fee_update_fraction: 3_338_477,
    };
    /// EIP-7691.
    pub const PRAGUE: Self = Self {
        max: 9,
        base_fee_update_fraction: 5_007_716,
    };

    /// The price of a blob gas: `e ^ (excess / fraction)` by its Taylor series (EIP-4844,
    /// `fake_exponential`); the largest word where it is larger.
    pub fn base_fee(&self, excess_blob_gas: u64) -> Word {
        let fraction = Word::from(self.base_fee_update_fraction);
        let excess = Word::from(excess_blob_gas);
        let mut sum = Word::ZERO;
        let mut term = fraction;
        let mut step = Word::ONE;
        while !term.is_zero() {
            let Some(next_sum) = sum.checked_add(term) else {
                return Word::MAX;
            };
            sum = next_sum;
            let Some(product) = term.checked_mul(excess) else {
                return Word::MAX;
            };
            term = product.div_or_zero(&fraction.wrapping_mul(step));
            step = step.wrapping_add(Word::ONE);
        }
        sum.div_or_zero(&fraction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blob_price_starts_at_one_and_grows_by_e() {
        let schedule = BlobSchedule::CANCUN;
        assert_eq!(schedule.base_fee(0), Word::ONE);
        assert_eq!(schedule.base_fee(2_314_057), Word::ONE);
        assert_eq!(schedule.base_fee(2_314_058), Word::from(2_u64));
        assert_eq!(schedule.base_fee(10 * 1024 * 1024), Word::from(23_u64));
        assert_eq!(schedule.base_fee(u64::MAX), Word::MAX);
    }
}
