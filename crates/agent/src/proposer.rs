//! The honest proposer: proposes what the program computes.

use std::sync::Arc;

use alloy::{
    eips::BlockId,
    primitives::{Address, B256},
};

use crate::{
    AgentError, AgentEvent, Observer, TxManager,
    chain::Factory,
    l2::L2,
    player::blocking,
    roots::{RootProvider, RootRequest},
};

/// A proposed output root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The game about it.
    pub game: Address,
    /// The output root.
    pub root: B256,
    /// Its L2 block.
    pub block: u64,
}

/// Proposes true output roots.
pub struct Proposer {
    tx: Arc<TxManager>,
    factory: Factory,
    game_type: u32,
    l2: Option<L2>,
    roots: Arc<dyn RootProvider>,
    observer: Observer,
}

impl Proposer {
    /// A proposer of games of `game_type`, whose program is that of `roots`.
    pub fn new(
        tx: Arc<TxManager>,
        factory: Address,
        game_type: u32,
        l2: Option<L2>,
        roots: Arc<dyn RootProvider>,
        observer: Observer,
    ) -> Self {
        let factory = Factory::new(tx.rpc().clone(), factory);
        Self {
            tx,
            factory,
            game_type,
            l2,
            roots,
            observer,
        }
    }

    /// Proposes the output root of `block`, or of the newest block that the rollup node calls
    /// safe. The root is computed from L1 data up to the latest L1 block; the node's own is only
    /// compared with it.
    ///
    /// A game about the same claim that exists is returned as it is.
    pub async fn propose(&self, block: Option<u64>) -> Result<Proposal, AgentError> {
        let (agreed_root, agreed_block) = self.factory.anchor(self.game_type).await?;
        let block = match (block, &self.l2) {
            (Some(block), _) => block,
            (None, Some(l2)) => l2.reported_safe_block().await?,
            (None, None) => {
                return Err(AgentError::Config(
                    "without a rollup RPC the block to propose must be given".to_owned(),
                ));
            }
        };
        if block <= agreed_block {
            return Err(AgentError::Config(format!(
                "block {block} is not after the anchor's, {agreed_block}"
            )));
        }
        let l1_head = self.tx.rpc().block(BlockId::latest()).await?.header.hash;
        let request = RootRequest {
            l1_head,
            agreed_root,
            agreed_block,
            last_block: block,
        };
        let provider = self.roots.clone();
        let roots = blocking(move || provider.roots(&request)).await?;
        if roots.last_block() < block {
            return Err(AgentError::BeyondL1Head {
                block,
                last: roots.last_block(),
                l1_head,
            });
        }
        let root = roots.at(block);
        self.compare_with_node(block, root).await;
        let game = create(
            &self.tx,
            &self.factory,
            self.game_type,
            (root, block),
            &self.observer,
        );
        Ok(Proposal {
            game: game.await?,
            root,
            block,
        })
    }

    /// Reports a node that has another root. It changes nothing: L1 goes by the program.
    async fn compare_with_node(&self, block: u64, computed: B256) {
        let Some(l2) = &self.l2 else { return };
        match l2.reported_root(block).await {
            Ok(reported) if reported != computed => {
                tracing::error!(block, %computed, %reported, "the rollup node has another root");
                self.observer.emit(AgentEvent::NodeDisagrees {
                    block,
                    computed,
                    reported,
                });
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(block, %error, "no root to compare from the rollup node"),
        }
    }
}

/// Creates a game about the claim, unless there is one.
pub(crate) async fn create(
    tx: &TxManager,
    factory: &Factory,
    game_type: u32,
    (root, block): (B256, u64),
    observer: &Observer,
) -> Result<Address, AgentError> {
    if let Some(game) = factory.find(game_type, root, block).await? {
        return Ok(game);
    }
    let bond = factory.root_bond(game_type).await?;
    let tx = tx
        .send(&factory.create(game_type, root, block, bond))
        .await?;
    let game = factory
        .find(game_type, root, block)
        .await?
        .ok_or(AgentError::BadResponse {
            what: "game",
            reason: "the factory does not know the game that it made".to_owned(),
        })?;
    observer.emit(AgentEvent::Proposed {
        game,
        root,
        block,
        bond,
        tx,
    });
    Ok(game)
}
