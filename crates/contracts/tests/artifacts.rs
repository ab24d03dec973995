//! The hand-listed interfaces say what the compiled contracts do.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::collections::BTreeSet;

use alloy::{
    json_abi::JsonAbi,
    primitives::{B256, Selector},
    sol_types::{SolEvent, SolEventInterface, SolInterface},
};
use endgame_contracts::{
    Artifact, artifact,
    dispute::{
        IAnchorStateRegistry::{IAnchorStateRegistryCalls, IAnchorStateRegistryEvents},
        IDelayedWETH::{IDelayedWETHCalls, IDelayedWETHEvents},
        IDisputeGameFactory::{
            IDisputeGameFactoryCalls, IDisputeGameFactoryErrors, IDisputeGameFactoryEvents,
        },
        IFaultDisputeGame::{
            IFaultDisputeGameCalls, IFaultDisputeGameErrors, IFaultDisputeGameEvents,
        },
    },
    l1::{
        IOptimismPortal::{IOptimismPortalCalls, IOptimismPortalErrors, IOptimismPortalEvents},
        ISuperchainConfig::ISuperchainConfigCalls,
        ISystemConfig::{ISystemConfigCalls, ISystemConfigEvents},
    },
    l2::{
        IFeeVault::IFeeVaultCalls,
        IGasPriceOracle::IGasPriceOracleCalls,
        IL1Block::IL1BlockCalls,
        IL2ToL1MessagePasser::{IL2ToL1MessagePasserCalls, IL2ToL1MessagePasserEvents},
    },
    messaging::{
        ICrossDomainMessenger::{ICrossDomainMessengerCalls, ICrossDomainMessengerEvents},
        IL1CrossDomainMessenger::IL1CrossDomainMessengerCalls,
        IL1StandardBridge::IL1StandardBridgeCalls,
        IStandardBridge::{IStandardBridgeCalls, IStandardBridgeEvents},
    },
    proxy::IProxyAdmin::IProxyAdminCalls,
    vm::{
        IBigStepper::{IBigStepperCalls, IBigStepperErrors},
        IPreimageOracle::{IPreimageOracleCalls, IPreimageOracleErrors},
    },
};

fn abi(artifact: Artifact) -> JsonAbi {
    let file: serde_json::Value = serde_json::from_str(artifact.json()).unwrap();
    serde_json::from_value(file["abi"].clone()).unwrap()
}

fn missing<T: Ord + Copy>(
    listed: impl IntoIterator<Item = T>,
    present: impl IntoIterator<Item = T>,
) -> Vec<T> {
    let present: BTreeSet<T> = present.into_iter().collect();
    listed
        .into_iter()
        .filter(|item| !present.contains(item))
        .collect()
}

fn has_functions<C: SolInterface>(artifact: Artifact) {
    let present = abi(artifact)
        .functions()
        .map(alloy::json_abi::Function::selector)
        .collect::<Vec<_>>();
    let missing = missing(C::selectors().map(Selector::from), present);
    assert!(
        missing.is_empty(),
        "{} lacks the functions {missing:?}",
        artifact.name()
    );
}

/// Errors that our contracts never raise, since what raises them in OP's is not built here, may be listed.
fn has_errors<C: SolInterface>(artifact: Artifact, foreign: &[&str]) {
    let present = abi(artifact)
        .errors()
        .map(alloy::json_abi::Error::selector)
        .collect::<Vec<_>>();
    let missing = missing(C::selectors().map(Selector::from), present);
    let foreign: BTreeSet<Selector> = foreign
        .iter()
        .map(|signature| Selector::from_slice(&alloy::primitives::keccak256(signature)[..4]))
        .collect();
    let missing: Vec<_> = missing
        .into_iter()
        .filter(|selector| !foreign.contains(selector))
        .collect();
    assert!(
        missing.is_empty(),
        "{} lacks the errors {missing:?}",
        artifact.name()
    );
}

fn has_events<E: SolEventInterface>(artifact: Artifact, topics: &[B256]) {
    assert_eq!(
        topics.len(),
        E::COUNT,
        "{}: not every listed event is compared",
        artifact.name()
    );
    let present = abi(artifact)
        .events()
        .map(alloy::json_abi::Event::selector)
        .collect::<Vec<_>>();
    let missing = missing(topics.iter().copied(), present);
    assert!(
        missing.is_empty(),
        "{} lacks the events {missing:?}",
        artifact.name()
    );
}

#[test]
fn listed_functions_exist() {
    has_functions::<IDisputeGameFactoryCalls>(artifact::DISPUTE_GAME_FACTORY);
    has_functions::<IFaultDisputeGameCalls>(artifact::FAULT_DISPUTE_GAME);
    has_functions::<IAnchorStateRegistryCalls>(artifact::ANCHOR_STATE_REGISTRY);
    has_functions::<IDelayedWETHCalls>(artifact::DELAYED_WETH);
    has_functions::<IBigStepperCalls>(artifact::MIPS64);
    has_functions::<IPreimageOracleCalls>(artifact::PREIMAGE_ORACLE);
    has_functions::<IOptimismPortalCalls>(artifact::OPTIMISM_PORTAL);
    has_functions::<ISystemConfigCalls>(artifact::SYSTEM_CONFIG);
    has_functions::<ISuperchainConfigCalls>(artifact::SUPERCHAIN_CONFIG);
    has_functions::<IL2ToL1MessagePasserCalls>(artifact::L2_TO_L1_MESSAGE_PASSER);
    has_functions::<IL1BlockCalls>(artifact::L1_BLOCK);
    has_functions::<IGasPriceOracleCalls>(artifact::GAS_PRICE_ORACLE);
    has_functions::<IFeeVaultCalls>(artifact::FEE_VAULT);
    has_functions::<IProxyAdminCalls>(artifact::PROXY_ADMIN);
    has_functions::<IL1CrossDomainMessengerCalls>(artifact::L1_CROSS_DOMAIN_MESSENGER);
    has_functions::<ICrossDomainMessengerCalls>(artifact::L1_CROSS_DOMAIN_MESSENGER);
    has_functions::<ICrossDomainMessengerCalls>(artifact::L2_CROSS_DOMAIN_MESSENGER);
    has_functions::<IL1StandardBridgeCalls>(artifact::L1_STANDARD_BRIDGE);
    has_functions::<IStandardBridgeCalls>(artifact::L1_STANDARD_BRIDGE);
    has_functions::<IStandardBridgeCalls>(artifact::L2_STANDARD_BRIDGE);
}

#[test]
fn listed_errors_exist() {
    has_errors::<IDisputeGameFactoryErrors>(artifact::DISPUTE_GAME_FACTORY, &[]);
    has_errors::<IFaultDisputeGameErrors>(
        artifact::FAULT_DISPUTE_GAME,
        &["InvalidBondDistributionMode()"],
    );
    has_errors::<IBigStepperErrors>(artifact::MIPS64, &[]);
    has_errors::<IPreimageOracleErrors>(artifact::PREIMAGE_ORACLE, &[]);
    has_errors::<IOptimismPortalErrors>(artifact::OPTIMISM_PORTAL, &[]);
}

macro_rules! events {
    ($artifact:ident, $events:ty, $module:ident::$interface:ident: $($event:ident),*) => {
        has_events::<$events>(
            artifact::$artifact,
            &[$(endgame_contracts::$module::$interface::$event::SIGNATURE_HASH),*],
        )
    };
}

#[test]
fn listed_events_exist() {
    events!(DISPUTE_GAME_FACTORY, IDisputeGameFactoryEvents, dispute::IDisputeGameFactory:
        DisputeGameCreated, ImplementationSet, ImplementationArgsSet, InitBondUpdated);
    events!(FAULT_DISPUTE_GAME, IFaultDisputeGameEvents, dispute::IFaultDisputeGame:
        Move, Resolved, GameClosed);
    events!(ANCHOR_STATE_REGISTRY, IAnchorStateRegistryEvents, dispute::IAnchorStateRegistry:
        AnchorUpdated, RespectedGameTypeSet);
    events!(DELAYED_WETH, IDelayedWETHEvents, dispute::IDelayedWETH: Deposit, Withdrawal);
    events!(OPTIMISM_PORTAL, IOptimismPortalEvents, l1::IOptimismPortal:
        TransactionDeposited, WithdrawalFinalized, WithdrawalProven, WithdrawalProvenExtension1);
    events!(SYSTEM_CONFIG, ISystemConfigEvents, l1::ISystemConfig: ConfigUpdate);
    events!(L2_CROSS_DOMAIN_MESSENGER, ICrossDomainMessengerEvents, messaging::ICrossDomainMessenger:
        FailedRelayedMessage, RelayedMessage, SentMessage, SentMessageExtension1);
    events!(L2_STANDARD_BRIDGE, IStandardBridgeEvents, messaging::IStandardBridge:
        ERC20BridgeFinalized, ERC20BridgeInitiated, ETHBridgeFinalized, ETHBridgeInitiated);
    events!(L2_TO_L1_MESSAGE_PASSER, IL2ToL1MessagePasserEvents, l2::IL2ToL1MessagePasser:
        MessagePassed, WithdrawerBalanceBurnt);
}
