//! `endgame challenge`.

use std::{collections::BTreeMap, process::ExitCode, sync::Arc, time::Duration};

use alloy::primitives::Address;
use endgame_agent::{AgentError, Challenger, ChallengerConfig, Disagreement, GameProgress, Tick};
use serde_json::{Value, json};

use super::common::{
    DataArgs, GameArgs, HostArgs, L1Args, L2Args, Reporter, RollupArgs, SignerArgs, Span, TxArgs,
    on_runtime, until_stopped, verdict,
};
use crate::{exit, output::Output};

const EXAMPLES: &str = "\
Examples:
  ENDGAME_PRIVATE_KEY=0x... endgame challenge \\
    --l1-rpc https://l1.example.org --l1-beacon https://beacon.example.org \\
    --l2-rpc http://127.0.0.1:9545
      plays all games of the respected type, until Ctrl-C

  endgame challenge --l1-rpc http://127.0.0.1:8545 --l2-rpc http://127.0.0.1:9545 \\
    --keystore key.json --password-file pass.txt --once --json
      does what there is to do now, and prints how each game stands

  endgame challenge --config endgame.toml --program kona,ortho
      plays each game by its own program, and raises an alarm where the other computes another root";

/// The least tip on L1, in wei a unit of gas.
const L1_TIP: u128 = 1_000_000_000;

/// The command's flags.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    after_help = "Examples: endgame challenge --help",
    long_about = "Bring down false output roots, move by move, and collect their bonds.

Plays the honest side in every game: computes its root from L1 data up to the game's own L1 head, \
attacks what is false, defends what is true, runs the decisive instruction on L1, resolves, and \
claims credit. Claims of others are never believed, nor is a node. Transactions are recorded \
before they are sent, so the command may be stopped and started again at any point; no move is \
sent twice. With --json every event is a line of JSON."
)]
pub(crate) struct Args {
    #[command(flatten)]
    l1: L1Args,
    #[command(flatten)]
    l2: L2Args,
    #[command(flatten)]
    rollup: RollupArgs,
    #[command(flatten)]
    games: GameArgs,
    #[command(flatten)]
    host: HostArgs,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    signer: SignerArgs,
    #[command(flatten)]
    tx: TxArgs,
    #[command(flatten)]
    plan: Plan,
}

/// What is done, and when.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Play")]
struct Plan {
    /// Do what there is to do now, and end
    #[arg(long)]
    once: bool,
    /// Claim the credit of this account too; may be given several times
    #[arg(
        long,
        env = "ENDGAME_CLAIM_FOR",
        value_name = "ADDRESS",
        value_delimiter = ','
    )]
    claim_for: Vec<Address>,
    /// How old games may be when they are first seen
    #[arg(
        long,
        env = "ENDGAME_WINDOW",
        value_name = "DURATION",
        default_value = "28d"
    )]
    window: Span,
    /// Pause between two rounds
    #[arg(
        long,
        env = "ENDGAME_POLL",
        value_name = "DURATION",
        default_value = "12s"
    )]
    poll: Span,
}

/// Runs the command.
pub(crate) fn run(args: Args, out: Output) -> anyhow::Result<ExitCode> {
    on_runtime(async move {
        let done = until_stopped(Box::pin(challenge(&args, out))).await?;
        Ok(match done {
            Some(code) => code,
            None if args.plan.once => ExitCode::FAILURE,
            None => ExitCode::SUCCESS,
        })
    })
}

async fn challenge(args: &Args, out: Output) -> anyhow::Result<ExitCode> {
    let reporter = if args.plan.once {
        Reporter::of_a_task(out)
    } else {
        Reporter::of_a_service(out)
    };
    let patience = args.l1.patience();
    let signer = args.signer.signer(patience)?;
    let (l1, l1_id) = args.l1.connect().await?;
    let (l2, l2_id) = args.l2.connect(patience).await?;
    let rollup = args.rollup.load(l1_id, &l2, l2_id).await?;
    let (factory, game_type) = args.games.find(&l1, &rollup.config).await?;
    let dir = args.data.dir("challenge")?;
    let games = (&factory, game_type);
    let mechanism = args
        .host
        .mechanism((&args.l1, &args.l2), &rollup, &dir, games)
        .await?;
    reporter.line(format_args!(
        "{} plays games of type {game_type} of {} about chain {l2_id}",
        signer.address(),
        factory.address()
    ));
    let tx = args.tx.open(l1, signer, &dir, L1_TIP).await?;
    let config = ChallengerConfig {
        window: args.plan.window.0.as_secs(),
        claim_for: args.plan.claim_for.clone(),
        poll: args.plan.poll.0,
        ..ChallengerConfig::new(factory.address(), game_type)
    };
    let mut challenger = Challenger::new(
        Arc::clone(&tx),
        Some(l2),
        mechanism.own.roots,
        mechanism.traces,
        config,
        reporter.observer(),
    )
    .with_other_judges(mechanism.own.program, mechanism.others);
    if args.plan.once {
        let tick = challenger.tick().await?;
        return report(&tick, &challenger.hear_other_judges().await, out);
    }
    play_for_ever(&mut challenger, args.plan.poll.0).await
}

/// Rounds until something is wrong that no later round will see right.
async fn play_for_ever(challenger: &mut Challenger, poll: Duration) -> anyhow::Result<ExitCode> {
    loop {
        match challenger.tick().await {
            Ok(tick) => {
                for (game, error) in tick.into_iter().filter_map(|(g, r)| Some((g, r.err()?))) {
                    let error = anyhow::Error::from(error);
                    Reporter::trouble(&error.context(format!("game {game}")));
                }
            }
            Err(error) if is_final(&error) => return Err(error.into()),
            Err(error) => Reporter::trouble(&error.into()),
        }
        tokio::time::sleep(poll).await;
    }
}

/// Whether going on makes no sense. Money may come, a node may learn: those are waited for.
const fn is_final(error: &AgentError) -> bool {
    matches!(
        error,
        AgentError::Config(_) | AgentError::Store(_) | AgentError::StoreBusy(_)
    )
}

/// Prints how the games stand. A game in which something failed makes the command fail, and so does
/// one that the programs disagree on.
fn report(
    tick: &Tick,
    disagreements: &BTreeMap<Address, Vec<Disagreement>>,
    out: Output,
) -> anyhow::Result<ExitCode> {
    let games: Vec<Value> = tick
        .iter()
        .map(|(game, result)| match result {
            Ok(progress) => json!({ "game": game, "status": status(progress) }),
            Err(error) => json!({ "game": game, "error": error.to_string() }),
        })
        .collect();
    let mut lines: Vec<String> = tick
        .iter()
        .map(|(game, result)| match result {
            Ok(progress) => format!("game {game}: {}", status(progress)),
            Err(error) => format!("game {game}: failed: {error}"),
        })
        .collect();
    if lines.is_empty() {
        lines.push("no games".into());
    }
    for (game, found) in disagreements {
        lines.extend(found.iter().map(|found| format!("game {game}: {found}")));
    }
    let value = json!({ "games": games, "disagreements": disagreements });
    out.result(&value, lines.join("\n"))?;
    if !disagreements.is_empty() {
        return Ok(exit::DISAGREE.into());
    }
    let failed = tick.values().any(Result::is_err);
    Ok(ExitCode::from(u8::from(failed)))
}

fn status(progress: &GameProgress) -> String {
    match progress {
        GameProgress::Playing(round) => match round.waits_until {
            Some(time) => format!("in progress, a step waits until {time}"),
            None => "in progress".into(),
        },
        GameProgress::Resolved(end) => format!("{}, credit is due later", verdict(*end)),
        GameProgress::Finished(end) => verdict(*end).into(),
    }
}
