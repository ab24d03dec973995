//! Each dispute from beginning to end.

use std::{sync::Arc, time::Duration};

use alloy_primitives::{Address, B256};
use endgame_agent::{Challenger, Proposal};
use endgame_devnet::{DevnetConfig, DevnetHandle, Role};
use endgame_game::{GameStatus, Lie};
use endgame_preimage::KeyType;
use endgame_prestate::Program;
use serde::Serialize;

use crate::{
    Act, Kind, Narrator, ScenarioError,
    dispute::{Due, expect_bonds_lost, expect_step, fight, lie, round, run_of, settle, steps_of},
    life::{Life, live},
    payout,
    stage::Stage,
    voice::verdict,
};

/// What a scenario came to.
#[derive(Clone, Debug, Serialize)]
pub struct Ending {
    /// Which one it was.
    pub scenario: Kind,
    /// The program that judged.
    pub program: &'static str,
    /// Its games, in the order of their creation.
    pub games: Vec<GameEnd>,
    /// What it took.
    pub acts: Vec<Act>,
    /// Wall time in seconds.
    pub seconds: f64,
}

/// What became of a game.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GameEnd {
    /// The game.
    pub game: Address,
    /// The output root that it was about.
    pub root: B256,
    /// Its L2 block.
    pub block: u64,
    /// The verdict, in words.
    pub verdict: &'static str,
    /// The instruction that L1 ran in it, if it came to that.
    pub step: Option<u64>,
    /// Hash of the transaction that ran it.
    pub step_transaction: Option<B256>,
}

/// Plays a scenario on a devnet of its own, which goes on running afterwards.
///
/// The agents judge by `program`, and the games run it in the VM. `config` sets up the devnet; the
/// game's depth and the prestate are the scenario's own. Must be called within a multi-threaded
/// tokio runtime. Dropping the future ends the chains; a run of the VM that is under way goes on in
/// its thread until it ends.
pub async fn play(
    kind: Kind,
    program: Program,
    config: DevnetConfig,
    narrator: Arc<Narrator>,
) -> Result<(Ending, DevnetHandle), ScenarioError> {
    let stage = Stage::set(kind, program, config, Arc::clone(&narrator)).await?;
    let life = live(&stage).await?;
    let mut challenger = stage.challenger().await?;
    let games = match kind {
        Kind::FalseClaim => false_claim(&stage, &life, &mut challenger).await?,
        Kind::FalseStep => false_step(&stage, &life, &mut challenger).await?,
        Kind::WrongBlockNumber => wrong_block_number(&stage, &life, &mut challenger).await?,
        Kind::Freeloader => freeloader(&stage, &life, &mut challenger).await?,
        Kind::Timeout => timeout(&stage, &life, &mut challenger).await?,
        Kind::Preimage => preimage(&stage, &life, &mut challenger).await?,
    };
    let (acts, wall) = narrator.finish();
    let ending = ending((kind, program), &stage, &games, (acts, wall));
    Ok((ending, stage.devnet))
}

fn ending(
    (kind, program): (Kind, Program),
    stage: &Stage,
    games: &[Due],
    (acts, wall): (Vec<Act>, Duration),
) -> Ending {
    let games = games.iter().map(|due| {
        let stepped = stage.voice.stepped(due.claim.game);
        GameEnd {
            game: due.claim.game,
            root: due.claim.root,
            block: due.claim.block,
            verdict: verdict(due.status),
            step: stepped.map(|s| s.step),
            step_transaction: stepped.map(|s| s.tx.hash),
        }
    });
    Ending {
        scenario: kind,
        program: program.name(),
        games: games.collect(),
        acts,
        seconds: wall.as_secs_f64(),
    }
}

const fn rejected(claim: Proposal) -> Due {
    Due {
        claim,
        status: GameStatus::ChallengerWins,
    }
}

const fn accepted(claim: Proposal) -> Due {
    Due {
        claim,
        status: GameStatus::DefenderWins,
    }
}

async fn false_claim(
    stage: &Stage,
    life: &Life,
    challenger: &mut Challenger,
) -> Result<Vec<Due>, ScenarioError> {
    let narrator = &stage.narrator;
    narrator.act("The proposer posts a true root");
    let block = life.last_block;
    let truth = stage.proposer().await?.propose(Some(block - 1)).await?;
    payout::prove(stage, life).await?;

    narrator.act("A dishonest proposer posts a false root for a later block");
    let lie = lie(block, 0xbd);
    let falsehood = stage.dishonest(lie).await?.propose(block).await?;
    challenger.tick().await?;

    narrator.act("The false root is disputed down to one instruction");
    let inputs = run_of(stage, &falsehood, falsehood.root).await?;
    let after_steps = steps_of(stage, inputs).await? / 2;
    let liar = stage.dishonest(Lie { after_steps, ..lie }).await?;
    let step = fight(stage, challenger, &liar, falsehood.game).await?;
    expect_step(step, after_steps)?;

    narrator.act("The clocks run out and the games are decided");
    let games = vec![accepted(truth), rejected(falsehood)];
    settle(stage, challenger, &games).await?;
    let (liars, honest) = ([Role::Dishonest], [Role::Challenger]);
    expect_bonds_lost(stage, falsehood.game, &liars, &honest).await?;

    payout::finalize(stage, life).await?;
    payout::bonds(stage, challenger, &games).await?;
    payout::expect_anchor(stage, &truth).await?;
    Ok(games)
}

async fn false_step(
    stage: &Stage,
    life: &Life,
    challenger: &mut Challenger,
) -> Result<Vec<Due>, ScenarioError> {
    let narrator = &stage.narrator;
    narrator.act("The proposer posts a true root");
    let block = life.last_block;
    let truth = stage.proposer().await?.propose(Some(block)).await?;

    narrator.act("It is attacked, and defended down to one instruction");
    let inputs = run_of(stage, &truth, truth.root).await?;
    let after_steps = steps_of(stage, inputs).await? / 3;
    let lie = Lie {
        after_steps,
        ..lie(block, 0xbd)
    };
    let liar = stage.dishonest(lie).await?;
    let step = fight(stage, challenger, &liar, truth.game).await?;
    expect_step(step, after_steps)?;

    narrator.act("The clocks run out and the game is decided");
    let games = vec![accepted(truth)];
    settle(stage, challenger, &games).await?;
    let (liars, honest) = ([Role::Dishonest], [Role::Challenger, Role::Proposer]);
    expect_bonds_lost(stage, truth.game, &liars, &honest).await?;
    payout::bonds(stage, challenger, &games).await?;
    payout::expect_anchor(stage, &truth).await?;
    Ok(games)
}

/// The clocks run out, the claim falls, `liars` get nothing and all bonds are paid.
async fn fall(
    stage: &Stage,
    challenger: &mut Challenger,
    claim: Proposal,
    liars: &[Role],
) -> Result<Vec<Due>, ScenarioError> {
    stage
        .narrator
        .act("The clocks run out and the game is decided");
    let games = vec![rejected(claim)];
    settle(stage, challenger, &games).await?;
    expect_bonds_lost(stage, claim.game, liars, &[Role::Challenger]).await?;
    payout::bonds(stage, challenger, &games).await?;
    Ok(games)
}

async fn wrong_block_number(
    stage: &Stage,
    life: &Life,
    challenger: &mut Challenger,
) -> Result<Vec<Due>, ScenarioError> {
    let narrator = &stage.narrator;
    narrator.act("A dishonest proposer posts a true root under another block's number");
    let block = life.last_block;
    let root = stage.l2()?.output(block - 1).await?.root();
    let liar = stage.dishonest(lie(block, 0xbd)).await?;
    let claim = liar.propose_root(root, block).await?;

    narrator.act("The challenger opens the root on L1");
    round(challenger, claim.game).await?;

    fall(stage, challenger, claim, &[Role::Dishonest]).await
}

async fn freeloader(
    stage: &Stage,
    life: &Life,
    challenger: &mut Challenger,
) -> Result<Vec<Due>, ScenarioError> {
    let narrator = &stage.narrator;
    narrator.act("A dishonest proposer posts a false root");
    let block = life.last_block;
    let lie = lie(block, 0xbd);
    let claim = stage.dishonest(lie).await?.propose(block).await?;

    narrator.act("A freeloader counters it wrongly, before the challenger does it right");
    let role = Role::Freeloader;
    let tx = stage.on_l1(role.name(), role.key()).await?;
    let freeloader = stage.liar(role, tx, lie);
    freeloader
        .counter(claim.game, 0, true, B256::repeat_byte(0xf1))
        .await?;
    round(challenger, claim.game).await?;

    fall(
        stage,
        challenger,
        claim,
        &[Role::Dishonest, Role::Freeloader],
    )
    .await
}

async fn timeout(
    stage: &Stage,
    life: &Life,
    challenger: &mut Challenger,
) -> Result<Vec<Due>, ScenarioError> {
    let narrator = &stage.narrator;
    narrator.act("A dishonest proposer posts a false root and leaves");
    let block = life.last_block;
    let liar = stage.dishonest(lie(block, 0xbd)).await?;
    let claim = liar.propose(block).await?;
    round(challenger, claim.game).await?;

    fall(stage, challenger, claim, &[Role::Dishonest]).await
}

/// A kind of preimage to step on: what it is called, its keys' type, and the least and the most
/// bytes it may have.
type Wanted = (&'static str, KeyType, usize, usize);

const WANTED: [Wanted; 4] = [
    ("a small keccak256 preimage", KeyType::Keccak256, 1, 999),
    (
        "a large keccak256 preimage",
        KeyType::Keccak256,
        1_000,
        usize::MAX,
    ),
    ("a blob's field element", KeyType::Blob, 1, usize::MAX),
    (
        "the result of a precompile",
        KeyType::Precompile,
        1,
        usize::MAX,
    ),
];

async fn preimage(
    stage: &Stage,
    life: &Life,
    challenger: &mut Challenger,
) -> Result<Vec<Due>, ScenarioError> {
    let narrator = &stage.narrator;
    let block = life.last_block;
    let mut games = Vec::new();
    for ((what, key_type, least, most), salt) in WANTED.into_iter().zip(1..) {
        narrator.act(format!("A false root falls where the program reads {what}"));
        let lie = lie(block, salt);
        let claim = stage.dishonest(lie).await?.propose(block).await?;
        let inputs = run_of(stage, &claim, claim.root).await?;
        let mips = Arc::clone(&stage.mips);
        let read = tokio::task::spawn_blocking(move || {
            mips.first_read(&inputs, |key, length| {
                key.key_type() == Ok(key_type) && (least..=most).contains(&length)
            })
        })
        .await
        .map_err(|e| endgame_agent::AgentError::Worker(e.to_string()))??;
        let Some(after_steps) = read else {
            return Err(ScenarioError::WrongEnd {
                what: "the preimages that the program reads",
                expected: what.to_owned(),
                found: "none".to_owned(),
            });
        };
        let liar = stage.dishonest(Lie { after_steps, ..lie }).await?;
        let step = fight(stage, challenger, &liar, claim.game).await?;
        expect_step(step, after_steps)?;
        games.push(rejected(claim));
    }
    narrator.act("The clocks run out and the games are decided");
    settle(stage, challenger, &games).await?;
    for due in &games {
        let (liars, honest) = ([Role::Dishonest], [Role::Challenger]);
        expect_bonds_lost(stage, due.claim.game, &liars, &honest).await?;
    }
    payout::bonds(stage, challenger, &games).await?;
    Ok(games)
}
