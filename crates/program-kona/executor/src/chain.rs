//! A chain's own constants and the base fee they give.

use alloy_consensus::Header;
use alloy_evm::EvmEnv;
use alloy_op_evm::evm_env_for_op_block;
use op_revm::OpSpecId;

use crate::{
    ExecutorError, Fork, Forks,
    extra_data::{self, FeeParams},
    forks::BlockForks,
};

/// The EIP-1559 constants of a chain, in force until Holocene lets L1 set them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Eip1559 {
    /// Gas limit over gas target.
    pub elasticity: u64,
    /// Base fee change denominator before Canyon.
    pub denominator: u64,
    /// Base fee change denominator from Canyon on.
    pub denominator_canyon: u64,
}

impl Default for Eip1559 {
    /// OP Mainnet's.
    fn default() -> Self {
        Self {
            elasticity: 6,
            denominator: 50,
            denominator_canyon: 250,
        }
    }
}

/// What execution must know about a chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// Activation times.
    pub forks: Forks,
    /// Base fee constants.
    pub eip1559: Eip1559,
}

impl Chain {
    /// The base fee (wei) of the block of `time` after `parent`.
    pub fn base_fee(&self, parent: &Header, time: u64) -> Result<u64, ExecutorError> {
        let at_parent = |fork| self.forks.is_active(fork, parent.timestamp);
        let jovian = at_parent(Fork::Jovian);
        let params = if at_parent(Fork::Holocene) {
            extra_data::decode(&parent.extra_data, jovian)?
        } else {
            FeeParams {
                denominator: if self.forks.is_active(Fork::Canyon, time) {
                    self.eip1559.denominator_canyon
                } else {
                    self.eip1559.denominator
                },
                elasticity: self.eip1559.elasticity,
                min_base_fee: 0,
            }
        };
        let used = if jovian {
            parent
                .gas_used
                .max(parent.blob_gas_used.unwrap_or_default())
        } else {
            parent.gas_used
        };
        let base_fee = parent
            .base_fee_per_gas
            .ok_or(ExecutorError::Parent("no base fee"))?;
        let next = next_base_fee(base_fee, used, parent.gas_limit, params)
            .ok_or(ExecutorError::Parent("gas limit below the elasticity"))?;
        Ok(next.max(params.min_base_fee))
    }

    /// The EVM's environment inside an existing block.
    pub fn evm_env(&self, header: &Header) -> EvmEnv<OpSpecId> {
        let forks = BlockForks {
            forks: self.forks,
            time: header.timestamp,
            parent_time: header.timestamp,
        };
        evm_env_for_op_block(header, &forks, self.chain_id)
    }
}

/// EIP-1559's formula; `None` where it divides by zero.
fn next_base_fee(base_fee: u64, used: u64, limit: u64, params: FeeParams) -> Option<u64> {
    let target = limit.checked_div(params.elasticity)?;
    let change = |distance: u64| {
        (u128::from(base_fee) * u128::from(distance))
            .checked_div(u128::from(target))?
            .checked_div(u128::from(params.denominator))
            .map(|change| u64::try_from(change).unwrap_or(u64::MAX))
    };
    Some(if used > target {
        base_fee.saturating_add(change(used - target)?.max(1))
    } else {
        base_fee.saturating_sub(change(target - used)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMS: FeeParams = FeeParams {
        denominator: 50,
        elasticity: 6,
        min_base_fee: 0,
    };

    #[test]
    fn base_fee_follows_the_gas_used() {
        let next = |used| next_base_fee(1_000_000, used, 30_000_000, PARAMS);
        assert_eq!(next(5_000_000), Some(1_000_000));
        assert_eq!(next(0), Some(980_000));
        assert_eq!(next(10_000_000), Some(1_020_000));
        assert_eq!(next_base_fee(1, 5_000_001, 30_000_000, PARAMS), Some(2));
    }

    #[test]
    fn gas_limit_below_the_elasticity_is_refused() {
        assert_eq!(next_base_fee(1, 0, 5, PARAMS), None);
    }

    #[test]
    fn jovian_counts_the_footprint_and_keeps_the_minimum() {
        let chain = Chain {
            forks: Forks::all_up_to(Fork::Jovian),
            ..Chain::default()
        };
        let parent = |blob_gas_used| Header {
            gas_limit: 30_000_000,
            base_fee_per_gas: Some(1_000_000),
            blob_gas_used: Some(blob_gas_used),
            extra_data: alloy_primitives::hex!("01000000320000000600000000000f4240").into(),
            ..Header::default()
        };
        assert_eq!(chain.base_fee(&parent(10_000_000), 2).unwrap(), 1_020_000);
        assert_eq!(chain.base_fee(&parent(0), 2).unwrap(), 1_000_000);
    }

    #[test]
    fn canyon_changes_the_denominator_by_the_childs_time() {
        let chain = Chain {
            forks: Forks {
                canyon: Some(10),
                ..Forks::default()
            },
            ..Chain::default()
        };
        let parent = Header {
            gas_limit: 30_000_000,
            base_fee_per_gas: Some(1_000_000),
            timestamp: 8,
            ..Header::default()
        };
        assert_eq!(chain.base_fee(&parent, 9).unwrap(), 980_000);
        assert_eq!(chain.base_fee(&parent, 10).unwrap(), 996_000);
    }
}
