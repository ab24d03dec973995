//! `endgame conformance`.

use std::{num::NonZeroUsize, path::PathBuf, process::ExitCode, thread};

use clap::{Subcommand, ValueEnum};
use endgame_conformance::{
    Fixture, Item, ProgramKind, Report, RunVm, StateTests, batches, blocks, evm_fork, mips, runs,
};
use serde_json::json;

use crate::{args::ProgramArg, exit, output::Output};

/// The command's flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    suite: Suite,
}

#[derive(Debug, Subcommand)]
enum Suite {
    /// Build real blocks on nothing but their witness and compare the hashes
    Blocks {
        #[command(flatten)]
        data: Data,
        /// The program that executes them
        #[arg(long, env = "ENDGAME_PROGRAM", value_name = "PROGRAM")]
        program: ProgramArg,
    },
    /// Run recorded fault proof runs offline, as recorded and with the claim altered
    Runs {
        #[command(flatten)]
        data: Data,
        /// The program that runs
        #[arg(long, env = "ENDGAME_PROGRAM", value_name = "PROGRAM")]
        program: ProgramArg,
        /// The VM that it runs in
        #[arg(long, default_value = "none", value_name = "VM")]
        vm: RunVmArg,
    },
    /// Read what batchers of real chains posted by ortho and by kona's published reader, and compare
    ///
    /// The files are those of the testdata of op-rs/kona's protocol crates, by their names: an L1
    /// transaction (batcher-tx*), a channel (channel*), a span batch without its version byte
    /// (raw-span-batch*); hexadecimal text where the name ends in .hex.
    Batches {
        #[command(flatten)]
        data: Data,
    },
    /// Run state tests of ethereum/execution-spec-tests on ortho's EVM
    Evm {
        /// The tests: a directory, or a .tar.zst of one
        #[arg(value_name = "DIR")]
        path: PathBuf,
        /// Only this fork's: Paris, Shanghai, Cancun, Prague or Osaka
        #[arg(long, value_name = "FORK")]
        fork: Option<String>,
        /// Only those whose path and name fit; `*` stands for any text, `?` for a character
        #[arg(long, value_name = "GLOB")]
        filter: Option<String>,
        /// Threads [default: as many as there are processors]
        #[arg(long, value_name = "N")]
        jobs: Option<NonZeroUsize>,
    },
    /// Run Cannon's raw images (its open_mips_tests/test/bin) in the MIPS64 VM
    Mips {
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, clap::Args)]
struct Data {
    /// The data: a directory, or a .tar.zst of one
    #[arg(value_name = "DIR")]
    path: PathBuf,
    /// Run only items of such a name; `*` stands for any text, `?` for a character
    #[arg(long, value_name = "PATTERN")]
    filter: Option<String>,
}

/// What a recorded run runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RunVmArg {
    /// Nothing: as native code
    None,
    /// The MIPS64 VM
    Mips64,
}

impl From<ProgramArg> for ProgramKind {
    fn from(arg: ProgramArg) -> Self {
        match arg {
            ProgramArg::Kona => Self::Kona,
            ProgramArg::Ortho => Self::Ortho,
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: Args, out: Output) -> anyhow::Result<ExitCode> {
    let print = |item: &Item| out.progress(item);
    let report = match args.suite {
        Suite::Blocks { data, program } => {
            let program = ProgramKind::from(program).program();
            blocks(&Fixture::open(&data.path)?, data.filter(), program, print)?
        }
        Suite::Runs { data, program, vm } => {
            let program = ProgramKind::from(program).program();
            let vm = match vm {
                RunVmArg::None => RunVm::None,
                RunVmArg::Mips64 => RunVm::Mips64,
            };
            let fixture = Fixture::open(&data.path)?;
            runs(&fixture, data.filter(), program, vm, print)?
        }
        Suite::Batches { data } => batches(&Fixture::open(&data.path)?, data.filter(), print)?,
        Suite::Evm {
            path,
            fork,
            filter,
            jobs,
        } => {
            let jobs = jobs.map_or_else(thread::available_parallelism, Ok)?.get();
            let mut tests = StateTests::new(jobs);
            if let Some(fork) = fork {
                tests = tests.of_fork(evm_fork(&fork).map_err(anyhow::Error::msg)?);
            }
            if let Some(filter) = filter {
                tests = tests.that_fit(&filter);
            }
            return evm(&Fixture::open(&path)?, &tests, out);
        }
        Suite::Mips { data } => mips(&Fixture::open(&data.path)?, data.filter(), print)?,
    };
    finish(&report, out)
}

impl Data {
    fn filter(&self) -> Option<&str> {
        self.filter.as_deref()
    }
}

fn evm(fixture: &Fixture, tests: &StateTests, out: Output) -> anyhow::Result<ExitCode> {
    let summary = tests.run(fixture, |failure| out.progress(failure))?;
    let words = format!(
        "{} passed, {} failed, {} skipped (forks before Paris)",
        summary.passed, summary.failed, summary.skipped
    );
    let value = json!({
        "passed": summary.passed,
        "failed": summary.failed,
        "skipped": summary.skipped,
    });
    out.result(&value, words)?;
    Ok(if summary.failed == 0 {
        ExitCode::SUCCESS
    } else {
        exit::FAILED.into()
    })
}

fn finish(report: &Report, out: Output) -> anyhow::Result<ExitCode> {
    out.result(report, report)?;
    Ok(if report.is_ok() {
        ExitCode::SUCCESS
    } else {
        exit::FAILED.into()
    })
}
