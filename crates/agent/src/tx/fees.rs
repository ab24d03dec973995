//! What transactions pay for gas.

use alloy::{eips::BlockId, providers::Provider};

use crate::{AgentError, Rpc};

/// EIP-1559 fees: what is offered at first, and how offers rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeePolicy {
    /// The least tip, in wei a unit of gas.
    pub min_tip: u128,
    /// The most that is ever paid, in wei a unit of gas.
    pub max_fee: u128,
    /// By how many percent an offer rises at least; nodes ask for 10 to replace a transaction.
    pub raise_percent: u128,
}

impl Default for FeePolicy {
    fn default() -> Self {
        Self {
            min_tip: 1_000_000_000,
            max_fee: 1_000_000_000_000,
            raise_percent: 13,
        }
    }
}

impl FeePolicy {
    /// Fee and tip for a transaction sent now: the base fee may double before it is left behind.
    pub(super) async fn current(&self, rpc: &Rpc) -> Result<(u128, u128), AgentError> {
        let block = rpc.block(BlockId::latest()).await?;
        let base = u128::from(
            block
                .header
                .base_fee_per_gas
                .ok_or(AgentError::BadResponse {
                    what: "block",
                    reason: "no base fee: a chain without EIP-1559".to_owned(),
                })?,
        );
        let suggested = rpc
            .retry(
                "tip",
                |p| async move { p.get_max_priority_fee_per_gas().await },
            )
            .await
            // Optional for nodes.
            .unwrap_or(self.min_tip);
        Ok(self.cap(
            2 * base + suggested.max(self.min_tip),
            suggested.max(self.min_tip),
        ))
    }

    /// The offer after `last`, given what is offered now; nothing if the limit is reached.
    pub(super) fn raise(&self, last: (u128, u128), now: (u128, u128)) -> Option<(u128, u128)> {
        let up = |fee: u128| fee + (fee * self.raise_percent).div_ceil(100);
        let (fee, tip) = (up(last.0).max(now.0), up(last.1).max(now.1));
        (fee <= self.max_fee).then_some((fee, tip.min(fee)))
    }

    fn cap(&self, fee: u128, tip: u128) -> (u128, u128) {
        let fee = fee.min(self.max_fee);
        (fee, tip.min(fee))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raised_offer_replaces_the_last_one() {
        let policy = FeePolicy::default();
        let (fee, tip) = policy.raise((100, 10), (50, 5)).unwrap();
        assert!(fee >= 110 && tip >= 11, "{fee} {tip}");
        // The market has moved further than that.
        assert_eq!(policy.raise((100, 10), (500, 50)), Some((500, 50)));
    }

    #[test]
    fn offers_stop_at_the_limit() {
        let policy = FeePolicy {
            max_fee: 105,
            ..FeePolicy::default()
        };
        assert_eq!(policy.raise((100, 10), (50, 5)), None);
        assert_eq!(policy.cap(200, 150), (105, 105));
    }
}
