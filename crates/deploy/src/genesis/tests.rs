use alloy::eips::eip7685::EMPTY_REQUESTS_HASH;
use alloy_primitives::{address, b256, keccak256};
use alloy_trie::EMPTY_ROOT_HASH;
use endgame_contracts::predeploys;

use super::*;
use crate::{
    BlockId, RollupConfig,
    l1::{self, Deployer},
};

const DEPLOYER: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
const TIME: u64 = 1_700_000_000;

fn genesis(config: &DeployConfig) -> L2Genesis {
    l2_genesis(config, DEPLOYER, TIME).unwrap()
}

fn word(genesis: &L2Genesis, of: Address, slot: u64) -> B256 {
    let slot = B256::from(U256::from(slot));
    genesis.alloc[&of]
        .storage
        .get(&slot)
        .copied()
        .unwrap_or_default()
}

#[test]
fn every_predeploy_delegates_to_code_and_belongs_to_the_proxy_admin() {
    let genesis = genesis(&DeployConfig::default());
    for predeploy in [
        predeploys::L1_BLOCK,
        predeploys::L2_TO_L1_MESSAGE_PASSER,
        predeploys::L2_CROSS_DOMAIN_MESSENGER,
        predeploys::L2_STANDARD_BRIDGE,
        predeploys::GAS_PRICE_ORACLE,
        predeploys::PROXY_ADMIN,
        predeploys::SEQUENCER_FEE_VAULT,
        predeploys::BASE_FEE_VAULT,
        predeploys::L1_FEE_VAULT,
        predeploys::OPERATOR_FEE_VAULT,
    ] {
        let proxy = &genesis.alloc[&predeploy];
        let implementation =
            Address::from_word(proxy.storage[&crate::addresses::IMPLEMENTATION_SLOT]);
        assert!(
            !genesis.alloc[&implementation].code.is_empty(),
            "{predeploy}"
        );
        assert_eq!(
            proxy.storage[&crate::addresses::ADMIN_SLOT],
            predeploys::PROXY_ADMIN.into_word()
        );
        // The admin is an immutable as well: the proxy compares callers with it.
        assert!(
            proxy
                .code
                .windows(20)
                .any(|bytes| bytes == predeploys::PROXY_ADMIN.as_slice())
        );
        assert_eq!(proxy.nonce, 1);
    }
}

#[test]
fn l1_block_starts_with_the_fee_settings_in_the_slots_of_consensus() {
    let mut config = DeployConfig::default();
    config.fees.base_fee_scalar = 0x0a0b_0c0d;
    config.fees.blob_base_fee_scalar = 0x0102_0304;
    config.fees.operator_fee_scalar = 0x1122_3344;
    config.fees.operator_fee_constant = 0x5566_7788_99aa_bbcc;
    let genesis = genesis(&config);
    assert_eq!(
        word(&genesis, predeploys::L1_BLOCK, 3),
        b256!("000000000000000000000000000000000a0b0c0d010203040000000000000000")
    );
    assert_eq!(
        word(&genesis, predeploys::L1_BLOCK, 8),
        b256!("0000000000000000000000000000000000000000112233445566778899aabbcc")
    );
}

#[test]
fn messenger_and_bridge_know_their_counterparts_in_the_slots_of_the_op_stack() {
    let config = DeployConfig::default();
    let (genesis, on_l1) = (genesis(&config), l1::addresses(&config, DEPLOYER).unwrap());
    let messenger = predeploys::L2_CROSS_DOMAIN_MESSENGER;
    assert_eq!(
        word(&genesis, messenger, 0),
        b256!("0000000000000000000000010000000000000000000000000000000000000000")
    );
    assert_eq!(
        word(&genesis, messenger, 207),
        on_l1.l1_cross_domain_messenger.into_word()
    );
    let bridge = predeploys::L2_STANDARD_BRIDGE;
    assert_eq!(word(&genesis, bridge, 3), messenger.into_word());
    assert_eq!(
        word(&genesis, bridge, 4),
        on_l1.l1_standard_bridge.into_word()
    );
}

#[test]
fn zero_settings_leave_no_slot_behind() {
    let genesis = genesis(&DeployConfig::default());
    for account in genesis.alloc.values() {
        assert!(account.storage.values().all(|word| !word.is_zero()));
    }
}

#[test]
fn the_header_is_that_of_an_isthmus_genesis() {
    let genesis = genesis(&DeployConfig::default());
    let header = genesis.header.inner();
    assert_eq!(header.number, 0);
    assert_eq!(header.timestamp, TIME);
    assert_eq!(header.extra_data.as_ref(), [0, 0, 0, 0, 250, 0, 0, 0, 6]);
    assert_eq!(header.withdrawals_root, Some(genesis.withdrawals_root()));
    assert_ne!(header.withdrawals_root, Some(EMPTY_ROOT_HASH));
    assert_eq!(header.requests_hash, Some(EMPTY_REQUESTS_HASH));
    assert_eq!(header.parent_beacon_block_root, Some(B256::ZERO));
    assert_eq!(header.beneficiary, predeploys::SEQUENCER_FEE_VAULT);
}

#[test]
fn the_output_root_commits_to_state_withdrawals_and_block() {
    let genesis = genesis(&DeployConfig::default());
    let mut bytes = [0; 128];
    bytes[32..64].copy_from_slice(genesis.header.state_root.as_slice());
    bytes[64..96].copy_from_slice(genesis.withdrawals_root().as_slice());
    bytes[96..].copy_from_slice(genesis.header.hash().as_slice());
    assert_eq!(genesis.output_root(), keccak256(bytes));
}

#[test]
fn the_same_settings_give_the_same_block() {
    let config = DeployConfig::default();
    assert_eq!(genesis(&config), genesis(&config));
    let funded = DeployConfig {
        l2_balances: [(DEPLOYER, U256::from(1))].into(),
        ..DeployConfig::default()
    };
    assert_ne!(
        genesis(&config).header.state_root,
        genesis(&funded).header.state_root
    );
}

#[test]
fn the_geth_export_makes_the_same_state() {
    let config = DeployConfig {
        l2_balances: [(DEPLOYER, U256::from(10).pow(U256::from(18)))].into(),
        ..DeployConfig::default()
    };
    let genesis = genesis(&config);
    let text = serde_json::to_string(&genesis.to_geth(&config)).unwrap();
    let read: alloy::genesis::Genesis = serde_json::from_str(&text).unwrap();
    let root = alloy_trie::root::state_root_unhashed(
        read.alloc
            .into_iter()
            .map(|(address, account)| (address, alloy_trie::TrieAccount::from(account))),
    );
    assert_eq!(root, genesis.header.state_root);
    assert_eq!(read.config.chain_id, 901);
    assert_eq!(read.config.extra_fields["isthmusTime"], 0);
}

#[test]
fn the_rollup_configuration_names_both_starts_and_reads_back() {
    let config = DeployConfig::default();
    let genesis = genesis(&config);
    let deployer = Deployer::new(unreachable_provider(), config.clone(), DEPLOYER).unwrap();
    let l1 = BlockId {
        hash: B256::repeat_byte(1),
        number: 7,
    };
    let rollup = RollupConfig::new(&config, DEPLOYER, deployer.addresses(), l1, &genesis);
    assert_eq!(rollup.genesis.l1, l1);
    assert_eq!(rollup.genesis.l2.hash, genesis.header.hash());
    assert_eq!(rollup.genesis.system_config.batcher_addr, DEPLOYER);
    assert_eq!(
        rollup.genesis.system_config.scalar,
        b256!("010000000000000000000000000000000000000000000000000c5fc500000558")
    );
    let text = serde_json::to_string(&rollup).unwrap();
    assert_eq!(serde_json::from_str::<RollupConfig>(&text).unwrap(), rollup);
}

#[test]
fn addresses_depend_on_salt_and_deployer() {
    let at = |config: DeployConfig, deployer| {
        Deployer::new(unreachable_provider(), config, deployer)
            .unwrap()
            .addresses()
            .clone()
    };
    let base = at(DeployConfig::default(), DEPLOYER);
    assert_eq!(base, at(DeployConfig::default(), DEPLOYER));
    let salted = DeployConfig {
        salt: B256::repeat_byte(1),
        ..DeployConfig::default()
    };
    assert_ne!(base.optimism_portal, at(salted, DEPLOYER).optimism_portal);
    assert_ne!(
        base.optimism_portal,
        at(DeployConfig::default(), Address::ZERO).optimism_portal
    );
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let refused = |change: fn(&mut DeployConfig)| {
        let mut config = DeployConfig::default();
        change(&mut config);
        match l2_genesis(&config, DEPLOYER, TIME) {
            Err(DeployError::Config { field, .. }) => field,
            other => panic!("not refused: {other:?}"),
        }
    };
    assert_eq!(
        refused(|config| config.l2_chain_id = config.l1_chain_id),
        "l2_chain_id"
    );
    assert_eq!(refused(|config| config.l2_block_time = 0), "l2_block_time");
    assert_eq!(
        refused(|config| config.l2_gas_limit = 20_999_999),
        "l2_gas_limit"
    );
    assert_eq!(
        refused(|config| config.l2_gas_limit = 200_000_001),
        "l2_gas_limit"
    );
    assert_eq!(
        refused(|config| config.channel_timeout = 0),
        "seq_window_size"
    );
    assert_eq!(refused(|config| config.fees.eip1559_elasticity = 0), "fees");
    assert_eq!(
        refused(|config| config.game.max_depth = 126),
        "game.max_depth"
    );
    assert_eq!(
        refused(|config| config.game.split_depth = 72),
        "game.split_depth"
    );
    assert_eq!(
        refused(|config| config.game.bonds.high_gas = 1),
        "game.bonds"
    );
    assert_eq!(
        refused(|config| config.oracle.challenge_period = u64::MAX),
        "game.max_clock_duration"
    );
}

#[test]
fn an_unknown_setting_is_refused() {
    let error = serde_json::from_str::<DeployConfig>(r#"{"l2_chain_idd": 5}"#).unwrap_err();
    assert!(error.to_string().contains("l2_chain_idd"), "{error}");
}

/// A provider that is never asked.
fn unreachable_provider() -> impl alloy::providers::Provider {
    alloy::providers::ProviderBuilder::new().connect_http("http://127.0.0.1:1".parse().unwrap())
}
