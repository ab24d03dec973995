//! How the contracts are set up, in steps that can be taken again.

use alloy::sol_types::{SolCall, SolValue};
use alloy_primitives::{Address, B256, Bytes, U256};
use endgame_contracts::{
    dispute::{IAnchorStateRegistry, IDelayedWETH, IDisputeGameFactory},
    l1::{IOptimismPortal, ISuperchainConfig, ISystemConfig},
    messaging::{IL1CrossDomainMessenger, IL1StandardBridge},
    proxy::IProxyAdmin,
};

use super::{
    plan::Plan,
    step::{Goal, Step},
};
use crate::{
    Addresses, DeployConfig,
    addresses::{IMPLEMENTATION_SLOT, proxy_admin},
};

/// What the steps follow from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setup<'a> {
    pub(super) config: &'a DeployConfig,
    pub(super) account: Address,
    pub(super) plan: &'a Plan,
}

impl Setup<'_> {
    pub(super) fn bridge(&self) -> Vec<Step> {
        let (at, to, config) = (
            &self.plan.addresses,
            &self.plan.implementations,
            self.config,
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
                        l1CrossDomainMessenger: at.l1_cross_domain_messenger,
                        l1ERC721Bridge: Address::ZERO,
                        l1StandardBridge: at.l1_standard_bridge,
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
                "L1CrossDomainMessenger",
                at.l1_cross_domain_messenger,
                to.l1_cross_domain_messenger,
                &IL1CrossDomainMessenger::initializeCall {
                    systemConfig: at.system_config,
                    portal: at.optimism_portal,
                },
            ),
            self.set_up(
                "L1StandardBridge",
                at.l1_standard_bridge,
                to.l1_standard_bridge,
                &IL1StandardBridge::initializeCall {
                    messenger: at.l1_cross_domain_messenger,
                    systemConfig: at.system_config,
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
    pub(super) fn settings(&self) -> Vec<Step> {
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

    pub(super) fn registry(&self, root: B256) -> Step {
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

    pub(super) fn game(&self, prestate: B256, bond: U256) -> Vec<Step> {
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

    pub(super) fn hand_over(&self) -> Vec<Step> {
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
}

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
