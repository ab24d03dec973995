//! Runs published conformance data through our programs and VMs.
//!
//! Three kinds of data, none of it made here: single blocks with the state that they need
//! ([`blocks`]), recorded fault proof runs ([`runs`]) and images for the MIPS VM ([`mips`]). Each is
//! a directory or a `.tar.zst` of one ([`Fixture`]), each item of it gives an [`Item`], and all of
//! them a [`Report`]. Programs stand behind [`Program`], so data is written down once.

mod blocks;
mod error;
mod fixture;
mod mips;
pub mod program;
mod report;
mod runs;

pub use blocks::{Block, blocks};
pub use error::ConformanceError;
pub use fixture::{Fixture, matches};
pub use mips::mips;
pub use program::{Program, ProgramKind};
pub use report::{Item, Outcome, Report};
pub use runs::{RecordedRun, RunVm, runs};
