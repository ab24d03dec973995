//! `endgame withdraw init`.

use std::time::{SystemTime, UNIX_EPOCH};

use alloy::primitives::{Address, Bytes};
use anyhow::Context as _;
use endgame_agent::withdraw::initiate;
use serde_json::json;

use crate::{
    cmd::common::{DataArgs, L2Args, SignerArgs, Span, TxArgs, Wei, ether},
    output::Output,
};

/// The least tip on L2, in wei a unit of gas.
const L2_TIP: u128 = 1_000_000;

/// Flags of `init`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    l2: L2Args,
    /// How long an RPC that was reached once may be down before the command fails
    #[arg(
        long,
        env = "ENDGAME_PATIENCE",
        value_name = "DURATION",
        default_value = "1m"
    )]
    patience: Span,
    /// How much: 0.5 (ether), 20gwei, 7wei
    #[arg(long, value_name = "AMOUNT")]
    value: Wei,
    /// Who is paid on L1 [default: the account that withdraws]
    #[arg(long, value_name = "ADDRESS")]
    to: Option<Address>,
    /// What the recipient is called with on L1
    #[arg(long, value_name = "HEX", default_value = "0x")]
    data: Bytes,
    /// Gas for that call
    #[arg(long, value_name = "GAS", default_value_t = 100_000)]
    gas_limit: u64,
    /// A name for the withdrawal: the same name again is the same withdrawal, not another one
    /// [default: a new one each time]
    #[arg(long, value_name = "NAME")]
    id: Option<String>,
    #[command(flatten)]
    data_dir: DataArgs,
    #[command(flatten)]
    signer: SignerArgs,
    #[command(flatten)]
    tx: TxArgs,
}

pub(super) async fn run(args: &Args, out: Output) -> anyhow::Result<()> {
    let signer = args.signer.signer(args.patience.0)?;
    let to = args.to.unwrap_or_else(|| signer.address());
    let (l2, _) = args.l2.connect(args.patience.0).await?;
    let dir = args.data_dir.dir("withdraw")?;
    let id = match &args.id {
        Some(id) => id.clone(),
        None => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .context("the clock is before 1970")?
            .as_nanos()
            .to_string(),
    };
    let tx = args.tx.open(l2.rpc().clone(), signer, &dir, L2_TIP).await?;
    let data = args.data.clone();
    let (info, withdrawal) = initiate(&tx, &id, to, args.value.0, args.gas_limit, data).await?;
    out.result(
        &json!({
            "transaction": info.hash,
            "withdrawal": withdrawal.hash,
            "block": withdrawal.block,
            "from": tx.account(),
            "to": to,
            "value": args.value.0,
        }),
        format_args!(
            "withdrawal {} of {} to {to} initiated in L2 block {}\n\
             next: endgame withdraw prove {} --wait",
            withdrawal.hash,
            ether(args.value.0),
            withdrawal.block,
            info.hash
        ),
    )
}
