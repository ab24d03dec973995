//! Two programs that do not agree: nothing is proposed, games are played by their own program, and
//! both are told.

use std::sync::Arc;

use alloy::primitives::Address;
use endgame_agent::{
    AgentError, AgentEvent, Disagreement, GameProgress, JointRoots, Judge, OutputRoots, Proposer,
    RootProvider, RootRequest, TxManager,
};
use endgame_prestate::Program;
use tempfile::TempDir;

use crate::world::{CROOK, GAME_TYPE, HONEST, Log, Roots, World, lie, true_root};

/// A program that does not get past a block.
fn judge(program: Program, derivable: u64) -> Judge {
    Judge {
        program,
        roots: Arc::new(Roots { derivable }),
    }
}

/// L1 with a game about a false root of block 6, and whom it is a lie to.
async fn lied_to() -> (World, Arc<TxManager>, Address, TempDir) {
    let world = World::new().await;
    let dir = tempfile::tempdir().unwrap();
    let url = world.anvil.url();
    let honest = world.manager(HONEST, &url, &dir.path().join("h")).await;
    let crook = world.manager(CROOK, &url, &dir.path().join("c")).await;
    let liar = world.liar(crook, lie(20), &Log::default());
    let game = liar.propose(6).await.unwrap().game;
    (world, honest, game, dir)
}

fn told(log: &Log) -> Vec<(bool, Disagreement)> {
    let events = log.events().into_iter();
    events
        .filter_map(|event| match event {
            AgentEvent::ProgramsDisagree { game, found } => Some((game.is_some(), found)),
            _ => None,
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_proposed_that_the_programs_disagree_on() {
    let world = World::new().await;
    let dir = tempfile::tempdir().unwrap();
    let url = world.anvil.url();
    let tx = world.manager(HONEST, &url, &dir.path().join("h")).await;
    let nonce = world.nonce(tx.account()).await;
    let log = Log::default();
    let proposer = |ortho| {
        let others = vec![judge(Program::Ortho, ortho)];
        let roots = JointRoots::new(judge(Program::Kona, u64::MAX), others);
        Proposer::new(
            tx.clone(),
            world.addresses.dispute_game_factory,
            GAME_TYPE,
            None,
            Arc::new(roots),
            log.observer(),
        )
    };
    let Err(AgentError::ProgramsDisagree(found)) = proposer(5).propose(Some(6)).await else {
        panic!("proposed")
    };
    let roots = [(Program::Kona, 6), (Program::Ortho, 5)];
    assert_eq!(found.block, 6);
    assert_eq!(found.roots, roots.map(|(p, block)| (p, true_root(block))));
    assert_eq!(told(&log), [(false, *found)]);
    assert_eq!(world.nonce(tx.account()).await, nonce);

    let proposal = proposer(6).propose(Some(6)).await.unwrap();
    assert_eq!(proposal.root, true_root(6));
    assert_eq!(told(&log).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn game_is_played_by_its_own_program_whatever_the_other_computes() {
    let (world, honest, game, _dir) = lied_to().await;
    let log = Log::default();
    let challenger = world.challenger(honest, u64::MAX, &log);
    let others = vec![judge(Program::Ortho, 5)];
    let mut challenger = challenger.with_other_judges(Program::Kona, others);
    for _ in 0..2 {
        let tick = challenger.tick().await.unwrap();
        assert!(matches!(tick[&game], Ok(GameProgress::Playing(_))));
        let heard = challenger.hear_other_judges().await;
        assert_eq!(heard[&game][0].block, 6);
    }
    assert_eq!(log.count(|e| matches!(e, AgentEvent::Moved { .. })), 1);
    let told = told(&log);
    assert!(
        matches!(told[..], [(true, found)] if found.roots[0] == (Program::Kona, true_root(6))),
        "once: {told:?}"
    );
}

/// A program that cannot judge, for want of data say.
struct Failing;

impl RootProvider for Failing {
    fn roots(&self, _: &RootRequest) -> Result<Arc<OutputRoots>, AgentError> {
        Err(AgentError::Roots("no data".to_owned()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_that_cannot_judge_keeps_no_game_waiting_and_is_asked_again() {
    let (world, honest, game, _dir) = lied_to().await;
    let log = Log::default();
    let other = Judge {
        program: Program::Ortho,
        roots: Arc::new(Failing),
    };
    let challenger = world.challenger(honest, u64::MAX, &log);
    let mut challenger = challenger.with_other_judges(Program::Kona, vec![other]);
    for _ in 0..2 {
        let tick = challenger.tick().await.unwrap();
        assert!(matches!(tick[&game], Ok(GameProgress::Playing(_))));
        assert!(challenger.hear_other_judges().await.is_empty());
    }
    assert_eq!(log.count(|e| matches!(e, AgentEvent::Moved { .. })), 1);
    let failed = |event: &AgentEvent| matches!(event, AgentEvent::JudgeFailed { .. });
    assert_eq!(log.count(failed), 2);
    assert!(told(&log).is_empty());
}
