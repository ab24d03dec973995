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
