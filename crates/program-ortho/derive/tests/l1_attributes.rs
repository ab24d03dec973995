//! The first transaction of every block (OP specs `protocol/deposits.md`, "L1 Attributes Deposited
//! Transaction"; each fork's `l1-attributes.md`).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod l1;

use endgame_ortho_derive::{
    BlobSchedule, BlockId, DeriveError, Genesis, L1Attributes, L2Block, Rollup, SystemConfig,
    l1_attributes,
};
use endgame_ortho_execute::{Fork, Forks};
use endgame_ortho_primitives::{Address, Hash, Word, keccak256};
use endgame_ortho_types::{Deposit, Header, Transaction};
use kona_protocol::L1BlockInfoTx;
use l1::{Missing, l1_block};
use proptest::prelude::*;

/// Each fork an hour after the one before, Regolith at 1 h.
fn rollup() -> Rollup {
    let forks = [
        Fork::Regolith,
        Fork::Canyon,
        Fork::Delta,
        Fork::Ecotone,
        Fork::Fjord,
        Fork::Granite,
        Fork::Holocene,
        Fork::Isthmus,
        Fork::Jovian,
    ];
    Rollup {
        forks: Forks::new(forks.into_iter().zip((1..).map(|hour| hour * 3600))),
        ..Rollup::default()
    }
}

fn activation(fork: Fork) -> u64 {
    rollup().forks.activation(fork).unwrap()
}

fn config() -> SystemConfig {
    SystemConfig {
        batcher: Address([0xba; 20]),
        overhead: Word::from(188_u64),
        scalar: Word::from(684_000_u64),
        operator_fee_scalar: 11,
        operator_fee_constant: 12,
        da_footprint_gas_scalar: 13,
        ..SystemConfig::default()
    }
}

/// The scalar with a version byte.
fn scalar(version: u8, low: u64, padding: u64) -> Word {
    Word::from_limbs([low, padding, 0, u64::from(version) << 56])
}

/// The transaction of the block at `time`, two seconds after its parent.
fn deposit_at(time: u64, config: &SystemConfig) -> Deposit {
    l1_attributes(&rollup(), config, &l1_block(99, 77), 3, time - 2, time)
}

fn attributes_at(time: u64, config: &SystemConfig) -> L1Attributes {
    L1Attributes::decode(&deposit_at(time, config).data).unwrap()
}

fn selector(signature: &str) -> [u8; 4] {
    *keccak256(signature.as_bytes()).0.first_chunk().unwrap()
}

/// "This transaction MUST have the following values".
#[test]
fn transaction_has_the_fixed_fields() {
    let deposit = deposit_at(activation(Fork::Regolith), &config());
    let l1 = l1_block(99, 77).hash;
    let mut preimage = vec![0; 31];
    preimage.push(1);
    let inner = [&l1.0[..], &[0; 31], &[3]].concat();
    preimage.extend(keccak256(&inner).0);
    let expected = Deposit {
        source_hash: keccak256(&preimage),
        from: "0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001"
            .parse()
            .unwrap(),
        to: Some(
            "0x4200000000000000000000000000000000000015"
                .parse()
                .unwrap(),
        ),
        gas_limit: 1_000_000,
        data: deposit.data.clone(),
        ..Deposit::default()
    };
    assert_eq!(deposit, expected);
}

/// "`gasLimit` is set to 150,000,000 prior to the Regolith upgrade, and 1,000,000 after.
/// `isSystemTx` is set to `true` prior to the Regolith upgrade, and `false` after."
#[test]
fn system_transactions_end_with_regolith() {
    let before = deposit_at(activation(Fork::Regolith) - 1, &config());
    assert_eq!((before.gas_limit, before.is_system), (150_000_000, true));
    let after = deposit_at(activation(Fork::Regolith), &config());
    assert_eq!((after.gas_limit, after.is_system), (1_000_000, false));
}

/// "If [it] activates after genesis [the earlier] method must be used. This is because the L1 Block
/// contract will not yet have been upgraded."
#[test]
fn activation_blocks_have_the_earlier_layout() {
    let bedrock = "setL1BlockValues(uint64,uint64,uint256,bytes32,uint64,bytes32,uint256,uint256)";
    let calls = [
        (activation(Fork::Regolith), bedrock, 260),
        (activation(Fork::Ecotone), bedrock, 260),
        (
            activation(Fork::Ecotone) + 2,
            "setL1BlockValuesEcotone()",
            164,
        ),
        (activation(Fork::Isthmus), "setL1BlockValuesEcotone()", 164),
        (
            activation(Fork::Isthmus) + 2,
            "setL1BlockValuesIsthmus()",
            176,
        ),
        (activation(Fork::Jovian), "setL1BlockValuesIsthmus()", 176),
        (
            activation(Fork::Jovian) + 2,
            "setL1BlockValuesJovian()",
            178,
        ),
    ];
    for (time, signature, length) in calls {
        let data = deposit_at(time, &config()).data;
        assert_eq!(data[..4], selector(signature), "{time}");
        assert_eq!(data.len(), length, "{signature}");
    }
}

#[test]
fn fork_that_is_active_at_genesis_has_its_layout_in_the_first_block() {
    let rollup = Rollup {
        forks: Forks::all_up_to(Fork::Jovian),
        ..Rollup::default()
    };
    let deposit = l1_attributes(&rollup, &config(), &l1_block(1, 1), 0, 0, 2);
    assert_eq!(deposit.data[..4], selector("setL1BlockValuesJovian()"));
}

#[test]
fn values_stand_where_the_specification_has_them() {
    let l1 = l1_block(99, 77);
    let word = |value: u64| Word::from(value).to_be_bytes().to_vec();
    let data = deposit_at(activation(Fork::Ecotone), &config()).data;
    let bedrock = [
        word(99),
        word(77),
        word(7),
        l1.hash.0.to_vec(),
        word(3),
        Address([0xba; 20]).to_word().to_be_bytes().to_vec(),
        word(188),
        word(684_000),
    ]
    .concat();
    assert_eq!(data[4..], bedrock);

    let mut config = config();
    config.scalar = scalar(1, 5 << 32 | 6, 0);
    let data = deposit_at(activation(Fork::Jovian) + 2, &config).data;
    let jovian = [
        &[0, 0, 0, 6, 0, 0, 0, 5][..],
        &3_u64.to_be_bytes(),
        &77_u64.to_be_bytes(),
        &99_u64.to_be_bytes(),
        &word(7),
        &word(1),
        &l1.hash.0,
        &Address([0xba; 20]).to_word().to_be_bytes(),
        &11_u32.to_be_bytes(),
        &12_u64.to_be_bytes(),
        &13_u16.to_be_bytes(),
    ]
    .concat();
    assert_eq!(data[4..], jovian);
}

/// "If that value is `0`, then a default of `400` is set."
#[test]
fn no_da_footprint_scalar_means_400() {
    let mut config = config();
    config.da_footprint_gas_scalar = 0;
    let attributes = attributes_at(activation(Fork::Jovian) + 2, &config);
    assert_eq!(attributes.da_footprint_gas_scalar, 400);
}

/// `protocol/system-config.md`, "Post-Ecotone Scalar Encoding".
#[test]
fn scalars_of_both_versions_are_read() {
    let time = activation(Fork::Ecotone) + 2;
    let max = u64::from(u32::MAX);
    let cases = [
        (scalar(0, 684_000, 0), 684_000),
        (scalar(0, (1 << 32) + 684_000, 0), max),
        (scalar(0, 684_000, 1), max),
        (scalar(1, 7 << 32 | 9, 0), 7 << 32 | 9),
    ];
    for (scalar, low) in cases {
        let config = SystemConfig { scalar, ..config() };
        let attributes = attributes_at(time, &config);
        assert_eq!(attributes.scalar.low_u64(), low, "{scalar:x}");
        assert_eq!(attributes.overhead, Word::ZERO);
    }
}

/// `docs/derivation.md`: what was set before Ecotone never ends a run.
#[test]
fn scalars_that_ecotone_does_not_know_are_read_and_before_it_kept() {
    let low = 7 << 32 | 9;
    let cases = [
        (scalar(2, low, 0), 9),
        (scalar(255, low, 1), 9),
        (scalar(1, low, 1), low),
    ];
    for (scalar, read) in cases {
        let config = SystemConfig { scalar, ..config() };
        let attributes = attributes_at(activation(Fork::Ecotone) + 2, &config);
        assert_eq!(attributes.scalar.low_u64(), read, "{scalar:x}");
        let before = attributes_at(activation(Fork::Ecotone), &config);
        assert_eq!(before.scalar, scalar);
    }
}

/// The L1 attributes of OP Sepolia's blocks 26,207,960 and 26,207,962, of Holocene and of one L1
/// block; between the parts stand the source hash and the sequence number.
const OP_SEPOLIA: [&str; 3] = [
    "7ef8f8a0",
    "94deaddeaddeaddeaddeaddeaddeaddeaddead0001944200000000000000000000000000000000000015\
     8080830f424080b8a4440a5e2000001db0000d2730",
    "0000000067f6a91000000000007b5f41\
     0000000000000000000000000000000000000000000000000000000001d276cd\
     0000000000000000000000000000000000000000000000000000000000000001\
     9244875342f5e0c1624d00f249b1a7996137b1eb44bdf16396f98f76a1bec6fa\
     0000000000000000000000008f23bb38f531600e5d8fddaaec41f13fab46e98c",
];

#[test]
fn real_blocks_have_these_attributes_byte_for_byte() {
    let blocks = [
        (
            0_u64,
            "77efb5d9d697e7e37fffcb8b904e28df49667b73d9fc17515eb0e4a0c377d3db",
        ),
        (
            2,
            "3f24649fdf3d0aef25ab739ad41e99f9feac34c71242ae65d67ba51083d63184",
        ),
    ];
    let mut l1 = l1_block(8_085_313, 1_744_218_384);
    l1.hash = "0x9244875342f5e0c1624d00f249b1a7996137b1eb44bdf16396f98f76a1bec6fa"
        .parse()
        .unwrap();
    l1.header.base_fee_per_gas = Some(Word::from(30_570_189_u64));
    l1.header.excess_blob_gas = Some(0);
    let config = SystemConfig {
        batcher: "0x8f23bb38f531600e5d8fddaaec41f13fab46e98c"
            .parse()
            .unwrap(),
        scalar: scalar(1, (862_000 << 32) + 7_600, 0),
        ..SystemConfig::default()
    };
    let time = activation(Fork::Holocene) + 2;
    for (sequence_number, source_hash) in blocks {
        let deposit = l1_attributes(&rollup(), &config, &l1, sequence_number, time - 2, time);
        let encoded = deposit.encode();
        let hex = alloy_primitives::hex::encode(encoded);
        let [first, second, third] = OP_SEPOLIA;
        let expected = format!("{first}{source_hash}{second}{sequence_number:016x}{third}");
        assert_eq!(hex, expected);
    }
}

/// What a block of an L1 at `time` with this excess says the blob base fee is.
fn blob_base_fee(rollup: &Rollup, time: u64, excess: Option<u64>) -> Word {
    let mut l1 = l1_block(1, time);
    l1.header.excess_blob_gas = excess;
    let time = activation(Fork::Isthmus);
    let deposit = l1_attributes(rollup, &config(), &l1, 0, time - 2, time);
    L1Attributes::decode(&deposit.data).unwrap().blob_base_fee
}

/// `protocol/ecotone/l1-attributes.md`, "Overview"; `protocol/pectra-blob-schedule/derivation.md`.
#[test]
fn blob_base_fee_follows_the_schedule_of_l1() {
    let excess = Some(10 * 1024 * 1024 * 4);
    let word = <Word as From<u64>>::from;
    let mut rollup = rollup();
    assert_eq!(blob_base_fee(&rollup, 100, None), word(1));
    let cancun = blob_base_fee(&rollup, 100, excess);

    rollup.blob_schedule = vec![
        BlobSchedule {
            time: 100,
            update_fraction: 5_007_716,
        },
        BlobSchedule {
            time: 200,
            update_fraction: 8_346_193,
        },
    ];
    assert_eq!(blob_base_fee(&rollup, 99, excess), cancun);
    let prague = blob_base_fee(&rollup, 100, excess);
    let bpo = blob_base_fee(&rollup, 200, excess);
    // e to the power of 12.56, 8.37, 5.03.
    assert_eq!([cancun, prague, bpo], [285_936, 4_340, 152].map(word));

    rollup.pectra_blob_schedule_time = Some(150);
    assert_eq!(blob_base_fee(&rollup, 149, excess), cancun);
    assert_eq!(blob_base_fee(&rollup, 150, excess), prague);
    assert_eq!(blob_base_fee(&rollup, 149, None), word(1));
}

fn block(number: u64, transactions: Vec<Vec<u8>>) -> Result<L2Block, DeriveError<Missing>> {
    let header = Header {
        number,
        ..Header::default()
    };
    let genesis = Genesis {
        l1: BlockId {
            hash: Hash([1; 32]),
            number: 50,
        },
        l2: BlockId {
            hash: Hash([2; 32]),
            number: 10,
        },
        ..Genesis::default()
    };
    L2Block::new(Hash([2; 32]), header, transactions, &genesis)
}

#[test]
fn block_knows_its_origin_from_every_layout() {
    for fork in [Fork::Regolith, Fork::Fjord, Fork::Isthmus, Fork::Jovian] {
        let deposit = deposit_at(activation(fork) + 2, &config());
        let block = block(11, vec![Transaction::Deposit(deposit).encode()]).unwrap();
        assert_eq!(block.origin, l1_block(99, 77).id());
        assert_eq!(block.sequence_number, 3);
    }
}

#[test]
fn first_block_has_the_origin_of_the_configuration() {
    let first = block(10, vec![]).unwrap();
    assert_eq!((first.origin.number, first.sequence_number), (50, 0));
    let header = first.header.clone();
    let other = L2Block::new::<Missing>(
        Hash([3; 32]),
        header,
        vec![],
        &Genesis {
            l2: BlockId {
                hash: Hash([2; 32]),
                number: 10,
            },
            ..Genesis::default()
        },
    );
    assert!(matches!(other, Err(DeriveError::Block { .. })));
}

#[test]
fn block_without_attributes_is_an_error() {
    let mut longer = deposit_at(activation(Fork::Jovian) + 2, &config());
    longer.data.push(0);
    let mut padded = deposit_at(activation(Fork::Regolith), &config());
    padded.data[4] = 1;
    let other = Deposit::default();
    for deposit in [longer, padded, other] {
        let transactions = vec![Transaction::Deposit(deposit).encode()];
        assert!(matches!(
            block(11, transactions),
            Err(DeriveError::Block { .. })
        ));
    }
    for transactions in [vec![], vec![vec![]], vec![vec![0x7e]], vec![vec![2, 0xc0]]] {
        assert!(matches!(
            block(11, transactions),
            Err(DeriveError::Block { .. })
        ));
    }
}

fn forks_and_configs() -> impl Strategy<Value = (Fork, SystemConfig)> {
    let forks = prop::sample::select(vec![Fork::Regolith, Fork::Fjord, Fork::Isthmus]);
    (forks, any::<[u8; 20]>(), any::<[u64; 3]>()).prop_map(|(fork, batcher, numbers)| {
        let config = SystemConfig {
            batcher: Address(batcher),
            overhead: numbers[0].into(),
            scalar: scalar(1, numbers[1], 0),
            operator_fee_scalar: numbers[0] as u32,
            operator_fee_constant: numbers[2],
            ..SystemConfig::default()
        };
        (fork, config)
    })
}

proptest! {
    #[test]
    fn peer_reads_the_same((fork, config) in forks_and_configs()) {
        let deposit = deposit_at(activation(fork) + 2, &config);
        let ours = L1Attributes::decode(&deposit.data).unwrap();
        let theirs = L1BlockInfoTx::decode_calldata(&deposit.data).unwrap();
        prop_assert_eq!(theirs.batcher_address().0.0, config.batcher.0);
        prop_assert_eq!(theirs.id().number, ours.block.number);
        prop_assert_eq!(theirs.id().hash.0, ours.block.hash.0);
        prop_assert_eq!(theirs.sequence_number(), ours.sequence_number);
        let base_fee = ours.base_fee.to_be_bytes();
        prop_assert_eq!(theirs.l1_base_fee().to_be_bytes::<32>(), base_fee);
        let blob_base_fee = ours.blob_base_fee.to_be_bytes();
        prop_assert_eq!(theirs.blob_base_fee().to_be_bytes::<32>(), blob_base_fee);
        match theirs {
            L1BlockInfoTx::Bedrock(info) => {
                let scalar = ours.scalar.to_be_bytes();
                prop_assert_eq!(info.l1_fee_scalar.to_be_bytes::<32>(), scalar);
                let overhead = ours.overhead.to_be_bytes();
                prop_assert_eq!(info.l1_fee_overhead.to_be_bytes::<32>(), overhead);
            }
            L1BlockInfoTx::Ecotone(info) => {
                let both = u64::from(info.blob_base_fee_scalar) << 32
                    | u64::from(info.base_fee_scalar);
                prop_assert_eq!(both, config.scalar.low_u64());
            }
            L1BlockInfoTx::Isthmus(info) => {
                prop_assert_eq!(info.operator_fee_scalar, config.operator_fee_scalar);
                prop_assert_eq!(info.operator_fee_constant, config.operator_fee_constant);
            }
        }
    }

    #[test]
    fn any_call_data_is_attributes_or_none(
        fork in prop::sample::select(vec![Fork::Regolith, Fork::Fjord, Fork::Isthmus]),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let call = deposit_at(activation(fork) + 2, &config()).data;
        let data = [&call[..4], &bytes].concat();
        if let Some(attributes) = L1Attributes::decode(&data) {
            prop_assert_eq!(data.len(), call.len());
            prop_assert!(attributes.batcher != Address::ZERO || bytes.contains(&0));
        }
    }
}
