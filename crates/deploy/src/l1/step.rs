//! One change of L1 at a time, and how to see that it has happened.

use std::time::Duration;

use alloy::{
    network::TransactionBuilder,
    providers::{PendingTransactionBuilder, Provider},
    rpc::types::TransactionRequest,
};
use alloy_primitives::{Address, B256, Bytes, U256};
use tracing::{debug, info};

use crate::DeployError;

/// How long a transaction may take to be confirmed.
const CONFIRMATION_TIMEOUT: Duration = Duration::from_mins(10);

/// A transaction, and what holds once it has been executed. Whatever holds already is not done again, so that a
/// deployment can be started again after it was cut off anywhere.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) what: String,
    pub(crate) to: Address,
    pub(crate) data: Bytes,
    pub(crate) goals: Vec<Goal>,
    /// What must hold before, or someone else has been there.
    pub(crate) needs: Vec<Goal>,
}

/// Something that can be seen on the chain.
#[derive(Debug)]
pub(crate) enum Goal {
    /// There is a contract.
    Code(Address),
    /// A storage slot has a value.
    Slot {
        of: Address,
        slot: B256,
        value: B256,
    },
    /// A call returns these bytes.
    Call {
        to: Address,
        data: Bytes,
        returns: Bytes,
    },
}

impl Goal {
    async fn is_met(&self, provider: &impl Provider) -> Result<bool, DeployError> {
        Ok(match self {
            Self::Code(address) => !provider.get_code_at(*address).await?.is_empty(),
            Self::Slot { of, slot, value } => {
                provider
                    .get_storage_at(*of, U256::from_be_bytes(slot.0))
                    .await?
                    == U256::from_be_bytes(value.0)
            }
            Self::Call { to, data, returns } => {
                let request = TransactionRequest::default()
                    .with_to(*to)
                    .with_input(data.clone());
                provider.call(request).await? == *returns
            }
        })
    }
}

impl Step {
    async fn is_done(&self, provider: &impl Provider) -> Result<bool, DeployError> {
        all_met(&self.goals, provider).await
    }

    async fn is_possible(&self, provider: &impl Provider) -> Result<bool, DeployError> {
        all_met(&self.needs, provider).await
    }
}

async fn all_met(goals: &[Goal], provider: &impl Provider) -> Result<bool, DeployError> {
    for goal in goals {
        if !goal.is_met(provider).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Does what is left of `steps`, all at once, and waits until it has `confirmations`.
pub(crate) async fn take(
    provider: &impl Provider,
    from: Address,
    confirmations: u64,
    steps: Vec<Step>,
) -> Result<(), DeployError> {
    let mut sent = Vec::new();
    for step in steps {
        if step.is_done(provider).await? {
            debug!(what = step.what, "already done");
            continue;
        }
        if !step.is_possible(provider).await? {
            return Err(DeployError::Conflict {
                what: step.what,
                at: step.to,
            });
        }
        let request = TransactionRequest::default()
            .with_from(from)
            .with_to(step.to)
            .with_input(step.data.clone());
        let pending = provider.send_transaction(request).await?;
        info!(what = step.what, transaction = %pending.tx_hash(), "sent");
        sent.push((step, *pending.tx_hash()));
    }
    for (step, transaction) in sent {
        let receipt = PendingTransactionBuilder::new(provider.root().clone(), transaction)
            .with_required_confirmations(confirmations)
            .with_timeout(Some(CONFIRMATION_TIMEOUT))
            .get_receipt()
            .await?;
        // A transaction of an earlier attempt may have done the step first, and then this one reverts.
        if !step.is_done(provider).await? {
            return Err(DeployError::Failed {
                what: step.what,
                transaction,
                reverted: !receipt.status(),
            });
        }
    }
    Ok(())
}
