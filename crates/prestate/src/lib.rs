//! Makes absolute prestates: a guest ELF with a chain's configuration, loaded into a VM.
//!
//! The guests are built once (`guests/build.sh`) and embedded here. [`make`] fills the reserved
//! section of a guest with the configuration that a [`ChainSource`] names and loads the result, so
//! a prestate takes no compiler, and its hash commits to program and configuration at once.
//!
//! ```
//! use endgame_prestate::{ChainSource, Program, Vm, make};
//!
//! let prestate = make(Program::Kona, Vm::Mips64, &ChainSource::registry("op-sepolia")?)?;
//! println!("{}", prestate.hash());
//! # Ok::<(), endgame_prestate::PrestateError>(())
//! ```

mod artifact;
mod chain;
mod error;
mod upgrades;

use std::fmt;

use endgame_mips::{State, elf};

pub use alloy_primitives::B256;
pub use artifact::guest_elf;
pub use chain::ChainSource;
pub use error::PrestateError;

/// A fault proof program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// kona-derive for derivation, op-revm for execution.
    Kona,
    /// Written from the specs.
    Ortho,
}

impl Program {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Kona, Self::Ortho];

    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Kona => "kona",
            Self::Ortho => "ortho",
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A fault proof VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vm {
    /// Cannon's MIPS64.
    Mips64,
}

impl fmt::Display for Vm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mips64 => "mips64",
        })
    }
}

/// The state that a run of a program starts from.
#[derive(Clone, Debug)]
pub struct Prestate {
    state: State,
    chain_id: u64,
}

impl Prestate {
    /// The state.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The state, for whoever runs it.
    pub fn into_state(self) -> State {
        self.state
    }

    /// The state hash: what a game's `absolutePrestate` is.
    pub fn hash(&self) -> B256 {
        self.state.state_hash()
    }

    /// The L2 chain whose blocks a run from here judges.
    pub const fn chain_id(&self) -> u64 {
        self.chain_id
    }
}

/// Makes the prestate of a program in a VM for a chain.
pub fn make(program: Program, vm: Vm, chain: &ChainSource) -> Result<Prestate, PrestateError> {
    let (content, chain_id) = chain.section(program)?;
    let elf = endgame_section::fill(&guest_elf(program, vm)?, &content)?;
    Ok(Prestate {
        state: match vm {
            Vm::Mips64 => elf::load(&elf)?,
        },
        chain_id,
    })
}
