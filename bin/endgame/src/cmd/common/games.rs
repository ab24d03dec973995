//! Which games are meant.

use alloy::primitives::Address;
use anyhow::{Context as _, ensure};
use endgame_agent::{
    Rpc,
    chain::{Factory, Portal},
};
use endgame_program_kona::ChainConfig;

/// Which games are meant.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Games")]
pub(crate) struct GameArgs {
    /// The factory that games come from [default: the portal's]
    #[arg(long, env = "ENDGAME_FACTORY", value_name = "ADDRESS")]
    factory: Option<Address>,
    /// The portal, OptimismPortal [default: the rollup configuration's]
    #[arg(long, env = "ENDGAME_PORTAL", value_name = "ADDRESS")]
    portal: Option<Address>,
    /// The type of games [default: the one that the portal respects]
    #[arg(long, env = "ENDGAME_GAME_TYPE", value_name = "NUMBER")]
    game_type: Option<u32>,
}

impl GameArgs {
    /// The factory and the game type.
    pub(crate) async fn find(
        &self,
        l1: &Rpc,
        config: &ChainConfig,
    ) -> anyhow::Result<(Factory, u32)> {
        let address = self
            .portal
            .unwrap_or(config.rollup().deposit_contract_address);
        if let (Some(factory), Some(game_type)) = (self.factory, self.game_type) {
            return Ok((Factory::new(l1.clone(), factory), game_type));
        }
        let portal = Portal::new(l1.clone(), address);
        let not_there = || {
            format!(
                "{address} does not answer as a portal: give --portal, or --factory and --game-type"
            )
        };
        let factory = portal.factory().await.with_context(not_there)?;
        if let Some(given) = self.factory {
            ensure!(
                given == factory.address(),
                "--factory {given} is not the factory of portal {address} ({}): give --game-type too",
                factory.address()
            );
        }
        let game_type = match self.game_type {
            Some(game_type) => game_type,
            None => portal.respected_game_type().await.with_context(not_there)?,
        };
        Ok((factory, game_type))
    }
}
