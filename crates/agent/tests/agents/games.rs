//! The agents at work.

use std::{sync::Arc, time::Duration};

use alloy::primitives::{B256, U256};
use endgame_agent::{
    AgentError, AgentEvent, Challenger, GameProgress, Observer, Proposer, Signer,
    chain::GameContract, dishonest::Liar,
};
use endgame_game::GameStatus;
use endgame_preimage::KeyType;

use crate::{
    proxy::Proxy,
    world::{CROOK, GAME_TYPE, HONEST, Log, Roots, World, lie, step_that_reads, true_root},
};

const MINUTE: Duration = Duration::from_mins(1);

fn stepped(event: &AgentEvent) -> bool {
    matches!(event, AgentEvent::Stepped { .. })
}

/// Both play until nothing happens any more: the liar cannot step.
async fn fight(challenger: &mut Challenger, liar: &Liar, game: alloy::primitives::Address) {
    loop {
        let tick = challenger.tick().await.unwrap();
        let played = tick[&game].as_ref().unwrap();
        let answered = liar.play(game).await.unwrap();
        let idle = matches!(played, GameProgress::Playing(round) if round.done == 0);
        if answered.done == 0 && idle {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn false_root_falls_by_one_instruction_and_pays_its_bond() {
    let world = World::new().await;
    let dir = tempfile::tempdir().unwrap();
    let url = world.anvil.url();
    let honest = world.manager(HONEST, &url, &dir.path().join("h")).await;
    let crook = world.manager(CROOK, &url, &dir.path().join("c")).await;
    let (log, nothing) = (Log::default(), Log::default());
    let mut challenger = world.challenger(honest.clone(), u64::MAX, &log);

    // The lie begins at an instruction that reads a boot input, then a small and a large preimage.
    for (round, (key_type, size)) in [
        (KeyType::Local, 0),
        (KeyType::Keccak256, 0),
        (KeyType::Keccak256, 1_000),
    ]
    .into_iter()
    .enumerate()
    {
        let step = step_that_reads(key_type, size);
        let liar = world.liar(crook.clone(), lie(step), &nothing);
        let before = log.count(stepped);
        let block = 6 + round as u64;
        let game = liar.propose(block).await.unwrap().game;
        let contract = GameContract::load(world.anvil.rpc(), game).await.unwrap();
        assert_eq!(contract.facts().starting, (world.genesis_root, 0));
        while log.count(stepped) == before {
            fight(&mut challenger, &liar, game).await;
            // A large preimage can be challenged for a while.
            world.anvil.wait(5).await;
        }
        let events = log.events();
        let Some(AgentEvent::Stepped { step: at, .. }) = events.iter().rev().find(|e| stepped(e))
        else {
            panic!("no step");
        };
        assert_eq!(*at, step);
        let loaded = events.iter().rev().find_map(|event| match event {
            AgentEvent::PreimageLoaded { large, .. } => Some(*large),
            _ => None,
        });
        assert_eq!(loaded, Some(size > 0));

        world.anvil.wait(2_000).await;
        let status = challenger
            .run_until_resolved(game, false, MINUTE)
            .await
            .unwrap();
        assert_eq!(status, GameStatus::ChallengerWins);
        let before = world.balance(honest.account()).await;
        let (due, _) = contract.credit(honest.account()).await.unwrap();
        let snapshot = contract.snapshot().await.unwrap();
        let all = snapshot
            .state
            .claims()
            .iter()
            .map(|c| c.bond)
            .fold(U256::ZERO, |a, b| a + b);
        assert_eq!(due, all, "the honest player gets every bond");
        assert_eq!(snapshot.state.outcome().status, status);
        for _ in 0..2 {
            world.anvil.wait(60).await;
            challenger.tick().await.unwrap();
        }
        let gained = world.balance(honest.account()).await - before;
        assert!(
            gained > due * U256::from(99) / U256::from(100),
            "{gained} of {due}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn challenger_survives_crashes_and_a_dead_rpc_without_double_moves() {
    let world = World::new().await;
    let dir = tempfile::tempdir().unwrap();
    let proxy = Proxy::start(world.anvil.port).await;
    let crook = world
        .manager(CROOK, &world.anvil.url(), &dir.path().join("c"))
        .await;
    let log = Log::default();
    let liar = world.liar(crook, lie(20), &Log::default());
    let game = liar.propose(6).await.unwrap().game;
    let store = dir.path().join("h");
    let account = Signer::from_key(&format!("{:0>64}", "1"))
        .unwrap()
        .address();
    assert_eq!(world.nonce(account).await, 0);

    let honest = world.manager(HONEST, &proxy.url(), &store).await.account();
    let start = world.nonce(honest).await;
    for round in 0u64.. {
        // A life of the challenger, ended at an arbitrary point.
        let tx = world.manager(HONEST, &proxy.url(), &store).await;
        let mut challenger = world.challenger(tx, u64::MAX, &log);
        let life = tokio::spawn(async move { challenger.tick().await });
        tokio::time::sleep(Duration::from_millis(30 + round * 37 % 300)).await;
        if round == 4 {
            proxy.set_cut(true);
            tokio::time::sleep(Duration::from_secs(5)).await;
            proxy.set_cut(false);
            life.await.unwrap().unwrap();
        } else {
            life.abort();
            let _ = life.await;
        }
        liar.play(game).await.unwrap();
        let contract = GameContract::load(world.anvil.rpc(), game).await.unwrap();
        let snapshot = contract.snapshot().await.unwrap();
        let leaf = snapshot.state.claims().last().unwrap();
        if leaf.countered_by == honest {
            break;
        }
        assert!(round < 100, "{:?}", snapshot.state);
    }
    let contract = GameContract::load(world.anvil.rpc(), game).await.unwrap();
    let snapshot = contract.snapshot().await.unwrap();
    let moves = snapshot
        .state
        .claims()
        .iter()
        .filter(|c| c.claimant == honest)
        .count() as u64;
    // Every transaction was a move, or the step.
    assert_eq!(world.nonce(honest).await - start, moves + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn true_root_is_proposed_and_defended() {
    let world = World::new().await;
    let dir = tempfile::tempdir().unwrap();
    let url = world.anvil.url();
    let honest = world.manager(HONEST, &url, &dir.path().join("h")).await;
    let crook = world.manager(CROOK, &url, &dir.path().join("c")).await;
    let log = Log::default();
    let factory = world.addresses.dispute_game_factory;
    let proposer = |derivable| {
        let roots = Arc::new(Roots { derivable });
        Proposer::new(
            honest.clone(),
            factory,
            GAME_TYPE,
            None,
            roots,
            Observer::none(),
        )
    };
    let beyond = proposer(5).propose(Some(6)).await;
    assert!(matches!(
        beyond,
        Err(AgentError::BeyondL1Head {
            block: 6,
            last: 5,
            ..
        })
    ));
    assert!(matches!(
        proposer(5).propose(None).await,
        Err(AgentError::Config(_))
    ));
    assert!(matches!(
        proposer(5).propose(Some(0)).await,
        Err(AgentError::NothingNew { block: 0, from: 1 })
    ));

    let proposal = proposer(6).propose(Some(6)).await.unwrap();
    assert_eq!(proposal.root, true_root(6));
    // The same again is the same game, and no transaction.
    let nonce = world.nonce(honest.account()).await;
    assert_eq!(proposer(9).propose(Some(6)).await.unwrap(), proposal);
    assert_eq!(world.nonce(honest.account()).await, nonce);

    let liar = world.liar(crook.clone(), lie(20), &Log::default());
    let mut challenger = world.challenger(honest.clone(), 6, &log);
    fight(&mut challenger, &liar, proposal.game).await;
    assert!(log.count(|event| matches!(event, AgentEvent::Moved { .. })) > 4);
    // Freeloading: the crook attacks its own attack, left of the honest defence.
    liar.counter(proposal.game, 1, true, B256::repeat_byte(9))
        .await
        .unwrap();
    let moves = log.count(|event| matches!(event, AgentEvent::Moved { .. }));
    fight(&mut challenger, &liar, proposal.game).await;
    assert!(log.count(|event| matches!(event, AgentEvent::Moved { .. })) >= moves);

    world.anvil.wait(2_000).await;
    let status = challenger
        .run_until_resolved(proposal.game, false, MINUTE)
        .await
        .unwrap();
    assert_eq!(status, GameStatus::DefenderWins);
    let contract = GameContract::load(world.anvil.rpc(), proposal.game)
        .await
        .unwrap();
    let (due, _) = contract.credit(crook.account()).await.unwrap();
    assert_eq!(due, U256::ZERO, "the crook gets nothing back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn account_without_funds_is_told_what_it_needs() {
    let world = World::new().await;
    let dir = tempfile::tempdir().unwrap();
    let poor = Signer::from_key(&format!("{:0>64}", "1234")).unwrap();
    let account = poor.address();
    let tx = world
        .try_manager(poor, &world.anvil.url(), &dir.path().join("p"))
        .await;
    let roots = Arc::new(Roots { derivable: 9 });
    let factory = world.addresses.dispute_game_factory;
    let proposer = Proposer::new(tx, factory, GAME_TYPE, None, roots, Observer::none());
    match proposer.propose(Some(6)).await {
        Err(AgentError::InsufficientFunds {
            account: who,
            balance,
            needed,
            ..
        }) => {
            assert_eq!(who, account);
            assert_eq!(balance, U256::ZERO);
            assert!(needed > U256::ZERO);
        }
        other => panic!("{other:?}"),
    }
}
