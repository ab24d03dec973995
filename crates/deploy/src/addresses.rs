//! Where the contracts are on L1.

use alloy_primitives::{Address, B256};
use serde::{Deserialize, Serialize};

/// The contracts on L1. The JSON names are those of the OP Stack's tools.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// What chains share.
    #[serde(rename = "SuperchainConfigProxy")]
    pub superchain_config: Address,
    /// The chain's settings.
    #[serde(rename = "SystemConfigProxy")]
    pub system_config: Address,
    /// Deposits and withdrawals.
    #[serde(rename = "OptimismPortalProxy")]
    pub optimism_portal: Address,
    /// Calls between the chains that can be tried again.
    #[serde(rename = "L1CrossDomainMessengerProxy")]
    pub l1_cross_domain_messenger: Address,
    /// Ether and tokens over the messenger.
    #[serde(rename = "L1StandardBridgeProxy")]
    pub l1_standard_bridge: Address,
    /// Creates dispute games.
    #[serde(rename = "DisputeGameFactoryProxy")]
    pub dispute_game_factory: Address,
    /// Says which games count.
    #[serde(rename = "AnchorStateRegistryProxy")]
    pub anchor_state_registry: Address,
    /// Holds bonds.
    #[serde(rename = "DelayedWETHProxy")]
    pub delayed_weth: Address,
    /// Preimages for steps.
    #[serde(rename = "PreimageOracle")]
    pub preimage_oracle: Address,
    /// The VM on L1.
    #[serde(rename = "Mips")]
    pub mips: Address,
    /// The implementation that games are clones of.
    #[serde(rename = "FaultDisputeGame")]
    pub fault_dispute_game: Address,
    /// What people may decide about games.
    #[serde(rename = "Decrees")]
    pub decrees: Address,
}

/// The admin of a transparent proxy: the first contract that the proxy created.
pub(crate) fn proxy_admin(proxy: Address) -> Address {
    proxy.create(1)
}

/// Where ERC-1967 proxies keep their implementation.
pub(crate) const IMPLEMENTATION_SLOT: B256 =
    alloy_primitives::b256!("360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc");
/// Where ERC-1967 proxies keep their admin.
pub(crate) const ADMIN_SLOT: B256 =
    alloy_primitives::b256!("b53127684a568b3173ae13b9f8a6016e243e63b6e8ee1178d6a717850b5d6103");
