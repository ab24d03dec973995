//! Runs on a rollup that nobody writes batches for: when the sequencing window of an L1 block is
//! over, its L2 blocks are made of deposits alone.

use alloc::{format, string::ToString, vec};

use endgame_ortho_primitives::Word;
use endgame_ortho_types::{DecodeError, Header};
use endgame_preimage::LocalIndex;
use serde_json::{Value, json};

use endgame_ortho_derive::DeriveError;

use super::*;
use crate::testing::Served;

const GENESIS_TIME: u64 = 1000;
const CHAIN: u64 = 901;

/// A rollup at its genesis, and L1 with some empty blocks.
struct World {
    served: Served,
    rollup: Value,
    l1: Vec<Hash>,
    l2_genesis: Hash,
}

fn header(number: u64, parent_hash: Hash, seconds: u64) -> Header {
    Header {
        parent_hash,
        number,
        timestamp: GENESIS_TIME + seconds * number,
        state_root: Hash::EMPTY_TRIE,
        transactions_root: Hash::EMPTY_TRIE,
        receipts_root: Hash::EMPTY_TRIE,
        gas_limit: 30_000_000,
        base_fee_per_gas: Some(Word::from(1_000_000_000_u64)),
        // Tells the two chains apart.
        extra_data: seconds.to_be_bytes().to_vec(),
        withdrawals_root: Some(Hash::EMPTY_TRIE),
        ..Header::default()
    }
}

impl World {
    /// L1 with its genesis and so many blocks after it.
    fn new(l1_blocks: u64) -> Self {
        let served = Served::default();
        let mut l1 = vec![served.keccak(header(0, Hash::ZERO, 12).encode())];
        for number in 1..=l1_blocks {
            let parent = l1.last().copied().unwrap();
            l1.push(served.keccak(header(number, parent, 12).encode()));
        }
        let l2_genesis = served.keccak(header(0, Hash::ZERO, 2).encode());
        let rollup = json!({
            "genesis": {
                "l1": { "hash": l1[0].to_string(), "number": 0 },
                "l2": { "hash": l2_genesis.to_string(), "number": 0 },
                "l2_time": GENESIS_TIME,
                "system_config": {
                    "batcherAddr": format!("0x{}", "bb".repeat(20)),
                    "overhead": "0x0",
                    "scalar": "0x0",
                    "gasLimit": 30_000_000,
                },
            },
            "block_time": 2,
            "max_sequencer_drift": 600,
            "seq_window_size": 2,
            "channel_timeout": 10,
            "l1_chain_id": 900,
            "l2_chain_id": CHAIN,
            "regolith_time": 0,
            "canyon_time": 0,
            "batch_inbox_address": format!("0x{}", "ff".repeat(20)),
            "deposit_contract_address": format!("0x{}", "dd".repeat(20)),
            "l1_system_config_address": format!("0x{}", "cc".repeat(20)),
        });
        let world = Self {
            served,
            rollup,
            l1,
            l2_genesis,
        };
        let agreed = world.agreed();
        world
            .served
            .local(LocalIndex::L1Head, &world.l1.last().unwrap().0);
        world.served.local(LocalIndex::AgreedOutputRoot, &agreed.0);
        world
            .served
            .local(LocalIndex::ChainId, &CHAIN.to_be_bytes());
        world
    }

    /// Puts in the output of the genesis block.
    fn agreed(&self) -> Hash {
        let empty = Hash::EMPTY_TRIE.0;
        let output = [[0; 32], empty, empty, self.l2_genesis.0].concat();
        self.served.keccak(output)
    }

    fn claim(&self, block: u64, root: Hash) {
        self.served
            .local(LocalIndex::ClaimedBlock, &block.to_be_bytes());
        self.served.local(LocalIndex::ClaimedOutputRoot, &root.0);
    }

    fn config(&self) -> ChainConfig {
        ChainConfig::from_json(self.rollup.to_string().as_bytes(), None).unwrap()
    }

    fn run(&self) -> Result<(Verdict, Vec<BlockReport>), ProgramError> {
        let mut reports = Vec::new();
        let verdict = run(self.served.clone(), &self.config(), |block| {
            reports.push(block);
        })?;
        Ok((verdict, reports))
    }
}

#[test]
fn claim_is_judged_by_the_derived_block() {
    let world = World::new(5);
    world.claim(u64::MAX, Hash::ZERO);
    let (to_the_end, reports) = world.run().unwrap();
    // The windows of three L1 blocks are over, with six L2 blocks each.
    let numbers: Vec<_> = reports.iter().map(|report| report.number).collect();
    assert!(
        numbers.iter().copied().eq(1..=numbers.len() as u64),
        "{numbers:?}"
    );
    assert!(numbers.len() >= 12, "{numbers:?}");
    assert!(reports.iter().all(|report| report.transactions == 1));
    assert!(!to_the_end.valid);

    let third = reports[2];
    assert_eq!(third.timestamp, GENESIS_TIME + 6);
    world.claim(3, third.output_root);
    let (verdict, reports) = world.run().unwrap();
    let expected = Verdict {
        output_root: third.output_root,
        block: 3,
        valid: true,
    };
    assert_eq!((verdict, verdict.exit_code()), (expected, EXIT_VALID));
    assert_eq!(reports.len(), 3);
    let in_vm = run_in_vm(world.served.clone(), &world.config(), |_| ());
    assert_eq!(in_vm, Ok(expected));

    world.claim(3, Hash([1; 32]));
    let (verdict, _) = world.run().unwrap();
    assert_eq!((verdict.valid, verdict.exit_code()), (false, EXIT_INVALID));
}

#[test]
fn claim_past_what_l1_gives_is_judged_by_the_last_block() {
    let world = World::new(4);
    world.claim(u64::MAX, Hash::ZERO);
    let (last, _) = world.run().unwrap();
    world.claim(last.block + 100, last.output_root);
    let (verdict, _) = world.run().unwrap();
    assert_eq!(
        verdict,
        Verdict {
            valid: true,
            ..last
        }
    );
}

#[test]
fn claim_at_the_agreed_block_takes_no_l1() {
    let world = World::new(0);
    for hash in &world.l1 {
        world.served.remove(PreimageKey::keccak256(hash.0));
    }
    let agreed = world.agreed();
    world.claim(0, agreed);
    let expected = Verdict {
        output_root: agreed,
        block: 0,
        valid: true,
    };
    assert_eq!(world.run().unwrap().0, expected);
    world.claim(0, Hash([1; 32]));
    assert!(!world.run().unwrap().0.valid);
    // Beyond it, L1 is read.
    world.claim(1, agreed);
    assert!(matches!(
        world.run(),
        Err(ProgramError::Preimage(PreimageError::Oracle(_)))
    ));
}

#[test]
fn claim_before_the_agreed_block_is_false() {
    let world = World::new(0);
    let later = world.served.keccak(header(7, Hash::ZERO, 2).encode());
    let empty = Hash::EMPTY_TRIE.0;
    let output = [[0; 32], empty, empty, later.0].concat();
    let agreed = world.served.keccak(output);
    world.served.local(LocalIndex::AgreedOutputRoot, &agreed.0);
    world.claim(6, agreed);
    let expected = Verdict {
        output_root: agreed,
        block: 7,
        valid: false,
    };
    assert_eq!(world.run().unwrap().0, expected);
}

#[test]
fn run_of_another_chain_or_from_no_output_ends_without_a_verdict() {
    let world = World::new(3);
    world.claim(1, Hash::ZERO);
    world
        .served
        .local(LocalIndex::ChainId, &7_u64.to_be_bytes());
    let error = ProgramError::ChainId {
        run: 7,
        configured: CHAIN,
    };
    assert_eq!(world.run(), Err(error));
    world
        .served
        .local(LocalIndex::ChainId, &CHAIN.to_be_bytes());

    let version = Hash([1; 32]);
    let output = [version.0, [0; 32], [0; 32], world.l2_genesis.0].concat();
    let agreed = world.served.keccak(output);
    world.served.local(LocalIndex::AgreedOutputRoot, &agreed.0);
    assert_eq!(world.run(), Err(ProgramError::OutputVersion(version)));

    let agreed = world.served.keccak(vec![0; 96]);
    world.served.local(LocalIndex::AgreedOutputRoot, &agreed.0);
    let short = PreimageError::Length {
        key: PreimageKey::keccak256(agreed.0),
        expected: 128,
        actual: 96,
    };
    assert_eq!(world.run(), Err(ProgramError::Preimage(short)));
}

#[test]
fn block_past_an_unknown_fork_ends_the_run_and_those_before_it_do_not() {
    let mut world = World::new(5);
    world.claim(3, Hash::ZERO);
    world.rollup["karst_time"] = (GENESIS_TIME + 6).into();
    let error = ProgramError::UnknownFork {
        fork: "Karst".into(),
        activation: GENESIS_TIME + 6,
        number: 3,
        time: GENESIS_TIME + 6,
    };
    assert_eq!(world.run(), Err(error));
    world.claim(2, Hash::ZERO);
    assert_eq!(world.run().unwrap().0.block, 2);
}

#[test]
fn preimage_that_lies_ends_a_native_run_wherever_it_is_read() {
    let world = World::new(5);
    world.claim(3, Hash::ZERO);
    for hash in [world.l1[2], world.l1[5], world.l2_genesis, world.agreed()] {
        let key = PreimageKey::keccak256(hash.0);
        let right = world.served.natively().get(key).unwrap();
        world.served.put(key, header(9, Hash::ZERO, 1).encode());
        let refused = world.run();
        let mismatch = PreimageError::Mismatch(key);
        assert!(
            matches!(
                &refused,
                Err(ProgramError::Preimage(error) | ProgramError::Derivation(DeriveError::Source(error)))
                    if *error == mismatch
            ),
            "{refused:?}"
        );
        world.served.put(key, right);
    }
    assert!(world.run().is_ok());
}

#[test]
fn header_that_is_none_ends_the_run() {
    let world = World::new(3);
    world.claim(1, Hash::ZERO);
    let head = world.served.keccak(vec![0xc1, 0x80]);
    world.served.local(LocalIndex::L1Head, &head.0);
    let refused = world.run();
    let Err(ProgramError::Preimage(PreimageError::Malformed { hash, error, .. })) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(hash, head);
    assert!(matches!(error, DecodeError::Rlp(_)));
}

#[test]
fn each_block_is_named_to_the_host_before_it_is_executed() {
    let world = World::new(5);
    world.claim(2, Hash::ZERO);
    world.run().unwrap();
    let hints = world.served.hints();
    let witnesses: Vec<_> = hints
        .iter()
        .filter(|hint| hint.starts_with("l2-payload-witness"))
        .collect();
    assert_eq!(witnesses.len(), 2);
    let genesis = world.l2_genesis.to_string();
    assert!(witnesses[0].starts_with(&format!("l2-payload-witness {genesis}")));
    let expected = [
        format!("starting-l2-output {}", world.agreed()),
        format!("l2-block-header {genesis}"),
    ];
    assert_eq!(hints[..2], expected);
}
