//! Cannon's command line on the MIPS64 VM.
//!
//! The same flags, files and log lines as Cannon 1.19.6, so that whatever drives Cannon (an
//! op-challenger, say) can drive this VM. `run` executes with the fast engine; what it reports
//! and writes is the same, sooner. Three things differ:
//!
//! - the host's output goes straight through, without a log line around it;
//! - `--debug` tells at the end where each thread stands, not how it got there;
//! - `--debug-info` leaves out what the engine does not count, and `--pprof.cpu` does nothing.

mod error;
mod host;
mod load_elf;
mod log;
mod output;
mod pattern;
mod run;
mod stop;
mod witness;

pub use error::CannonError;
pub use load_elf::LoadElf;
pub use pattern::StepPattern;
pub use run::Run;
pub use witness::Witness;

/// What Cannon can be asked to do.
#[derive(Debug, clap::Subcommand)]
pub enum Cannon {
    /// Load ELF file into Cannon state
    LoadElf(LoadElf),
    /// Convert a Cannon state into a binary witness
    ///
    /// Basic data about the state is printed to stdout in JSON format.
    Witness(Witness),
    /// Run VM step(s) and generate proof data to replicate onchain
    ///
    /// See flags to match when to output a proof, a snapshot, or to stop early. After `--`
    /// comes the command that serves preimages.
    Run(Run),
}

impl Cannon {
    /// Does it. Cannon's exit code is 0 then, and 1 after an error.
    pub fn execute(self) -> Result<(), CannonError> {
        match self {
            Self::LoadElf(command) => command.execute(),
            Self::Witness(command) => command.execute(),
            Self::Run(command) => command.execute(),
        }
    }
}
