//! Connections to the two chains.

use std::time::Duration;

use alloy::transports::http::reqwest::Url;
use anyhow::Context as _;
use endgame_agent::{Rpc, l2::L2};

use super::Span;

/// How long an endpoint may take to answer for the first time.
const FIRST_ANSWER: Duration = Duration::from_secs(8);

/// Where L1 is.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Chains")]
pub(crate) struct L1Args {
    /// L1 execution RPC; more than one, separated by commas, are used in turn when one fails
    #[arg(
        long,
        env = "ENDGAME_L1_RPC",
        value_name = "URL",
        required = true,
        value_delimiter = ','
    )]
    pub(crate) l1_rpc: Vec<String>,
    /// How long an RPC that was reached once may be down before what needs it fails
    #[arg(
        long,
        env = "ENDGAME_PATIENCE",
        value_name = "DURATION",
        default_value = "10m"
    )]
    patience: Span,
}

/// Where L2 is.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Chains")]
pub(crate) struct L2Args {
    /// L2 execution RPC; more than one, separated by commas, are used in turn when one fails
    #[arg(
        long,
        env = "ENDGAME_L2_RPC",
        value_name = "URL",
        required = true,
        value_delimiter = ','
    )]
    pub(crate) l2_rpc: Vec<String>,
    /// RPC of the rollup node (`optimism_*`) [default: the first L2 RPC]
    #[arg(long, env = "ENDGAME_ROLLUP_RPC", value_name = "URL")]
    rollup_rpc: Option<String>,
}

impl L1Args {
    /// Connects, and gives the chain id.
    pub(crate) async fn connect(&self) -> anyhow::Result<(Rpc, u64)> {
        connect("--l1-rpc", &self.l1_rpc, self.patience.0).await
    }

    /// How long an endpoint may be down.
    pub(crate) const fn patience(&self) -> Duration {
        self.patience.0
    }
}

impl L2Args {
    /// Connects to execution and rollup node, and gives the chain id.
    pub(crate) async fn connect(&self, patience: Duration) -> anyhow::Result<(L2, u64)> {
        let (rpc, chain_id) = connect("--l2-rpc", &self.l2_rpc, patience).await?;
        let rollup = match &self.rollup_rpc {
            Some(url) => Rpc::connect(url, patience)
                .with_context(|| format!("cannot use --rollup-rpc {}", shown(url)))?,
            None => rpc.clone(),
        };
        Ok((L2::new(rpc, rollup), chain_id))
    }
}

async fn connect(flag: &str, urls: &[String], patience: Duration) -> anyhow::Result<(Rpc, u64)> {
    let (first, others) = urls
        .split_first()
        .with_context(|| format!("{flag} names no address"))?;
    let probe = async {
        let probe = Rpc::connect_any(first, others, FIRST_ANSWER)?;
        let chain_id = probe.chain_id().await?;
        Ok::<_, endgame_agent::AgentError>((Rpc::connect_any(first, others, patience)?, chain_id))
    };
    probe.await.with_context(|| {
        let shown: Vec<_> = urls.iter().map(|url| shown(url)).collect();
        let shown = shown.join(", ");
        format!("{flag} {shown} does not answer as an execution node")
    })
}

/// A URL without what may be a secret: credentials, path and query.
fn shown(url: &str) -> String {
    Url::parse(url).map_or_else(
        |_| "(not a URL)".to_owned(),
        |url| {
            let port = url.port().map(|port| format!(":{port}"));
            format!(
                "{}://{}{}",
                url.scheme(),
                url.host_str().unwrap_or_default(),
                port.unwrap_or_default()
            )
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_urls_keep_their_secrets() {
        assert_eq!(
            shown("https://user:pass@example.org:8545/v2/key?token=1"),
            "https://example.org:8545"
        );
        assert_eq!(shown("nonsense"), "(not a URL)");
    }
}
