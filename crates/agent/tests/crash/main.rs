//! A challenger that is killed in mid-game, again and again, as a process of its own.
//!
//! This binary is both the test and, called with `challenger`, the process that is killed.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![allow(dead_code, reason = "the world is shared with other tests")]

#[path = "../agents/anvil.rs"]
mod anvil;
#[path = "../agents/world.rs"]
mod world;

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use alloy::{
    consensus::Transaction as _, network::TransactionResponse as _, primitives::Address,
    providers::Provider as _,
};
use endgame_agent::{Observer, Rpc, Signer, chain::GameContract};
use endgame_game::GameStatus;

use crate::world::{CROOK, HONEST, KEYS, Log, World, lie};

const NAME: &str = "challenger_killed_in_mid_game_finishes_it_without_sending_a_move_twice";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["challenger", url, factory, store] => runtime.block_on(be_challenger(url, factory, store)),
        // What `cargo test` calls it with: filters and flags of the standard harness.
        _ if args.iter().any(|arg| arg == "--list") => println!("{NAME}: test"),
        _ if args
            .iter()
            .any(|arg| !arg.starts_with('-') && !NAME.contains(arg.as_str())) => {}
        _ => {
            runtime.block_on(challenger_killed_in_mid_game());
            println!("test {NAME} ... ok");
        }
    }
}

/// Plays until it is killed.
async fn be_challenger(url: &str, factory: &str, store: &str) {
    let signer = Signer::from_key(KEYS[HONEST]).unwrap();
    let patience = Duration::from_mins(1);
    let tx = world::open_manager(signer, url, Path::new(store), patience).await;
    let factory: Address = factory.parse().unwrap();
    world::challenger(tx, factory, u64::MAX, Observer::none())
        .run()
        .await;
}

/// A life of the challenger; ends with SIGKILL.
struct Life(Child);

impl Life {
    fn begin(world: &World, store: &Path) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .arg("challenger")
            .arg(world.anvil.url())
            .arg(world.addresses.dispute_game_factory.to_string())
            .arg(store)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        // On Unix this is `kill -9`.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn challenger_killed_in_mid_game() {
    let world = World::new().await;
    // Blocks take their time, so that transactions are in flight when the process dies.
    mine_every_second(&world.anvil.rpc()).await;
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("h");
    let url = world.anvil.url();
    let crook = world.manager(CROOK, &url, &dir.path().join("c")).await;
    let honest = Signer::from_key(KEYS[HONEST]).unwrap().address();
    let liar = world.liar(crook, lie(20), &Log::default());
    let game = liar.propose(6).await.unwrap().game;
    let contract = GameContract::load(world.anvil.rpc(), game).await.unwrap();

    let mut lives = 0;
    loop {
        let life = Life::begin(&world, &store);
        lives += 1;
        tokio::time::sleep(Duration::from_millis(150 + lives * 370 % 1_900)).await;
        drop(life);
        liar.play(game).await.unwrap();
        let snapshot = contract.snapshot().await.unwrap();
        if snapshot.state.claims().last().unwrap().countered_by == honest {
            break;
        }
        assert!(lives < 200, "{:?}", snapshot.state);
    }
    assert!(lives > 5, "killed only {lives} times");
    let snapshot = contract.snapshot().await.unwrap();
    let claims = snapshot.state.claims().iter();
    let moves = claims.filter(|claim| claim.claimant == honest).count() as u64;
    // Every transaction was a move, or the step.
    assert_eq!(world.nonce(honest).await, moves + 1);
    assert_eq!(distinct_calls(&world, honest).await, moves + 1);

    let last = Life::begin(&world, &store);
    world.anvil.wait(2_000).await;
    let waited = tokio::time::timeout(Duration::from_mins(1), async {
        while contract.status().await.unwrap() == GameStatus::InProgress {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    waited.await.expect("the game is resolved");
    drop(last);
    assert_eq!(contract.status().await.unwrap(), GameStatus::ChallengerWins);
}

/// Mines by the clock from now on, instead of for every transaction.
async fn mine_every_second(l1: &Rpc) {
    for (method, params) in [
        ("evm_setAutomine", serde_json::json!([false])),
        ("evm_setIntervalMining", serde_json::json!([1])),
    ] {
        let answer = l1.provider().raw_request(method.into(), params);
        let _: serde_json::Value = answer.await.unwrap();
    }
}

/// How many different calls the account's transactions made.
async fn distinct_calls(world: &World, account: Address) -> u64 {
    let rpc = world.anvil.rpc();
    let mut calls = std::collections::BTreeSet::new();
    for number in 0..=rpc.block_number().await.unwrap() {
        let block = rpc.provider().get_block(number.into()).full().await;
        let transactions = block.unwrap().unwrap().transactions.into_transactions();
        calls.extend(
            transactions
                .filter(|tx| tx.from() == account)
                .map(|tx| tx.input().clone()),
        );
    }
    calls.len() as u64
}
