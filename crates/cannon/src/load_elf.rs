//! `load-elf`: a program becomes a state.

use std::path::PathBuf;

use endgame_mips::{STATE_VERSION, elf, version_name};

use crate::{
    CannonError,
    output::{check_binary, optional_path, write_json},
};

/// Flags of `load-elf`.
#[derive(Debug, clap::Args)]
pub struct LoadElf {
    /// VM type to create state for: multithreaded64-5
    #[arg(long = "type", value_name = "TYPE")]
    vm_type: String,
    /// Path to 64-bit big-endian MIPS ELF file
    #[arg(long)]
    path: PathBuf,
    /// Output path to write state to, .bin or .bin.gz. Not written if empty
    #[arg(long, default_value = "state.bin.gz", value_parser = optional_path())]
    out: PathBuf,
    /// Write metadata file, for symbol lookup during program execution. None if empty
    #[arg(long, default_value = "meta.json", value_parser = optional_path())]
    meta: PathBuf,
}

impl LoadElf {
    pub(crate) fn execute(self) -> Result<(), CannonError> {
        if version_name(STATE_VERSION) != Some(&self.vm_type) {
            return Err(CannonError::VmType(self.vm_type));
        }
        check_binary(&self.out, "--out")?;
        let program = std::fs::read(&self.path).map_err(|error| CannonError::File {
            path: self.path,
            error,
        })?;
        let state = elf::load(&program)?;
        write_json(&elf::Symbols::of(&program)?, &self.meta)?;
        if self.out.as_os_str().is_empty() {
            return Ok(());
        }
        state.save(&self.out).map_err(|error| CannonError::State {
            path: self.out,
            error,
        })
    }
}
