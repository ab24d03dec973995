//! `endgame devnet`.

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use endgame_devnet::{Devnet, DevnetConfig, DevnetHandle, Role, batcher::BatcherOptions};
use endgame_scenario::{Ending, Kind, Narrator, table};
use serde_json::{Value, json};

use crate::{args::ProgramArg, exit, output::Output};

/// How many times faster than the wall clock the chains run under a scenario.
const SCENARIO_SPEED: f64 = 8.0;

const HELP: &str = "\
Scenarios:
  false-claim         a false root is defended down to one instruction and falls; a true one pays a withdrawal
  false-step          a true root is attacked down to one instruction and stands
  wrong-block-number  a true root under another block's number falls by that block's header
  freeloader          who counters a false root wrongly loses the bond to who does it right
  timeout             a false root that nobody defends falls when its clock runs out
  preimage            false roots fall at instructions that read preimages
  none                nothing: the two chains alone, which makes sense with --keep

Examples:
  endgame devnet
  endgame devnet --scenario preimage --json
  endgame devnet --scenario false-step --program ortho
  endgame devnet --scenario none --keep --l1-port 8545 --l2-port 9545";

/// The command's flags.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// What to play on the devnet, see below
    #[arg(
        long,
        env = "ENDGAME_SCENARIO",
        default_value = "false-claim",
        value_parser = scenario,
        value_name = "NAME"
    )]
    scenario: Scenario,
    /// The program that the agents judge by and that the games run in the VM
    #[arg(
        long,
        env = "ENDGAME_PROGRAM",
        default_value = "kona",
        value_name = "PROGRAM"
    )]
    program: ProgramArg,
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
    /// How many times faster than the wall clock both chains run [default: 8 under a scenario, else 1]
    #[arg(long, env = "ENDGAME_SPEED", value_name = "FACTOR")]
    speed: Option<f64>,
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
    /// Post batches as blobs instead of calldata
    #[arg(long)]
    blobs: bool,
    /// Directory that keeps both chains for the next start [default: in memory]
    #[arg(long, env = "ENDGAME_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The anvil to run [default: PATH, then contracts/node_modules]
    #[arg(long, env = "ENDGAME_ANVIL", value_name = "FILE")]
    anvil: Option<PathBuf>,
}

/// A scenario's name, or none.
fn scenario(name: &str) -> Result<Scenario, String> {
    if name == "none" {
        return Ok(Scenario::None);
    }
    name.parse().map(Scenario::Play)
}

/// What is played on the devnet.
#[derive(Clone, Copy, Debug)]
enum Scenario {
    /// Nothing: the two chains alone.
    None,
    /// A dispute.
    Play(Kind),
}

impl Args {
    fn config(&self) -> anyhow::Result<DevnetConfig> {
        let speed = self.speed.unwrap_or(match self.scenario {
            Scenario::None => 1.0,
            Scenario::Play(_) => SCENARIO_SPEED,
        });
        anyhow::ensure!(
            speed.is_finite() && (0.1..=100.0).contains(&speed),
            "--speed must be from 0.1 to 100"
        );
        let mut config = DevnetConfig {
            prestate: endgame_scenario::devnet_prestate(self.program.into()),
            l1_block_time: self.l1_block_time,
            l1_interval: Duration::from_secs(self.l1_block_time).div_f64(speed),
            l1_port: self.l1_port,
            l2_port: self.l2_port,
            batcher: BatcherOptions {
                every: self.batch_every,
                span: self.span_batches,
                blobs: self.blobs,
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
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = start(&args, out) => ended,
            _ = tokio::signal::ctrl_c() => {
                eprintln!("interrupted");
                Ok(ExitCode::FAILURE)
            }
        }
    });
    // A run of the VM that was cut short would be waited for.
    runtime.shutdown_background();
    ended
}

/// Whatever ends it half-way, dropping this ends the processes that it has begun.
async fn start(args: &Args, out: Output) -> anyhow::Result<ExitCode> {
    let config = args.config()?;
    let (ending, devnet) = match args.scenario {
        Scenario::None => (None, Devnet::start(config).await?),
        Scenario::Play(kind) => {
            let narrator = Arc::new(Narrator::new(out.is_json()));
            match endgame_scenario::play(kind, args.program.into(), config, narrator).await {
                Ok((ending, devnet)) => (Some(ending), devnet),
                Err(error) if error.is_wrong_end() => {
                    eprintln!("error: {error}");
                    return Ok(exit::WRONG_END.into());
                }
                Err(error) => return Err(error.into()),
            }
        }
    };
    let mut result = serde_json::Map::new();
    let mut text = Vec::new();
    if let Some(ending) = &ending {
        result.insert("ending".into(), json!(ending));
        text.push(summary(ending));
    }
    if args.keep {
        result.insert("devnet".into(), description(&devnet));
        text.push(words(&devnet));
    }
    out.result(&result, text.join("\n\n"))?;
    let mut ended = Ok(ExitCode::SUCCESS);
    if args.keep {
        if ending.is_some() {
            devnet.set_instant_mining(false).await?;
            devnet.resume_l2();
        }
        tokio::select! {
            failure = devnet.failed() => ended = Err(failure.into()),
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    devnet.stop().await;
    ended
}

fn summary(ending: &Ending) -> String {
    let mut lines = vec![String::new()];
    for game in &ending.games {
        let step = game
            .step
            .map(|step| format!(", by instruction {step}"))
            .unwrap_or_default();
        lines.push(format!(
            "root {} of block {}: {}{step}",
            game.root, game.block, game.verdict
        ));
    }
    lines.push(String::new());
    lines.push(table(&ending.acts, Duration::from_secs_f64(ending.seconds)));
    lines.join("\n")
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
        "l1Config": devnet.l1_config(),
        "blobDir": devnet.blob_dir(),
    })
}

fn words(devnet: &DevnetHandle) -> String {
    let mut lines = vec![
        format!("L1 RPC   {}", devnet.l1_url()),
        format!("L2 RPC   {} (websocket at the same port)", devnet.l2_url()),
    ];
    if let Some(dir) = devnet.blob_dir() {
        lines.push(format!("Blobs    {}", dir.display()));
    }
    lines.push(String::new());
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
