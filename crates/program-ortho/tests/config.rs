//! Configurations as the tools of the field write them, and those that lie.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use endgame_program_ortho::{
    ChainConfig, ConfigError,
    derive::BlobSchedule,
    execute::{Eip1559, Fork, Forks},
    primitives::{Address, Hash, Word, keccak256},
};
use serde_json::{Value, json};

/// A rollup configuration as op-node writes it.
fn rollup() -> Value {
    json!({
        "genesis": {
            "l1": { "hash": format!("0x{}", "11".repeat(32)), "number": 5 },
            "l2": { "hash": format!("0x{}", "22".repeat(32)), "number": 0 },
            "l2_time": 1000,
            "system_config": {
                "batcherAddr": format!("0x{}", "bb".repeat(20)),
                "overhead": format!("0x{:064x}", 0x834),
                "scalar": "0xf4240",
                "gasLimit": 30_000_000,
                "eip1559Params": "0x000000fa00000006",
                "operatorFeeParams": format!("0x{}{:08x}{:016x}", "00".repeat(20), 7, 9),
                "minBaseFee": 11,
                "daFootprintGasScalar": 400,
            },
        },
        "block_time": 2,
        "max_sequencer_drift": 600,
        "seq_window_size": 3600,
        "channel_timeout": 300,
        "l1_chain_id": 11_155_111,
        "l2_chain_id": 901,
        "regolith_time": 0,
        "canyon_time": 0,
        "delta_time": 10,
        "ecotone_time": 20,
        "fjord_time": 30,
        "granite_time": 40,
        "holocene_time": 50,
        "pectra_blob_schedule_time": 55,
        "isthmus_time": 60,
        "jovian_time": 70,
        "batch_inbox_address": format!("0x{}", "ff".repeat(20)),
        "deposit_contract_address": format!("0x{}", "dd".repeat(20)),
        "l1_system_config_address": format!("0x{}", "cc".repeat(20)),
        "protocol_versions_address": format!("0x{}", "00".repeat(20)),
        "chain_op_config": {
            "eip1559Elasticity": 10, "eip1559Denominator": 51, "eip1559DenominatorCanyon": 251,
        },
        "alt_da": null,
    })
}

fn parse(rollup: &Value) -> Result<ChainConfig, ConfigError> {
    ChainConfig::from_json(rollup.to_string().as_bytes(), None)
}

#[test]
fn everything_that_op_node_writes_is_read() {
    let config = parse(&rollup()).unwrap();
    let read = config.rollup();
    assert_eq!(config.chain_id(), 901);
    assert_eq!(
        (read.genesis.l1.hash, read.genesis.l1.number),
        (Hash([0x11; 32]), 5)
    );
    assert_eq!(
        (read.genesis.l2.hash, read.genesis.l2.number),
        (Hash([0x22; 32]), 0)
    );
    assert_eq!(read.genesis.l2_time, 1000);
    let system = read.genesis.system_config;
    assert_eq!(system.batcher, Address([0xbb; 20]));
    assert_eq!(system.overhead, Word::from(0x834_u64));
    assert_eq!(system.scalar, Word::from(1_000_000_u64));
    assert_eq!(system.gas_limit, 30_000_000);
    assert_eq!(system.eip1559_params, [0, 0, 0, 250, 0, 0, 0, 6]);
    assert_eq!(
        (system.operator_fee_scalar, system.operator_fee_constant),
        (7, 9)
    );
    assert_eq!(
        (system.min_base_fee, system.da_footprint_gas_scalar),
        (11, 400)
    );
    assert_eq!((read.block_time, read.max_sequencer_drift), (2, 600));
    assert_eq!((read.seq_window_size, read.channel_timeout), (3600, 300));
    assert_eq!(read.channel_timeout_granite, 50);
    assert_eq!(read.pectra_blob_schedule_time, Some(55));
    assert_eq!(read.batch_inbox, Address([0xff; 20]));
    assert_eq!(read.deposit_contract, Address([0xdd; 20]));
    assert_eq!(read.system_config_address, Address([0xcc; 20]));
    let prague = BlobSchedule {
        time: 1_741_159_776,
        update_fraction: 5_007_716,
    };
    assert_eq!(read.blob_schedule[0], prague);
    let forks = Forks::new([
        (Fork::Regolith, 0),
        (Fork::Canyon, 0),
        (Fork::Delta, 10),
        (Fork::Ecotone, 20),
        (Fork::Fjord, 30),
        (Fork::Granite, 40),
        (Fork::Holocene, 50),
        (Fork::Isthmus, 60),
        (Fork::Jovian, 70),
    ]);
    assert_eq!(read.forks, forks);
    let chain = config.chain();
    assert_eq!((chain.chain_id, chain.forks), (901, forks));
    let eip1559 = Eip1559 {
        elasticity: 10,
        denominator: 51,
        denominator_canyon: 251,
    };
    assert_eq!(chain.eip1559, eip1559);
    assert_eq!(config.later_forks(), []);
}

#[test]
fn registrys_spelling_gives_the_same() {
    let mut other = rollup();
    other["genesis"]["system_config"] = json!({
        "batcherAddress": format!("0x{}", "bb".repeat(20)),
        "overhead": "0x834",
        "scalar": "0x00000000000000000000000000000000000000000000000000000000000f4240",
        "gasLimit": 30_000_000,
        "baseFeeScalar": null,
        "eip1559Denominator": 250,
        "eip1559Elasticity": 6,
        "operatorFeeScalar": 7,
        "operatorFeeConstant": 9,
        "minBaseFee": 11,
        "daFootprintGasScalar": 400,
    });
    other["granite_channel_timeout"] = 50.into();
    assert_eq!(parse(&other).unwrap(), parse(&rollup()).unwrap());
}

#[test]
fn absent_fees_are_op_mainnets() {
    let mut config = rollup();
    config["chain_op_config"] = Value::Null;
    assert_eq!(parse(&config).unwrap().chain().eip1559, Eip1559::default());
}

#[test]
fn forks_that_are_not_known_are_kept_with_the_earliest_first() {
    let mut config = rollup();
    config["karst_time"] = 90.into();
    config["interop_time"] = 80.into();
    config["lagoon_time"] = Value::Null;
    let later = parse(&config).unwrap();
    assert_eq!(
        later.later_forks(),
        [("Interop".to_string(), 80), ("Karst".to_string(), 90)]
    );
    config["karst_time"] = "90".into();
    assert!(matches!(parse(&config), Err(ConfigError::Field { .. })));
}

#[test]
fn configuration_that_lies_is_refused_by_its_field() {
    for field in [
        "genesis",
        "block_time",
        "max_sequencer_drift",
        "seq_window_size",
        "channel_timeout",
        "l1_chain_id",
        "l2_chain_id",
        "batch_inbox_address",
        "deposit_contract_address",
        "l1_system_config_address",
    ] {
        for bad in [Value::Null, json!("0x1"), json!([]), json!(-1)] {
            let mut config = rollup();
            config[field] = bad;
            let refused = parse(&config);
            assert!(
                matches!(&refused, Err(ConfigError::Field { .. })),
                "{field}: {refused:?}"
            );
        }
    }
    for (object, field, bad) in [
        ("/genesis", "l2_time", json!("1")),
        ("/genesis", "system_config", Value::Null),
        ("/genesis/l1", "hash", json!("0x11")),
        ("/genesis/system_config", "gasLimit", json!(1.5)),
        ("/genesis/system_config", "scalar", json!("0x")),
        ("/genesis/system_config", "eip1559Params", json!("0x00")),
        (
            "/genesis/system_config",
            "daFootprintGasScalar",
            json!(65_536),
        ),
        ("/chain_op_config", "eip1559Elasticity", json!(0)),
        ("/chain_op_config", "eip1559Denominator", json!(1_u64 << 32)),
        ("/chain_op_config", "eip1559DenominatorCanyon", Value::Null),
        ("", "block_time", json!(0)),
        ("", "ecotone_time", json!("20")),
    ] {
        let mut config = rollup();
        config.pointer_mut(object).unwrap()[field] = bad;
        match parse(&config) {
            Err(ConfigError::Field { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{field}: {other:?}"),
        }
    }
    let not_json = ChainConfig::from_json(b"{\n!", None);
    let error = ConfigError::Json {
        what: "rollup configuration",
        line: 2,
        column: 1,
    };
    assert_eq!(not_json, Err(error));
}

#[test]
fn chain_with_data_outside_l1_is_refused() {
    for (field, value) in [
        ("use_plasma", json!(true)),
        ("alt_da", json!({ "da_challenge_window": 1 })),
        (
            "da_challenge_address",
            json!(format!("0x{}", "01".repeat(20))),
        ),
    ] {
        let mut config = rollup();
        config[field] = value;
        assert_eq!(parse(&config), Err(ConfigError::Unsupported("alt-DA")));
    }
    let mut config = rollup();
    config["da_challenge_contract_address"] = json!(format!("0x{}", "00".repeat(20)));
    config["use_plasma"] = false.into();
    assert!(parse(&config).is_ok());
}

#[test]
fn l1_that_is_not_public_needs_its_configuration_from_ecotone_on() {
    let mut config = rollup();
    config["l1_chain_id"] = 900.into();
    assert_eq!(parse(&config), Err(ConfigError::UnknownL1(900)));
    let l1 = json!({ "config": { "chainId": 900, "pragueTime": 3 } }).to_string();
    let json = config.to_string();
    let with_l1 = ChainConfig::from_json(json.as_bytes(), Some(l1.as_bytes())).unwrap();
    assert_eq!(with_l1.rollup().blob_schedule[0].time, 3);
    for fork in [
        "ecotone", "fjord", "granite", "holocene", "isthmus", "jovian",
    ] {
        config[format!("{fork}_time")] = Value::Null;
    }
    assert_eq!(parse(&config).unwrap().rollup().blob_schedule, []);
}

#[test]
fn section_holds_the_configuration_however_it_was_written() {
    let l1 = json!({ "chainId": 11_155_111, "pragueTime": 3 }).to_string();
    let data = [vec![1, 2], vec![]];
    let content = |rollup: &[u8], data: &[Vec<u8>]| {
        ChainConfig::section_content(rollup, Some(l1.as_bytes()), data).unwrap()
    };
    let compact = content(rollup().to_string().as_bytes(), &data);
    let pretty = serde_json::to_vec_pretty(&rollup()).unwrap();
    let [a, b] = data.clone();
    assert_eq!(content(&pretty, &[b, a]), compact);
    let read = ChainConfig::from_section(&compact).unwrap();
    let direct = ChainConfig::from_json(&pretty, Some(l1.as_bytes())).unwrap();
    assert_eq!(read, direct.clone().with_upgrade_data(data.clone()));
    let found = data.map(|data| read.rollup().upgrade_data[&keccak256(&data)].clone());
    assert_eq!(found, [vec![1, 2], vec![]]);
    let without = content(&pretty, &[]);
    assert_eq!(ChainConfig::from_section(&without).unwrap(), direct);
}

#[test]
fn section_that_holds_something_else_is_refused() {
    for content in [
        b"".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        json!({ "rollup": rollup(), "upgradeData": "0x00" })
            .to_string()
            .into(),
        json!({ "rollup": rollup(), "upgradeData": ["00"] })
            .to_string()
            .into(),
        json!({ "rollup": rollup(), "upgradeData": [1] })
            .to_string()
            .into(),
    ] {
        assert!(ChainConfig::from_section(&content).is_err());
    }
    assert!(ChainConfig::section_content(b"{}", None, &[]).is_err());
}
