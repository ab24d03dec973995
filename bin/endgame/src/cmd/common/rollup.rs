//! The rollup's configuration.

use std::{fs, path::PathBuf};

use alloy::providers::Provider as _;
use anyhow::{Context as _, ensure};
use endgame_agent::l2::L2;
use endgame_prestate::ChainSource;
use endgame_program_kona::ChainConfig;
use serde_json::Value;

use crate::args::UpgradeArgs;

/// Where the rollup's configuration comes from.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Rollup")]
pub(crate) struct RollupArgs {
    /// A chain of the superchain registry, by name or id
    /// [default: the L2 chain if the registry has it, else what the rollup RPC says]
    #[arg(
        long,
        env = "ENDGAME_CHAIN",
        value_name = "NAME",
        conflicts_with = "rollup_config"
    )]
    chain: Option<String>,
    /// Rollup configuration in op-node's format (rollup.json)
    #[arg(long, env = "ENDGAME_ROLLUP_CONFIG", value_name = "FILE")]
    rollup_config: Option<PathBuf>,
    /// L1's chain configuration in geth's format, if the prestate was made with one; program ortho
    /// needs it where L1 is no public chain
    #[arg(
        long,
        env = "ENDGAME_L1_CONFIG",
        value_name = "FILE",
        conflicts_with = "chain"
    )]
    l1_config: Option<PathBuf>,
    #[command(flatten)]
    upgrades: UpgradeArgs,
}

/// A rollup's configuration: where it came from, and as the program reads it.
#[derive(Clone, Debug)]
pub(crate) struct Rollup {
    pub(crate) source: ChainSource,
    pub(crate) config: ChainConfig,
}

impl RollupArgs {
    /// Reads the configuration, and checks that both RPCs are of its chains.
    pub(crate) async fn load(&self, l1_id: u64, l2: &L2, l2_id: u64) -> anyhow::Result<Rollup> {
        let source = self.upgrades.add_to(self.source(l2, l2_id).await?)?;
        let config = source
            .config()
            .context("cannot use the rollup's configuration")?;
        ensure!(
            config.chain_id() == l2_id,
            "--l2-rpc is of chain {l2_id}, the rollup's configuration of chain {}",
            config.chain_id()
        );
        ensure!(
            config.rollup().l1_chain_id == l1_id,
            "--l1-rpc is of chain {l1_id}, the rollup's L1 is chain {}",
            config.rollup().l1_chain_id
        );
        Ok(Rollup { source, config })
    }

    async fn source(&self, l2: &L2, l2_id: u64) -> anyhow::Result<ChainSource> {
        if let Some(name) = &self.chain {
            return ChainSource::registry(name).with_context(|| format!("--chain {name}"));
        }
        let rollup = if let Some(path) = &self.rollup_config {
            fs::read(path).with_context(|| format!("cannot read {}", path.display()))?
        } else {
            let registered = ChainSource::registered(l2_id);
            if self.l1_config.is_none() && registered.config().is_ok() {
                return Ok(registered);
            }
            let answer: Value = l2
                .rollup()
                .retry("optimism_rollupConfig", |p| async move {
                    p.raw_request("optimism_rollupConfig".into(), ()).await
                })
                .await
                .context("no rollup configuration: give --rollup-config or --rollup-rpc")?;
            serde_json::to_vec(&answer)?
        };
        let l1 = self
            .l1_config
            .as_ref()
            .map(|path| fs::read(path).with_context(|| format!("cannot read {}", path.display())))
            .transpose()?;
        Ok(ChainSource::json(rollup, l1))
    }
}
