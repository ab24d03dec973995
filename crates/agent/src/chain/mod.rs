//! Games and their factory as they stand on L1.

mod factory;
mod game;

pub use self::{
    factory::{Factory, GameEntry},
    game::{GameContract, GameFacts, GameSnapshot},
};
