//! `endgame withdraw prove`, `finalize` and `status`: what happens to a withdrawal on L1.

use alloy::primitives::{Address, B256};
use anyhow::{Context as _, bail};
use endgame_agent::{
    Rpc,
    chain::Portal,
    l2::L2,
    withdraw::{Withdrawal, WithdrawalStatus, Withdrawals, Withdrawer},
};
use serde_json::json;

use crate::{
    cmd::common::{DataArgs, L1Args, L2Args, RollupArgs, SignerArgs, Span, TxArgs, ether},
    output::Output,
};

/// The least tip on L1, in wei a unit of gas.
const L1_TIP: u128 = 1_000_000_000;

/// Which withdrawal, and where.
#[derive(Debug, clap::Args)]
struct Subject {
    /// The L2 transaction that initiated the withdrawal
    #[arg(value_name = "TRANSACTION")]
    transaction: B256,
    #[command(flatten)]
    l1: L1Args,
    #[command(flatten)]
    l2: L2Args,
    /// The portal, OptimismPortal [default: the rollup configuration's]
    #[arg(long, env = "ENDGAME_PORTAL", value_name = "ADDRESS")]
    portal: Option<Address>,
    #[command(flatten)]
    rollup: RollupArgs,
}

/// Flags of `status`.
#[derive(Debug, clap::Args)]
pub(super) struct LookArgs {
    #[command(flatten)]
    subject: Subject,
    /// The account that proved it [default: whoever did so last]
    #[arg(long, value_name = "ADDRESS")]
    prover: Option<Address>,
}

/// Flags of `prove` and `finalize`.
#[derive(Debug, clap::Args)]
pub(super) struct ActArgs {
    #[command(flatten)]
    subject: Subject,
    /// Wait until it is possible
    #[arg(long)]
    wait: bool,
    /// Pause between two looks at the chains while waiting
    #[arg(
        long,
        env = "ENDGAME_POLL",
        value_name = "DURATION",
        default_value = "12s"
    )]
    poll: Span,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    signer: SignerArgs,
    #[command(flatten)]
    tx: TxArgs,
}

/// A withdrawal and both its chains.
struct Found {
    l1: Rpc,
    l2: L2,
    portal: Portal,
    known: Withdrawals,
    withdrawal: Withdrawal,
}

impl Subject {
    async fn find(&self) -> anyhow::Result<Found> {
        let (l1, l1_id) = self.l1.connect().await?;
        let (l2, l2_id) = self.l2.connect(self.l1.patience()).await?;
        let portal = match self.portal {
            Some(portal) => portal,
            None => {
                self.rollup
                    .load(l1_id, &l2, l2_id)
                    .await
                    .context("cannot find out the portal's address: give --portal")?
                    .config
                    .rollup()
                    .deposit_contract_address
            }
        };
        let portal = Portal::new(l1.clone(), portal);
        let known = Withdrawals::new(portal.clone(), l2.clone());
        let withdrawal = known.find(self.transaction).await?;
        Ok(Found {
            l1,
            l2,
            portal,
            known,
            withdrawal,
        })
    }
}

pub(super) async fn status(args: &LookArgs, out: Output) -> anyhow::Result<()> {
    let found = args.subject.find().await?;
    let status = found.known.status(&found.withdrawal, args.prover).await?;
    let message = &found.withdrawal.message;
    let mut value = serde_json::to_value(&status)?;
    if let Some(object) = value.as_object_mut() {
        object.insert("withdrawal".into(), json!(found.withdrawal.hash));
        object.insert("block".into(), json!(found.withdrawal.block));
        object.insert("to".into(), json!(message.target));
        object.insert("value".into(), json!(message.value));
    }
    let words = format!(
        "withdrawal {} of {} to {}: {}",
        found.withdrawal.hash,
        ether(message.value),
        message.target,
        words(&status, &found).await?
    );
    out.result(&value, words)
}

async fn words(status: &WithdrawalStatus, found: &Found) -> anyhow::Result<String> {
    Ok(match status {
        WithdrawalStatus::Waiting => {
            format!("no game covers L2 block {} yet", found.withdrawal.block)
        }
        WithdrawalStatus::Provable { game_index } => {
            format!("can be proven (game number {game_index} of the factory)")
        }
        WithdrawalStatus::Proven {
            prover,
            game,
            since,
            refusal,
        } => {
            let mature = since.saturating_add(found.portal.proof_maturity_delay().await?);
            let now = found.l1.now().await?;
            let delay = if now > mature {
                "the proof is old enough".to_owned()
            } else {
                format!("the proof is old enough in {} s", mature - now + 1)
            };
            format!("proven by {prover} against game {game}; {delay}; the portal says {refusal}")
        }
        WithdrawalStatus::Ready => "can be finalized".into(),
        WithdrawalStatus::Finalized => "is paid".into(),
    })
}

pub(super) async fn prove(args: &ActArgs, out: Output) -> anyhow::Result<()> {
    let (found, withdrawer) = args.open().await?;
    let withdrawal = &found.withdrawal;
    loop {
        match withdrawer.status(withdrawal).await? {
            WithdrawalStatus::Finalized => bail!("withdrawal {} is paid", withdrawal.hash),
            WithdrawalStatus::Waiting if args.wait => {
                out.progress(format_args!(
                    "waiting for a game about L2 block {} or a later one",
                    withdrawal.block
                ));
                tokio::time::sleep(args.poll.0).await;
            }
            // Proven before: perhaps against a game that was lost, so a newer one may be better.
            _ => break,
        }
    }
    let tx = withdrawer
        .prove(withdrawal)
        .await
        .context("cannot prove the withdrawal (--wait waits until a game covers it)")?;
    out.result(
        &json!({ "withdrawal": withdrawal.hash, "transaction": tx }),
        format_args!(
            "withdrawal {} proven in L1 block {} (transaction {})\n\
             next: endgame withdraw finalize {} --wait",
            withdrawal.hash, tx.block, tx.hash, args.subject.transaction
        ),
    )
}

pub(super) async fn finalize(args: &ActArgs, out: Output) -> anyhow::Result<()> {
    let (found, withdrawer) = args.open().await?;
    let withdrawal = &found.withdrawal;
    let mut said = String::new();
    let prover = loop {
        let status = found.known.status(withdrawal, None).await?;
        match status {
            WithdrawalStatus::Finalized => {
                return out.result(
                    &json!({ "withdrawal": withdrawal.hash, "transaction": null }),
                    format_args!("withdrawal {} was paid before", withdrawal.hash),
                );
            }
            WithdrawalStatus::Ready => {
                let prover = found.portal.last_prover(withdrawal.hash).await?;
                break prover.context("nobody proved the withdrawal")?;
            }
            _ if args.wait => {
                let words = words(&status, &found).await?;
                if words != said {
                    out.progress(&words);
                    said = words;
                }
                tokio::time::sleep(args.poll.0).await;
            }
            _ => bail!(
                "withdrawal {} cannot be finalized: {} (--wait waits until it can)",
                withdrawal.hash,
                words(&status, &found).await?
            ),
        }
    };
    let tx = withdrawer.finalize_proven_by(withdrawal, prover).await?;
    out.result(
        &json!({ "withdrawal": withdrawal.hash, "transaction": tx }),
        format_args!(
            "withdrawal {} paid in L1 block {} (transaction {})",
            withdrawal.hash, tx.block, tx.hash
        ),
    )
}

impl ActArgs {
    async fn open(&self) -> anyhow::Result<(Found, Withdrawer)> {
        let signer = self.signer.signer(self.subject.l1.patience())?;
        let found = self.subject.find().await?;
        let dir = self.data.dir("withdraw")?;
        let tx = self.tx.open(found.l1.clone(), signer, &dir, L1_TIP).await?;
        let withdrawer = Withdrawer::new(tx, found.l2.clone(), found.portal.address());
        Ok((found, withdrawer))
    }
}
