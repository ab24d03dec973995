//! What is paid at the end: the withdrawal, and the bonds.

use endgame_agent::{
    Challenger, GameProgress, Proposal, Tick,
    withdraw::{WithdrawalStatus, Withdrawer},
};

use crate::{
    ScenarioError,
    dispute::Due,
    life::{Life, SAVINGS, tell},
    stage::Stage,
};

/// Rounds of waiting in which all bonds must be paid.
const ROUNDS: usize = 6;

/// The user proves the withdrawal against the game of `claim`.
pub(crate) async fn prove(stage: &Stage, life: &Life) -> Result<(), ScenarioError> {
    stage
        .narrator
        .act("The user proves the withdrawal against the true root");
    let tx = withdrawer(stage, life)?.prove(&life.withdrawal).await?;
    tell(stage, "user proves the withdrawal".to_owned(), tx);
    Ok(())
}

/// The delays pass and the withdrawal is paid.
pub(crate) async fn finalize(stage: &Stage, life: &Life) -> Result<(), ScenarioError> {
    stage.narrator.act("The withdrawal is paid");
    let withdrawer = withdrawer(stage, life)?;
    let delays = stage.delays();
    stage
        .wait(delays.game_finality.max(delays.proof_maturity) + 2)
        .await?;
    let status = withdrawer.status(&life.withdrawal).await?;
    ScenarioError::expect("the withdrawal", &WithdrawalStatus::Ready, &status)?;
    let tx = withdrawer.finalize(&life.withdrawal).await?;
    tell(stage, "user finalizes the withdrawal".to_owned(), tx);
    let paid = stage.l1_rpc()?.balance(SAVINGS).await?;
    ScenarioError::expect("what the withdrawal paid", &life.amount, &paid)
}

/// All bonds of the games are paid out.
pub(crate) async fn bonds(
    stage: &Stage,
    challenger: &mut Challenger,
    games: &[Due],
) -> Result<(), ScenarioError> {
    stage.narrator.act("Bonds are paid");
    let delays = stage.delays();
    let finished = |tick: &Tick, due: &Due| {
        matches!(
            tick.get(&due.claim.game),
            Some(Ok(GameProgress::Finished(_)))
        )
    };
    for _ in 0..ROUNDS {
        let tick = challenger.tick().await?;
        if games.iter().all(|due| finished(&tick, due)) {
            return Ok(());
        }
        stage
            .wait(delays.bond_withdrawal.max(delays.game_finality) + 2)
            .await?;
    }
    Err(ScenarioError::WrongEnd {
        what: "the bonds",
        expected: "all paid".to_owned(),
        found: "still due".to_owned(),
    })
}

/// Games to come start from the accepted root.
pub(crate) async fn expect_anchor(stage: &Stage, claim: &Proposal) -> Result<(), ScenarioError> {
    let anchor = stage.factory()?.anchor(stage.game_type).await?;
    ScenarioError::expect("the anchor", &(claim.root, claim.block), &anchor)?;
    stage.narrator.say(format_args!(
        "games to come start from block {}",
        claim.block
    ));
    Ok(())
}

fn withdrawer(stage: &Stage, life: &Life) -> Result<Withdrawer, ScenarioError> {
    let portal = stage.devnet.addresses().optimism_portal;
    Ok(Withdrawer::new(life.user.clone(), stage.l2()?, portal))
}
