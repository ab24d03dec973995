//! A deployment on L1, from nothing to a game that can be played.

use alloy::providers::Provider;
use alloy_primitives::{Address, B256};
use endgame_contracts::{
    dispute::IFaultDisputeGame, l1::ISystemConfig, predeploys::DETERMINISTIC_DEPLOYMENT_PROXY,
};
use tracing::info;

use super::{
    plan::{Contract, Plan},
    setup::Setup,
    step::{Goal, Step, take},
};
use crate::{Addresses, BlockId, DeployConfig, DeployError, L2Genesis, RollupConfig, l2_genesis};

/// Deploys on L1, in the name of an account that the provider signs for.
#[derive(Debug)]
pub struct Deployer<P> {
    provider: P,
    config: DeployConfig,
    account: Address,
    plan: Plan,
}

/// A chain whose bridge is on L1. Its rollup configuration is final, so prestates can be made for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bridge {
    /// The contracts on L1.
    pub addresses: Addresses,
    /// The L2 genesis.
    pub genesis: L2Genesis,
    /// What derivation must know.
    pub rollup: RollupConfig,
}

impl<P: Provider> Deployer<P> {
    /// A deployment of `config` by `deployer`. Sends nothing yet.
    pub fn new(provider: P, config: DeployConfig, deployer: Address) -> Result<Self, DeployError> {
        config.validate()?;
        let plan = Plan::new(&config, deployer)?;
        Ok(Self {
            provider,
            config,
            account: deployer,
            plan,
        })
    }

    /// Where the contracts are, or will be.
    pub fn addresses(&self) -> &Addresses {
        &self.plan.addresses
    }

    /// Puts every contract on L1 and sets up the bridge. The block in which the system configuration is set up is the
    /// L1 block that the L2 chain starts from.
    pub async fn bridge(&self) -> Result<Bridge, DeployError> {
        self.check_node().await?;
        self.take(self.plan.code.iter().map(deployment).collect())
            .await?;
        self.take(self.plan.proxies.iter().map(deployment).collect())
            .await?;
        self.take(self.setup().bridge()).await?;
        self.take(self.setup().settings()).await?;

        let (l1, time) = self.start_block().await?;
        let genesis = l2_genesis(&self.config, self.account, time)?;
        let rollup = RollupConfig::new(&self.config, self.account, self.addresses(), l1, &genesis);
        info!(l1_start = l1.number, l2_genesis = %genesis.header.hash(), "bridge is deployed");
        Ok(Bridge {
            addresses: self.addresses().clone(),
            genesis,
            rollup,
        })
    }

    /// Starts the anchor at the genesis output root, sets the game whose absolute prestate is `prestate`, and hands
    /// the contracts to their owners. Needs the bridge.
    pub async fn games(&self, bridge: &Bridge, prestate: B256) -> Result<(), DeployError> {
        let at = self.addresses();
        self.take(vec![self.setup().registry(bridge.genesis.output_root())])
            .await?;

        let game = IFaultDisputeGame::new(at.fault_dispute_game, &self.provider);
        let bond = game
            .getRequiredBond(ROOT_POSITION)
            .call()
            .await
            .map_err(|source| DeployError::Call {
                what: "bond of a root claim",
                source: Box::new(source),
            })?;
        self.take(self.setup().game(prestate, bond)).await?;
        self.take(self.setup().hand_over()).await?;
        info!(%prestate, %bond, "games can be created");
        Ok(())
    }

    const fn setup(&self) -> Setup<'_> {
        Setup {
            config: &self.config,
            account: self.account,
            plan: &self.plan,
        }
    }

    async fn take(&self, steps: Vec<Step>) -> Result<(), DeployError> {
        take(
            &self.provider,
            self.account,
            self.config.confirmations,
            steps,
        )
        .await
    }

    async fn check_node(&self) -> Result<(), DeployError> {
        let (expected, found) = (self.config.l1_chain_id, self.provider.get_chain_id().await?);
        if found != expected {
            return Err(DeployError::WrongChain { expected, found });
        }
        if self
            .provider
            .get_code_at(DETERMINISTIC_DEPLOYMENT_PROXY)
            .await?
            .is_empty()
        {
            return Err(DeployError::NoCreate2(DETERMINISTIC_DEPLOYMENT_PROXY));
        }
        if self.provider.get_balance(self.account).await?.is_zero() {
            return Err(DeployError::NoFunds(self.account));
        }
        Ok(())
    }

    /// The L1 block that the chain starts from, and its time.
    async fn start_block(&self) -> Result<(BlockId, u64), DeployError> {
        let number: u64 = ISystemConfig::new(self.plan.addresses.system_config, &self.provider)
            .startBlock()
            .call()
            .await
            .map_err(|source| DeployError::Call {
                what: "start block",
                source: Box::new(source),
            })?
            .saturating_to();
        let block = self
            .provider
            .get_block_by_number(number.into())
            .await?
            .ok_or(DeployError::NoStartBlock(number))?;
        Ok((
            BlockId {
                hash: block.header.hash,
                number,
            },
            block.header.timestamp,
        ))
    }
}

/// The position of a root claim.
const ROOT_POSITION: u128 = 1;

fn deployment(contract: &Contract) -> Step {
    Step {
        what: format!("deployment of {}", contract.name),
        to: DETERMINISTIC_DEPLOYMENT_PROXY,
        data: contract.deployment(),
        goals: vec![Goal::Code(contract.address)],
        needs: vec![],
    }
}
