//! The programs and the VM that this project brings: roots by `kona` or `ortho`, traces by MIPS64.

mod blob;
mod choice;
mod mips;
mod program;

pub use self::{
    choice::{GameProgram, choose},
    mips::MipsTraces,
    program::ProgramRoots,
};
