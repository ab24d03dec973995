//! The honest proposer: proposes what the program computes.

use std::sync::Arc;

use alloy::{
    eips::{BlockId, BlockNumberOrTag},
    primitives::{Address, B256},
};
use serde::Serialize;
use tokio::sync::Mutex;

use crate::{
    AgentError, AgentEvent, Observer, TxManager,
    chain::{Factory, game_creator, game_subject},
    l2::L2,
    player::blocking,
    roots::{OutputRoots, RootProvider, RootRequest},
};

/// How many of the factory's games are looked through for the account's own, newest first.
const GAMES_LOOKED_AT: u64 = 100;

/// A proposed output root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
    l1_head: BlockNumberOrTag,
    derived: Mutex<Option<Derived>>,
}

/// The newest output root that was computed, from L1 data up to this block.
#[derive(Clone, Copy, Debug)]
struct Derived {
    l1_number: u64,
    l1_hash: B256,
    block: u64,
    root: B256,
}

/// What L1 data yields up to a block.
struct Derivation {
    l1_head: B256,
    /// The first block that may be proposed.
    from: u64,
    roots: Arc<OutputRoots>,
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
            l1_head: BlockNumberOrTag::Latest,
            derived: Mutex::new(None),
        }
    }

    /// Reads L1 data up to this block: `Finalized` keeps a reorganisation of L1 from making a
    /// proposal false.
    #[must_use]
    pub const fn with_l1_head(mut self, tag: BlockNumberOrTag) -> Self {
        self.l1_head = tag;
        self
    }

    /// Proposes the output root of `block`, or else of the newest block that the rollup node calls
    /// safe and that L1 data yields. The root is computed from L1 data; the node's own is only
    /// compared with it.
    ///
    /// A game about the same claim that exists is returned as it is. Where several programs judge
    /// ([`JointRoots`](crate::JointRoots)) and do not agree, nothing is proposed.
    pub async fn propose(&self, block: Option<u64>) -> Result<Proposal, AgentError> {
        let Some(block) = block else {
            return self.propose_newest(0).await;
        };
        let derivation = self.derive(block, 0).await?;
        if derivation.roots.last_block() < block {
            return Err(AgentError::BeyondL1Head {
                block,
                last: derivation.roots.last_block(),
                l1_head: derivation.l1_head,
            });
        }
        self.create_unless_it_is(block, derivation.roots.at(block))
            .await
    }

    /// Proposes the newest block there is, unless it comes before block `from`.
    pub async fn propose_newest(&self, from: u64) -> Result<Proposal, AgentError> {
        let safe = self.newest_safe_block().await?;
        let derivation = self.derive(safe, from).await?;
        let block = safe.min(derivation.roots.last_block());
        let from = derivation.from;
        if block < from {
            return Err(AgentError::NothingNew { block, from });
        }
        self.create_unless_it_is(block, derivation.roots.at(block))
            .await
    }

    async fn create_unless_it_is(&self, block: u64, root: B256) -> Result<Proposal, AgentError> {
        self.compare_with_node(block, root).await;
        let (claim, observer) = ((root, block), &self.observer);
        let game = create(&self.tx, &self.factory, self.game_type, claim, observer);
        Ok(Proposal {
            game: game.await?,
            root,
            block,
        })
    }

    /// The block that games made now start from.
    pub async fn anchor_block(&self) -> Result<u64, AgentError> {
        Ok(self.factory.anchor(self.game_type).await?.1)
    }

    /// The newest block that the rollup node calls safe.
    pub async fn newest_safe_block(&self) -> Result<u64, AgentError> {
        let l2 = self.l2.as_ref().ok_or_else(|| {
            AgentError::Config("without a rollup RPC the block to propose must be given".to_owned())
        })?;
        l2.reported_safe_block().await
    }

    /// The L2 block of the newest game of its type that this account has created.
    pub async fn newest_own_block(&self) -> Result<Option<u64>, AgentError> {
        let count = self.factory.count().await?;
        let entries = self
            .factory
            .games(count.saturating_sub(GAMES_LOOKED_AT)..count)
            .await?;
        let rpc = self.tx.rpc();
        for entry in entries.iter().rev() {
            if entry.game_type == self.game_type
                && game_creator(rpc, entry.game).await? == self.tx.account()
            {
                return game_subject(rpc, entry.game).await.map(Some);
            }
        }
        Ok(None)
    }

    /// The output roots up to `last`, from the anchor on or from where the last derivation ended:
    /// what L1 data yields up to a block is also what it yields up to a later one.
    async fn derive(&self, last: u64, from: u64) -> Result<Derivation, AgentError> {
        let mut agreed = self.factory.anchor(self.game_type).await?;
        let from = from.max(agreed.1 + 1);
        if last < from {
            return Err(AgentError::NothingNew { block: last, from });
        }
        let head = self.tx.rpc().block(self.l1_head.into()).await?.header;
        let mut derived = self.derived.lock().await;
        if let Some(earlier) = *derived
            && (agreed.1..=last).contains(&earlier.block)
            && earlier.l1_number <= head.number
        {
            let at = BlockId::number(earlier.l1_number);
            let still = self.tx.rpc().find_block(at).await?;
            if still.is_some_and(|block| block.header.hash == earlier.l1_hash) {
                agreed = (earlier.root, earlier.block);
            }
        }
        let (agreed_root, agreed_block) = agreed;
        let roots = if agreed_block == last {
            Arc::new(OutputRoots::new(agreed_block, agreed_root, Vec::new()))
        } else {
            let request = RootRequest {
                l1_head: head.hash,
                agreed_root,
                agreed_block,
                last_block: last,
            };
            let provider = self.roots.clone();
            let judged = blocking(move || provider.roots(&request)).await;
            if let Err(AgentError::ProgramsDisagree(found)) = &judged {
                tracing::error!("{found}");
                self.observer.emit(AgentEvent::ProgramsDisagree {
                    game: None,
                    found: **found,
                });
            }
            judged?
        };
        *derived = Some(Derived {
            l1_number: head.number,
            l1_hash: head.hash,
            block: roots.last_block(),
            root: roots.at(roots.last_block()),
        });
        Ok(Derivation {
            l1_head: head.hash,
            from,
            roots,
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
