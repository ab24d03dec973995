//! Whole disputes on the devnet, narrated: the main job.

mod narrator;

pub use narrator::{Act, Narrator, table};
