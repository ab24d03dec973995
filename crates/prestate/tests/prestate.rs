//! Prestates from the embedded guests.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use endgame_mips::State;
use endgame_prestate::{ChainSource, Prestate, PrestateError, Program, Vm, guest_elf, make};
use endgame_program_kona::{ChainConfig, ConfigError};
use endgame_program_ortho::{self as ortho, derive::upgrade_data_hashes, execute::Fork};
use endgame_section as section;
use sha2::{Digest, Sha256};

const OP_SEPOLIA: u64 = 11_155_420;

fn op_sepolia_json() -> Vec<u8> {
    ChainConfig::registry_json(OP_SEPOLIA).unwrap().0
}

/// Program kona's prestate for the chain of a configuration file.
fn of_file(rollup: &[u8]) -> Result<Prestate, PrestateError> {
    let chain = ChainSource::json(rollup.to_vec(), None);
    make(Program::Kona, Vm::Mips64, &chain)
}

#[test]
fn embedded_guests_are_those_whose_hashes_are_kept() {
    let sums = include_str!("../../../guests/artifacts/SHA256SUMS");
    for program in Program::ALL {
        let elf = guest_elf(program, Vm::Mips64).unwrap();
        let hash = hex::encode(Sha256::digest(&elf));
        let line = format!("{hash}  {program}-mips64.elf");
        assert!(sums.lines().any(|known| known == line), "{line}");
    }
}

#[test]
fn registry_chain_and_its_configuration_file_give_one_prestate() {
    let by_name = ChainSource::registry("op-sepolia").unwrap();
    assert_eq!(by_name, ChainSource::registry("11155420").unwrap());
    let prestate = make(Program::Kona, Vm::Mips64, &by_name).unwrap();
    assert_eq!(prestate.chain_id(), OP_SEPOLIA);
    let by_file = of_file(&op_sepolia_json()).unwrap();
    assert_eq!(by_file.hash(), prestate.hash());
}

#[test]
fn layout_of_the_configuration_file_does_not_matter_and_its_content_does() {
    let json = op_sepolia_json();
    let mut value: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let pretty = serde_json::to_vec_pretty(&value).unwrap();
    let hash = |json: &[u8]| of_file(json).unwrap().hash();
    assert_eq!(hash(&json), hash(&pretty));
    value["seq_window_size"] = 7200.into();
    assert_ne!(hash(&json), hash(&serde_json::to_vec(&value).unwrap()));
}

#[test]
fn configuration_is_in_the_memory_of_the_state() {
    let state = of_file(&op_sepolia_json()).unwrap().into_state();
    let content = ChainConfig::section_content(&op_sepolia_json(), None, &[]).unwrap();
    let mut memory: Vec<_> = state.memory.iter().collect();
    memory.sort_by_key(|(index, _)| *index);
    let bytes: Vec<u8> = memory
        .iter()
        .flat_map(|(_, page)| page.to_bytes())
        .collect();
    // The magic alone stands among the program's constants, too.
    let found = bytes
        .windows(section::SIZE)
        .filter(|window| window.starts_with(&section::MAGIC))
        .find_map(|window| section::content(window).ok())
        .unwrap();
    assert_eq!(found, content);
    assert_eq!(
        ChainConfig::from_section(found).unwrap().chain_id(),
        OP_SEPOLIA
    );
}

#[test]
fn state_file_reads_back_to_the_same_prestate() {
    let state = of_file(&op_sepolia_json()).unwrap().into_state();
    let mut file = Vec::new();
    state.write_to(&mut file).unwrap();
    let again = State::read_from(&mut &file[..]).unwrap();
    assert_eq!(again.state_hash(), state.state_hash());
}

#[test]
fn unknown_chain_and_bad_configuration_are_typed_errors() {
    assert!(matches!(
        ChainSource::registry("no-such-chain"),
        Err(ConfigError::UnknownChain(_))
    ));
    assert!(matches!(
        make(Program::Kona, Vm::Mips64, &ChainSource::registered(1)),
        Err(PrestateError::Config(ConfigError::UnknownChain(_)))
    ));
    assert!(matches!(
        of_file(b"{}"),
        Err(PrestateError::Config(ConfigError::Rollup(_)))
    ));
}

#[test]
fn programs_have_prestates_of_their_own_for_one_chain() {
    let chain = ChainSource::registry("op-sepolia").unwrap();
    let ortho = make(Program::Ortho, Vm::Mips64, &chain).unwrap();
    assert_eq!(ortho.chain_id(), OP_SEPOLIA);
    let kona = make(Program::Kona, Vm::Mips64, &chain).unwrap();
    assert_ne!(ortho.hash(), kona.hash());
    let by_file = ChainSource::json(op_sepolia_json(), None);
    let by_file = make(Program::Ortho, Vm::Mips64, &by_file).unwrap();
    assert_eq!(by_file.hash(), ortho.hash());
}

#[test]
fn orthos_section_holds_the_data_of_every_upgrade_after_genesis() {
    let chain = ChainSource::registry("op-sepolia").unwrap();
    let config = chain.ortho_config().unwrap();
    let data = &config.rollup().upgrade_data;
    let mut count = 0;
    for fork in [Fork::Canyon, Fork::Ecotone, Fork::Fjord, Fork::Isthmus] {
        for hash in upgrade_data_hashes(fork) {
            assert!(data.contains_key(hash), "{fork}: {hash}");
            count += 1;
        }
    }
    assert_eq!(data.len(), count);
    assert!(config.chain().create2_deployer.is_some());

    // What the section holds reads back to the same configuration.
    let bytes: Vec<_> = data.values().cloned().collect();
    let section = ortho::ChainConfig::section_content(&op_sepolia_json(), None, &bytes).unwrap();
    assert_eq!(ortho::ChainConfig::from_section(&section).unwrap(), config);
}

/// Jovian's bytecode is in no published crate, all else is.
#[test]
fn data_that_no_upgrade_lacks_are_refused_with_the_hashes_of_those_that_can_be_given() {
    let chain = ChainSource::registry("op-sepolia").unwrap();
    let data = chain.ortho_config().unwrap().rollup().upgrade_data.clone();
    let published = data.into_values().next().unwrap();
    for bytes in [b"init code".to_vec(), Vec::new(), published] {
        let error = chain.clone().with_upgrade_data(bytes.clone()).unwrap_err();
        let words = error.to_string();
        for hash in upgrade_data_hashes(Fork::Jovian) {
            assert!(words.contains(&hash.to_string()), "{words}");
        }
        assert!(
            words.contains(&ortho::primitives::keccak256(&bytes).to_string()),
            "{words}"
        );
    }
}

#[test]
fn upgrades_at_genesis_need_no_data() {
    let mut rollup: serde_json::Value = serde_json::from_slice(&op_sepolia_json()).unwrap();
    for fork in [
        "regolith", "canyon", "delta", "ecotone", "fjord", "granite", "holocene", "isthmus",
    ] {
        rollup[format!("{fork}_time")] = 0.into();
    }
    rollup["jovian_time"] = serde_json::Value::Null;
    let chain =
        |rollup: &serde_json::Value| ChainSource::json(serde_json::to_vec(rollup).unwrap(), None);
    let config = chain(&rollup).ortho_config().unwrap();
    assert!(config.rollup().upgrade_data.is_empty());
    rollup["l1_chain_id"] = 900.into();
    assert!(matches!(
        make(Program::Ortho, Vm::Mips64, &chain(&rollup)),
        Err(PrestateError::UnknownL1(900))
    ));
}
