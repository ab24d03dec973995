//! What can go wrong.

use endgame_mips::elf::ElfError;
use endgame_program_kona::ConfigError;
use endgame_section::SectionError;

use crate::{Program, Vm};

/// Why a prestate cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrestateError {
    /// The chain's configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The chain's configuration cannot be used by program ortho.
    #[error(transparent)]
    OrthoConfig(#[from] endgame_program_ortho::ConfigError),
    /// The data of a network upgrade could not be made.
    #[error("upgrade data of Canyon: {0}")]
    Canyon(String),
    /// The guest's section does not take the configuration.
    #[error(transparent)]
    Section(#[from] SectionError),
    /// The embedded guest is damaged.
    #[error("the embedded guest {program}-{vm} does not decompress: {reason}")]
    Artifact {
        /// The program.
        program: Program,
        /// The VM.
        vm: Vm,
        /// What is wrong.
        reason: String,
    },
    /// The VM cannot load the guest.
    #[error(transparent)]
    Elf(#[from] ElfError),
}
