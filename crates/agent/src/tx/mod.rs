//! Sending transactions once, whatever happens in between.
//!
//! A [`Call`] has a key. Under that key its nonce and its signed bytes are recorded on disk before
//! anything is sent; all later attempts (after a crash, or with a higher fee) share the nonce, so
//! at most one of them can be mined.

mod fees;
mod job;

use std::{path::Path, sync::Arc, time::Duration};

use alloy::{
    consensus::{Transaction as _, TxEip1559},
    eips::BlockId,
    network::{TransactionBuilder, TransactionResponse},
    primitives::{Address, B256, Bytes, TxKind, U256},
    providers::Provider,
    rpc::types::{TransactionReceipt, TransactionRequest},
    transports::RpcError,
};
use tokio::{sync::Mutex, time::Instant};

pub use self::{
    fees::FeePolicy,
    job::{Attempt, Job, JobStatus, JobStore},
};
use crate::{AgentError, Rpc, Signer, TxInfo};

/// How often a transaction that vanished is looked for before it counts as gone: a node's nonces
/// can be ahead of its receipts.
const LOOKS_BEFORE_GONE: u32 = 3;

/// How transactions are sent and when they count as done.
#[derive(Clone, Copy, Debug)]
pub struct TxConfig {
    /// Blocks that must hold a transaction, its own included.
    pub confirmations: u64,
    /// Pause between two looks at the chain.
    pub poll: Duration,
    /// How long a transaction may wait before its fee is raised.
    pub bump_after: Duration,
    /// Fees.
    pub fees: FeePolicy,
    /// Gas limit above the estimate, in percent.
    pub gas_margin: u64,
}

impl Default for TxConfig {
    fn default() -> Self {
        Self {
            confirmations: 1,
            poll: Duration::from_millis(500),
            bump_after: Duration::from_secs(45),
            fees: FeePolicy::default(),
            gas_margin: 25,
        }
    }
}

/// A call to be sent once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Names the effect: two calls with one key are one transaction.
    pub key: String,
    /// What it is, in words for people.
    pub what: String,
    /// The contract.
    pub to: Address,
    /// The encoded call.
    pub data: Bytes,
    /// Wei sent along.
    pub value: U256,
    /// The gas limit, for calls that cannot be simulated yet because they build on others.
    pub gas: Option<u64>,
}

/// What became of a recorded job.
enum Fate {
    Done(JobStatus),
    /// Its nonce went to something else: it was never mined and never will be.
    Gone,
}

/// Sends the transactions of one account. Everything that sends from the account must share it.
#[derive(Debug)]
pub struct TxManager {
    rpc: Rpc,
    signer: Signer,
    store: JobStore,
    config: TxConfig,
    chain_id: u64,
    /// Held from reading the nonce until the job is recorded.
    nonces: Mutex<()>,
}

impl TxManager {
    /// Opens the job store at `path` and finishes what an earlier process left open.
    pub async fn open(
        rpc: Rpc,
        signer: Signer,
        path: &Path,
        config: TxConfig,
    ) -> Result<Arc<Self>, AgentError> {
        let store = JobStore::open(path)?;
        let chain_id = rpc.chain_id().await?;
        let manager = Arc::new(Self {
            rpc,
            signer,
            store,
            config,
            chain_id,
            nonces: Mutex::new(()),
        });
        manager.finish_open_jobs().await?;
        Ok(manager)
    }

    /// The account.
    pub fn account(&self) -> Address {
        self.signer.address()
    }

    /// The connection that transactions go through.
    pub const fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    /// The chain's id.
    pub const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// The transaction sent under `key`, if it is mined and had an effect.
    pub fn done(&self, key: &str) -> Result<Option<TxInfo>, AgentError> {
        let job = self.store.get(&self.job_key(key))?;
        Ok(job.and_then(|job| job.status.succeeded()))
    }

    /// Sends the calls in this order without waiting for each; results come in the same order.
    pub async fn send_all(self: &Arc<Self>, calls: Vec<Call>) -> Vec<Result<TxInfo, AgentError>> {
        let mut waiting = Vec::with_capacity(calls.len());
        for call in calls {
            let manager = self.clone();
            // Recorded and sent before the next one, so that nonces follow the order.
            waiting.push(match self.record_and_send(&call).await {
                Ok(()) => Ok(tokio::spawn(async move { manager.send(&call).await })),
                Err(error) => Err(error),
            });
        }
        let mut results = Vec::with_capacity(waiting.len());
        for entry in waiting {
            results.push(match entry {
                Ok(task) => task
                    .await
                    .unwrap_or_else(|e| Err(AgentError::Worker(e.to_string()))),
                Err(error) => Err(error),
            });
        }
        results
    }

    /// Records the call unless it is, and sends it once, without waiting.
    async fn record_and_send(&self, call: &Call) -> Result<(), AgentError> {
        let key = self.job_key(&call.key);
        if self.store.get(&key)?.is_some() {
            return Ok(());
        }
        let mut job = self.record(&key, call).await?;
        self.broadcast(&key, &mut job).await
    }

    /// Sends the call, or finds that it was sent, and waits until it is confirmed.
    ///
    /// A call that would revert is refused before it costs anything.
    pub async fn send(&self, call: &Call) -> Result<TxInfo, AgentError> {
        let key = self.job_key(&call.key);
        if let Some(job) = self.store.get(&key)? {
            let fate = match job.status {
                // A reorganisation may have taken back what was confirmed.
                JobStatus::Done {
                    success: true,
                    hash,
                    ..
                } => {
                    if self.receipt(hash).await?.is_some() {
                        Fate::Done(job.status)
                    } else {
                        self.finish(&key, job).await?
                    }
                }
                // Tried in vain before: circumstances may have changed.
                JobStatus::Done { .. } => Fate::Gone,
                JobStatus::Open => {
                    let fate = self.finish(&key, job).await?;
                    if let Fate::Done(status) = fate {
                        return outcome(call, status);
                    }
                    fate
                }
            };
            match fate {
                Fate::Done(status) => return outcome(call, status),
                Fate::Gone => self.store.remove(&key)?,
            }
        }
        let job = self.record(&key, call).await?;
        match self.finish(&key, job).await? {
            Fate::Done(status) => outcome(call, status),
            Fate::Gone => Err(AgentError::BadResponse {
                what: "transaction",
                reason: format!("{}: another transaction took its nonce", call.what),
            }),
        }
    }

    /// Sends again whatever was recorded and is not known to be mined.
    async fn finish_open_jobs(&self) -> Result<(), AgentError> {
        for (key, job) in self.store.open_jobs(&self.job_key(""))? {
            tracing::info!(
                what = job.what,
                nonce = job.nonce,
                "finishing an earlier transaction"
            );
            if matches!(self.finish(&key, job).await?, Fate::Gone) {
                self.store.remove(&key)?;
            }
        }
        Ok(())
    }

    fn job_key(&self, key: &str) -> String {
        format!("{}/{}/{key}", self.chain_id, self.account())
    }

    /// Prices the call, gives it a nonce, signs it, and records all that.
    async fn record(&self, key: &str, call: &Call) -> Result<Job, AgentError> {
        let gas = match call.gas {
            Some(gas) => gas,
            None => self.estimate(call).await?,
        };
        let (max_fee, tip) = self.config.fees.current(&self.rpc).await?;
        let needed = call.value + U256::from(gas) * U256::from(max_fee);
        let balance = self.rpc.balance(self.account()).await?;
        if balance < needed {
            return Err(AgentError::InsufficientFunds {
                what: call.what.clone(),
                account: self.account(),
                balance,
                needed,
            });
        }
        let since_block = self.rpc.block_number().await?;

        let guard = self.nonces.lock().await;
        let account = self.account();
        let pending = self
            .rpc
            .retry("nonce", |p| async move {
                p.get_transaction_count(account)
                    .block_id(BlockId::pending())
                    .await
            })
            .await?;
        // Recorded but not sent yet counts as well.
        let open = self.store.open_jobs(&self.job_key(""))?;
        let nonce = open
            .last()
            .map_or(pending, |(_, job)| pending.max(job.nonce + 1));
        let mut job = Job {
            what: call.what.clone(),
            to: call.to,
            value: call.value,
            data: call.data.clone(),
            gas,
            nonce,
            since_block,
            attempts: Vec::new(),
            status: JobStatus::Open,
        };
        self.add_attempt(&mut job, max_fee, tip).await?;
        self.store.put(key, &job)?;
        drop(guard);
        Ok(job)
    }

    async fn estimate(&self, call: &Call) -> Result<u64, AgentError> {
        let request = TransactionRequest::default()
            .with_from(self.account())
            .with_to(call.to)
            .with_value(call.value)
            .with_input(call.data.clone());
        let estimated = self
            .rpc
            .retry("gas estimate", |p| {
                let request = request.clone();
                async move { p.estimate_gas(request).await }
            })
            .await;
        match estimated {
            Ok(gas) => Ok(gas + gas * self.config.gas_margin / 100),
            Err(AgentError::Reverted { reason, .. }) => Err(AgentError::Reverted {
                what: call.what.clone(),
                reason,
            }),
            // Nodes say it in words of their own when the sender cannot pay.
            Err(error @ AgentError::Rpc { .. }) => {
                let balance = self.rpc.balance(self.account()).await?;
                if balance < call.value
                    || error
                        .to_string()
                        .to_lowercase()
                        .contains("insufficient funds")
                {
                    Err(AgentError::InsufficientFunds {
                        what: call.what.clone(),
                        account: self.account(),
                        balance,
                        needed: call.value,
                    })
                } else {
                    Err(error)
                }
            }
            Err(other) => Err(other),
        }
    }

    fn transaction(&self, job: &Job, max_fee: u128, tip: u128) -> TxEip1559 {
        TxEip1559 {
            chain_id: self.chain_id,
            nonce: job.nonce,
            gas_limit: job.gas,
            max_fee_per_gas: max_fee,
            max_priority_fee_per_gas: tip,
            to: TxKind::Call(job.to),
            value: job.value,
            input: job.data.clone(),
            ..TxEip1559::default()
        }
    }

    /// Signs the job with these fees and notes it; nothing is sent or stored yet.
    async fn add_attempt(&self, job: &mut Job, max_fee: u128, tip: u128) -> Result<(), AgentError> {
        let mut attempt = Attempt {
            hash: None,
            raw: None,
            max_fee,
            tip,
        };
        if !self.signer.sends() {
            let signed = self
                .signer
                .sign(&self.transaction(job, max_fee, tip))
                .await?;
            attempt.hash = Some(signed.hash);
            attempt.raw = Some(signed.raw);
        }
        job.attempts.push(attempt);
        Ok(())
    }

    /// Sends a recorded job, as often and with as high a fee as it takes, until it is confirmed.
    async fn finish(&self, key: &str, mut job: Job) -> Result<Fate, AgentError> {
        let mut last_sent: Option<Instant> = None;
        let mut looks = 0;
        loop {
            if let Some(receipt) = self.find_receipt(&job).await? {
                if self.is_confirmed(&receipt).await? {
                    job.status = JobStatus::Done {
                        hash: receipt.transaction_hash,
                        block: receipt.block_number.unwrap_or_default(),
                        gas_used: receipt.gas_used,
                        success: receipt.status(),
                    };
                    self.store.put(key, &job)?;
                    return Ok(Fate::Done(job.status));
                }
                looks = 0;
            } else if self.mined_nonces().await? > job.nonce {
                looks += 1;
                if looks >= LOOKS_BEFORE_GONE {
                    return Ok(Fate::Gone);
                }
            } else {
                looks = 0;
                match last_sent {
                    None => {
                        self.broadcast(key, &mut job).await?;
                        last_sent = Some(Instant::now());
                    }
                    Some(at) if at.elapsed() >= self.config.bump_after => {
                        self.bump(key, &mut job).await?;
                        self.broadcast(key, &mut job).await?;
                        last_sent = Some(Instant::now());
                    }
                    Some(_) => {}
                }
            }
            tokio::time::sleep(self.config.poll).await;
        }
    }

    /// Adds an attempt with a higher fee, if the policy allows one; recorded before it is sent.
    async fn bump(&self, key: &str, job: &mut Job) -> Result<(), AgentError> {
        let Some(last) = job.attempts.last() else {
            return Ok(());
        };
        let current = self.config.fees.current(&self.rpc).await?;
        let raised = self.config.fees.raise((last.max_fee, last.tip), current);
        let Some((max_fee, tip)) = raised else {
            tracing::warn!(what = job.what, "the fee is at its limit, waiting");
            return Ok(());
        };
        tracing::info!(what = job.what, max_fee, tip, "raising the fee");
        self.add_attempt(job, max_fee, tip).await?;
        self.store.put(key, job)
    }

    /// Sends the newest attempt.
    async fn broadcast(&self, key: &str, job: &mut Job) -> Result<(), AgentError> {
        let Some(attempt) = job.attempts.last().cloned() else {
            return Ok(());
        };
        let sent = match &attempt.raw {
            Some(raw) => {
                self.rpc
                    .retry("send transaction", |p| {
                        let raw = raw.clone();
                        async move {
                            match p.send_raw_transaction(&raw).await {
                                Ok(_) => Ok(()),
                                Err(RpcError::ErrorResp(e)) if is_known(&e.message) => Ok(()),
                                Err(error) => Err(error),
                            }
                        }
                    })
                    .await
            }
            None => match self
                .signer
                .send(&self.transaction(job, attempt.max_fee, attempt.tip))
                .await
            {
                Ok(hash) => {
                    if let Some(attempt) = job.attempts.last_mut() {
                        attempt.hash = Some(hash);
                    }
                    self.store.put(key, job)
                }
                Err(AgentError::Rpc { message, .. }) if is_known(&message) => Ok(()),
                Err(error) => Err(error),
            },
        };
        tracing::debug!(what = job.what, nonce = job.nonce, hash = ?attempt.hash, "sent");
        sent
    }

    async fn mined_nonces(&self) -> Result<u64, AgentError> {
        let account = self.account();
        self.rpc
            .retry("nonce", |p| async move {
                p.get_transaction_count(account)
                    .block_id(BlockId::latest())
                    .await
            })
            .await
    }

    async fn receipt(&self, hash: B256) -> Result<Option<TransactionReceipt>, AgentError> {
        self.rpc
            .retry("receipt", |p| async move {
                p.get_transaction_receipt(hash).await
            })
            .await
    }

    async fn find_receipt(&self, job: &Job) -> Result<Option<TransactionReceipt>, AgentError> {
        for attempt in job.attempts.iter().rev() {
            let receipt = match attempt.hash {
                Some(hash) => self.receipt(hash).await?,
                None => self.find_by_nonce(job).await?,
            };
            if receipt.is_some() {
                return Ok(receipt);
            }
        }
        Ok(None)
    }

    /// Looks for the account's transaction with the job's nonce in the blocks since it was
    /// recorded: a remote end may have sent it and crashed before it told us the hash.
    async fn find_by_nonce(&self, job: &Job) -> Result<Option<TransactionReceipt>, AgentError> {
        if self.mined_nonces().await? <= job.nonce {
            return Ok(None);
        }
        for number in job.since_block..=self.rpc.block_number().await? {
            let block = self
                .rpc
                .retry("block", |p| async move {
                    p.get_block(number.into()).full().await
                })
                .await?;
            let Some(block) = block else { continue };
            let ours = block.transactions.into_transactions().find(|tx| {
                tx.from() == self.account() && tx.nonce() == job.nonce && *tx.input() == job.data
            });
            if let Some(tx) = ours {
                return self.receipt(tx.tx_hash()).await;
            }
        }
        Ok(None)
    }

    async fn is_confirmed(&self, receipt: &TransactionReceipt) -> Result<bool, AgentError> {
        let Some(block) = receipt.block_number else {
            return Ok(false);
        };
        let head = self.rpc.block_number().await?;
        Ok(head + 1 >= block + self.config.confirmations)
    }
}

fn outcome(call: &Call, status: JobStatus) -> Result<TxInfo, AgentError> {
    status.succeeded().ok_or_else(|| AgentError::Reverted {
        what: call.what.clone(),
        reason: "mined without effect".to_owned(),
    })
}

/// Whether a node refused a transaction because it has it, or a later one, already.
fn is_known(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    [
        "already known",
        "already imported",
        "nonce too low",
        "replacement transaction underpriced",
    ]
    .iter()
    .any(|known| message.contains(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_what_is_known_are_no_errors() {
        assert!(is_known("nonce too low: next nonce 5, tx nonce 4"));
        assert!(is_known("transaction already imported"));
        assert!(is_known("Already Known"));
        assert!(!is_known("intrinsic gas too low"));
    }
}
