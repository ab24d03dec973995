//! The genesis state: predeploys behind proxies, contracts that the EVM's own rules need, funded accounts.

use std::collections::BTreeMap;

use alloy::eips::{
    eip2935::{HISTORY_STORAGE_ADDRESS, HISTORY_STORAGE_CODE},
    eip4788::{BEACON_ROOTS_ADDRESS, BEACON_ROOTS_CODE},
};
use alloy_primitives::{Address, B256, Bytes, U256, address, bytes};
use endgame_contracts::{
    Artifact, artifact,
    predeploys::{
        BASE_FEE_VAULT, CREATE2_DEPLOYER, DETERMINISTIC_DEPLOYMENT_PROXY, GAS_PRICE_ORACLE,
        L1_BLOCK, L1_FEE_VAULT, L2_CROSS_DOMAIN_MESSENGER, L2_STANDARD_BRIDGE,
        L2_TO_L1_MESSAGE_PASSER, OPERATOR_FEE_VAULT, PROXY_ADMIN, SEQUENCER_FEE_VAULT, WETH,
    },
};

use super::Account;
use crate::{
    DeployConfig, DeployError,
    addresses::{ADMIN_SLOT, IMPLEMENTATION_SLOT},
    l1,
};

/// Implementations are at this address with the predeploy's low two bytes.
const IMPLEMENTATION_NAMESPACE: Address = address!("c0D3C0d3C0d3C0D3c0d3C0d3c0D3C0d3c0d30000");
/// The sender in a messenger while no message is running.
const NO_SENDER: Address = address!("000000000000000000000000000000000000dEaD");
/// The fee vaults' recipient is on L2 (`FeeVault.WithdrawalNetwork`).
const NETWORK_L2: u64 = 1;

const DETERMINISTIC_DEPLOYMENT_PROXY_CODE: Bytes = bytes!(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
);
/// Specs, `preinstalls.md`: what Canyon puts there on a chain that has been running.
const CREATE2_DEPLOYER_CODE: &str = include_str!("create2_deployer.hex");

/// The state of the genesis block.
pub(super) fn alloc(
    config: &DeployConfig,
    deployer: Address,
) -> Result<BTreeMap<Address, Account>, DeployError> {
    let mut state = Predeploys {
        alloc: BTreeMap::new(),
    };
    let (roles, fees) = (&config.roles, &config.fees);

    let owner = roles.proxy_admin_owner.unwrap_or(deployer);
    state.proxied(
        PROXY_ADMIN,
        artifact::PROXY_ADMIN,
        &[("_owner", word(owner))],
    )?;
    state.proxied(
        L2_TO_L1_MESSAGE_PASSER,
        artifact::L2_TO_L1_MESSAGE_PASSER,
        &[],
    )?;
    // What `initialize` of the messenger and of the bridge would do.
    let (set_up, on_l1) = (U256::from(1), l1::addresses(config, deployer)?);
    state.proxied(
        L2_CROSS_DOMAIN_MESSENGER,
        artifact::L2_CROSS_DOMAIN_MESSENGER,
        &[
            ("initializedVersion", set_up),
            ("messageSender", word(NO_SENDER)),
            ("otherMessenger", word(on_l1.l1_cross_domain_messenger)),
        ],
    )?;
    state.proxied(
        L2_STANDARD_BRIDGE,
        artifact::L2_STANDARD_BRIDGE,
        &[
            ("initializedVersion", set_up),
            ("messenger", word(L2_CROSS_DOMAIN_MESSENGER)),
            ("otherBridge", word(on_l1.l1_standard_bridge)),
        ],
    )?;
    // As derivation writes them in the first block.
    state.proxied(
        L1_BLOCK,
        artifact::L1_BLOCK,
        &[
            ("baseFeeScalar", U256::from(fees.base_fee_scalar)),
            ("blobBaseFeeScalar", U256::from(fees.blob_base_fee_scalar)),
            ("operatorFeeScalar", U256::from(fees.operator_fee_scalar)),
            (
                "operatorFeeConstant",
                U256::from(fees.operator_fee_constant),
            ),
        ],
    )?;
    let active = U256::from(1);
    state.proxied(
        GAS_PRICE_ORACLE,
        artifact::GAS_PRICE_ORACLE,
        &[
            ("isEcotone", active),
            ("isFjord", active),
            ("isIsthmus", active),
        ],
    )?;

    let recipient = roles.fee_recipient.unwrap_or(deployer);
    for vault in [
        SEQUENCER_FEE_VAULT,
        BASE_FEE_VAULT,
        L1_FEE_VAULT,
        OPERATOR_FEE_VAULT,
    ] {
        state.proxied(
            vault,
            artifact::FEE_VAULT,
            &[
                ("minWithdrawalAmount", fees.vault_minimum),
                ("recipient", word(recipient)),
                ("withdrawalNetwork", U256::from(NETWORK_L2)),
            ],
        )?;
    }

    let mut alloc = state.alloc;
    let create2_deployer =
        CREATE2_DEPLOYER_CODE
            .trim()
            .parse()
            .map_err(|_| DeployError::Config {
                field: "create2_deployer",
                why: "is not hexadecimal",
            })?;
    for (address, code) in [
        (WETH, artifact::WETH.runtime_code(&[])?),
        (BEACON_ROOTS_ADDRESS, BEACON_ROOTS_CODE.clone()),
        (HISTORY_STORAGE_ADDRESS, HISTORY_STORAGE_CODE.clone()),
        (CREATE2_DEPLOYER, create2_deployer),
        (
            DETERMINISTIC_DEPLOYMENT_PROXY,
            DETERMINISTIC_DEPLOYMENT_PROXY_CODE,
        ),
    ] {
        alloc.insert(address, Account::contract(code));
    }
    for (address, balance) in &config.l2_balances {
        alloc.entry(*address).or_default().balance = *balance;
    }
    Ok(alloc)
}

/// Puts predeploys where the specs want them.
struct Predeploys {
    alloc: BTreeMap<Address, Account>,
}

impl Predeploys {
    /// A proxy with `variables` in its storage, and the implementation it delegates to.
    fn proxied(
        &mut self,
        address: Address,
        artifact: Artifact,
        variables: &[(&str, U256)],
    ) -> Result<(), DeployError> {
        let implementation = implementation_of(address);
        self.alloc.insert(
            implementation,
            Account::contract(artifact.runtime_code(&[])?),
        );

        let admin = PROXY_ADMIN.into_word();
        let mut proxy =
            Account::contract(artifact::TRANSPARENT_UPGRADEABLE_PROXY.runtime_code(&[admin])?);
        proxy.storage.insert(ADMIN_SLOT, admin);
        proxy
            .storage
            .insert(IMPLEMENTATION_SLOT, implementation.into_word());
        for (label, value) in variables {
            let variable = artifact.variable(label)?;
            let word = proxy.storage.entry(variable.slot()).or_default();
            *word = B256::from(U256::from_be_bytes(word.0) | variable.place(*value));
        }
        // A slot that holds zero is not in the trie.
        proxy.storage.retain(|_, word| !word.is_zero());
        self.alloc.insert(address, proxy);
        Ok(())
    }
}

fn word(address: Address) -> U256 {
    address.into_word().into()
}

fn implementation_of(predeploy: Address) -> Address {
    let low = U256::from_be_slice(predeploy.as_slice()) & U256::from(0xffff);
    Address::from_word(B256::from(
        U256::from_be_slice(IMPLEMENTATION_NAMESPACE.as_slice()) | low,
    ))
}
