//! Large preimages that others propose to the oracle.

use std::sync::Arc;

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, U256, keccak256},
    sol_types::SolCall,
};
use endgame_agent::{AgentEvent, Call, TxManager, chain::GameContract};
use endgame_contracts::vm::IPreimageOracle as Abi;

use crate::world::{CROOK, DEPLOYER, HONEST, Log, World, lie};

/// Bytes absorbed at a time.
const BLOCK: usize = 136;

/// What is proposed: true commitments, then false ones from a block on.
struct Preimage {
    data: Vec<u8>,
    commitments: Vec<B256>,
}

impl Preimage {
    fn new(blocks: usize, false_from: usize) -> Self {
        // The last block is half full.
        let data: Vec<u8> = (0..blocks * BLOCK - BLOCK / 2)
            .map(|i| (i * 7) as u8)
            .collect();
        let mut padded = data.clone();
        padded.push(1);
        padded.resize(blocks * BLOCK, 0);
        *padded.last_mut().unwrap() |= 0x80;
        let mut state = [0u64; 25];
        let commitments = padded.chunks(BLOCK).enumerate().map(|(index, block)| {
            for (lane, bytes) in state.iter_mut().zip(block.chunks(8)) {
                *lane ^= u64::from_le_bytes(bytes.try_into().unwrap());
            }
            tiny_keccak::keccakf(&mut state);
            let words: Vec<u8> = state
                .iter()
                .flat_map(|lane| U256::from(*lane).to_be_bytes::<32>())
                .collect();
            let mut commitment = keccak256(words);
            commitment.0[7] ^= u8::from(index >= false_from);
            commitment
        });
        Self {
            commitments: commitments.collect(),
            data,
        }
    }

    /// Proposes the preimage, in two pieces.
    async fn propose(&self, tx: &TxManager, oracle: Address, uuid: u64) {
        let send = async |step: &str, data: Vec<u8>, value: U256| {
            let call = Call {
                key: format!("{uuid}/{step}"),
                what: step.into(),
                to: oracle,
                data: data.into(),
                value,
                gas: None,
            };
            tx.send(&call).await.unwrap();
        };
        let uuid = U256::from(uuid);
        let bond = tx
            .rpc()
            .call(oracle, &Abi::MIN_BOND_SIZECall {}, BlockId::latest())
            .await
            .unwrap();
        let init = Abi::initLPPCall {
            uuid,
            partOffset: 0,
            claimedSize: self.data.len() as u32,
        };
        send("init", init.abi_encode(), bond).await;
        let cut = self.commitments.len() / 2;
        let (first, rest) = self.data.split_at(cut * BLOCK);
        for (at, input, commitments, finalize) in [
            (0, first, &self.commitments[..cut], false),
            (cut, rest, &self.commitments[cut..], true),
        ] {
            let call = Abi::addLeavesLPPCall {
                uuid,
                inputStartBlock: U256::from(at),
                input: input.to_vec().into(),
                stateCommitments: commitments.to_vec(),
                finalize,
            };
            send(&format!("blocks {at}"), call.abi_encode(), U256::ZERO).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn false_large_preimages_are_countered_and_true_ones_left_alone() {
    let world = World::new().await;
    let dir = tempfile::tempdir().unwrap();
    let url = world.anvil.url();
    let crook = world.manager(CROOK, &url, &dir.path().join("c")).await;
    let other = world.manager(DEPLOYER, &url, &dir.path().join("o")).await;
    let honest = world.manager(HONEST, &url, &dir.path().join("h")).await;
    // Proposals matter while a game is played.
    let liar = world.liar(Arc::clone(&crook), lie(20), &Log::default());
    let game = liar.propose(6).await.unwrap().game;
    let contract = GameContract::load(world.anvil.rpc(), game).await.unwrap();
    let oracle = contract.facts().oracle;
    let blocks = 12;
    for (uuid, false_from) in [(1, 0), (2, 7), (3, blocks - 1)] {
        Preimage::new(blocks, false_from)
            .propose(&crook, oracle, uuid)
            .await;
    }
    Preimage::new(blocks, blocks)
        .propose(&other, oracle, 1)
        .await;

    let log = Log::default();
    let before = world.balance(honest.account()).await;
    let mut challenger = world.challenger(Arc::clone(&honest), u64::MAX, &log);
    challenger.tick().await.unwrap();
    let countered: Vec<_> = log
        .events()
        .into_iter()
        .filter_map(|event| match event {
            AgentEvent::PreimageCountered {
                claimant,
                uuid,
                block,
                ..
            } => Some((claimant, uuid.to::<u64>(), block)),
            AgentEvent::ExaminationFailed { reason, .. } => panic!("{reason}"),
            _ => None,
        })
        .collect();
    let crook = crook.account();
    assert_eq!(countered, [(crook, 1, 0), (crook, 2, 7), (crook, 3, 11)]);
    let paid: U256 = contract_bonds(&world, oracle, crook).await;
    assert_eq!(paid, U256::ZERO, "the crook's bonds are gone");
    let nonce = world.nonce(honest.account()).await;
    challenger.tick().await.unwrap();
    assert_eq!(
        world.nonce(honest.account()).await,
        nonce,
        "nothing is countered twice"
    );
    // Three bonds of a quarter ether, less a game bond and gas.
    assert!(world.balance(honest.account()).await > before);
}

async fn contract_bonds(world: &World, oracle: Address, claimant: Address) -> U256 {
    let mut sum = U256::ZERO;
    for uuid in [1, 2, 3] {
        let call = Abi::proposalBondsCall {
            claimant,
            uuid: U256::from(uuid),
        };
        let rpc = world.anvil.rpc();
        sum += rpc.call(oracle, &call, BlockId::latest()).await.unwrap();
    }
    sum
}
