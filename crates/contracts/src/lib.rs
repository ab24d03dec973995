//! Rust bindings of the contracts: typed calls, events and errors, and the compiled code.
//!
//! The interfaces are hand-listed with what this project calls, in the ABI of the current OP Stack generation, so
//! they serve on our own contracts and on OP's alike. A test compares them with the embedded artifacts.

pub mod artifact;
pub mod dispute;
pub mod l1;
pub mod l2;
pub mod messaging;
pub mod predeploys;
pub mod proxy;
pub mod vm;

pub use artifact::{Artifact, ArtifactError};
