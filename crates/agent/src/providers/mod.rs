//! The program and the VM that this project brings: roots by `kona`, traces by MIPS64.

mod blob;
mod mips;

pub use self::mips::MipsTraces;
