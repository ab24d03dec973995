//! The guest ELFs that the repository keeps.

use std::io::Read;

use flate2::read::GzDecoder;

use crate::{PrestateError, Program, Vm};

const KONA_MIPS64: &[u8] = include_bytes!("../../../guests/artifacts/kona-mips64.elf.gz");
const ORTHO_MIPS64: &[u8] = include_bytes!("../../../guests/artifacts/ortho-mips64.elf.gz");

/// The ELF of a program for a VM as `guests/build.sh` made it, its configuration section empty.
pub fn guest_elf(program: Program, vm: Vm) -> Result<Vec<u8>, PrestateError> {
    let compressed = match (program, vm) {
        (Program::Kona, Vm::Mips64) => KONA_MIPS64,
        (Program::Ortho, Vm::Mips64) => ORTHO_MIPS64,
    };
    let mut elf = Vec::new();
    GzDecoder::new(compressed)
        .read_to_end(&mut elf)
        .map_err(|error| PrestateError::Artifact {
            program,
            vm,
            reason: error.to_string(),
        })?;
    Ok(elf)
}
