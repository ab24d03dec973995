//! The system configuration (OP specs `protocol/system-config.md`).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod l1;

use endgame_ortho_derive::{
    BlockId, DeriveError, Genesis, L2Block, Rollup, SystemConfig, l1_attributes,
};
use endgame_ortho_execute::{Fork, Forks};
use endgame_ortho_primitives::{Address, Hash, Word, keccak256};
use endgame_ortho_types::{Header, Log, Outcome, Receipt, Transaction};
use l1::{Missing, l1_block, receipt};
use proptest::prelude::*;

const CONTRACT: Address = Address([0xc0; 20]);
const ECOTONE: u64 = 1000;

fn rollup() -> Rollup {
    Rollup {
        forks: Forks::new([(Fork::Ecotone, ECOTONE)]),
        system_config_address: CONTRACT,
        ..Rollup::default()
    }
}

fn words(words: &[Word]) -> Vec<u8> {
    let length = Word::from(words.len() as u64 * 32);
    let head = [Word::from(32_u64), length];
    let all = head.iter().chain(words);
    all.flat_map(|word| word.to_be_bytes()).collect()
}

fn update(update_type: u64, values: &[Word]) -> Log {
    Log {
        address: CONTRACT,
        topics: vec![
            keccak256(b"ConfigUpdate(uint256,uint8,bytes)"),
            Hash::ZERO,
            Word::from(update_type).into(),
        ],
        data: words(values),
    }
}

fn before() -> SystemConfig {
    SystemConfig {
        batcher: Address([1; 20]),
        overhead: Word::from(2_u64),
        scalar: Word::from(3_u64),
        gas_limit: 4,
        eip1559_params: [5; 8],
        operator_fee_scalar: 6,
        operator_fee_constant: 7,
        min_base_fee: 8,
        da_footprint_gas_scalar: 9,
    }
}

/// The configuration after these logs, in a block of this time.
fn after_at(time: u64, logs: Vec<Log>) -> SystemConfig {
    let mut config = before();
    config.apply(&[receipt(2, logs)], &rollup(), time);
    config
}

fn after(log: Log) -> SystemConfig {
    after_at(ECOTONE, vec![log])
}

#[test]
fn each_type_changes_its_value_alone() {
    let word = <Word as From<u64>>::from;
    let cases: [(u64, Word, SystemConfig); 6] = [
        (
            0,
            Address([0xaa; 20]).to_word(),
            SystemConfig {
                batcher: Address([0xaa; 20]),
                ..before()
            },
        ),
        (
            2,
            word(u64::MAX),
            SystemConfig {
                gas_limit: u64::MAX,
                ..before()
            },
        ),
        (
            4,
            word(250 << 32 | 6),
            SystemConfig {
                eip1559_params: [0, 0, 0, 250, 0, 0, 0, 6],
                ..before()
            },
        ),
        (
            5,
            Word::from_limbs([12, 11, 0, 0]),
            SystemConfig {
                operator_fee_scalar: 11,
                operator_fee_constant: 12,
                ..before()
            },
        ),
        (
            6,
            word(1_000_000),
            SystemConfig {
                min_base_fee: 1_000_000,
                ..before()
            },
        ),
        (
            7,
            word(65_535),
            SystemConfig {
                da_footprint_gas_scalar: 65_535,
                ..before()
            },
        ),
    ];
    for (update_type, value, expected) in cases {
        assert_eq!(
            after(update(update_type, &[value])),
            expected,
            "{update_type}"
        );
    }
}

/// "Pre-Ecotone, `overhead` and `scalar` overwrite [...]. After Ecotone upgrade, `overhead` is
/// ignored and `scalar` is interpreted as a versioned encoding."
#[test]
fn fee_scalars_change_as_the_time_of_the_l1_block_has_it() {
    let values = [Word::from(20_u64), Word::MAX];
    let config = after_at(ECOTONE - 1, vec![update(1, &values)]);
    assert_eq!([config.overhead, config.scalar], values);
    assert_eq!(after(update(1, &values)), before());

    let valid = [
        Word::from_limbs([1 << 32 | 2, 0, 0, 1 << 56]),
        Word::from(u64::from(u32::MAX)),
    ];
    for scalar in valid {
        let config = after(update(1, &[Word::from(20_u64), scalar]));
        assert_eq!([config.overhead, config.scalar], [Word::ZERO, scalar]);
    }
    let invalid = [
        Word::from_limbs([1 << 32, 0, 0, 0]),
        Word::from_limbs([0, 1, 0, 1 << 56]),
        Word::from_limbs([0, 0, 0, 2 << 56]),
    ];
    for scalar in invalid {
        assert_eq!(after(update(1, &[Word::ZERO, scalar])), before());
    }
}

#[test]
fn updates_apply_in_order() {
    let limits = [1_u64, 2, 3].map(|limit| update(2, &[Word::from(limit)]));
    assert_eq!(after_at(ECOTONE, limits.to_vec()).gas_limit, 3);
}

/// "If a System Config Update cannot be parsed for any reason, it is not applied and is instead
/// skipped."
#[test]
fn malformed_and_unknown_updates_are_skipped() {
    let word = <Word as From<u64>>::from;
    let good = update(2, &[word(100)]);
    let mut skipped = vec![
        update(3, &[word(100)]),
        update(8, &[word(100)]),
        update(2, &[word(100), word(0)]),
        update(2, &[]),
        update(1, &[word(1)]),
        update(2, &[Word::from_limbs([100, 1, 0, 0])]),
        update(0, &[Word::MAX]),
        update(4, &[word(250 << 32)]),
        update(4, &[word(6)]),
        update(6, &[Word::from_limbs([100, 1, 0, 0])]),
        update(7, &[word(65_536)]),
    ];
    let mut version = good.clone();
    version.topics[1] = Hash([1; 32]);
    let mut topics = good.clone();
    topics.topics.push(Hash::ZERO);
    let mut pointer = good.clone();
    pointer.data[31] = 64;
    let mut length = good.clone();
    length.data[63] = 33;
    let mut high = good.clone();
    high.data[0] = 1;
    let mut longer = good.clone();
    longer.data.push(0);
    let mut shorter = good.clone();
    shorter.data.pop();
    let mut large_type = good.clone();
    large_type.topics[2] = Hash([2; 32]);
    skipped.extend([
        version, topics, pointer, length, high, longer, shorter, large_type,
    ]);
    for log in skipped {
        let logs = vec![update(7, &[word(77)]), log.clone(), update(6, &[word(66)])];
        let expected = SystemConfig {
            da_footprint_gas_scalar: 77,
            min_base_fee: 66,
            ..before()
        };
        assert_eq!(after_at(ECOTONE, logs), expected, "{log:?}");
    }
    assert_eq!(after(good).gas_limit, 100);
}

#[test]
fn zero_eip1559_parameters_mean_the_chains_own() {
    assert_eq!(after(update(4, &[Word::ZERO])).eip1559_params, [0; 8]);
}

#[test]
fn only_the_contract_changes_the_configuration() {
    let mut log = update(2, &[Word::ONE]);
    log.address = Address([1; 20]);
    assert_eq!(after(log), before());
    let mut log = update(2, &[Word::ONE]);
    log.topics[0] = Hash::ZERO;
    assert_eq!(after(log), before());
    let mut log = update(2, &[Word::ONE]);
    log.topics.clear();
    assert_eq!(after(log), before());

    let mut config = before();
    let mut failed = receipt(2, vec![update(2, &[Word::ONE])]);
    for outcome in [Outcome::Status(false), Outcome::StateRoot(Hash([1; 32]))] {
        failed.outcome = outcome;
        config.apply(&[failed.clone()], &rollup(), ECOTONE);
        assert_eq!(config, before());
    }
}

/// A block of the fork whose parent is of `parent`.
fn block_of(
    fork: Fork,
    parent: Fork,
    config: &SystemConfig,
    extra_data: &[u8],
) -> (L2Block, Rollup) {
    let forks = [
        Fork::Bedrock,
        Fork::Ecotone,
        Fork::Holocene,
        Fork::Isthmus,
        Fork::Jovian,
    ];
    let time = |fork: Fork| forks.iter().position(|other| *other == fork).unwrap() as u64 * 10;
    let rollup = Rollup {
        forks: Forks::new(forks.map(|fork| (fork, time(fork)))),
        genesis: Genesis {
            l2: BlockId {
                number: 5,
                ..BlockId::default()
            },
            system_config: SystemConfig {
                gas_limit: 12_345,
                ..before()
            },
            ..Genesis::default()
        },
        ..Rollup::default()
    };
    let deposit = l1_attributes(
        &rollup,
        config,
        &l1_block(1, 1),
        0,
        time(parent),
        time(fork) + 1,
    );
    let header = Header {
        number: 6,
        timestamp: time(fork) + 1,
        gas_limit: config.gas_limit,
        extra_data: extra_data.to_vec(),
        ..Header::default()
    };
    let transactions = vec![Transaction::Deposit(deposit).encode()];
    let block = L2Block::new::<Missing>(Hash::ZERO, header, transactions, &rollup.genesis);
    (block.unwrap(), rollup)
}

const HOLOCENE_EXTRA: [u8; 9] = [0, 5, 5, 5, 5, 5, 5, 5, 5];
const JOVIAN_EXTRA: [u8; 17] = [1, 5, 5, 5, 5, 5, 5, 5, 5, 0, 0, 0, 0, 0, 0, 0, 8];

#[test]
fn configuration_is_read_back_from_a_block() {
    let read = |fork, parent, extra: &[u8]| {
        let (block, rollup) = block_of(fork, parent, &before(), extra);
        SystemConfig::of_block::<Missing>(&block, &rollup).unwrap()
    };
    let bedrock = SystemConfig {
        eip1559_params: [0; 8],
        operator_fee_scalar: 0,
        operator_fee_constant: 0,
        min_base_fee: 0,
        da_footprint_gas_scalar: 0,
        ..before()
    };
    assert_eq!(read(Fork::Bedrock, Fork::Bedrock, &[]), bedrock);
    // Ecotone's first block still has Bedrock's attributes.
    assert_eq!(read(Fork::Ecotone, Fork::Bedrock, &[]), bedrock);
    let ecotone = SystemConfig {
        overhead: Word::ZERO,
        scalar: Word::from_limbs([3, 0, 0, 1 << 56]),
        ..bedrock
    };
    assert_eq!(read(Fork::Ecotone, Fork::Ecotone, &[]), ecotone);
    let holocene = SystemConfig {
        eip1559_params: [5; 8],
        ..ecotone
    };
    for parent in [Fork::Ecotone, Fork::Holocene] {
        assert_eq!(read(Fork::Holocene, parent, &HOLOCENE_EXTRA), holocene);
    }
    assert_eq!(
        read(Fork::Isthmus, Fork::Holocene, &HOLOCENE_EXTRA),
        holocene
    );
    let isthmus = SystemConfig {
        operator_fee_scalar: 6,
        operator_fee_constant: 7,
        ..holocene
    };
    assert_eq!(read(Fork::Isthmus, Fork::Isthmus, &HOLOCENE_EXTRA), isthmus);
    let jovian = SystemConfig {
        min_base_fee: 8,
        ..isthmus
    };
    assert_eq!(read(Fork::Jovian, Fork::Isthmus, &JOVIAN_EXTRA), jovian);
    let with_footprint = SystemConfig {
        da_footprint_gas_scalar: 9,
        ..jovian
    };
    assert_eq!(
        read(Fork::Jovian, Fork::Jovian, &JOVIAN_EXTRA),
        with_footprint
    );
}

#[test]
fn first_block_has_the_configuration_of_the_chain() {
    let (mut block, rollup) = block_of(Fork::Jovian, Fork::Jovian, &before(), &[]);
    block.header.number = 5;
    let config = SystemConfig::of_block::<Missing>(&block, &rollup).unwrap();
    assert_eq!(config.gas_limit, 12_345);
}

#[test]
fn block_without_eip1559_parameters_is_an_error() {
    let cases: [(Fork, &[u8]); 4] = [
        (Fork::Holocene, &[]),
        (Fork::Holocene, &JOVIAN_EXTRA),
        (Fork::Holocene, &[0; 9]),
        (Fork::Jovian, &HOLOCENE_EXTRA),
    ];
    for (fork, extra) in cases {
        let (block, rollup) = block_of(fork, fork, &before(), extra);
        let config = SystemConfig::of_block::<Missing>(&block, &rollup);
        assert!(matches!(config, Err(DeriveError::Block { .. })));
    }
}

fn any_log() -> impl Strategy<Value = Log> {
    let valid = (0..9_u64, any::<[u64; 4]>(), any::<[u64; 4]>()).prop_map(|(kind, a, b)| {
        let values = [Word::from_limbs(a), Word::from_limbs(b)];
        let take = if kind == 1 { 2 } else { 1 };
        update(kind, &values[..take])
    });
    let byte = (any::<prop::sample::Index>(), any::<u8>());
    (valid, byte, any::<bool>()).prop_map(|(mut log, (at, byte), cut)| {
        let at = at.index(log.data.len());
        log.data[at] ^= byte;
        if cut {
            log.data.truncate(at);
        }
        log
    })
}

proptest! {
    /// What changes is one value, and from Ecotone on the scalar always has a meaning.
    #[test]
    fn any_log_leaves_a_configuration_that_blocks_can_hold(log in any_log()) {
        let config = after(log);
        let (block, rollup) = block_of(Fork::Isthmus, Fork::Isthmus, &config, &HOLOCENE_EXTRA);
        let read = SystemConfig::of_block::<Missing>(&block, &rollup).unwrap();
        prop_assert_eq!(read.batcher, config.batcher);
        prop_assert_eq!(read.scalar.low_u64(), config.scalar.low_u64());
    }

    #[test]
    fn receipts_are_read_whatever_is_logged(logs in prop::collection::vec(any_log(), 0..4)) {
        let receipts: Vec<Receipt> = logs.iter().map(|log| receipt(0, vec![log.clone()])).collect();
        let mut one_by_one = before();
        one_by_one.apply(&receipts, &rollup(), ECOTONE);
        prop_assert_eq!(one_by_one, after_at(ECOTONE, logs));
    }
}
