//! A player who lies, for demonstrations and tests of disputes. Nothing honest uses it.

use std::sync::Arc;

use alloy::primitives::{Address, B256};
use endgame_game::{GameStatus, Lie, LyingTrace};

use crate::{
    AgentError, Observer, TxManager,
    chain::{Factory, GameContract},
    player::{Player, Round, blocking},
    proposer::{self, Proposal},
    roots::RootProvider,
    traces::TraceProvider,
    truth::GameTruth,
};

/// Claims a made-up output root and defends it, or attacks a true one, move by move.
///
/// Its traces are the true ones up to the [`Lie`], so that a dispute goes all the way down to the
/// instruction after which it lies.
pub struct Liar {
    tx: Arc<TxManager>,
    factory: Factory,
    game_type: u32,
    lie: Lie,
    roots: Arc<dyn RootProvider>,
    traces: Arc<dyn TraceProvider>,
    observer: Observer,
}

impl Liar {
    /// A liar who needs the truth (`roots`, `traces`) to leave it at the right place.
    pub fn new(
        tx: Arc<TxManager>,
        (factory, game_type): (Address, u32),
        lie: Lie,
        roots: Arc<dyn RootProvider>,
        traces: Arc<dyn TraceProvider>,
        observer: Observer,
    ) -> Self {
        let factory = Factory::new(tx.rpc().clone(), factory);
        Self {
            tx,
            factory,
            game_type,
            lie,
            roots,
            traces,
            observer,
        }
    }

    /// Who lies.
    pub fn account(&self) -> Address {
        self.tx.account()
    }

    /// Claims the made-up root of `block`.
    pub async fn propose(&self, block: u64) -> Result<Proposal, AgentError> {
        self.propose_root(self.lie.output_root(block), block).await
    }

    /// Claims any root for any block.
    pub async fn propose_root(&self, root: B256, block: u64) -> Result<Proposal, AgentError> {
        let claim = (root, block);
        let game = proposer::create(
            &self.tx,
            &self.factory,
            self.game_type,
            claim,
            &self.observer,
        );
        Ok(Proposal {
            game: game.await?,
            root,
            block,
        })
    }

    /// Makes every move in `game` that the lie asks for. Steps are left out: they would prove the
    /// lie wrong.
    pub async fn play(&self, game: Address) -> Result<Round, AgentError> {
        let player = self.player(game).await?;
        if player.game.status().await? != GameStatus::InProgress {
            return Ok(Round::default());
        }
        let facts = *player.game.facts();
        let (roots, traces) = (self.roots.clone(), self.traces.clone());
        let observer = Observer::none();
        let truth = blocking(move || GameTruth::compute(&facts, &*roots, traces, observer)).await?;
        let lie = LyingTrace::new(truth, self.lie, facts.rules.execution_depth());
        let snapshot = player.game.snapshot().await?;
        player.play_moves(&snapshot, &lie).await
    }

    /// Counters claim `parent` of `game` with any value.
    pub async fn counter(
        &self,
        game: Address,
        parent: usize,
        is_attack: bool,
        value: B256,
    ) -> Result<(), AgentError> {
        let player = self.player(game).await?;
        let snapshot = player.game.snapshot().await?;
        let disputed = snapshot.state.claim(parent)?.position;
        let position = if is_attack {
            disputed.attack()
        } else {
            disputed.defend()
        };
        player
            .counter(&snapshot, parent, is_attack, (position, value))
            .await
    }

    async fn player(&self, game: Address) -> Result<Player, AgentError> {
        Ok(Player {
            tx: self.tx.clone(),
            game: GameContract::load(self.tx.rpc().clone(), game).await?,
            l2: None,
            observer: self.observer.clone(),
        })
    }
}
