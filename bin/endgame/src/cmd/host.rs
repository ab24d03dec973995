//! `endgame host`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use clap::{ArgGroup, Subcommand};
use endgame_host::{B256, Backend, Boot, Config, Host, Limits, serve_fds};
use endgame_prestate::ChainSource;
use endgame_program_kona as kona;
use endgame_program_ortho as ortho;
use serde_json::json;

use crate::{
    args::{ChainArgs, ProgramArg},
    exit,
    output::Output,
};

/// The command's flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Serve the preimages of one claim, or run it here
    ///
    /// The flags' spellings of op-program and of kona-host are understood too.
    #[command(alias = "single")]
    Run(Box<RunArgs>),
    /// Write every stored preimage to one file
    Export(StoreArgs),
    /// Add the preimages of an exported file to the store, each checked against its key
    Import(StoreArgs),
}

/// A store and a file.
#[derive(Debug, clap::Args)]
struct StoreArgs {
    /// The exported file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The directory of the preimage store
    #[arg(long, alias = "datadir", env = "ENDGAME_DATA_DIR", value_name = "DIR")]
    data_dir: PathBuf,
}

/// One run of a program.
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("how").required(true).args(["server", "native"])))]
struct RunArgs {
    /// Serve preimages on the file descriptors 3 to 6 until the client closes them
    #[arg(long)]
    server: bool,
    /// Run the program here, without a VM; ends with the program's exit code
    #[arg(long)]
    native: bool,
    /// The program that --native runs
    #[arg(
        long,
        env = "ENDGAME_PROGRAM",
        default_value = "kona",
        value_name = "PROGRAM"
    )]
    program: ProgramArg,
    #[command(flatten)]
    boot: BootArgs,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    sources: SourceArgs,
    #[command(flatten)]
    ignored: IgnoredArgs,
}

/// The boot inputs.
#[derive(Debug, clap::Args)]
struct BootArgs {
    /// Hash of the last L1 block that the run may read
    #[arg(long, alias = "l1.head", value_name = "HASH")]
    l1_head: B256,
    /// The output root that both sides agree on
    #[arg(
        long,
        aliases = ["agreed-l2-output-root", "l2.outputroot"],
        value_name = "ROOT"
    )]
    agreed_output_root: B256,
    /// Hash of the L2 block behind the agreed output root; without it the block is searched for
    #[arg(long, aliases = ["agreed-l2-head-hash", "l2.head"], value_name = "HASH")]
    agreed_block_hash: Option<B256>,
    /// The output root in dispute
    #[arg(
        long,
        aliases = ["claimed-l2-output-root", "l2.claim"],
        value_name = "ROOT"
    )]
    claimed_output_root: B256,
    /// The L2 block number of the claim
    #[arg(
        long,
        aliases = ["claimed-l2-block-number", "l2.blocknumber"],
        value_name = "NUMBER"
    )]
    claimed_block: u64,
    /// The L2 chain id [default: that of --chain or --rollup-config]
    #[arg(long, aliases = ["l2-chain-id", "l2.chainid"], value_name = "ID")]
    chain_id: Option<u64>,
}

/// Where preimages come from. A URL list is separated by commas, or given by repeating the flag.
#[derive(Debug, clap::Args)]
struct SourceArgs {
    /// L1 execution RPC URLs, the preferred first
    #[arg(
        long,
        aliases = ["l1-node-address", "l1"],
        env = "ENDGAME_L1_RPC",
        value_name = "URL",
        value_delimiter = ','
    )]
    l1_rpc: Vec<String>,
    /// L1 beacon API URLs, the preferred first
    #[arg(
        long,
        aliases = ["l1-beacon-address", "l1.beacon"],
        env = "ENDGAME_L1_BEACON",
        value_name = "URL",
        value_delimiter = ','
    )]
    l1_beacon: Vec<String>,
    /// L2 execution RPC URLs, the preferred first
    #[arg(
        long,
        aliases = ["l2-node-address", "l2"],
        env = "ENDGAME_L2_RPC",
        value_name = "URL",
        value_delimiter = ','
    )]
    l2_rpc: Vec<String>,
    /// A directory of blobs, asked before any beacon API
    #[arg(long, env = "ENDGAME_BLOB_DIR", value_name = "DIR")]
    blob_dir: Option<PathBuf>,
    /// The directory that keeps preimages for the next run [default: in memory]
    #[arg(long, alias = "datadir", env = "ENDGAME_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Ask nobody: serve what is stored
    #[arg(long)]
    offline: bool,
    /// Seconds that one request may take
    #[arg(long, env = "ENDGAME_REQUEST_TIMEOUT", value_name = "SECONDS")]
    request_timeout: Option<u64>,
    /// Seconds that one preimage may take, with all retries and providers
    #[arg(long, env = "ENDGAME_DEADLINE", value_name = "SECONDS")]
    deadline: Option<u64>,
    /// Requests in flight to one provider
    #[arg(long, env = "ENDGAME_CONCURRENCY", value_name = "REQUESTS")]
    concurrency: Option<u32>,
    /// Requests a second to one provider, 0 for no limit
    #[arg(long, env = "ENDGAME_REQUESTS_PER_SECOND", value_name = "REQUESTS")]
    requests_per_second: Option<u32>,
}

/// What an op-challenger passes to op-program and nothing here needs.
#[derive(Debug, clap::Args)]
struct IgnoredArgs {
    #[arg(long = "l2.genesis", hide = true)]
    _l2_genesis: Option<PathBuf>,
    #[arg(long = "log.level", hide = true)]
    _log_level: Option<String>,
}

/// Runs the command.
pub(crate) fn run(args: Args, out: Output) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::Run(run) => serve_or_run(&run, out),
        Action::Export(store) => {
            let count = backend_of(&store.data_dir)?.store().export(&store.file)?;
            let words = format!("{count} preimages written to {}", store.file.display());
            out.result(&json!({ "preimages": count }), words)?;
            Ok(ExitCode::SUCCESS)
        }
        Action::Import(store) => {
            let count = backend_of(&store.data_dir)?.store().import(&store.file)?;
            let words = format!("{count} preimages added to {}", store.data_dir.display());
            out.result(&json!({ "preimages": count }), words)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn backend_of(data_dir: &Path) -> anyhow::Result<Backend> {
    Ok(Backend::new(&Config {
        data_dir: Some(data_dir.to_owned()),
        ..Config::default()
    })?)
}

fn serve_or_run(args: &RunArgs, out: Output) -> anyhow::Result<ExitCode> {
    let source = args
        .chain
        .is_given()
        .then(|| args.chain.source())
        .transpose()?;
    let boot = args.boot.boot(source.as_ref())?;
    let host = Host::new(Arc::new(Backend::new(&args.sources.config())?), boot);
    if args.server {
        serve_fds(&host).context("the preimage server ended")?;
        return Ok(ExitCode::SUCCESS);
    }
    let source = match source {
        Some(source) => source,
        None => args.chain.registered(boot.chain_id)?,
    };
    let which_chain = "--native takes a chain of the registry, or --rollup-config";
    let verdict = match args.program {
        ProgramArg::Kona => native_kona(host, &source.config().context(which_chain)?, out),
        ProgramArg::Ortho => native_ortho(host, &source.ortho_config().context(which_chain)?, out),
    };
    match verdict {
        Ok(verdict) => finish(&boot, &verdict, out),
        Err(error) => {
            exit::report(&error.context("the program came to no verdict"));
            Ok(kona::EXIT_FAILED.into())
        }
    }
}

/// What a program found.
struct Verdict {
    output_root: B256,
    block: u64,
    valid: bool,
}

fn native_kona(host: Host, config: &kona::ChainConfig, out: Output) -> anyhow::Result<Verdict> {
    let verdict = kona::run(host, config, |block| {
        out.progress(format_args!(
            "block {} {} output {} ({} transactions, {} gas)",
            block.number, block.hash, block.output_root, block.transactions, block.gas_used
        ));
    })?;
    Ok(Verdict {
        output_root: verdict.output_root,
        block: verdict.block,
        valid: verdict.valid,
    })
}

fn native_ortho(host: Host, config: &ortho::ChainConfig, out: Output) -> anyhow::Result<Verdict> {
    let verdict = ortho::run(host, config, |block| {
        out.progress(format_args!(
            "block {} {} output {} ({} transactions, {} gas)",
            block.number, block.hash, block.output_root, block.transactions, block.gas_used
        ));
    })?;
    Ok(Verdict {
        output_root: verdict.output_root.0.into(),
        block: verdict.block,
        valid: verdict.valid,
    })
}

fn finish(claim: &Boot, verdict: &Verdict, out: Output) -> anyhow::Result<ExitCode> {
    let judgement = if verdict.valid { "valid" } else { "invalid" };
    let value = json!({
        "valid": verdict.valid,
        "outputRoot": verdict.output_root,
        "block": verdict.block,
        "claimedOutputRoot": claim.claimed_output_root,
        "claimedBlock": claim.claimed_block,
    });
    let words = format!(
        "output {} at block {}: the claim is {judgement}",
        verdict.output_root, verdict.block
    );
    out.result(&value, words)?;
    Ok(u8::from(!verdict.valid).into())
}

impl BootArgs {
    fn boot(&self, source: Option<&ChainSource>) -> anyhow::Result<Boot> {
        let chain_id = match (self.chain_id, source) {
            (Some(id), _) => id,
            (None, Some(source)) => source.chain_id()?,
            (None, None) => {
                bail!("--chain-id, --chain or --rollup-config must say which chain it is")
            }
        };
        Ok(Boot {
            l1_head: self.l1_head,
            agreed_output_root: self.agreed_output_root,
            agreed_l2_head: self.agreed_block_hash,
            agreed_block: None,
            claimed_output_root: self.claimed_output_root,
            claimed_block: self.claimed_block,
            chain_id,
        })
    }
}

impl SourceArgs {
    fn config(&self) -> Config {
        let defaults = Limits::default();
        let seconds = |given: Option<u64>, default| given.map_or(default, Duration::from_secs);
        let limits = Limits {
            request_timeout: seconds(self.request_timeout, defaults.request_timeout),
            deadline: seconds(self.deadline, defaults.deadline),
            concurrency: self.concurrency.unwrap_or(defaults.concurrency),
            requests_per_second: self
                .requests_per_second
                .unwrap_or(defaults.requests_per_second),
            ..defaults
        };
        let urls = |given: &[String]| {
            if self.offline {
                Vec::new()
            } else {
                given.to_vec()
            }
        };
        Config {
            l1_rpc: urls(&self.l1_rpc),
            l1_beacon: urls(&self.l1_beacon),
            l2_rpc: urls(&self.l2_rpc),
            blob_dir: self.blob_dir.clone(),
            data_dir: self.data_dir.clone(),
            limits,
        }
    }
}
