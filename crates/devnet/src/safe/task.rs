//! The loop that derives the safe chain and compares it with the sequencer's.

use std::{path::PathBuf, sync::Arc};

use alloy::{eips::BlockNumberOrTag, primitives::B256};
use endgame_host::{Backend, Config};
use endgame_program_kona::{BootInputs, ChainConfig};
use tokio::{runtime::Handle, sync::watch};
use tracing::subscriber::NoSubscriber;

use super::{ChainOracle, oracle::Known};
use crate::{
    DevnetError,
    l1::{L1Client, L1Ref},
    l2::L2Node,
};

/// Derives from L1 what the L2 chain is, block by block after the safe head.
#[derive(Debug)]
pub struct Deriver {
    node: Arc<L2Node>,
    l1: Arc<L1Client>,
    config: Arc<ChainConfig>,
    known: Known,
    blobs: Arc<Backend>,
}

impl Deriver {
    /// A deriver for the node's rollup on an L1 with this configuration (geth's format), whose
    /// blobs are in this folder.
    pub fn new(
        node: Arc<L2Node>,
        l1: Arc<L1Client>,
        l1_config: &serde_json::Value,
        blob_dir: Option<PathBuf>,
    ) -> Result<Self, DevnetError> {
        let rollup = node.rollup();
        let config = ChainConfig::from_json(
            &serde_json::to_vec(rollup).map_err(|e| DevnetError::Program(e.to_string()))?,
            Some(l1_config.to_string().as_bytes()),
        )
        .map_err(|e| DevnetError::Program(e.to_string()))?;
        Ok(Self {
            node,
            l1,
            config: Arc::new(config),
            known: Known::default(),
            blobs: Arc::new(
                Backend::new(&Config {
                    blob_dir,
                    ..Config::default()
                })
                .map_err(DevnetError::Blobs)?,
            ),
        })
    }

    /// Derives on every new L1 block, until an error or until `heads` ends.
    pub async fn run(self, mut heads: watch::Receiver<L1Ref>) -> Result<(), DevnetError> {
        loop {
            let head = *heads.borrow_and_update();
            self.derive(head).await?;
            let finalized = self.l1.reference(BlockNumberOrTag::Finalized).await?;
            self.node.set_l1_finalized(finalized.number);
            if heads.changed().await.is_err() {
                return Ok(());
            }
        }
    }

    /// Derives up to the L1 block `head` and moves the safe head.
    async fn derive(&self, head: L1Ref) -> Result<(), DevnetError> {
        let safe = self.node.heads().borrow().safe;
        let latest = self.node.head().header.number;
        if latest == safe {
            self.node.set_safe(head, safe);
            return Ok(());
        }
        let agreed = self.node.output_root(&*self.node.expect_block(safe)?)?;
        // The claim is of no interest, only what is derived on the way to its block.
        let boot = BootInputs {
            l1_head: head.hash,
            agreed_output_root: agreed,
            claimed_output_root: B256::ZERO,
            claimed_block: latest,
            chain_id: self.config.chain_id(),
        };
        let oracle = ChainOracle::new(
            boot,
            Arc::clone(&self.node),
            Arc::clone(&self.l1),
            Handle::current(),
            Arc::clone(&self.known),
            Arc::clone(&self.blobs),
        );
        let config = Arc::clone(&self.config);
        let derived = tokio::task::spawn_blocking(move || {
            let mut blocks = Vec::new();
            // Each run reads the last channels anew and would warn of every batch that it knows.
            tracing::subscriber::with_default(NoSubscriber::new(), || {
                endgame_program_kona::run(oracle, &config, |block| {
                    blocks.push((block.number, block.hash));
                })
            })
            .map(|_| blocks)
            .map_err(|e| DevnetError::Program(e.to_string()))
        })
        .await
        .map_err(|e| DevnetError::Stopped(format!("derivation: {e}")))??;
        let mut reached = safe;
        for (number, hash) in derived {
            let sequenced = self.node.expect_block(number)?.hash;
            if sequenced != hash {
                tracing::error!(
                    number,
                    %sequenced,
                    derived = %hash,
                    "DERIVATION MISMATCH: L1 data gives another block than the sequencer built"
                );
                return Err(DevnetError::Mismatch {
                    number,
                    sequenced,
                    derived: hash,
                });
            }
            reached = number;
        }
        if reached > safe {
            tracing::debug!(safe = reached, l1 = head.number, "safe head moved");
        }
        self.node.set_safe(head, reached);
        Ok(())
    }
}
