//! `witness`: what L1 sees of a state.

use std::path::{Path, PathBuf};

use alloy_primitives::{B256, Bytes};
use endgame_mips::{STATE_VERSION, State};
use serde::Serialize;

use crate::{
    CannonError,
    output::{optional_path, write_json},
};

/// Flags of `witness`.
#[derive(Debug, clap::Args)]
pub struct Witness {
    /// Path of input state
    #[arg(long)]
    input: PathBuf,
    /// Path to write binary witness
    #[arg(long, default_value = "", value_parser = optional_path())]
    output: PathBuf,
}

/// What is printed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    state_version: u8,
    witness_hash: B256,
    witness: Bytes,
    step: u64,
    exited: bool,
    exit_code: u8,
}

impl Witness {
    pub(crate) fn execute(self) -> Result<(), CannonError> {
        let state = load_state(&self.input)?;
        let witness = state.witness();
        if !self.output.as_os_str().is_empty() {
            std::fs::write(&self.output, witness).map_err(|error| CannonError::File {
                path: self.output,
                error,
            })?;
        }
        let response = Response {
            state_version: STATE_VERSION,
            witness_hash: state.state_hash(),
            witness: witness.to_vec().into(),
            step: state.step,
            exited: state.exited,
            exit_code: state.exit_code,
        };
        write_json(&response, Path::new("-"))
    }
}

/// Reads a state file.
pub(crate) fn load_state(path: &Path) -> Result<State, CannonError> {
    State::load(path).map_err(|error| CannonError::State {
        path: path.to_owned(),
        error,
    })
}
