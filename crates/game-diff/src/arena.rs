//! Everything that a game on L1 needs, deployed.

use alloy::sol_types::{SolCall, SolValue as _};
use alloy_primitives::{Address, B256, Bytes, U256, address};
use endgame_contracts::{
    Artifact, artifact,
    dispute::{IAnchorStateRegistry, IDelayedWETH, IDisputeGameFactory},
    l1::{ISuperchainConfig, ISystemConfig},
};
use endgame_game::Rules;
use endgame_local_evm::{EvmError, LocalEvm};

use crate::Game;

/// Owns and guards everything.
const OWNER: Address = address!("0x0000000000000000000000000000000000000A11");
/// The admin of the proxies, who does nothing.
const ADMIN: Address = address!("0x0000000000000000000000000000000000000Ad1");
/// Where the VM stands that returns what it is told.
const TOLD_VM: Address = address!("0x0000000000000000000000000000000000007015");
/// The type of the games.
const GAME_TYPE: u32 = 8;
/// The L2 chain that they are about.
const L2_CHAIN_ID: u64 = 901;
const MIN_PROPOSAL_SIZE: u64 = 126_000;
/// Seconds between a verdict and its finality, and between unlocking and paying a bond.
const DELAY: u64 = 100;

/// What executes steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vm {
    /// `MIPS64.sol`.
    Mips64,
    /// One that returns the first word of its proof: a test says what a step comes to.
    Told,
}

/// The contracts of dispute games in an EVM of this process.
#[derive(Debug)]
pub struct Arena {
    /// The EVM.
    pub evm: LocalEvm,
    rules: Rules,
    factory: Address,
}

impl Arena {
    /// Deploys games of `rules` that start from `anchor` and whose absolute prestate is `prestate`.
    pub fn new(
        rules: Rules,
        vm: Vm,
        prestate: B256,
        anchor: (B256, u64),
    ) -> Result<Self, EvmError> {
        let mut evm = LocalEvm::new(1_700_000_000);
        let decrees = evm.deploy(artifact::NO_DECREES, &[])?;
        let oracle = evm.deploy(
            artifact::PREIMAGE_ORACLE,
            &(
                U256::from(MIN_PROPOSAL_SIZE),
                U256::from(rules.preimage_challenge_period),
            )
                .abi_encode_params(),
        )?;
        let vm = match vm {
            Vm::Mips64 => evm.deploy(
                artifact::MIPS64,
                &(oracle, U256::from(8)).abi_encode_params(),
            )?,
            Vm::Told => {
                evm.put_code(TOLD_VM, told_vm(oracle));
                TOLD_VM
            }
        };
        let game = evm.deploy(
            artifact::FAULT_DISPUTE_GAME,
            &(
                U256::from(rules.max_depth),
                U256::from(rules.split_depth),
                rules.clock_extension,
                rules.max_clock,
                (
                    U256::from(200_000_000_000_u64),
                    U256::from(400_000),
                    U256::from(300_000_000),
                ),
            )
                .abi_encode_params(),
        )?;
        let superchain = proxied(
            &mut evm,
            artifact::SUPERCHAIN_CONFIG,
            &decrees.abi_encode(),
            &ISuperchainConfig::initializeCall { guardian_: OWNER },
        )?;
        let config = proxied(
            &mut evm,
            artifact::SYSTEM_CONFIG,
            &[],
            &system_config(superchain),
        )?;
        let factory = proxied(
            &mut evm,
            artifact::DISPUTE_GAME_FACTORY,
            &[],
            &IDisputeGameFactory::initializeCall { owner: OWNER },
        )?;
        let weth = proxied(
            &mut evm,
            artifact::DELAYED_WETH,
            &U256::from(DELAY).abi_encode(),
            &IDelayedWETH::initializeCall {
                systemConfig: config,
            },
        )?;
        let registry = proxied(
            &mut evm,
            artifact::ANCHOR_STATE_REGISTRY,
            &(U256::from(DELAY), decrees).abi_encode_params(),
            &IAnchorStateRegistry::initializeCall {
                systemConfig: config,
                disputeGameFactory: factory,
                startingAnchorRoot: IAnchorStateRegistry::Proposal {
                    root: anchor.0,
                    l2SequenceNumber: U256::from(anchor.1),
                },
                startingRespectedGameType: GAME_TYPE,
            },
        )?;
        let args = (prestate, vm, registry, weth, U256::from(L2_CHAIN_ID)).abi_encode_packed();
        evm.send(
            OWNER,
            factory,
            U256::ZERO,
            &IDisputeGameFactory::setImplementationCall {
                gameType: GAME_TYPE,
                impl_: game,
                args: args.into(),
            },
        )?;
        Ok(Self {
            evm,
            rules,
            factory,
        })
    }

    /// The depths and durations of the games.
    pub const fn rules(&self) -> Rules {
        self.rules
    }

    /// Has `creator` claim `root` for an L2 block.
    pub fn create(&mut self, creator: Address, root: B256, block: u64) -> Result<Game, EvmError> {
        let call = IDisputeGameFactory::createCall {
            gameType: GAME_TYPE,
            rootClaim: root,
            extraData: U256::from(block).abi_encode().into(),
        };
        let receipt = self.evm.send(creator, self.factory, U256::ZERO, &call)?;
        Ok(Game::new(receipt.output))
    }
}

fn proxied(
    evm: &mut LocalEvm,
    artifact: Artifact,
    arguments: &[u8],
    setup: &impl SolCall,
) -> Result<Address, EvmError> {
    let implementation = evm.deploy(artifact, arguments)?;
    let setup = Bytes::from(setup.abi_encode());
    evm.deploy(
        artifact::TRANSPARENT_UPGRADEABLE_PROXY,
        &(implementation, ADMIN, setup).abi_encode_params(),
    )
}

fn system_config(superchain: Address) -> ISystemConfig::initializeCall {
    ISystemConfig::initializeCall {
        owner_: OWNER,
        basefeeScalar_: 0,
        blobbasefeeScalar_: 0,
        batcherHash_: OWNER.into_word(),
        gasLimit_: 60_000_000,
        unsafeBlockSigner_: OWNER,
        config_: ISystemConfig::ResourceConfig {
            maxResourceLimit: 20_000_000,
            elasticityMultiplier: 10,
            baseFeeMaxChangeDenominator: 8,
            minimumBaseFee: 1_000_000_000,
            systemTxMaxGas: 1_000_000,
            maximumBaseFee: u128::MAX,
        },
        addresses_: ISystemConfig::Addresses {
            l1CrossDomainMessenger: Address::ZERO,
            l1ERC721Bridge: Address::ZERO,
            l1StandardBridge: Address::ZERO,
            optimismPortal: OWNER,
            optimismMintableERC20Factory: Address::ZERO,
            delayedWETH: OWNER,
            opcm: Address::ZERO,
        },
        l2ChainId_: U256::from(L2_CHAIN_ID),
        superchainConfig_: superchain,
    }
}

/// The code of [`Vm::Told`]: `step` returns the first word of its second argument, everything else the oracle.
fn told_vm(oracle: Address) -> Bytes {
    // Is the selector that of `step`?
    let mut code = vec![
        0x5f, 0x35, 0x60, 0xe0, 0x1c, 0x63, 0xe1, 0x4c, 0xed, 0x32, 0x14,
    ];
    // No: mstore(0, oracle), return(0, 32).
    code.extend([0x60, 0x29, 0x57, 0x73]);
    code.extend(oracle);
    code.extend([0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]);
    // Yes: mstore(0, calldataload(0x24 + calldataload(0x24))), return(0, 32).
    code.extend([0x5b, 0x60, 0x24, 0x35, 0x60, 0x24, 0x01, 0x35]);
    code.extend([0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]);
    code.into()
}
