//! The endgame command line: flags in, a library call, words or JSON out.

mod args;
mod cli;
mod cmd;
mod config;
mod exit;
mod output;
mod signer;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args = cli::arguments(std::env::args_os());
    cli::run(args)
}
