//! The loop that builds L2 blocks.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use alloy::{eips::BlockNumberOrTag, primitives::Address};
use endgame_kona_executor::{Attributes, ExecutorError};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use super::{OriginChoice, PooledTransaction, SenderState, choose_origin};
use crate::{
    DevnetError,
    l1::{ChainClock, L1Client, L1Ref},
    l2::{L2Block, L2Node, build_attributes},
};

/// Builds blocks as L1 time passes.
#[derive(Debug)]
pub struct Sequencer {
    node: Arc<L2Node>,
    l1: Arc<L1Client>,
    clock: Arc<ChainClock>,
    /// L1 blocks that must lie on top of one before it becomes an origin.
    confirmations: u64,
    running: watch::Receiver<bool>,
}

impl Sequencer {
    /// A sequencer that builds while `running` says so.
    pub const fn new(
        node: Arc<L2Node>,
        l1: Arc<L1Client>,
        clock: Arc<ChainClock>,
        confirmations: u64,
        running: watch::Receiver<bool>,
    ) -> Self {
        Self {
            node,
            l1,
            clock,
            confirmations,
            running,
        }
    }

    /// Builds until an error, or until the other side of `running` is gone.
    pub async fn run(mut self) -> Result<(), DevnetError> {
        const LOOK_EVERY: Duration = Duration::from_millis(20);
        loop {
            if self.running.wait_for(|on| *on).await.is_err() {
                return Ok(());
            }
            let due = self.node.head().header.timestamp + self.node.rollup().block_time;
            if due > self.clock.now() || !self.build().await? {
                sleep(LOOK_EVERY).await;
            }
        }
    }

    /// Builds one block, if its origin can be told yet.
    async fn build(&self) -> Result<bool, DevnetError> {
        let started = Instant::now();
        let parent = self.node.head();
        let time = parent.header.timestamp + self.node.rollup().block_time;
        let current = self.origin_of(&parent).await?;
        let next = self.next_origin(&current).await?;
        let (origin, empty) = match choose_origin(current, next, time) {
            OriginChoice::Use { origin, empty } => (origin, empty),
            OriginChoice::Wait => return Ok(false),
        };
        let origin = self.l1.block(origin.hash).await?;
        let base = build_attributes(self.node.rollup(), &parent, &origin)?;
        let node = Arc::clone(&self.node);
        let block = tokio::task::spawn_blocking(move || fill(&node, base.attributes, empty))
            .await
            .map_err(|e| DevnetError::Stopped(format!("block building: {e}")))??;
        tracing::debug!(
            number = block.header.number,
            hash = %block.hash,
            origin = origin.header.number,
            transactions = block.transactions.len(),
            gas = block.header.gas_used,
            elapsed_ms = started.elapsed().as_millis() as u64,
            "L2 block built"
        );
        Ok(true)
    }

    async fn origin_of(&self, block: &L2Block) -> Result<L1Ref, DevnetError> {
        let hash = if block.header.number == 0 {
            self.node.rollup().genesis.l1.hash
        } else {
            block.l1_info()?.hash
        };
        Ok(self.l1.block(hash).await?.reference())
    }

    /// The L1 block after `current`, once it is there and deep enough.
    async fn next_origin(&self, current: &L1Ref) -> Result<Option<L1Ref>, DevnetError> {
        let head = self.clock.heads().borrow().number;
        let number = current.number + 1;
        if number + self.confirmations > head {
            return Ok(None);
        }
        let next = self.l1.reference(BlockNumberOrTag::Number(number)).await?;
        if next.parent != current.hash {
            return Err(DevnetError::L1Reorg {
                number,
                parent: current.hash,
            });
        }
        Ok(Some(next))
    }
}

/// Adds transactions of the pool to the attributes and appends the block. What turns out not to
/// be includable is thrown out of the pool and the block built again without it.
fn fill(
    node: &L2Node,
    mut attributes: Attributes,
    empty: bool,
) -> Result<Arc<L2Block>, DevnetError> {
    let deposits = attributes.transactions.len();
    let mut picked = if empty {
        Vec::new()
    } else {
        pick(node, &attributes)?
    };
    loop {
        attributes.transactions.truncate(deposits);
        attributes
            .transactions
            .extend(picked.iter().map(|tx| tx.raw.clone()));
        let error = match node.append(&attributes)? {
            Ok(block) => {
                settle(node, &picked)?;
                return Ok(block);
            }
            Err(error) => error,
        };
        let bad = match &error {
            ExecutorError::InvalidTransaction { index, .. } => index.checked_sub(deposits),
            _ => None,
        };
        let Some(bad) = bad.and_then(|index| picked.get(index)).cloned() else {
            let number = node.head().header.number + 1;
            return Err(DevnetError::Execution {
                number,
                reason: error.to_string(),
            });
        };
        tracing::warn!(hash = %bad.hash, %error, "transaction dropped");
        node.pool().remove(bad.hash);
        picked.retain(|tx| tx.sender != bad.sender || tx.tx.nonce() < bad.tx.nonce());
    }
}

use alloy::consensus::Transaction as _;

/// What the pool offers for a block with these attributes.
fn pick(node: &L2Node, attributes: &Attributes) -> Result<Vec<PooledTransaction>, DevnetError> {
    let head = node.head();
    let number = head.header.number + 1;
    let base_fee = node
        .chain()
        .base_fee(&head.header, attributes.timestamp)
        .map_err(|e| DevnetError::Execution {
            number,
            reason: e.to_string(),
        })?;
    let states = sender_states(node)?;
    let deposit_gas = deposit_gas(attributes);
    let room = attributes.gas_limit.saturating_sub(deposit_gas);
    Ok(node.pool().pick(&states, base_fee, room))
}

fn sender_states(node: &L2Node) -> Result<BTreeMap<Address, SenderState>, DevnetError> {
    let senders = node.pool().senders();
    senders
        .into_iter()
        .map(|s| Ok((s, node.sender_state(s)?)))
        .collect()
}

/// The most gas that the deposits can take.
fn deposit_gas(attributes: &Attributes) -> u64 {
    use alloy::eips::Decodable2718 as _;
    attributes
        .transactions
        .iter()
        .filter_map(|raw| op_alloy_consensus::OpTxEnvelope::decode_2718_exact(raw).ok())
        .map(|tx| tx.gas_limit())
        .sum()
}

/// Takes what is in the new block, and what can no longer be in any, out of the pool.
fn settle(node: &L2Node, included: &[PooledTransaction]) -> Result<(), DevnetError> {
    for tx in included {
        node.pool().remove(tx.hash);
    }
    for (sender, state) in sender_states(node)? {
        node.pool().prune(sender, state.nonce);
    }
    Ok(())
}
