//! `endgame conformance`.

use std::process::ExitCode;

use crate::output::Output;

/// The command's flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Runs the command.
pub(crate) fn run(args: Args, out: Output) -> anyhow::Result<ExitCode> {
    let Args {} = args;
    anyhow::bail!("not part of this build (json: {})", out.is_json())
}
