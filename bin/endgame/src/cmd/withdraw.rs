//! `endgame withdraw`.

mod init;
mod settle;

use std::process::ExitCode;

use clap::Subcommand;

use super::common::{on_runtime, until_stopped};
use crate::output::Output;

const EXAMPLES: &str = "\
The whole way (keys by ENDGAME_PRIVATE_KEY, nodes by ENDGAME_L1_RPC and ENDGAME_L2_RPC):
  endgame withdraw init --value 0.5 --to 0x...   on L2; prints the transaction
  endgame withdraw status 0xTRANSACTION          what it waits for
  endgame withdraw prove 0xTRANSACTION --wait    on L1, once a game covers it
  endgame withdraw finalize 0xTRANSACTION --wait on L1, after the delays: it is paid";

/// The command's flags.
#[derive(Debug, clap::Args)]
#[command(
    after_help = EXAMPLES,
    long_about = "Withdraw from L2: init, prove, finalize, status.

A withdrawal is named by the L2 transaction that initiated it. It is paid when an output root of a \
block that holds it has been proposed, the withdrawal has been proven against that root's game, the \
game has been won by its defender, and the portal's delays are over."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Initiate a withdrawal on L2
    Init(init::Args),
    /// Prove a withdrawal on L1 against the newest game that covers it
    Prove(settle::ActArgs),
    /// Finalize a proven withdrawal on L1: it is paid
    Finalize(settle::ActArgs),
    /// Tell how a withdrawal stands, and what it waits for
    Status(settle::LookArgs),
}

/// Runs the command.
pub(crate) fn run(args: Args, out: Output) -> anyhow::Result<ExitCode> {
    on_runtime(async move {
        let done = until_stopped(async {
            match &args.step {
                Step::Init(args) => init::run(args, out).await,
                Step::Prove(args) => settle::prove(args, out).await,
                Step::Finalize(args) => settle::finalize(args, out).await,
                Step::Status(args) => settle::status(args, out).await,
            }
        });
        Ok(match done.await? {
            Some(()) => ExitCode::SUCCESS,
            None => ExitCode::FAILURE,
        })
    })
}
