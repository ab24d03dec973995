//! The deposits that a fork's first block makes to upgrade contracts ("Network upgrade automation
//! transactions" of `protocol/{ecotone,fjord,isthmus,jovian}/derivation.md` of the OP specs).

mod code;

use alloc::vec::Vec;

use endgame_ortho_execute::{CREATE2_DEPLOYER_HASH, Fork, fees::L1_BLOCK};
use endgame_ortho_primitives::{Address, Hash, keccak256};
use endgame_ortho_rlp::Encoder;
use endgame_ortho_types::Deposit;

use crate::{DeriveError, Rollup, l1_attributes::DEPOSITOR, predeploy, source_hash};
use code::{
    BEACON_ROOTS_CODE, GAS_PRICE_ORACLE_ECOTONE, GAS_PRICE_ORACLE_FJORD, GAS_PRICE_ORACLE_ISTHMUS,
    GAS_PRICE_ORACLE_JOVIAN, HISTORY_STORAGE_CODE, L1_BLOCK_ECOTONE, L1_BLOCK_ISTHMUS,
    L1_BLOCK_JOVIAN, OPERATOR_FEE_VAULT_ISTHMUS,
};

/// Who the EIPs say deploys their contracts.
const BEACON_ROOTS_DEPLOYER: Address = Address([
    0x0b, 0x79, 0x9c, 0x86, 0xa4, 0x9d, 0xee, 0xb9, 0x04, 0x02, 0x69, 0x1f, 0x10, 0x41, 0xaa, 0x3a,
    0xf2, 0xd3, 0xc8, 0x75,
]);
const HISTORY_STORAGE_DEPLOYER: Address = Address([
    0x34, 0x62, 0x41, 0x3a, 0xf4, 0x60, 0x90, 0x98, 0xe1, 0xe2, 0x7a, 0x49, 0x0f, 0x55, 0x4f, 0x26,
    0x02, 0x13, 0xd6, 0x85,
]);

const GAS_PRICE_ORACLE: Address = predeploy(0x0f);
const OPERATOR_FEE_VAULT: Address = predeploy(0x1b);

/// Of `upgradeTo(address)`.
const UPGRADE_TO: [u8; 4] = [0x36, 0x59, 0xcf, 0xe6];
/// Of `setEcotone()`, `setFjord()`, `setIsthmus()` and `setJovian()`.
const SET_ECOTONE: [u8; 4] = [0x22, 0xb9, 0x0a, 0xb3];
const SET_FJORD: [u8; 4] = [0x8e, 0x98, 0xb1, 0x06];
const SET_ISTHMUS: [u8; 4] = [0x29, 0x1b, 0x03, 0x83];
const SET_JOVIAN: [u8; 4] = [0xb3, 0xd7, 0x20, 0x79];

/// One of the deposits.
struct Upgrade {
    /// What it does, in words that name it.
    intent: &'static str,
    from: Address,
    to: Option<Address>,
    gas_limit: u64,
    data: Data,
}

enum Data {
    /// Code that the configuration holds.
    Stored(Hash),
    /// What this calls or deploys.
    Bytes(&'static [u8]),
    /// Makes a proxy use the contract that this account deploys first.
    UpgradeTo(Address),
}

impl Upgrade {
    /// The account with this last byte deploys code that the configuration holds.
    const fn deploy(intent: &'static str, deployer: u8, gas_limit: u64, code: Hash) -> Self {
        Self {
            intent,
            from: account(deployer),
            to: None,
            gas_limit,
            data: Data::Stored(code),
        }
    }

    /// The proxy uses what the account with this last byte deployed.
    const fn proxy(intent: &'static str, proxy: Address, deployer: u8) -> Self {
        Self {
            intent,
            from: Address::ZERO,
            to: Some(proxy),
            gas_limit: 50_000,
            data: Data::UpgradeTo(account(deployer)),
        }
    }

    /// The gas price oracle computes as a fork does.
    const fn enable(intent: &'static str, gas_limit: u64, call: &'static [u8]) -> Self {
        Self {
            intent,
            from: DEPOSITOR,
            to: Some(GAS_PRICE_ORACLE),
            gas_limit,
            data: Data::Bytes(call),
        }
    }

    /// An EIP's contract is deployed without the transaction that the EIP gives.
    const fn eip(intent: &'static str, from: Address, gas_limit: u64, code: &'static [u8]) -> Self {
        Self {
            intent,
            from,
            to: None,
            gas_limit,
            data: Data::Bytes(code),
        }
    }
}

const ECOTONE: &[Upgrade] = &[
    Upgrade::deploy("Ecotone: L1 Block Deployment", 0, 375_000, L1_BLOCK_ECOTONE),
    Upgrade::deploy(
        "Ecotone: Gas Price Oracle Deployment",
        1,
        1_000_000,
        GAS_PRICE_ORACLE_ECOTONE,
    ),
    Upgrade::proxy("Ecotone: L1 Block Proxy Update", L1_BLOCK, 0),
    Upgrade::proxy(
        "Ecotone: Gas Price Oracle Proxy Update",
        GAS_PRICE_ORACLE,
        1,
    ),
    Upgrade::enable(
        "Ecotone: Gas Price Oracle Set Ecotone",
        80_000,
        &SET_ECOTONE,
    ),
    Upgrade::eip(
        "Ecotone: beacon block roots contract deployment",
        BEACON_ROOTS_DEPLOYER,
        250_000,
        &BEACON_ROOTS_CODE,
    ),
];

const FJORD: &[Upgrade] = &[
    Upgrade::deploy(
        "Fjord: Gas Price Oracle Deployment",
        2,
        1_450_000,
        GAS_PRICE_ORACLE_FJORD,
    ),
    Upgrade::proxy("Fjord: Gas Price Oracle Proxy Update", GAS_PRICE_ORACLE, 2),
    Upgrade::enable("Fjord: Gas Price Oracle Set Fjord", 90_000, &SET_FJORD),
];

const ISTHMUS: &[Upgrade] = &[
    Upgrade::deploy("Isthmus: L1 Block Deployment", 3, 425_000, L1_BLOCK_ISTHMUS),
    Upgrade::deploy(
        "Isthmus: Gas Price Oracle Deployment",
        4,
        1_625_000,
        GAS_PRICE_ORACLE_ISTHMUS,
    ),
    Upgrade::deploy(
        "Isthmus: Operator Fee Vault Deployment",
        5,
        500_000,
        OPERATOR_FEE_VAULT_ISTHMUS,
    ),
    Upgrade::proxy("Isthmus: L1 Block Proxy Update", L1_BLOCK, 3),
    Upgrade::proxy(
        "Isthmus: Gas Price Oracle Proxy Update",
        GAS_PRICE_ORACLE,
        4,
    ),
    Upgrade::proxy(
        "Isthmus: Operator Fee Vault Proxy Update",
        OPERATOR_FEE_VAULT,
        5,
    ),
    Upgrade::enable(
        "Isthmus: Gas Price Oracle Set Isthmus",
        90_000,
        &SET_ISTHMUS,
    ),
    Upgrade::eip(
        "Isthmus: EIP-2935 Contract Deployment",
        HISTORY_STORAGE_DEPLOYER,
        250_000,
        &HISTORY_STORAGE_CODE,
    ),
];

/// The specification's intents read "L1Block" and "GasPriceOracle", and its source hashes are of
/// those; the nodes that run (op-node and kona) have these, and so have the chains.
const JOVIAN: &[Upgrade] = &[
    Upgrade::deploy("Jovian: L1 Block Deployment", 6, 447_315, L1_BLOCK_JOVIAN),
    Upgrade::proxy("Jovian: L1 Block Proxy Update", L1_BLOCK, 6),
    Upgrade::deploy(
        "Jovian: Gas Price Oracle Deployment",
        7,
        1_750_714,
        GAS_PRICE_ORACLE_JOVIAN,
    ),
    Upgrade::proxy("Jovian: Gas Price Oracle Proxy Update", GAS_PRICE_ORACLE, 7),
    Upgrade::enable("Jovian: Gas Price Oracle Set Jovian", 90_000, &SET_JOVIAN),
];

/// The hashes of what [`Rollup::upgrade_data`] must hold where the first block of a fork is
/// derived and built.
pub const fn upgrade_data_hashes(fork: Fork) -> &'static [Hash] {
    match fork {
        Fork::Canyon => &[CREATE2_DEPLOYER_HASH],
        Fork::Ecotone => &[L1_BLOCK_ECOTONE, GAS_PRICE_ORACLE_ECOTONE],
        Fork::Fjord => &[GAS_PRICE_ORACLE_FJORD],
        Fork::Isthmus => &[
            L1_BLOCK_ISTHMUS,
            GAS_PRICE_ORACLE_ISTHMUS,
            OPERATOR_FEE_VAULT_ISTHMUS,
        ],
        Fork::Jovian => &[L1_BLOCK_JOVIAN, GAS_PRICE_ORACLE_JOVIAN],
        Fork::Bedrock | Fork::Regolith | Fork::Delta | Fork::Granite | Fork::Holocene => &[],
    }
}

/// The upgrade deposits of the block at `time` after one at `parent_time`, those of the earlier
/// fork first if several begin at once.
pub fn upgrade_deposits<E>(
    rollup: &Rollup,
    parent_time: u64,
    time: u64,
) -> Result<Vec<Deposit>, DeriveError<E>> {
    let (last, before) = (rollup.forks.at(time), rollup.forks.at(parent_time));
    let forks = [
        (Fork::Ecotone, ECOTONE),
        (Fork::Fjord, FJORD),
        (Fork::Isthmus, ISTHMUS),
        (Fork::Jovian, JOVIAN),
    ];
    let begun = forks
        .iter()
        .filter(|(fork, _)| before < *fork && *fork <= last);
    let upgrades = begun.flat_map(|(_, upgrades)| *upgrades);
    upgrades
        .map(|upgrade| {
            let data = match upgrade.data {
                Data::Stored(hash) => rollup
                    .upgrade_data
                    .get(&hash)
                    .cloned()
                    .ok_or(DeriveError::UpgradeData(hash))?,
                Data::Bytes(bytes) => bytes.to_vec(),
                Data::UpgradeTo(deployer) => upgrade_to(deployer),
            };
            Ok(Deposit {
                source_hash: source_hash::upgrade(upgrade.intent),
                from: upgrade.from,
                to: upgrade.to,
                gas_limit: upgrade.gas_limit,
                data,
                ..Deposit::default()
            })
        })
        .collect()
}

/// The call that makes a proxy use the first contract that this account created.
fn upgrade_to(deployer: Address) -> Vec<u8> {
    let mut encoder = Encoder::new();
    encoder.list(|items| {
        items.bytes(&deployer.0);
        items.u64(0);
    });
    let contract = Address::from_word(keccak256(&encoder.finish()).to_word());
    [&UPGRADE_TO[..], &contract.to_word().to_be_bytes()].concat()
}

/// The accounts that deploy contracts, one for each, so that its nonce is 0.
const fn account(last: u8) -> Address {
    let mut bytes = predeploy(last).0;
    bytes[1] = 0x10;
    Address(bytes)
}
