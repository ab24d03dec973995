//! What goes wrong around an agent: nodes that are down or behind, accounts without money, claims
//! about blocks that do not exist.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use alloy::{primitives::U256, providers::Provider};
use endgame_agent::{AgentError, AgentEvent, GameProgress, l2::L2};
use endgame_game::GameStatus;

use crate::{
    proxy::Proxy,
    world::{CROOK, HONEST, Log, World, lie, true_root},
};

const MINUTE: Duration = Duration::from_mins(1);

/// How long L1 is down: `ENDGAME_OUTAGE_SECONDS`, else a few times our patience in the test.
fn outage() -> Duration {
    let seconds = std::env::var("ENDGAME_OUTAGE_SECONDS").ok();
    Duration::from_secs(seconds.map_or(6, |text| text.parse().unwrap()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn challenger_finishes_the_game_after_l1_was_down_for_longer_than_its_patience() {
    let world = World::new().await;
    let dir = tempfile::tempdir().unwrap();
    let proxy = Proxy::start(world.anvil.port).await;
    let crook = world
        .manager(CROOK, &world.anvil.url(), &dir.path().join("c"))
        .await;
    let liar = world.liar(crook, lie(20), &Log::default());
    let game = liar.propose(6).await.unwrap().game;
    let patience = Duration::from_secs(2);
    let tx = world
        .impatient_manager(HONEST, &proxy.url(), &dir.path().join("h"), patience)
        .await;
    let log = Log::default();
    let mut challenger = world.challenger(tx, u64::MAX, &log);
    let moves = || log.count(|event| matches!(event, AgentEvent::Moved { .. }));

    challenger.tick().await.unwrap();
    liar.play(game).await.unwrap();
    assert_eq!(moves(), 1);
    proxy.set_cut(true);
    let cut = Instant::now();
    while cut.elapsed() < outage() {
        let error = match challenger.tick().await {
            Ok(mut tick) => tick.remove(&game).unwrap().unwrap_err(),
            Err(error) => error,
        };
        assert!(matches!(error, AgentError::RpcDown { .. }), "{error}");
        assert!(error.is_transient());
    }
    assert_eq!(moves(), 1);
    proxy.set_cut(false);
    loop {
        let tick = challenger.tick().await.unwrap();
        let idle = matches!(&tick[&game], Ok(GameProgress::Playing(round)) if round.done == 0);
        if liar.play(game).await.unwrap().done == 0 && idle {
            break;
        }
    }
    assert_eq!(
        log.count(|event| matches!(event, AgentEvent::Stepped { .. })),
        1
    );
    world.anvil.wait(2_000).await;
    let status = challenger
        .run_until_resolved(game, false, MINUTE)
        .await
        .unwrap();
    assert_eq!(status, GameStatus::ChallengerWins);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn challenger_without_money_for_a_bond_says_so_and_moves_once_it_has_it() {
    let world = World::new().await;
    let dir = tempfile::tempdir().unwrap();
    let url = world.anvil.url();
    let crook = world.manager(CROOK, &url, &dir.path().join("c")).await;
    let liar = world.liar(crook, lie(20), &Log::default());
    let game = liar.propose(6).await.unwrap().game;
    let tx = world.manager(HONEST, &url, &dir.path().join("h")).await;
    let account = tx.account();
    let set_balance = async |wei: U256| {
        let rpc = world.anvil.rpc();
        let _: serde_json::Value = rpc
            .provider()
            .raw_request("anvil_setBalance".into(), (account, wei))
            .await
            .unwrap();
    };
    // Enough for gas, not for the bond.
    let little = U256::from(50_000_000_000_000_000u64);
    set_balance(little).await;
    let log = Log::default();
    let mut challenger = world.challenger(tx, u64::MAX, &log);
    let mut tick = challenger.tick().await.unwrap();
    match tick.remove(&game).unwrap() {
        Err(AgentError::InsufficientFunds {
            account: who,
            balance,
            needed,
            what,
        }) => {
            assert_eq!((who, balance), (account, little));
            assert!(needed > little);
            assert!(what.contains("attack claim 0"), "{what}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(world.nonce(account).await, 0);

    set_balance(little * U256::from(1_000)).await;
    let tick = challenger.tick().await.unwrap();
    assert!(matches!(&tick[&game], Ok(GameProgress::Playing(round)) if round.done == 1));
    assert_eq!(world.nonce(account).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claim_about_a_block_beyond_the_l1_head_is_attacked() {
    let world = World::new().await;
    let dir = tempfile::tempdir().unwrap();
    let url = world.anvil.url();
    let crook = world.manager(CROOK, &url, &dir.path().join("c")).await;
    let honest = world.manager(HONEST, &url, &dir.path().join("h")).await;
    let liar = world.liar(crook, lie(20), &Log::default());
    // L1 data ends at block 5; the claim is what would be true of block 7, if there were one.
    let game = liar.propose_root(true_root(7), 7).await.unwrap().game;
    let log = Log::default();
    let mut challenger = world.challenger(honest, 5, &log);
    let tick = challenger.tick().await.unwrap();
    assert!(matches!(&tick[&game], Ok(GameProgress::Playing(round)) if round.done == 1));
    let computed = log.events().into_iter().find_map(|event| match event {
        AgentEvent::RootJudged { computed, .. } => Some(computed),
        _ => None,
    });
    assert_eq!(computed, Some(true_root(5)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_that_is_behind_is_told_from_one_that_errs() {
    let world = World::new().await;
    let l2 = L2::new(world.anvil.rpc(), world.anvil.rpc());
    let newest = world.anvil.rpc().block_number().await.unwrap();
    match Arc::new(l2).output(newest + 10).await {
        Err(
            error @ AgentError::NodeBehind {
                block,
                newest: of_node,
                ..
            },
        ) => {
            assert_eq!((block, of_node), (newest + 10, newest));
            assert!(error.is_transient());
        }
        other => panic!("{other:?}"),
    }
}
