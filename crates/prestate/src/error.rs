//! What can go wrong.

use alloy_primitives::B256;
use endgame_mips::elf::ElfError;
use endgame_program_kona::ConfigError;
use endgame_program_ortho as ortho;
use endgame_section::SectionError;

use crate::{Program, Vm};

/// Why a prestate cannot be made, or a program not be set up for a chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrestateError {
    /// The chain's configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The chain's configuration cannot be used by program ortho.
    #[error(transparent)]
    OrthoConfig(ortho::ConfigError),
    /// L1 is none of the public chains, and program ortho was not given its configuration.
    #[error(
        "program ortho needs the configuration of L1 chain {0}, which is none of the public ones: \
         give it (--l1-config)"
    )]
    UnknownL1(u64),
    /// The data of a network upgrade could not be made.
    #[error("upgrade data of Canyon: {0}")]
    Canyon(String),
    /// What was given as data of a network upgrade is none of those that no published crate has.
    #[error(
        "bytes with Keccak-256 hash {hash} are not init code that is wanted: Jovian's deployments \
         have the hashes {wanted:?}"
    )]
    UpgradeData {
        /// The hash of the bytes.
        hash: B256,
        /// The hashes of those that can be given.
        wanted: Vec<B256>,
    },
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

impl From<ortho::ConfigError> for PrestateError {
    fn from(error: ortho::ConfigError) -> Self {
        match error {
            ortho::ConfigError::UnknownL1(chain) => Self::UnknownL1(chain),
            other => Self::OrthoConfig(other),
        }
    }
}
