//! Whole disputes on the devnet, narrated: the main job.
//!
//! [`play`] starts a [`Devnet`](endgame_devnet::Devnet), lets a user live on it, has somebody lie
//! about it on L1, and sees to it that the agents put that right, down to one instruction of the
//! VM where it comes to that. Nothing in it is simulated: the agents are those of the command
//! line, and L1 judges.
//!
//! | module | what it does |
//! |---|---|
//! | `kind` | which disputes there are |
//! | `stage` | the chains, the accounts, the program and the VM |
//! | `life` | what the user does on both chains |
//! | `dispute` | the parts that disputes are made of |
//! | `plays` | each dispute from beginning to end |
//! | `payout` | the withdrawal and the bonds |
//! | `narrator` | what a person sees of it |

mod dispute;
mod error;
mod kind;
mod life;
mod narrator;
mod payout;
mod plays;
mod stage;
mod voice;

pub use error::ScenarioError;
pub use kind::Kind;
pub use narrator::{Act, Narrator, table};
pub use plays::{Ending, play};
pub use stage::devnet_prestate;
