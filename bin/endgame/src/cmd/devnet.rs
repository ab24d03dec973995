//! `endgame devnet`.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::ValueEnum;
use endgame_devnet::{Devnet, DevnetConfig, DevnetHandle, Role, batcher::BatcherOptions};
use serde_json::{Value, json};

use crate::output::Output;

/// The command's flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to play on the devnet
    #[arg(
        long,
        env = "ENDGAME_SCENARIO",
        default_value = "none",
        value_name = "NAME"
    )]
    scenario: Scenario,
    /// Leave the devnet running afterwards, until Ctrl-C
    #[arg(long)]
    keep: bool,
    /// Seconds between L2 blocks
    #[arg(
        long,
        env = "ENDGAME_L2_BLOCK_TIME",
        default_value_t = 2,
        value_name = "SECONDS"
    )]
    l2_block_time: u64,
    /// Seconds between L1 blocks, as their timestamps have it; not less than between L2 blocks
    #[arg(
        long,
        env = "ENDGAME_L1_BLOCK_TIME",
        default_value_t = 2,
        value_name = "SECONDS"
    )]
    l1_block_time: u64,
    /// How many times faster than the wall clock both chains run
    #[arg(
        long,
        env = "ENDGAME_SPEED",
        default_value_t = 1.0,
        value_name = "FACTOR"
    )]
    speed: f64,
    /// Port of the L1 RPC [default: any free one]
    #[arg(long, env = "ENDGAME_L1_PORT", value_name = "PORT")]
    l1_port: Option<u16>,
    /// Port of the L2 RPC, HTTP and websocket [default: any free one]
    #[arg(long, env = "ENDGAME_L2_PORT", value_name = "PORT")]
    l2_port: Option<u16>,
    /// Post batches after this many L2 blocks
    #[arg(
        long,
        env = "ENDGAME_BATCH_EVERY",
        default_value_t = 5,
        value_name = "BLOCKS"
    )]
    batch_every: u64,
    /// Post span batches instead of singular ones
    #[arg(long)]
    span_batches: bool,
    /// Directory that keeps both chains for the next start [default: in memory]
    #[arg(long, env = "ENDGAME_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The anvil to run [default: PATH, then contracts/node_modules]
    #[arg(long, env = "ENDGAME_ANVIL", value_name = "FILE")]
    anvil: Option<PathBuf>,
}

/// What is played on the devnet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// Nothing: the two chains alone
    None,
}

impl Args {
    fn config(&self) -> anyhow::Result<DevnetConfig> {
        anyhow::ensure!(
            self.speed.is_finite() && (0.1..=100.0).contains(&self.speed),
            "--speed must be from 0.1 to 100"
        );
        let mut config = DevnetConfig {
            l1_block_time: self.l1_block_time,
            l1_interval: Duration::from_secs(self.l1_block_time).div_f64(self.speed),
            l1_port: self.l1_port,
            l2_port: self.l2_port,
            batcher: BatcherOptions {
                every: self.batch_every,
                span: self.span_batches,
                ..BatcherOptions::default()
            },
            data_dir: self.data_dir.clone(),
            anvil: self.anvil.clone(),
            ..DevnetConfig::default()
        };
        config.deploy.l2_block_time = self.l2_block_time;
        Ok(config)
    }
}

/// Runs the command.
pub(crate) fn run(args: Args, out: Output) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let config = args.config()?;
        // Dropping the start half-way ends the processes that it has begun.
        let devnet = tokio::select! {
            started = Devnet::start(config) => started?,
            _ = tokio::signal::ctrl_c() => return Ok(ExitCode::FAILURE),
        };
        match args.scenario {
            Scenario::None => {}
        }
        let mut ended = Ok(ExitCode::SUCCESS);
        if args.keep {
            out.result(&description(&devnet), words(&devnet))?;
            tokio::select! {
                failure = devnet.failed() => ended = Err(failure.into()),
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        devnet.stop().await;
        ended
    })
}

fn description(devnet: &DevnetHandle) -> Value {
    let accounts: Value = Role::ALL
        .iter()
        .map(|role| {
            (
                role.name().to_owned(),
                json!({ "address": role.address(), "key": role.key() }),
            )
        })
        .collect();
    json!({
        "l1Rpc": devnet.l1_url(),
        "l2Rpc": devnet.l2_url(),
        "addresses": devnet.addresses(),
        "accounts": accounts,
        "rollup": devnet.rollup(),
    })
}

fn words(devnet: &DevnetHandle) -> String {
    let mut lines = vec![
        format!("L1 RPC   {}", devnet.l1_url()),
        format!("L2 RPC   {} (websocket at the same port)", devnet.l2_url()),
        String::new(),
    ];
    let addresses = json!(devnet.addresses());
    for (name, address) in addresses.as_object().into_iter().flatten() {
        lines.push(format!(
            "{name:<26} {}",
            address.as_str().unwrap_or_default()
        ));
    }
    lines.push(String::new());
    lines.push("Funded accounts on both chains (well-known keys, for development only):".into());
    for role in Role::ALL {
        lines.push(format!(
            "{:<11} {}  {}",
            role.name(),
            role.address(),
            role.key()
        ));
    }
    lines.push(String::new());
    lines.push("Ctrl-C ends it.".into());
    lines.join("\n")
}
