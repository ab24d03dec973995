//! Global flags and the choice of a command.

use std::{ffi::OsString, path::Path, process::ExitCode};

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use tracing_subscriber::{EnvFilter, fmt};

use crate::{cmd, config, exit, output::Output};

/// Stage 2 for an OP Stack chain: several independent proving mechanisms must all agree.
#[derive(Debug, Parser)]
#[command(name = "endgame", version, propagate_version = true, after_help = exit::HELP)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Flags that every command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    /// Print results as JSON, one document on standard output
    #[arg(long, global = true, env = "ENDGAME_JSON")]
    json: bool,
    /// How log lines look (they go to standard error)
    #[arg(
        long,
        global = true,
        env = "ENDGAME_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "text"
    )]
    log_format: LogFormat,
    /// What to log: error, warn, info, debug, trace, or a filter such as `endgame_host=debug`
    #[arg(
        long,
        global = true,
        env = "ENDGAME_LOG",
        value_name = "FILTER",
        default_value = "warn"
    )]
    log: String,
    /// A TOML file with values for flags; a flag or an ENDGAME_ variable wins over it
    ///
    /// A table is a command, a key a long flag's name: `[challenge]` then `l1-rpc = "http://..."`.
    /// Keys outside a table hold for every command that knows the flag.
    #[arg(long, global = true, env = "ENDGAME_CONFIG", value_name = "FILE")]
    config: Option<std::path::PathBuf>,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a whole rollup on this machine and play a dispute on it
    Devnet(cmd::devnet::Args),
    /// Deploy the L1 contracts for a chain and make its L2 genesis
    Deploy(cmd::deploy::Args),
    /// Propose true output roots
    Propose(cmd::propose::Args),
    /// Bring down false output roots, move by move, and collect their bonds
    Challenge(cmd::challenge::Args),
    /// Withdraw from L2: init, prove, finalize, status
    Withdraw(cmd::withdraw::Args),
    /// Serve preimages to a fault proof program or VM
    Host(cmd::host::Args),
    /// Make and check absolute prestates
    Prestate(cmd::prestate::Args),
    /// The fault proof VMs, with the command lines of their counterparts
    Vm(cmd::vm::Args),
    /// Run conformance data that nobody here made
    Conformance(cmd::conformance::Args),
    /// Show what every two proving mechanisms have in common: crates, contracts, cryptography
    Diversity(cmd::diversity::Args),
    /// Print a shell's completion script
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// The arguments as clap shall see them: invoked as `cannon`, the binary is that VM's command.
pub(crate) fn arguments(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    let alias = args
        .first()
        .and_then(|name| Path::new(name).file_stem())
        .is_some_and(|stem| stem == "cannon");
    if alias {
        args.splice(0..1, ["endgame".into(), "vm".into(), "cannon".into()]);
    }
    args
}

/// Parses, sets up logging, runs the command and reports its end.
pub(crate) fn run(args: Vec<OsString>) -> ExitCode {
    let args = match config::with_file(args, &Cli::command()) {
        Ok(args) => args,
        Err(error) => return exit::report(&error),
    };
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, not errors; clap prints each where it belongs.
            let _ = error.print();
            return if error.use_stderr() {
                exit::USAGE.into()
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let Global {
        json,
        log_format,
        log,
        config,
    } = cli.global;
    let filter = match EnvFilter::try_new(&log) {
        Ok(filter) => filter,
        Err(error) => {
            return exit::report(&anyhow::anyhow!(
                "--log {log:?} is not a log filter: {error}"
            ));
        }
    };
    let logs = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match log_format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
    let out = Output::new(json);
    let ended = match cli.command {
        Command::Devnet(args) => cmd::devnet::run(args, out),
        Command::Deploy(args) => cmd::deploy::run(args, config.as_deref(), out),
        Command::Propose(args) => cmd::propose::run(args, out),
        Command::Challenge(args) => cmd::challenge::run(args, out),
        Command::Withdraw(args) => cmd::withdraw::run(args, out),
        Command::Host(args) => cmd::host::run(args, out),
        Command::Prestate(args) => cmd::prestate::run(args, out),
        Command::Vm(args) => cmd::vm::run(args, out),
        Command::Conformance(args) => cmd::conformance::run(args, out),
        Command::Diversity(args) => cmd::diversity::run(args, out),
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Cli::command(),
                "endgame",
                &mut std::io::stdout(),
            );
            Ok(ExitCode::SUCCESS)
        }
    };
    ended.unwrap_or_else(|error| exit::report(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn named_cannon_the_binary_is_that_vm() {
        let args = arguments(["/usr/bin/cannon", "run"].map(OsString::from));
        assert_eq!(args, ["endgame", "vm", "cannon", "run"].map(OsString::from));
        let args = arguments(["./endgame", "vm"].map(OsString::from));
        assert_eq!(args, ["./endgame", "vm"].map(OsString::from));
    }
}
