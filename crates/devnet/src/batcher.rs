//! Posts L2 blocks to L1.

use std::{sync::Arc, time::Duration};

use alloy::{
    consensus::{EthereumTxEnvelope, SignableTransaction as _, TxEip1559, TxEip4844, TxEnvelope},
    eips::Encodable2718 as _,
    primitives::{B256, Bytes, Signature, TxKind},
    providers::Provider as _,
    signers::{SignerSync as _, local::PrivateKeySigner},
};
use endgame_host::BlobStore;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};

use crate::{
    DevnetError,
    batch::{
        BLOB_CAPACITY, BatchBlock, Channel, Frame, SpanContext, blob, calldata, single_batch,
        span_batch,
    },
    l1::{L1Client, L1Ref},
    l2::L2Node,
};

/// A channel is closed when it holds this much before compression, bytes.
const FULL_CHANNEL: usize = 2_000_000;
/// A channel holds at most this many blocks.
const MAX_BLOCKS: u64 = 2_000;
/// Blobs in one transaction, at most.
const BLOBS_A_TRANSACTION: usize = 6;
/// The most that is paid a unit of blob gas, wei.
const MAX_BLOB_FEE: u128 = 10_000_000_000;
/// How long a posted transaction may take to get into a block.
const PATIENCE: Duration = Duration::from_mins(1);

/// How blocks are posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatcherOptions {
    /// Post when this many blocks wait.
    pub every: u64,
    /// Span batches instead of singular ones.
    pub span: bool,
    /// Largest frame, bytes; in a blob never more than fit.
    pub max_frame: usize,
    /// Post blobs instead of calldata.
    pub blobs: bool,
}

impl Default for BatcherOptions {
    fn default() -> Self {
        Self {
            every: 5,
            span: false,
            max_frame: 100_000,
            blobs: false,
        }
    }
}

/// Posts what the sequencer builds, in order.
#[derive(Debug)]
pub struct Batcher {
    node: Arc<L2Node>,
    l1: Arc<L1Client>,
    signer: PrivateKeySigner,
    options: BatcherOptions,
    /// Where blobs go: the L1 node gets only their hashes.
    blobs: Option<BlobStore>,
    /// Blocks up to here are to be posted even if fewer than `every` wait.
    flush: watch::Receiver<u64>,
}

/// How far posting has got.
#[derive(Clone, Copy, Debug, Default)]
struct Posted {
    /// Newest block that was posted.
    l2: u64,
    /// L1 block with the last of its frames.
    l1: u64,
}

impl Batcher {
    /// A batcher that posts with `signer`'s account: blobs if it has a store for them, else
    /// calldata.
    pub const fn new(
        node: Arc<L2Node>,
        l1: Arc<L1Client>,
        signer: PrivateKeySigner,
        options: BatcherOptions,
        blobs: Option<BlobStore>,
        flush: watch::Receiver<u64>,
    ) -> Self {
        Self {
            node,
            l1,
            signer,
            options,
            blobs,
            flush,
        }
    }

    /// Posts until an error, or until the other side of `flush` is gone.
    pub async fn run(mut self) -> Result<(), DevnetError> {
        let mut heads = self.node.heads();
        let mut posted = Posted {
            l2: heads.borrow().safe,
            l1: 0,
        };
        loop {
            let now = *heads.borrow_and_update();
            if now.l1 == L1Ref::default() {
                // What was posted before this process started is not known yet.
                if heads.changed().await.is_err() {
                    return Ok(());
                }
                continue;
            }
            if now.l1.number > posted.l1 && now.safe < posted.l2 {
                // Derivation has read every frame and did not take them all.
                tracing::error!(posted = posted.l2, safe = now.safe, "batches were dropped");
                posted.l2 = now.safe;
            }
            posted.l2 = posted.l2.max(now.safe);
            let waiting = now.latest - posted.l2;
            let asked = *self.flush.borrow_and_update() > posted.l2;
            if waiting >= self.options.every || (asked && waiting > 0) {
                posted = self.post(posted.l2, now.latest).await?;
                continue;
            }
            tokio::select! {
                changed = heads.changed() => if changed.is_err() { return Ok(()) },
                changed = self.flush.changed() => if changed.is_err() { return Ok(()) },
            }
        }
    }

    /// Posts the blocks after `after`, up to `latest` or until a channel is full.
    async fn post(&self, after: u64, latest: u64) -> Result<Posted, DevnetError> {
        let (channel, last) = self.fill(after, latest)?;
        let started = Instant::now();
        let max_frame = match &self.blobs {
            // Before the frame is a version byte.
            Some(_) => self.options.max_frame.min(BLOB_CAPACITY - 1),
            None => self.options.max_frame,
        };
        let frames = channel.finish(max_frame)?;
        let mut sent = Vec::with_capacity(frames.len());
        match &self.blobs {
            Some(store) => {
                for some in frames.chunks(BLOBS_A_TRANSACTION) {
                    sent.push(self.send_blobs(store, some).await?);
                }
            }
            None => {
                for frame in &frames {
                    sent.push(self.send(calldata(frame)).await?);
                }
            }
        }
        let mut included = 0;
        for hash in sent {
            included = self.included(hash).await?;
        }
        tracing::info!(
            from = after + 1,
            to = last,
            frames = frames.len(),
            l1 = included,
            elapsed_ms = started.elapsed().as_millis() as u64,
            "batches posted"
        );
        Ok(Posted {
            l2: last,
            l1: included,
        })
    }

    /// A channel of the blocks after `after`, and the last block in it.
    fn fill(&self, after: u64, latest: u64) -> Result<(Channel, u64), DevnetError> {
        let mut channel = Channel::default();
        let mut blocks = Vec::new();
        let (mut last, mut size) = (after, 0);
        while last < latest && last - after < MAX_BLOCKS && size < FULL_CHANNEL {
            last += 1;
            let block = BatchBlock::of(&*self.node.expect_block(last)?)?;
            if self.options.span {
                size += block.transactions.iter().map(|tx| tx.len()).sum::<usize>();
                blocks.push(block);
            } else {
                channel.add(&single_batch(&block))?;
                size = channel.raw_len();
            }
        }
        if self.options.span {
            let rollup = self.node.rollup();
            let parent_epoch = match after {
                0 => rollup.genesis.l1.number,
                number => self.node.expect_block(number)?.l1_info()?.number,
            };
            let context = SpanContext {
                genesis_time: rollup.genesis.l2_time,
                parent_epoch,
            };
            let batch = span_batch(&context, &blocks)
                .map_err(|e| DevnetError::Corrupt(format!("blocks to post: {e}")))?;
            channel.add(&batch)?;
        }
        Ok((channel, last))
    }

    /// Sends one transaction with calldata to the batch inbox.
    async fn send(&self, data: Bytes) -> Result<B256, DevnetError> {
        let (nonce, price) = self.nonce_and_price().await?;
        let tx = TxEip1559 {
            chain_id: self.node.rollup().l1_chain_id,
            nonce,
            gas_limit: data_gas(&data),
            max_fee_per_gas: price * 3,
            max_priority_fee_per_gas: price.min(1_000_000_000),
            to: TxKind::Call(self.node.rollup().batch_inbox_address),
            input: data,
            ..TxEip1559::default()
        };
        let signature = self.sign(&tx.signature_hash())?;
        self.broadcast(&TxEnvelope::from(tx.into_signed(signature)).encoded_2718())
            .await
    }

    /// Stores a blob for each frame, and sends one transaction with their hashes to the batch
    /// inbox.
    ///
    /// The transaction goes as blocks hold it, without its blobs: given with them, anvil computes
    /// a wrong transactions root.
    async fn send_blobs(&self, store: &BlobStore, frames: &[Frame]) -> Result<B256, DevnetError> {
        let mut hashes = Vec::with_capacity(frames.len());
        for frame in frames {
            let blob = blob(&calldata(frame))?;
            let store = store.clone();
            let hash = tokio::task::spawn_blocking(move || store.put(&blob))
                .await
                .map_err(|e| DevnetError::Stopped(format!("blob store: {e}")))?
                .map_err(DevnetError::Blobs)?;
            hashes.push(hash);
        }
        let (nonce, price) = self.nonce_and_price().await?;
        let tx = TxEip4844 {
            chain_id: self.node.rollup().l1_chain_id,
            nonce,
            gas_limit: data_gas(&[]),
            max_fee_per_gas: price * 3,
            max_priority_fee_per_gas: price.min(1_000_000_000),
            max_fee_per_blob_gas: MAX_BLOB_FEE,
            to: self.node.rollup().batch_inbox_address,
            blob_versioned_hashes: hashes,
            ..TxEip4844::default()
        };
        let signature = self.sign(&tx.signature_hash())?;
        let signed = EthereumTxEnvelope::<TxEip4844>::Eip4844(tx.into_signed(signature));
        self.broadcast(&signed.encoded_2718()).await
    }

    async fn nonce_and_price(&self) -> Result<(u64, u128), DevnetError> {
        let provider = self.l1.provider();
        let nonce = provider
            .get_transaction_count(self.signer.address())
            .pending()
            .await
            .map_err(|e| DevnetError::l1("eth_getTransactionCount", e))?;
        let price = provider
            .get_gas_price()
            .await
            .map_err(|e| DevnetError::l1("eth_gasPrice", e))?;
        Ok((nonce, price))
    }

    fn sign(&self, hash: &B256) -> Result<Signature, DevnetError> {
        self.signer
            .sign_hash_sync(hash)
            .map_err(|e| DevnetError::l1("signing a batch", e))
    }

    async fn broadcast(&self, raw: &[u8]) -> Result<B256, DevnetError> {
        let pending = self
            .l1
            .provider()
            .send_raw_transaction(raw)
            .await
            .map_err(|e| DevnetError::l1("eth_sendRawTransaction", e))?;
        Ok(*pending.tx_hash())
    }

    /// Waits until a transaction is in a block; the block's height.
    async fn included(&self, hash: B256) -> Result<u64, DevnetError> {
        let wait = async {
            loop {
                let receipt = self
                    .l1
                    .provider()
                    .get_transaction_receipt(hash)
                    .await
                    .map_err(|e| DevnetError::l1("eth_getTransactionReceipt", e))?;
                if let Some(number) = receipt.and_then(|r| r.block_number) {
                    return Ok(number);
                }
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, wait)
            .await
            .map_err(|_| DevnetError::Timeout {
                what: "inclusion of a batch",
                after: PATIENCE,
            })?
    }
}

/// Gas of a transaction with nothing but this calldata: the floor of EIP-7623.
fn data_gas(data: &[u8]) -> u64 {
    let tokens: u64 = data.iter().map(|b| if *b == 0 { 1 } else { 4 }).sum();
    21_000 + 10 * tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calldata_is_paid_at_the_floor_price() {
        assert_eq!(data_gas(&[]), 21_000);
        assert_eq!(data_gas(&[0, 1, 0xff]), 21_000 + 10 * 9);
    }
}
