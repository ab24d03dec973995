//! The program and the VM that this project brings: roots by `kona`, traces by MIPS64.

mod blob;
mod kona;
mod mips;

pub use self::{kona::KonaRoots, mips::MipsTraces};
