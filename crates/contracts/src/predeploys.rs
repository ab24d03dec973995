//! Addresses that are the same on every OP Stack chain (specs `protocol/predeploys.md` and `preinstalls.md`).

use alloy_primitives::{Address, address};

/// Sends the L1 attributes deposit at the head of every L2 block.
pub const DEPOSITOR_ACCOUNT: Address = address!("DeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001");

/// `WETH`.
pub const WETH: Address = address!("4200000000000000000000000000000000000006");
/// `L2CrossDomainMessenger`.
pub const L2_CROSS_DOMAIN_MESSENGER: Address = address!("4200000000000000000000000000000000000007");
/// `GasPriceOracle`.
pub const GAS_PRICE_ORACLE: Address = address!("420000000000000000000000000000000000000F");
/// `L2StandardBridge`.
pub const L2_STANDARD_BRIDGE: Address = address!("4200000000000000000000000000000000000010");
/// `SequencerFeeVault`: the coinbase of every L2 block.
pub const SEQUENCER_FEE_VAULT: Address = address!("4200000000000000000000000000000000000011");
/// `L1Block`.
pub const L1_BLOCK: Address = address!("4200000000000000000000000000000000000015");
/// `L2ToL1MessagePasser`.
pub const L2_TO_L1_MESSAGE_PASSER: Address = address!("4200000000000000000000000000000000000016");
/// `ProxyAdmin`.
pub const PROXY_ADMIN: Address = address!("4200000000000000000000000000000000000018");
/// `BaseFeeVault`.
pub const BASE_FEE_VAULT: Address = address!("4200000000000000000000000000000000000019");
/// `L1FeeVault`.
pub const L1_FEE_VAULT: Address = address!("420000000000000000000000000000000000001A");
/// `OperatorFeeVault`.
pub const OPERATOR_FEE_VAULT: Address = address!("420000000000000000000000000000000000001b");

/// EIP-4788 beacon roots contract.
pub const BEACON_ROOTS: Address = address!("000F3df6D732807Ef1319fB7B8bB8522d0Beac02");
/// EIP-2935 block hash history contract.
pub const HISTORY_STORAGE: Address = address!("0000F90827F1C53a10cb7A02335B175320002935");
/// Arachnid's deterministic deployment proxy (a pre-EIP-155 transaction deploys it elsewhere).
pub const DETERMINISTIC_DEPLOYMENT_PROXY: Address =
    address!("4e59b44847b379578588920cA78FbF26c0B4956C");
/// `Create2Deployer`.
pub const CREATE2_DEPLOYER: Address = address!("13b0D85CcB8bf860b6b79AF3029fCA081AE9beF2");
