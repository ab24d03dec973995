//! The programs that data is run through.

mod kona;
mod ortho;

use std::fmt;

use alloy_primitives::B256;
use endgame_host::Host;

use crate::{Block, RecordedRun};

/// A block that a program built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Built {
    /// Its hash.
    pub hash: B256,
    /// Gas used by its transactions.
    pub gas_used: u64,
}

/// How a program's run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code: 0 valid claim, 1 invalid claim, 2 no verdict.
    pub exit: u8,
    /// Gas used by the blocks that it derived.
    pub gas_used: u64,
    /// Why there is no verdict.
    pub error: Option<String>,
}

/// What builds blocks, as conformance data meets it.
pub trait Executor: Send + Sync {
    /// Executes a block on nothing but its witness. The error is in words for the report.
    fn build(&self, block: &Block) -> Result<Built, String>;
}

/// A whole fault proof program.
pub trait Program: Executor {
    /// Runs natively on the preimages that `host` serves.
    fn run(&self, run: &RecordedRun, host: Host) -> Ended;

    /// Which prestate is this program's.
    fn guest(&self) -> endgame_prestate::Program;
}

/// Names a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramKind {
    /// kona-derive for derivation, op-revm for execution.
    Kona,
    /// Written from the specs.
    Ortho,
}

impl ProgramKind {
    /// The program of this name.
    pub fn program(self) -> &'static dyn Program {
        match self {
            Self::Kona => &kona::Kona,
            Self::Ortho => &ortho::Ortho,
        }
    }
}

impl fmt::Display for ProgramKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kona => "kona",
            Self::Ortho => "ortho",
        })
    }
}
