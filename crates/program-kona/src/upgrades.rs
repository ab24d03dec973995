//! The transactions that upgrades of the network bring (specs `protocol/derivation.md`, "Network
//! upgrade automation transactions").

use alloc::vec::Vec;

use alloy_eips_v1::eip2718::Encodable2718;
use alloy_primitives::{Address, B256, Bytes, TxKind, address, b256};
use kona_genesis::RollupConfig;
use kona_hardforks::{Hardfork, Hardforks};
use kona_protocol::Predeploys;
use op_alloy_consensus_v0::{TxDeposit, UpgradeDepositSource};

use crate::{ChainConfig, ConfigError, attributes::DEPOSITOR, config::UpgradeData};

/// Hashes of the init code of the contracts that Jovian deploys: consensus data, which kona's crate
/// of this generation lacks, so that the configuration brings it.
const L1_BLOCK: B256 = b256!("1f054ff228ecad7f51772dd25084469192f7a33c522b87cd46ec5558d3c46aec");
const GAS_PRICE_ORACLE: B256 =
    b256!("f72c23d9c3775afd7b645fde429d09800622d329116feb5ff9829634655123ca");

/// Who deploys them, and where they come to stand.
const L1_BLOCK_DEPLOYER: Address = address!("4210000000000000000000000000000000000006");
const L1_BLOCK_ADDRESS: Address = address!("3Ba4007f5C922FBb33C454B41ea7a1f11E83df2C");
const GAS_PRICE_ORACLE_DEPLOYER: Address = address!("4210000000000000000000000000000000000007");
const GAS_PRICE_ORACLE_ADDRESS: Address = address!("4f1db3c6AbD250ba86E0928471A8F7DB3AFd88F1");

/// `upgradeTo(address)`.
const UPGRADE_TO: [u8; 4] = [0x36, 0x59, 0xcf, 0xe6];
/// `setJovian()`.
const SET_JOVIAN: [u8; 4] = [0xb3, 0xd7, 0x20, 0x79];

/// The transactions, EIP-2718 encoded, of the upgrades that the block of this time brings.
pub fn upgrade_transactions(config: &ChainConfig, time: u64) -> Result<Vec<Bytes>, ConfigError> {
    upgrades(config.rollup(), &config.upgrade_data, time)
}

/// `data` has the byte strings that are not kona's by their hashes.
fn upgrades(
    rollup: &RollupConfig,
    data: &UpgradeData,
    time: u64,
) -> Result<Vec<Bytes>, ConfigError> {
    let mut transactions = Vec::new();
    if rollup.is_first_ecotone_block(time) {
        transactions.extend(Hardforks::ECOTONE.txs());
    }
    if rollup.is_first_fjord_block(time) {
        transactions.extend(Hardforks::FJORD.txs());
    }
    if rollup.is_first_isthmus_block(time) {
        transactions.extend(Hardforks::ISTHMUS.txs());
    }
    if rollup.is_first_jovian_block(time) {
        let jovian = jovian(data)?;
        transactions.extend(jovian.iter().map(|tx| Bytes::from(tx.encoded_2718())));
    }
    Ok(transactions)
}

/// Specs `protocol/jovian/derivation.md`, "Network Upgrade Transactions". The sources are those of
/// the blocks that activated Jovian; the text of the specs names the contracts otherwise.
fn jovian(data: &UpgradeData) -> Result<[TxDeposit; 5], ConfigError> {
    let code = |hash| data.get(&hash).ok_or(ConfigError::UpgradeData(hash));
    Ok([
        deployment(
            "L1 Block",
            L1_BLOCK_DEPLOYER,
            447_315,
            code(L1_BLOCK)?.clone(),
        ),
        proxy_update("L1 Block", Predeploys::L1_BLOCK_INFO, L1_BLOCK_ADDRESS),
        deployment(
            "Gas Price Oracle",
            GAS_PRICE_ORACLE_DEPLOYER,
            1_750_714,
            code(GAS_PRICE_ORACLE)?.clone(),
        ),
        proxy_update(
            "Gas Price Oracle",
            Predeploys::GAS_PRICE_ORACLE,
            GAS_PRICE_ORACLE_ADDRESS,
        ),
        TxDeposit {
            from: DEPOSITOR,
            to: TxKind::Call(Predeploys::GAS_PRICE_ORACLE),
            gas_limit: 90_000,
            input: SET_JOVIAN.into(),
            ..with_intent("Gas Price Oracle Set Jovian")
        },
    ])
}

/// A deposit with its source alone.
fn with_intent(intent: &str) -> TxDeposit {
    let source = UpgradeDepositSource::new(["Jovian: ", intent].concat());
    TxDeposit {
        source_hash: source.source_hash(),
        ..TxDeposit::default()
    }
}

fn deployment(name: &str, from: Address, gas_limit: u64, code: Bytes) -> TxDeposit {
    TxDeposit {
        from,
        to: TxKind::Create,
        gas_limit,
        input: code,
        ..with_intent(&[name, " Deployment"].concat())
    }
}

fn proxy_update(name: &str, proxy: Address, target: Address) -> TxDeposit {
    TxDeposit {
        from: Address::ZERO,
        to: TxKind::Call(proxy),
        gas_limit: 50_000,
        input: [&UPGRADE_TO, target.into_word().as_slice()].concat().into(),
        ..with_intent(&[name, " Proxy Update"].concat())
    }
}

/// Stands for the data: what they are is their hashes' business.
#[cfg(test)]
pub(crate) fn made_up_data() -> UpgradeData {
    let named = |hash| (hash, Bytes::from_static(b"init code"));
    [named(L1_BLOCK), named(GAS_PRICE_ORACLE)].into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::testing::config;
    use alloy_primitives::hex;

    /// Specs `protocol/jovian/derivation.md`, "Network Upgrade Transactions".
    #[test]
    fn jovian_brings_five_transactions_with_the_sources_of_the_networks() {
        let jovian = jovian(&made_up_data()).unwrap();
        let sources = jovian.each_ref().map(|deposit| deposit.source_hash);
        assert_eq!(
            sources,
            [
                "Jovian: L1 Block Deployment",
                "Jovian: L1 Block Proxy Update",
                "Jovian: Gas Price Oracle Deployment",
                "Jovian: Gas Price Oracle Proxy Update",
                "Jovian: Gas Price Oracle Set Jovian",
            ]
            .map(|intent| UpgradeDepositSource::new(intent.into()).source_hash())
        );
        let [_, update, _, other, _] = jovian;
        let to_l1_block =
            hex!("3659cfe60000000000000000000000003ba4007f5c922fbb33c454b41ea7a1f11e83df2c");
        assert_eq!(update.input.as_ref(), to_l1_block);
        let to_oracle =
            hex!("3659cfe60000000000000000000000004f1db3c6abd250ba86e0928471a8f7db3afd88f1");
        assert_eq!(other.input.as_ref(), to_oracle);
        for (deployer, address) in [
            (L1_BLOCK_DEPLOYER, L1_BLOCK_ADDRESS),
            (GAS_PRICE_ORACLE_DEPLOYER, GAS_PRICE_ORACLE_ADDRESS),
        ] {
            assert_eq!(deployer.create(0), address);
        }
    }

    #[test]
    fn upgrades_come_with_the_first_block_of_their_fork_alone() {
        let mut config = config();
        let count =
            |config: &RollupConfig, time| upgrades(config, &made_up_data(), time).unwrap().len();
        assert_eq!(count(&config, 1_000), 0);
        config.hardforks.jovian_time = Some(1_001);
        let counts = [1_000, 1_001, 1_002, 1_003].map(|time| count(&config, time));
        assert_eq!(counts, [0, 5, 5, 0]);
    }

    #[test]
    fn jovian_without_its_data_is_an_error() {
        let mut config = config();
        config.hardforks.jovian_time = Some(1_001);
        let missing = upgrades(&config, &UpgradeData::new(), 1_001);
        assert_eq!(missing, Err(ConfigError::UpgradeData(L1_BLOCK)));
    }
}
