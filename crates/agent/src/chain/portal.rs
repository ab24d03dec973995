//! The portal, which names the factory and the game type that withdrawals go by.

use alloy::{
    eips::BlockId,
    primitives::{Address, B256},
};
use endgame_contracts::{dispute::IAnchorStateRegistry, l1::IOptimismPortal as Abi};

use crate::{AgentError, Rpc, chain::Factory};

/// A withdrawal as its portal knows it: proven by one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The game that it was proven against.
    pub game: Address,
    /// When it was proven (Unix seconds).
    pub since: u64,
}

/// An `OptimismPortal`.
#[derive(Clone, Debug)]
pub struct Portal {
    rpc: Rpc,
    address: Address,
}

impl Portal {
    /// The portal at `address`.
    pub const fn new(rpc: Rpc, address: Address) -> Self {
        Self { rpc, address }
    }

    /// Its address.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// The connection to its chain.
    pub const fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    /// The factory whose games withdrawals are proven against.
    pub async fn factory(&self) -> Result<Factory, AgentError> {
        let address = self
            .rpc
            .call(
                self.address,
                &Abi::disputeGameFactoryCall {},
                BlockId::latest(),
            )
            .await?;
        Ok(Factory::new(self.rpc.clone(), address))
    }

    /// The game type that withdrawals may be proven against.
    pub async fn respected_game_type(&self) -> Result<u32, AgentError> {
        let at = BlockId::latest();
        let registry = self
            .rpc
            .call(self.address, &Abi::anchorStateRegistryCall {}, at)
            .await?;
        let call = IAnchorStateRegistry::respectedGameTypeCall {};
        self.rpc.call(registry, &call, at).await
    }

    /// Seconds from a withdrawal's proof to its payment, at least.
    pub async fn proof_maturity_delay(&self) -> Result<u64, AgentError> {
        let call = Abi::proofMaturityDelaySecondsCall {};
        let seconds = self
            .rpc
            .call(self.address, &call, BlockId::latest())
            .await?;
        Ok(seconds.saturating_to())
    }

    /// Whether the withdrawal was paid.
    pub async fn is_finalized(&self, withdrawal: B256) -> Result<bool, AgentError> {
        let call = Abi::finalizedWithdrawalsCall {
            withdrawalHash: withdrawal,
        };
        self.rpc.call(self.address, &call, BlockId::latest()).await
    }

    /// The account that proved the withdrawal last, if anyone did.
    pub async fn last_prover(&self, withdrawal: B256) -> Result<Option<Address>, AgentError> {
        let at = BlockId::latest();
        let call = Abi::numProofSubmittersCall {
            withdrawalHash: withdrawal,
        };
        let count = self.rpc.call(self.address, &call, at).await?;
        let Some(index) = count.checked_sub(alloy::primitives::U256::from(1)) else {
            return Ok(None);
        };
        let call = Abi::proofSubmittersCall {
            withdrawalHash: withdrawal,
            index,
        };
        self.rpc.call(self.address, &call, at).await.map(Some)
    }

    /// What `prover` proved of the withdrawal.
    pub async fn proven(
        &self,
        withdrawal: B256,
        prover: Address,
    ) -> Result<Option<Proven>, AgentError> {
        let call = Abi::provenWithdrawalsCall {
            withdrawalHash: withdrawal,
            submitter: prover,
        };
        let proven = self
            .rpc
            .call(self.address, &call, BlockId::latest())
            .await?;
        Ok((proven.timestamp != 0).then_some(Proven {
            game: proven.disputeGameProxy,
            since: proven.timestamp,
        }))
    }

    /// Nothing if the withdrawal that `prover` proved can be paid now, else the portal's reason.
    pub async fn refusal(
        &self,
        withdrawal: B256,
        prover: Address,
    ) -> Result<Option<String>, AgentError> {
        let call = Abi::checkWithdrawalCall {
            withdrawalHash: withdrawal,
            proofSubmitter: prover,
        };
        match self.rpc.call(self.address, &call, BlockId::latest()).await {
            Ok(_) => Ok(None),
            Err(AgentError::Reverted { reason, .. }) => Ok(Some(reason)),
            Err(error) => Err(error),
        }
    }
}
