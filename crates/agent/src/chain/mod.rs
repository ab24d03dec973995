//! Games and their factory as they stand on L1.

mod factory;
mod game;
mod portal;

pub(crate) use self::game::{game_creator, game_subject};
pub use self::{
    factory::{Factory, GameEntry},
    game::{GameContract, GameFacts, GameSnapshot},
    portal::{Portal, Proven},
};
