//! `endgame vm`.

use std::process::ExitCode;

use endgame_cannon::Cannon;

use crate::output::Output;

/// The command's flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    vm: Vm,
}

/// The VMs, by the name of what they stand for.
#[derive(Debug, clap::Subcommand)]
enum Vm {
    /// The MIPS64 VM, with Cannon's flags; the binary under the name `cannon` is this command
    #[command(subcommand)]
    Cannon(Cannon),
}

/// Runs the command. Its output has Cannon's formats whatever `out` says.
pub(crate) fn run(args: Args, _out: Output) -> anyhow::Result<ExitCode> {
    match args.vm {
        Vm::Cannon(command) => command.execute()?,
    }
    Ok(ExitCode::SUCCESS)
}
