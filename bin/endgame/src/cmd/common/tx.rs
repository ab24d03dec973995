//! How transactions are sent, and where they are remembered.

use std::{env, path::PathBuf, sync::Arc};

use anyhow::Context as _;
use endgame_agent::{Rpc, Signer, TxConfig, TxManager, tx::FeePolicy};

use super::{Span, Wei};

/// How transactions are sent.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Transactions")]
pub(crate) struct TxArgs {
    /// Blocks that must hold a transaction before it counts, its own included
    #[arg(
        long,
        env = "ENDGAME_CONFIRMATIONS",
        value_name = "BLOCKS",
        default_value_t = 1
    )]
    confirmations: u64,
    /// The least tip a unit of gas, as 1gwei [default: 1gwei on L1, 1000000wei on L2]
    #[arg(long, env = "ENDGAME_MIN_TIP", value_name = "AMOUNT")]
    min_tip: Option<Wei>,
    /// The most that is ever paid a unit of gas
    #[arg(
        long,
        env = "ENDGAME_MAX_FEE",
        value_name = "AMOUNT",
        default_value = "1000gwei"
    )]
    max_fee: Wei,
    /// Raise the fee of a transaction that waits longer than this
    #[arg(
        long,
        env = "ENDGAME_BUMP_AFTER",
        value_name = "DURATION",
        default_value = "45s"
    )]
    bump_after: Span,
}

/// Where an agent keeps what it must not forget.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Data")]
pub(crate) struct DataArgs {
    /// Directory for transactions in flight and for preimages; one process at a time
    /// [default: endgame/COMMAND under XDG_DATA_HOME or ~/.local/share]
    #[arg(long, env = "ENDGAME_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl DataArgs {
    /// The directory, made if it is not there.
    pub(crate) fn dir(&self, command: &str) -> anyhow::Result<PathBuf> {
        let dir = match &self.data_dir {
            Some(dir) => dir.clone(),
            None => env::var_os("XDG_DATA_HOME")
                .map(PathBuf::from)
                .filter(|dir| dir.is_absolute())
                .or_else(|| env::home_dir().map(|home| home.join(".local/share")))
                .context("there is no home directory: give --data-dir")?
                .join("endgame")
                .join(command),
        };
        std::fs::create_dir_all(&dir)
            .with_context(|| format!("cannot make the data directory {}", dir.display()))?;
        Ok(dir)
    }
}

impl TxArgs {
    /// Opens the account's job store in `dir` and finishes what an earlier process left open.
    pub(crate) async fn open(
        &self,
        rpc: Rpc,
        signer: Signer,
        dir: &std::path::Path,
        default_tip: u128,
    ) -> anyhow::Result<Arc<TxManager>> {
        let min_tip = self
            .min_tip
            .map_or(default_tip, |tip| tip.0.saturating_to());
        let max_fee = self.max_fee.0.saturating_to();
        anyhow::ensure!(
            min_tip <= max_fee,
            "--min-tip is above --max-fee: no transaction could be sent"
        );
        let config = TxConfig {
            confirmations: self.confirmations,
            bump_after: self.bump_after.0,
            fees: FeePolicy {
                min_tip,
                max_fee,
                ..FeePolicy::default()
            },
            ..TxConfig::default()
        };
        let path = dir.join(format!("jobs-{}.redb", signer.address()));
        TxManager::open(rpc, signer, &path, config)
            .await
            .context("cannot take up the account's transactions (use one --data-dir a process)")
    }
}
