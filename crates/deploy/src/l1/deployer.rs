//! A deployment on L1, from nothing to a game that can be played.

use alloy::{
    providers::Provider,
    sol_types::{SolCall, SolValue},
};
use alloy_primitives::{Address, B256, Bytes, U256};
use endgame_contracts::{
    dispute::{IAnchorStateRegistry, IDelayedWETH, IDisputeGameFactory, IFaultDisputeGame},
    l1::{IOptimismPortal, ISuperchainConfig, ISystemConfig},
    predeploys::DETERMINISTIC_DEPLOYMENT_PROXY,
    proxy::IProxyAdmin,
};
use tracing::info;

use super::{
    plan::Plan,
    step::{Goal, Step, take},
};
use crate::{
    Addresses, BlockId, DeployConfig, DeployError, L2Genesis, RollupConfig,
    addresses::{IMPLEMENTATION_SLOT, proxy_admin},
    l2_genesis,
};

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
        self.take(self.set_up_bridge()).await?;
        self.take(self.settings()).await?;

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
        self.take(vec![self.set_up_registry(bridge.genesis.output_root())])
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
        self.take(self.set_game(prestate, bond)).await?;
        self.take(self.hand_over()).await?;
        info!(%prestate, %bond, "games can be created");
        Ok(())
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

    fn set_up_bridge(&self) -> Vec<Step> {
        let (at, to, config) = (
            &self.plan.addresses,
            &self.plan.implementations,
            &self.config,
        );
        let by_default = |role: Option<Address>| role.unwrap_or(self.account);
        vec![
            self.set_up(
                "SuperchainConfig",
                at.superchain_config,
                to.superchain_config,
                &ISuperchainConfig::initializeCall {
                    guardian_: by_default(config.roles.guardian),
                },
            ),
            self.set_up(
                "SystemConfig",
                at.system_config,
                to.system_config,
                &ISystemConfig::initializeCall {
                    // Handed over once everything is set.
                    owner_: self.account,
                    basefeeScalar_: config.fees.base_fee_scalar,
                    blobbasefeeScalar_: config.fees.blob_base_fee_scalar,
                    batcherHash_: by_default(config.roles.batcher).into_word(),
                    gasLimit_: config.l2_gas_limit,
                    unsafeBlockSigner_: by_default(config.roles.sequencer),
                    config_: market(),
                    addresses_: ISystemConfig::Addresses {
                        l1CrossDomainMessenger: Address::ZERO,
                        l1ERC721Bridge: Address::ZERO,
                        l1StandardBridge: Address::ZERO,
                        optimismPortal: at.optimism_portal,
                        optimismMintableERC20Factory: Address::ZERO,
                        delayedWETH: at.delayed_weth,
                        opcm: Address::ZERO,
                    },
                    l2ChainId_: U256::from(config.l2_chain_id),
                    superchainConfig_: at.superchain_config,
                },
            ),
            self.set_up(
                "OptimismPortal",
                at.optimism_portal,
                to.optimism_portal,
                &IOptimismPortal::initializeCall {
                    systemConfig: at.system_config,
                    anchorStateRegistry: at.anchor_state_registry,
                    ethLockbox: Address::ZERO,
                },
            ),
            self.set_up(
                "DisputeGameFactory",
                at.dispute_game_factory,
                to.dispute_game_factory,
                &IDisputeGameFactory::initializeCall {
                    owner: self.account,
                },
            ),
            self.set_up(
                "DelayedWETH",
                at.delayed_weth,
                to.delayed_weth,
                &IDelayedWETH::initializeCall {
                    systemConfig: at.system_config,
                },
            ),
        ]
    }

    /// What `SystemConfig.initialize` does not set.
    fn settings(&self) -> Vec<Step> {
        let (at, fees) = (self.plan.addresses.system_config, &self.config.fees);
        vec![
            Step {
                what: "EIP-1559 parameters".to_owned(),
                to: at,
                data: encode(&ISystemConfig::setEIP1559ParamsCall {
                    denominator: fees.eip1559_denominator,
                    elasticity: fees.eip1559_elasticity,
                }),
                goals: vec![
                    returns(
                        at,
                        &ISystemConfig::eip1559DenominatorCall {},
                        &fees.eip1559_denominator,
                    ),
                    returns(
                        at,
                        &ISystemConfig::eip1559ElasticityCall {},
                        &fees.eip1559_elasticity,
                    ),
                ],
                needs: vec![],
            },
            Step {
                what: "operator fee".to_owned(),
                to: at,
                data: encode(&ISystemConfig::setOperatorFeeScalarsCall {
                    operatorFeeScalar_: fees.operator_fee_scalar,
                    operatorFeeConstant_: fees.operator_fee_constant,
                }),
                goals: vec![
                    returns(
                        at,
                        &ISystemConfig::operatorFeeScalarCall {},
                        &fees.operator_fee_scalar,
                    ),
                    returns(
                        at,
                        &ISystemConfig::operatorFeeConstantCall {},
                        &fees.operator_fee_constant,
                    ),
                ],
                needs: vec![],
            },
        ]
    }

    fn set_up_registry(&self, root: B256) -> Step {
        let at = &self.plan.addresses;
        let call = IAnchorStateRegistry::initializeCall {
            systemConfig: at.system_config,
            disputeGameFactory: at.dispute_game_factory,
            startingAnchorRoot: IAnchorStateRegistry::Proposal {
                root,
                l2SequenceNumber: U256::ZERO,
            },
            startingRespectedGameType: self.config.game.game_type,
        };
        self.set_up(
            "AnchorStateRegistry",
            at.anchor_state_registry,
            self.plan.implementations.anchor_state_registry,
            &call,
        )
    }

    fn set_game(&self, prestate: B256, bond: U256) -> Vec<Step> {
        let at = &self.plan.addresses;
        let (factory, game_type) = (at.dispute_game_factory, self.config.game.game_type);
        let args = game_args(at, prestate, self.config.l2_chain_id);
        vec![
            Step {
                what: "game implementation".to_owned(),
                to: factory,
                data: encode(&IDisputeGameFactory::setImplementationCall {
                    gameType: game_type,
                    impl_: at.fault_dispute_game,
                    args: args.clone(),
                }),
                goals: vec![
                    returns(
                        factory,
                        &IDisputeGameFactory::gameImplsCall {
                            gameType: game_type,
                        },
                        &at.fault_dispute_game,
                    ),
                    returns(
                        factory,
                        &IDisputeGameFactory::gameArgsCall {
                            gameType: game_type,
                        },
                        &args,
                    ),
                ],
                needs: vec![],
            },
            Step {
                what: "bond of a root claim".to_owned(),
                to: factory,
                data: encode(&IDisputeGameFactory::setInitBondCall {
                    gameType: game_type,
                    initBond: bond,
                }),
                goals: vec![returns(
                    factory,
                    &IDisputeGameFactory::initBondsCall {
                        gameType: game_type,
                    },
                    &bond,
                )],
                needs: vec![],
            },
        ]
    }

    fn hand_over(&self) -> Vec<Step> {
        let (at, roles) = (&self.plan.addresses, &self.config.roles);
        let mut steps = Vec::new();
        let mut hand = |what: String, of: Address, owner: Address| {
            // `owner` and `transferOwnership` are the same in all of them.
            steps.push(Step {
                what,
                to: of,
                data: encode(&IProxyAdmin::transferOwnershipCall { newOwner: owner }),
                goals: vec![returns(of, &IProxyAdmin::ownerCall {}, &owner)],
                needs: vec![],
            });
        };
        let admin = roles.proxy_admin_owner.unwrap_or(self.account);
        let operator = roles.system_config_owner.unwrap_or(self.account);
        hand(
            "owner of SystemConfig".to_owned(),
            at.system_config,
            operator,
        );
        hand(
            "owner of DisputeGameFactory".to_owned(),
            at.dispute_game_factory,
            admin,
        );
        for proxy in &self.plan.proxies {
            hand(
                format!("owner of the admin of {}", proxy.name),
                proxy_admin(proxy.address),
                admin,
            );
        }
        steps
    }

    /// The proxy's admin gives it its implementation and calls that once.
    fn set_up(
        &self,
        what: &str,
        proxy: Address,
        implementation: Address,
        call: &impl SolCall,
    ) -> Step {
        Step {
            what: format!("setting up {what}"),
            to: proxy_admin(proxy),
            data: encode(&IProxyAdmin::upgradeAndCallCall {
                proxy,
                implementation,
                data: encode(call),
            }),
            goals: vec![implementation_is(proxy, implementation)],
            needs: vec![implementation_is(proxy, self.plan.placeholder)],
        }
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

/// What games of a type share (`GameArgs` in the contracts): prestate, VM, registry, vault, L2 chain id.
pub(crate) fn game_args(at: &Addresses, prestate: B256, l2_chain_id: u64) -> Bytes {
    (
        prestate,
        at.mips,
        at.anchor_state_registry,
        at.delayed_weth,
        U256::from(l2_chain_id),
    )
        .abi_encode_packed()
        .into()
}

/// The market of deposits (specs, `guaranteed-gas-market.md`, default values).
fn market() -> ISystemConfig::ResourceConfig {
    ISystemConfig::ResourceConfig {
        maxResourceLimit: 20_000_000,
        elasticityMultiplier: 10,
        baseFeeMaxChangeDenominator: 8,
        minimumBaseFee: 1_000_000_000,
        systemTxMaxGas: 1_000_000,
        maximumBaseFee: u128::MAX,
    }
}

fn deployment(contract: &super::plan::Contract) -> Step {
    Step {
        what: format!("deployment of {}", contract.name),
        to: DETERMINISTIC_DEPLOYMENT_PROXY,
        data: contract.deployment(),
        goals: vec![Goal::Code(contract.address)],
        needs: vec![],
    }
}

fn implementation_is(proxy: Address, implementation: Address) -> Goal {
    Goal::Slot {
        of: proxy,
        slot: IMPLEMENTATION_SLOT,
        value: implementation.into_word(),
    }
}

fn encode(call: &impl SolCall) -> Bytes {
    call.abi_encode().into()
}

fn returns(to: Address, call: &impl SolCall, value: &impl SolValue) -> Goal {
    Goal::Call {
        to,
        data: encode(call),
        returns: value.abi_encode().into(),
    }
}
