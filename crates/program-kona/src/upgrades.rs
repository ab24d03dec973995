//! The transactions that upgrades of the network bring (specs `protocol/derivation.md`, "Network
//! upgrade automation transactions").

use alloc::vec::Vec;

use alloy_eips_v1::eip2718::Encodable2718;
use alloy_primitives::{Address, Bytes, TxKind, address};
use kona_genesis::RollupConfig;
use kona_hardforks::{Hardfork, Hardforks};
use kona_protocol::Predeploys;
use op_alloy_consensus_v0::{TxDeposit, UpgradeDepositSource};

use crate::attributes::DEPOSITOR;

/// Init code of the contracts that Jovian deploys: consensus data, as the specs' `static/bytecode`
/// has them.
const L1_BLOCK: &[u8] = include_bytes!("upgrades/jovian-l1-block.bin");
const GAS_PRICE_ORACLE: &[u8] = include_bytes!("upgrades/jovian-gas-price-oracle.bin");

/// Init code of the contracts that Jovian deploys.
pub const JOVIAN_INIT_CODE: [&[u8]; 2] = [L1_BLOCK, GAS_PRICE_ORACLE];

/// Who deploys them, and where they come to stand.
const L1_BLOCK_DEPLOYER: Address = address!("4210000000000000000000000000000000000006");
const L1_BLOCK_ADDRESS: Address = address!("3Ba4007f5C922FBb33C454B41ea7a1f11E83df2C");
const GAS_PRICE_ORACLE_DEPLOYER: Address = address!("4210000000000000000000000000000000000007");
const GAS_PRICE_ORACLE_ADDRESS: Address = address!("4f1db3c6AbD250ba86E0928471A8F7DB3AFd88F1");

/// `upgradeTo(address)`.
const UPGRADE_TO: [u8; 4] = [0x36, 0x59, 0xcf, 0xe6];
/// `setJovian()`.
const SET_JOVIAN: [u8; 4] = [0xb3, 0xd7, 0x20, 0x79];

/// The transactions of the upgrades that the block of this time brings.
pub(crate) fn upgrades(rollup: &RollupConfig, time: u64) -> Vec<Bytes> {
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
        transactions.extend(jovian().iter().map(|tx| Bytes::from(tx.encoded_2718())));
    }
    transactions
}

/// Specs `protocol/jovian/derivation.md`, "Network Upgrade Transactions".
fn jovian() -> [TxDeposit; 5] {
    [
        deployment("L1Block", L1_BLOCK_DEPLOYER, 447_315, L1_BLOCK),
        proxy_update("L1Block", Predeploys::L1_BLOCK_INFO, L1_BLOCK_ADDRESS),
        deployment(
            "GasPriceOracle",
            GAS_PRICE_ORACLE_DEPLOYER,
            1_750_714,
            GAS_PRICE_ORACLE,
        ),
        proxy_update(
            "GasPriceOracle",
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
    ]
}

/// A deposit with its source alone.
fn with_intent(intent: &str) -> TxDeposit {
    let source = UpgradeDepositSource::new(["Jovian: ", intent].concat());
    TxDeposit {
        source_hash: source.source_hash(),
        ..TxDeposit::default()
    }
}

fn deployment(name: &str, from: Address, gas_limit: u64, code: &'static [u8]) -> TxDeposit {
    TxDeposit {
        from,
        to: TxKind::Create,
        gas_limit,
        input: Bytes::from_static(code),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::testing::config;
    use alloy_primitives::{b256, hex};

    /// Specs `protocol/jovian/derivation.md`, "Network Upgrade Transactions".
    #[test]
    fn jovian_brings_five_transactions_with_the_sources_of_the_specs() {
        let sources = jovian().map(|deposit| deposit.source_hash);
        assert_eq!(
            sources,
            [
                b256!("98faf23b9795967bc0b1c543144739d50dba3ea40420e77ad6ca9848dbfb62e8"),
                b256!("08447273a4fbce97bc8c515f97ac74efc461f6a4001553712f31ebc11288bad2"),
                b256!("d939cca6eca7bd0ee0c7e89f7e5b5cf7bf6f7afe7b6966bb45dfb95344b31545"),
                b256!("46b597e2d8346ed7749b46734074361e0b41a0ab9af7afda5bb4e367e072bcb8"),
                b256!("e836db6a959371756f8941be3e962d000f7e12a32e49e2c9ca42ba177a92716c"),
            ]
        );
        let [_, update, _, other, _] = jovian();
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
        assert!(upgrades(&config, 1_000).is_empty());
        config.hardforks.jovian_time = Some(1_001);
        let counts = [1_000, 1_001, 1_002, 1_003].map(|time| upgrades(&config, time).len());
        assert_eq!(counts, [0, 5, 5, 0]);
    }
}
