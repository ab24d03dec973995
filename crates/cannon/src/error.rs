//! What can go wrong.

use std::{io, path::PathBuf, process::ExitStatus};

use endgame_mips::{StateFileError, VmError, elf::ElfError};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CannonError {
    /// A VM type that this VM is not.
    #[error("unsupported state version: {0}; this VM is multithreaded64-5")]
    VmType(String),
    /// An output whose name tells no binary format.
    #[error(
        "invalid {flag} file format. Only binary file formats (ending in .bin or .bin.gz) are supported"
    )]
    NotBinary {
        /// The flag that names it.
        flag: &'static str,
    },
    /// A flag whose value cannot be understood.
    #[error("invalid {flag}: {value}")]
    Flag {
        /// The flag.
        flag: &'static str,
        /// Its value.
        value: String,
    },
    /// `--debug` without symbols.
    #[error("cannot enable debug mode without a metadata file")]
    DebugWithoutMeta,
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Its path.
        path: PathBuf,
        /// What happened.
        error: io::Error,
    },
    /// The metadata cannot be understood.
    #[error("failed to load metadata {path}: {error}")]
    Meta {
        /// Its path.
        path: PathBuf,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// The program cannot be loaded.
    #[error("failed to load ELF data into VM state: {0}")]
    Elf(#[from] ElfError),
    /// A state cannot be read or written.
    #[error("{path}: {error}")]
    State {
        /// Its path.
        path: PathBuf,
        /// What is wrong.
        error: StateFileError,
    },
    /// The host cannot be started.
    #[error("failed to start pre-image oracle server {command}: {error}")]
    Host {
        /// Its command.
        command: String,
        /// What happened.
        error: io::Error,
    },
    /// A step that cannot be executed.
    #[error("failed at step {step} (PC: {pc:08x}): {error}")]
    Step {
        /// Its number.
        step: u64,
        /// The program counter before it.
        pc: u64,
        /// Why.
        error: VmError,
    },
    /// A step failed since the host is gone.
    #[error("pre-image server exited with {status}, resulting in err {error}")]
    HostGone {
        /// How it ended.
        status: ExitStatus,
        /// The step's failure.
        error: Box<Self>,
    },
}
