//! `endgame propose`.

use std::{process::ExitCode, sync::Arc, time::Duration};

use alloy::eips::BlockNumberOrTag;
use clap::ValueEnum;
use endgame_agent::{AgentError, JointRoots, Proposal, Proposer};

use super::common::{
    DataArgs, Every, GameArgs, HostArgs, L1Args, L2Args, Reporter, RollupArgs, SignerArgs, Span,
    TxArgs, on_runtime, until_stopped,
};
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  ENDGAME_PRIVATE_KEY=0x... endgame propose \\
    --l1-rpc https://l1.example.org --l1-beacon https://beacon.example.org \\
    --l2-rpc http://127.0.0.1:9545 --every 1h
      proposes a root for every hour of L2 blocks, until Ctrl-C

  endgame propose --l1-rpc http://127.0.0.1:8545 --l2-rpc http://127.0.0.1:9545 \\
    --keystore key.json --password-file pass.txt --block 120 --json
      proposes the root of block 120 and prints its game

  endgame propose --config endgame.toml --every 1h --program kona,ortho
      proposes what both programs compute, and ends with exit code 4 if they differ";

/// The least tip on L1, in wei a unit of gas.
const L1_TIP: u128 = 1_000_000_000;

/// The command's flags.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    after_help = "Examples: endgame propose --help",
    long_about = "Propose true output roots.

Roots are computed here, from L1 data, by the fault proof program; what the rollup node says is \
only compared with them, and only tells which block is safe. Without --block and --every the \
newest safe block is proposed, once. A claim that has a game already costs nothing: that game is \
the result. Transactions are recorded before they are sent, so the command may be stopped and \
started again at any point."
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

/// What is proposed, and when.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Proposals")]
struct Plan {
    /// Propose the root of this L2 block, once
    #[arg(
        long,
        env = "ENDGAME_BLOCK",
        value_name = "NUMBER",
        conflicts_with = "every"
    )]
    block: Option<u64>,
    /// Go on proposing, after this much L2 time (30s, 10m, 1h) or this many blocks (1800blocks)
    #[arg(long, env = "ENDGAME_EVERY", value_name = "INTERVAL")]
    every: Option<Every>,
    /// Which L1 block data is read up to: `finalized` keeps a reorganisation of L1 from making a
    /// proposal false
    #[arg(
        long,
        env = "ENDGAME_L1_HEAD",
        value_name = "TAG",
        default_value = "finalized"
    )]
    l1_head: L1Head,
    /// Pause between two looks at the chains
    #[arg(
        long,
        env = "ENDGAME_POLL",
        value_name = "DURATION",
        default_value = "12s"
    )]
    poll: Span,
}

/// An L1 block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum L1Head {
    /// The newest one
    Latest,
    /// One that is unlikely to go
    Safe,
    /// One that stays
    Finalized,
}

impl From<L1Head> for BlockNumberOrTag {
    fn from(head: L1Head) -> Self {
        match head {
            L1Head::Latest => Self::Latest,
            L1Head::Safe => Self::Safe,
            L1Head::Finalized => Self::Finalized,
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: Args, out: Output) -> anyhow::Result<ExitCode> {
    on_runtime(async move {
        let done = until_stopped(Box::pin(propose(&args, out))).await?;
        // Whoever wanted one proposal has not got it; a service may be stopped.
        Ok(match (done, args.plan.every) {
            (Some(()), _) | (None, Some(_)) => ExitCode::SUCCESS,
            (None, None) => ExitCode::FAILURE,
        })
    })
}

async fn propose(args: &Args, out: Output) -> anyhow::Result<()> {
    let reporter = match args.plan.every {
        Some(_) => Reporter::of_a_service(out),
        None => Reporter::of_a_task(out),
    };
    let patience = args.l1.patience();
    let signer = args.signer.signer(patience)?;
    let (l1, l1_id) = args.l1.connect().await?;
    let (l2, l2_id) = args.l2.connect(patience).await?;
    let rollup = args.rollup.load(l1_id, &l2, l2_id).await?;
    let (factory, game_type) = args.games.find(&l1, &rollup.config).await?;
    let dir = args.data.dir("propose")?;
    let games = (&factory, game_type);
    let mechanism = args
        .host
        .mechanism((&args.l1, &args.l2), &rollup, &dir, games)
        .await?;
    reporter.line(format_args!(
        "{} proposes roots of chain {l2_id} as games of type {game_type} at {}",
        signer.address(),
        factory.address()
    ));
    let tx = args.tx.open(l1, signer, &dir, L1_TIP).await?;
    let proposer = Proposer::new(
        Arc::clone(&tx),
        factory.address(),
        game_type,
        Some(l2),
        Arc::new(JointRoots::new(mechanism.own, mechanism.others)),
        reporter.observer(),
    )
    .with_l1_head(args.plan.l1_head.into());
    if let Some(every) = args.plan.every {
        let blocks = every.blocks(rollup.config.rollup().block_time);
        propose_for_ever(&proposer, blocks, args.plan.poll.0).await
    } else {
        let proposal = proposer.propose(args.plan.block).await?;
        let Proposal { game, root, block } = proposal;
        let words = format!("game {game} claims root {root} of block {block}");
        out.result(&proposal, words)
    }
}

/// Proposes whenever this many blocks have become safe since the last proposal.
async fn propose_for_ever(proposer: &Proposer, blocks: u64, poll: Duration) -> anyhow::Result<()> {
    let mut last = None;
    loop {
        match propose_if_due(proposer, last, blocks).await {
            Ok(proposal) => last = Some(proposal.block),
            Err(AgentError::NothingNew { block, from }) => {
                tracing::debug!(block, from, "nothing to propose yet");
            }
            Err(error) if may_pass(&error) => Reporter::trouble(&error.into()),
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(poll).await;
    }
}

async fn propose_if_due(
    proposer: &Proposer,
    last: Option<u64>,
    blocks: u64,
) -> Result<Proposal, AgentError> {
    let last = match last {
        Some(last) => last,
        // Started anew: what was proposed before counts too.
        None => match proposer.newest_own_block().await? {
            Some(last) => last,
            None => proposer.anchor_block().await?,
        },
    };
    let from = last + blocks;
    let safe = proposer.newest_safe_block().await?;
    if safe < from {
        return Err(AgentError::NothingNew { block: safe, from });
    }
    proposer.propose_newest(from).await
}

/// Whether a service should go on after this error: it, or its operator, may see to it.
const fn may_pass(error: &AgentError) -> bool {
    error.is_transient()
        || matches!(
            error,
            AgentError::InsufficientFunds { .. }
                | AgentError::Reverted { .. }
                | AgentError::BeyondL1Head { .. }
        )
}
