//! A pure model of the fault dispute game: positions, clocks, bonds, resolution, honest strategy.
//!
//! Nothing here touches a chain or a disk. An agent loads a [`GameState`] from a contract, asks
//! [`honest_actions`] what an honest player does next, and carries that out. The same state,
//! driven by [`GameState::add_move`] and [`GameState::add_step`], follows the rules of the
//! contract closely enough to play whole games in tests.
//!
//! Names and rules follow the specs `fault-proof/stage-one/fault-dispute-game.md`,
//! `honest-challenger-fdg.md` and `bond-incentives.md`.

mod bond;
mod clock;
mod dishonest;
mod error;
mod outputs;
mod position;
mod resolution;
mod rules;
mod solver;
mod state;
mod trace;

pub use bond::BondCurve;
pub use clock::Clock;
pub use dishonest::{Lie, LyingTrace};
pub use error::GameError;
pub use outputs::{ExecutionGame, OutputClaim};
pub use position::Position;
pub use resolution::{GameStatus, Resolution};
pub use rules::Rules;
pub use solver::{Action, Plan, honest_actions, honest_plan};
pub use state::{Claim, GameState, StepClaims};
pub use trace::{HonestTrace, VmStatus};
