//! One file a command: parse flags, call the library, print.

#![allow(
    clippy::needless_pass_by_value,
    reason = "every command is run(Args, Output), whether it needs to own them or not"
)]

pub(crate) mod challenge;
mod common;
pub(crate) mod conformance;
pub(crate) mod deploy;
pub(crate) mod devnet;
pub(crate) mod diversity;
pub(crate) mod host;
pub(crate) mod prestate;
pub(crate) mod propose;
pub(crate) mod vm;
pub(crate) mod withdraw;
