//! `endgame diversity`.

use std::process::ExitCode;

use endgame_diversity::{Facts, Report};

use crate::output::Output;

/// The command's flags: none but the global ones.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Two mechanisms protect each other where they are wrong in different ways; a mistake in what both are made of can
make both wrong alike. docs/diversity.md explains the lists.

Examples:
  endgame diversity
  endgame diversity --json | jq -r '.pairs[].crates[] | select(.inIndependentParts and .cryptographic).name'")]
pub(crate) struct Args {}

/// Runs the command.
pub(crate) fn run(_args: Args, out: Output) -> anyhow::Result<ExitCode> {
    let report = Report::of(&Facts::embedded()?)?;
    out.result(&report, &report)?;
    Ok(ExitCode::SUCCESS)
}
