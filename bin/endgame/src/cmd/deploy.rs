//! `endgame deploy`.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use alloy::{primitives::B256, providers::ProviderBuilder, transports::http::reqwest::Url};
use anyhow::Context;
use endgame_deploy::{
    Addresses, DeployConfig,
    l1::{Bridge, Deployer},
};
use serde::Serialize;
use toml::{Table, Value};

use crate::{
    output::Output,
    signer::{SignerArgs, Wallet},
};

/// The table of the configuration file that holds the settings.
const SETTINGS: &str = "deployment";

/// Shown under `--help`.
const HELP: &str = "\
The settings are the table [deployment] of the file that --config names, and all have defaults;
docs/deploy.toml shows every one of them. Every address on L1 follows from the settings and the
deploying account. A deployment that was cut off goes on where it was when the command is given
again; one that is complete is left as it is and printed again.

A chain takes two rounds, since an absolute prestate commits to the rollup configuration:

  endgame deploy --config deploy.toml --l1-rpc URL --signer file:key --rollup rollup.json
      deploys, and fixes the L1 block that the L2 starts from
  endgame prestate make ... --rollup-config rollup.json
      prints the absolute prestate of the program for that chain
  endgame deploy --config deploy.toml --l1-rpc URL --signer file:key --prestate 0x... \\
      --genesis genesis.json
      starts the anchor at the L2 genesis, sets the game and hands the contracts to their owners";

/// The command's flags.
#[derive(Debug, clap::Args)]
#[command(after_long_help = HELP)]
pub(crate) struct Args {
    /// An execution client of the L1
    #[arg(long, env = "ENDGAME_L1_RPC", value_name = "URL")]
    l1_rpc: Url,
    #[command(flatten)]
    signer: SignerArgs,
    /// The absolute prestate of the game's program; without it no game is set yet
    #[arg(long, env = "ENDGAME_PRESTATE", value_name = "HASH")]
    prestate: Option<B256>,
    /// Write the rollup configuration here
    #[arg(long, value_name = "FILE")]
    rollup: Option<PathBuf>,
    /// Write the L2 genesis here, in geth's format
    #[arg(long, value_name = "FILE")]
    genesis: Option<PathBuf>,
}

/// What was deployed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Deployed {
    addresses: Addresses,
    l1_start: Block,
    l2_genesis: Block,
    output_root: B256,
    game: Option<Game>,
}

#[derive(Debug, Serialize)]
struct Block {
    hash: B256,
    number: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Game {
    game_type: u32,
    prestate: B256,
}

/// Runs the command. `config` is the configuration file.
pub(crate) fn run(args: Args, config: Option<&Path>, out: Output) -> anyhow::Result<ExitCode> {
    let config = match config {
        Some(path) => settings(path)?,
        None => DeployConfig::default(),
    };
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let (bridge, game) = runtime.block_on(deploy(&args, config.clone(), out))?;
    if let Some(path) = &args.rollup {
        write(path, &bridge.rollup)?;
    }
    if let Some(path) = &args.genesis {
        write(path, &bridge.genesis.to_geth(&config))?;
    }
    let (l1, header) = (bridge.rollup.genesis.l1, &bridge.genesis.header);
    let deployed = Deployed {
        l1_start: Block {
            hash: l1.hash,
            number: l1.number,
        },
        l2_genesis: Block {
            hash: header.hash(),
            number: header.number,
        },
        output_root: bridge.genesis.output_root(),
        addresses: bridge.addresses,
        game,
    };
    out.result(&deployed, &deployed)?;
    Ok(ExitCode::SUCCESS)
}

async fn deploy(
    args: &Args,
    config: DeployConfig,
    out: Output,
) -> anyhow::Result<(Bridge, Option<Game>)> {
    let signer = args.signer.open()?;
    let account = signer.address();
    let provider = ProviderBuilder::new()
        .wallet(Wallet(signer))
        .connect_http(args.l1_rpc.clone());
    let game_type = config.game.game_type;
    let deployer = Deployer::new(provider, config, account)?;
    out.progress(format_args!("{account} deploys the bridge"));
    let bridge = deployer.bridge().await?;
    let Some(prestate) = args.prestate else {
        return Ok((bridge, None));
    };
    out.progress(format_args!("{account} sets the game"));
    deployer.games(&bridge, prestate).await?;
    let game = Game {
        game_type,
        prestate,
    };
    Ok((bridge, Some(game)))
}

/// The settings in a configuration file.
fn settings(path: &Path) -> anyhow::Result<DeployConfig> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read the configuration file {}", path.display()))?;
    parse(&text).with_context(|| format!("in {}", path.display()))
}

fn parse(text: &str) -> anyhow::Result<DeployConfig> {
    let mut file: Table = text.parse()?;
    let settings = file
        .remove(SETTINGS)
        .unwrap_or_else(|| Value::Table(Table::new()));
    let config: DeployConfig = settings
        .try_into()
        .with_context(|| format!("the table [{SETTINGS}]"))?;
    config.validate()?;
    Ok(config)
}

fn write(path: &Path, value: &impl Serialize) -> anyhow::Result<()> {
    fs::write(path, serde_json::to_string_pretty(value)?)
        .with_context(|| format!("cannot write {}", path.display()))
}

impl fmt::Display for Deployed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addresses = serde_json::to_value(&self.addresses).map_err(|_| fmt::Error)?;
        for (name, address) in addresses.as_object().into_iter().flatten() {
            writeln!(f, "{name:<28}{}", address.as_str().unwrap_or_default())?;
        }
        writeln!(
            f,
            "L1 block of the start       {} {}",
            self.l1_start.number, self.l1_start.hash
        )?;
        writeln!(f, "L2 genesis block            {}", self.l2_genesis.hash)?;
        writeln!(f, "its output root             {}", self.output_root)?;
        match &self.game {
            Some(game) => write!(f, "game of type {:<15}{}", game.game_type, game.prestate),
            None => write!(f, "no game yet: make a prestate, then give --prestate"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_shows_the_defaults() {
        let text = include_str!("../../../../docs/deploy.toml");
        assert_eq!(parse(text).unwrap(), DeployConfig::default());
    }

    #[test]
    fn a_file_without_settings_is_a_devnet() {
        assert_eq!(
            parse("json = true\n[deploy]\nl1-rpc = \"http://a\"").unwrap(),
            DeployConfig::default()
        );
    }

    #[test]
    fn an_unknown_setting_is_refused_by_name() {
        let error = parse("[deployment]\nl2_chain_idd = 5").unwrap_err();
        assert!(format!("{error:#}").contains("l2_chain_idd"), "{error:#}");
    }

    #[test]
    fn a_setting_that_can_not_work_is_refused() {
        let error = parse("[deployment.game]\nsplit_depth = 72").unwrap_err();
        assert!(
            format!("{error:#}").contains("game.split_depth"),
            "{error:#}"
        );
    }
}
