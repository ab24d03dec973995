//! The dispute game on L1 beside its model.
//!
//! Agents decide by the model in `endgame-game`, and the contract pays by its own rules: where the two differ, somebody
//! loses a bond. [`Arena`] has the compiled contracts in an EVM of this process, from the factory to the vault, so that
//! a test can play one game in both.

mod arena;
mod game;

pub use arena::{Arena, Vm};
pub use game::Game;
