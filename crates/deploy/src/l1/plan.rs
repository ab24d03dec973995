//! Which contracts are deployed, and where.

use alloy::sol_types::{SolCall, SolValue};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use endgame_contracts::{
    Artifact, ArtifactError, artifact, predeploys::DETERMINISTIC_DEPLOYMENT_PROXY,
    proxy::IProxyPlaceholder,
};

use crate::{Addresses, DeployConfig};

/// The state version that the VM on L1 executes: `multithreaded64-5`.
const VM_STATE_VERSION: u64 = 8;

/// A contract at an address that follows from its code and salt (EIP-1014).
#[derive(Debug, Clone)]
pub(crate) struct Contract {
    pub(crate) name: &'static str,
    pub(crate) address: Address,
    salt: B256,
    init_code: Bytes,
}

/// Everything that is deployed, in waves: what is in one does not need anything else of it.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Code: implementations and contracts without a proxy.
    pub(crate) code: Vec<Contract>,
    /// Proxies, before they are set up.
    pub(crate) proxies: Vec<Contract>,
    pub(crate) placeholder: Address,
    pub(crate) implementations: Implementations,
    pub(crate) addresses: Addresses,
}

/// What the proxies delegate to.
#[derive(Debug, Clone)]
pub(crate) struct Implementations {
    pub(crate) superchain_config: Address,
    pub(crate) system_config: Address,
    pub(crate) optimism_portal: Address,
    pub(crate) l1_cross_domain_messenger: Address,
    pub(crate) l1_standard_bridge: Address,
    pub(crate) dispute_game_factory: Address,
    pub(crate) anchor_state_registry: Address,
    pub(crate) delayed_weth: Address,
}

impl Contract {
    fn new(artifact: Artifact, salt: B256, arguments: &[u8]) -> Result<Self, ArtifactError> {
        let init_code = artifact.init_code(arguments)?;
        let address = DETERMINISTIC_DEPLOYMENT_PROXY.create2_from_code(salt, &init_code);
        Ok(Self {
            name: artifact.name(),
            address,
            salt,
            init_code,
        })
    }

    /// Calldata for the deterministic deployment proxy.
    pub(crate) fn deployment(&self) -> Bytes {
        [self.salt.as_slice(), &self.init_code].concat().into()
    }
}

impl Plan {
    pub(crate) fn new(config: &DeployConfig, deployer: Address) -> Result<Self, ArtifactError> {
        let mut code = Vec::new();
        let mut add = |artifact: Artifact, arguments: Vec<u8>| {
            let contract = Contract::new(artifact, config.salt, &arguments)?;
            let address = contract.address;
            code.push(contract);
            Ok::<_, ArtifactError>(address)
        };

        let placeholder = add(artifact::PROXY_PLACEHOLDER, vec![])?;
        let decrees = add(artifact::NO_DECREES, vec![])?;
        let (game, delays) = (&config.game, &config.delays);
        let preimage_oracle = add(
            artifact::PREIMAGE_ORACLE,
            (
                U256::from(config.oracle.min_proposal_size),
                U256::from(config.oracle.challenge_period),
            )
                .abi_encode_params(),
        )?;
        let mips = add(
            artifact::MIPS64,
            (preimage_oracle, U256::from(VM_STATE_VERSION)).abi_encode_params(),
        )?;
        let fault_dispute_game = add(
            artifact::FAULT_DISPUTE_GAME,
            (
                U256::from(game.max_depth),
                U256::from(game.split_depth),
                game.clock_extension,
                game.max_clock_duration,
                (
                    U256::from(game.bonds.gas_price),
                    U256::from(game.bonds.low_gas),
                    U256::from(game.bonds.high_gas),
                ),
            )
                .abi_encode_params(),
        )?;
        let implementations = Implementations {
            superchain_config: add(artifact::SUPERCHAIN_CONFIG, decrees.abi_encode())?,
            system_config: add(artifact::SYSTEM_CONFIG, vec![])?,
            optimism_portal: add(
                artifact::OPTIMISM_PORTAL,
                U256::from(delays.proof_maturity).abi_encode(),
            )?,
            l1_cross_domain_messenger: add(artifact::L1_CROSS_DOMAIN_MESSENGER, vec![])?,
            l1_standard_bridge: add(artifact::L1_STANDARD_BRIDGE, vec![])?,
            dispute_game_factory: add(artifact::DISPUTE_GAME_FACTORY, vec![])?,
            anchor_state_registry: add(
                artifact::ANCHOR_STATE_REGISTRY,
                (U256::from(delays.game_finality), decrees).abi_encode_params(),
            )?,
            delayed_weth: add(
                artifact::DELAYED_WETH,
                U256::from(delays.bond_withdrawal).abi_encode(),
            )?,
        };

        let mut proxies = Vec::new();
        let reserve = Bytes::from(IProxyPlaceholder::reserveCall {}.abi_encode());
        let mut proxy = |artifact: Artifact| {
            let salt = keccak256([config.salt.as_slice(), artifact.name().as_bytes()].concat());
            let arguments = (placeholder, deployer, reserve.clone()).abi_encode_params();
            let mut contract =
                Contract::new(artifact::TRANSPARENT_UPGRADEABLE_PROXY, salt, &arguments)?;
            contract.name = artifact.name();
            let address = contract.address;
            proxies.push(contract);
            Ok::<_, ArtifactError>(address)
        };
        let addresses = Addresses {
            superchain_config: proxy(artifact::SUPERCHAIN_CONFIG)?,
            system_config: proxy(artifact::SYSTEM_CONFIG)?,
            optimism_portal: proxy(artifact::OPTIMISM_PORTAL)?,
            l1_cross_domain_messenger: proxy(artifact::L1_CROSS_DOMAIN_MESSENGER)?,
            l1_standard_bridge: proxy(artifact::L1_STANDARD_BRIDGE)?,
            dispute_game_factory: proxy(artifact::DISPUTE_GAME_FACTORY)?,
            anchor_state_registry: proxy(artifact::ANCHOR_STATE_REGISTRY)?,
            delayed_weth: proxy(artifact::DELAYED_WETH)?,
            preimage_oracle,
            mips,
            fault_dispute_game,
            decrees,
        };
        Ok(Self {
            code,
            proxies,
            placeholder,
            implementations,
            addresses,
        })
    }
}
