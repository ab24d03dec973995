//! The parts that disputes are made of.

use std::sync::Arc;

use alloy_primitives::{Address, B256, U256};
use endgame_agent::{Challenger, GameProgress, Proposal, RunInputs, dishonest::Liar};
use endgame_devnet::Role;
use endgame_game::{GameStatus, Lie};

use crate::{
    ScenarioError,
    stage::{PATIENCE, Stage},
    voice::{Stepped, ether, verdict},
};

/// A game and what must become of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub(crate) claim: Proposal,
    pub(crate) status: GameStatus,
}

/// A lie about `block` and those after it, told apart from others by `salt`. Where in the run it
/// begins is for a later choice ([`Lie::after_steps`]); the output roots don't depend on it.
pub(crate) fn lie(block: u64, salt: u8) -> Lie {
    Lie {
        from_block: block,
        after_steps: 0,
        salt: B256::repeat_byte(salt),
    }
}

/// The run that a dispute about `claim` comes down to, if all blocks before its own are agreed on.
/// `claimed_root` is the root whose truth the run is about.
pub(crate) async fn run_of(
    stage: &Stage,
    claim: &Proposal,
    claimed_root: B256,
) -> Result<RunInputs, ScenarioError> {
    let facts = *stage.game(claim.game).await?.facts();
    let agreed = stage.l2()?.output(claim.block.saturating_sub(1)).await?;
    Ok(RunInputs {
        l1_head: facts.l1_head,
        agreed_root: agreed.root(),
        agreed_block: Some(agreed.block),
        claimed_root,
        claimed_block: claim.block,
        chain_id: facts.l2_chain_id,
        prestate: facts.absolute_prestate,
    })
}

/// How many instructions the run has.
pub(crate) async fn steps_of(stage: &Stage, inputs: RunInputs) -> Result<u64, ScenarioError> {
    let (traces, observer) = (stage.traces(), stage.voice.of("dishonest"));
    let run = tokio::task::spawn_blocking(move || traces.run(&inputs, &observer))
        .await
        .map_err(|e| endgame_agent::AgentError::Worker(e.to_string()))??;
    Ok(run.steps())
}

/// Both sides play until a step is taken in `game`, or nobody has anything left to do.
pub(crate) async fn fight(
    stage: &Stage,
    challenger: &mut Challenger,
    liar: &Liar,
    game: Address,
) -> Result<Option<Stepped>, ScenarioError> {
    loop {
        let progress = round(challenger, game).await?;
        if let Some(step) = stage.voice.stepped(game) {
            return Ok(Some(step));
        }
        let answered = liar.play(game).await?;
        let GameProgress::Playing(played) = progress else {
            return Ok(None);
        };
        if played.done > 0 || answered.done > 0 {
            continue;
        }
        // A large preimage can be challenged for a while before it counts.
        let Some(until) = played.waits_until else {
            return Ok(None);
        };
        let now = stage.l1_rpc()?.now().await?;
        stage.wait(until.saturating_sub(now) + 1).await?;
    }
}

/// One round of the challenger, and how it went in `game`.
pub(crate) async fn round(
    challenger: &mut Challenger,
    game: Address,
) -> Result<GameProgress, ScenarioError> {
    let mut tick = challenger.tick().await?;
    match tick.remove(&game) {
        Some(progress) => Ok(progress?),
        None => Err(ScenarioError::WrongEnd {
            what: "the challenger's games",
            expected: game.to_string(),
            found: "not among them".to_owned(),
        }),
    }
}

/// Refuses an end without a step at `instruction`.
pub(crate) fn expect_step(step: Option<Stepped>, instruction: u64) -> Result<(), ScenarioError> {
    ScenarioError::expect(
        "the instruction that L1 ran",
        &Some(instruction),
        &step.map(|step| step.step),
    )
}

/// The clocks run out; every game is resolved as it must.
pub(crate) async fn settle(
    stage: &Stage,
    challenger: &mut Challenger,
    games: &[Due],
) -> Result<(), ScenarioError> {
    let mut clock = 0;
    for due in games {
        clock = clock.max(stage.game(due.claim.game).await?.facts().rules.max_clock);
    }
    stage.wait(clock + 60).await?;
    for due in games {
        let status = challenger
            .run_until_resolved(due.claim.game, false, PATIENCE)
            .await?;
        ScenarioError::expect("the game's end", &verdict(due.status), &verdict(status))?;
    }
    Ok(())
}

/// Who told the lie gets nothing, and `honest` gets all that was at stake in the game.
pub(crate) async fn expect_bonds_lost(
    stage: &Stage,
    game: Address,
    liars: &[Role],
    honest: &[Role],
) -> Result<(), ScenarioError> {
    let game = stage.game(game).await?;
    let claims = game.snapshot().await?.state;
    let stake = claims
        .claims()
        .iter()
        .fold(U256::ZERO, |sum, claim| sum.saturating_add(claim.bond));
    for role in liars {
        let (credit, _) = game.credit(role.address()).await?;
        ScenarioError::expect("the liar's credit", &U256::ZERO, &credit)?;
    }
    let mut won = U256::ZERO;
    for role in honest {
        won = won.saturating_add(game.credit(role.address()).await?.0);
    }
    ScenarioError::expect("the honest side's credit", &stake, &won)?;
    stage.narrator.say(format_args!(
        "{} were at stake in {} claims: all of it goes to the honest side",
        ether(stake),
        claims.claims().len()
    ));
    Ok(())
}

impl Stage {
    /// The dishonest proposer with `lie`, by an account that earlier liars may have used.
    pub(crate) async fn dishonest(&self, lie: Lie) -> Result<Liar, ScenarioError> {
        Ok(self.liar(Role::Dishonest, Arc::clone(self.crook().await?), lie))
    }
}
