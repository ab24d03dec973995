//! Runs published conformance data through our programs and VMs.
//!
//! Five kinds of data, none of it made here: single blocks with the state that they need
//! ([`blocks`]), recorded fault proof runs ([`runs`]), what batchers posted ([`batches`]), images for
//! the MIPS VM ([`mips`]) and state tests of an EVM ([`StateTests`]). Each is a directory or a
//! `.tar.zst` of one ([`Fixture`]). Each item of the first four gives an [`Item`], and all of them a
//! [`Report`]. Programs stand behind
//! [`Executor`] and [`Program`], so data is written down once.

mod batches;
mod blocks;
mod error;
mod evm;
mod fixture;
mod mips;
pub mod program;
mod report;
mod runs;

pub use batches::batches;
pub use blocks::{Block, blocks};
pub use error::ConformanceError;
pub use evm::{StateTests, evm_fork};
pub use fixture::{Fixture, matches};
pub use mips::mips;
pub use program::{Executor, Program, ProgramKind};
pub use report::{Item, Outcome, Report};
pub use runs::{RecordedRun, RunVm, runs};
