//! The honest challenger: keeps every game of its types right, and collects what it earns.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use alloy::primitives::Address;
use endgame_game::GameStatus;
use endgame_prestate::Program;
use tokio::{task::JoinSet, time::Instant};

use crate::{
    AgentError, AgentEvent, Observer, TxManager,
    chain::{Factory, GameContract, GameEntry},
    judges::{Disagreement, Judge},
    l2::L2,
    opinion::{Opinion, OtherJudges},
    player::{Credit, Player, Round, blocking},
    preimage::ProposalWatch,
    roots::RootProvider,
    traces::TraceProvider,
    truth::GameTruth,
};

/// How many games are read from the factory at a time.
const PAGE: u64 = 50;

/// What a challenger watches.
#[derive(Clone, Debug)]
pub struct ChallengerConfig {
    /// The factory that games come from.
    pub factory: Address,
    /// The types of games to play. Their program and VM must be those of the providers.
    pub game_types: Vec<u32>,
    /// How old games may be when they are first seen, in seconds.
    pub window: u64,
    /// Accounts whose credit is claimed, besides the challenger's own.
    pub claim_for: Vec<Address>,
    /// Pause between two rounds.
    pub poll: Duration,
}

impl ChallengerConfig {
    /// Plays games of `game_type` from `factory`, made in the last four weeks.
    pub fn new(factory: Address, game_type: u32) -> Self {
        Self {
            factory,
            game_types: vec![game_type],
            window: 28 * 24 * 3_600,
            claim_for: Vec::new(),
            poll: Duration::from_secs(2),
        }
    }
}

/// How a game stands after a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GameProgress {
    /// In progress.
    Playing(Round),
    /// Resolved; credit is due later.
    Resolved(GameStatus),
    /// Resolved, and nothing is due (any more).
    Finished(GameStatus),
}

impl GameProgress {
    /// The verdict, once there is one.
    pub const fn verdict(&self) -> Option<GameStatus> {
        match self {
            Self::Playing(_) => None,
            Self::Resolved(status) | Self::Finished(status) => Some(*status),
        }
    }
}

/// What a round came to, game by game.
pub type Tick = BTreeMap<Address, Result<GameProgress, AgentError>>;

/// Plays the honest side in all games of its types.
pub struct Challenger {
    shared: Shared,
    factory: Factory,
    config: ChallengerConfig,
    /// First index of the factory's list that was not looked at; nothing before the first look.
    next_index: Option<u64>,
    games: BTreeMap<Address, Watched>,
    /// The large preimages proposed to the oracles that games read.
    proposals: BTreeMap<Address, ProposalWatch>,
}

/// What all games need.
#[derive(Clone)]
struct Shared {
    tx: Arc<TxManager>,
    l2: Option<L2>,
    roots: Arc<dyn RootProvider>,
    traces: Arc<dyn TraceProvider>,
    others: OtherJudges,
    observer: Observer,
    claim_for: Vec<Address>,
}

/// One game with what was computed for it.
struct Watched {
    player: Player,
    truth: Option<GameTruth>,
    opinion: Opinion,
    finished: Option<GameStatus>,
}

impl Challenger {
    /// A challenger that sends through `tx` and judges by `roots` and `traces`.
    pub fn new(
        tx: Arc<TxManager>,
        l2: Option<L2>,
        roots: Arc<dyn RootProvider>,
        traces: Arc<dyn TraceProvider>,
        config: ChallengerConfig,
        observer: Observer,
    ) -> Self {
        let mut claim_for = config.claim_for.clone();
        claim_for.push(tx.account());
        Self {
            factory: Factory::new(tx.rpc().clone(), config.factory),
            shared: Shared {
                tx,
                l2,
                roots,
                traces,
                others: OtherJudges::default(),
                observer,
                claim_for,
            },
            config,
            next_index: None,
            games: BTreeMap::new(),
            proposals: BTreeMap::new(),
        }
    }

    /// Has `others` judge each game too. The game is played by `own`, the program that it runs in
    /// the VM, whatever they say: where they compute other roots there is an alarm
    /// ([`AgentEvent::ProgramsDisagree`]).
    #[must_use]
    pub fn with_other_judges(mut self, own: Program, others: Vec<Judge>) -> Self {
        self.shared.others = OtherJudges::new(own, others);
        self
    }

    /// Waits for the other judges, and gives what they disagree on, game by game.
    pub async fn hear_other_judges(&mut self) -> BTreeMap<Address, Vec<Disagreement>> {
        let mut heard = BTreeMap::new();
        for (game, watched) in &mut self.games {
            let found = watched.opinion.hear().await;
            if !found.is_empty() {
                heard.insert(*game, found.to_vec());
            }
        }
        heard
    }

    /// One round: finds new games, then does in each what there is to do, and counters false
    /// preimages that others propose.
    pub async fn tick(&mut self) -> Result<Tick, AgentError> {
        self.discover().await?;
        let mut proposals = self.proposals_to_watch();
        let shared = self.shared.clone();
        // Side by side: neither may cost the other's clock.
        let (tick, ()) = tokio::join!(self.play(), examine(&mut proposals, &shared));
        self.proposals = proposals;
        tick
    }

    async fn play(&mut self) -> Result<Tick, AgentError> {
        let mut tasks = JoinSet::new();
        for (address, mut watched) in std::mem::take(&mut self.games) {
            let shared = self.shared.clone();
            tasks.spawn(async move {
                let result = watched.round(&shared).await;
                (address, watched, result)
            });
        }
        let mut tick = Tick::new();
        let mut worker_died = None;
        while let Some(joined) = tasks.join_next().await {
            match joined {
                Ok((address, watched, result)) => {
                    self.games.insert(address, watched);
                    tick.insert(address, result);
                }
                Err(error) => worker_died = Some(AgentError::Worker(error.to_string())),
            }
        }
        if let Some(error) = worker_died {
            // The game went with its worker: look at the factory's list again.
            self.next_index = None;
            return Err(error);
        }
        Ok(tick)
    }

    /// Rounds until `game` is resolved, or finished if `with_credit`; at most for `limit`.
    ///
    /// Errors that may pass are waited out; others are returned.
    pub async fn run_until_resolved(
        &mut self,
        game: Address,
        with_credit: bool,
        limit: Duration,
    ) -> Result<GameStatus, AgentError> {
        let start = Instant::now();
        loop {
            match self.tick().await {
                Ok(mut tick) => match tick.remove(&game) {
                    Some(Ok(GameProgress::Finished(status))) => return Ok(status),
                    Some(Ok(GameProgress::Resolved(status))) if !with_credit => return Ok(status),
                    Some(Err(error)) if !error.is_transient() => return Err(error),
                    _ => {}
                },
                Err(error) if error.is_transient() => {
                    tracing::warn!(%error, "round failed, trying again");
                }
                Err(error) => return Err(error),
            }
            if start.elapsed() > limit {
                return Err(AgentError::TimedOut {
                    what: format!("the resolution of game {game}"),
                    after: limit,
                });
            }
            tokio::time::sleep(self.config.poll).await;
        }
    }

    /// Rounds for ever; no error ends it.
    pub async fn run(&mut self) {
        loop {
            match self.tick().await {
                Ok(tick) => {
                    for (game, error) in tick
                        .iter()
                        .filter_map(|(game, result)| Some((game, result.as_ref().err()?)))
                    {
                        tracing::error!(%game, %error, "round failed in a game");
                    }
                }
                Err(error) => tracing::error!(%error, "round failed"),
            }
            tokio::time::sleep(self.config.poll).await;
        }
    }

    /// The watches of the oracles that the games in progress read.
    fn proposals_to_watch(&mut self) -> BTreeMap<Address, ProposalWatch> {
        let mut proposals = std::mem::take(&mut self.proposals);
        for watched in self.games.values().filter(|game| game.finished.is_none()) {
            let oracle = watched.player.game.facts().oracle;
            proposals
                .entry(oracle)
                .or_insert_with(|| ProposalWatch::new(oracle));
        }
        proposals
    }

    /// Adds the games that are new in the factory's list.
    async fn discover(&mut self) -> Result<(), AgentError> {
        let entries = match self.next_index {
            Some(from) => self.factory.games_since(from).await?,
            None => self.recent_games().await?,
        };
        for entry in entries {
            if self.config.game_types.contains(&entry.game_type)
                && !self.games.contains_key(&entry.game)
            {
                self.watch(entry).await?;
            }
            // Only now: a game whose reading failed is read again.
            self.next_index = Some(entry.index + 1);
        }
        if self.next_index.is_none() {
            self.next_index = Some(0);
        }
        Ok(())
    }

    /// The games made within the window, oldest first.
    async fn recent_games(&self) -> Result<Vec<GameEntry>, AgentError> {
        let oldest = self
            .shared
            .tx
            .rpc()
            .now()
            .await?
            .saturating_sub(self.config.window);
        let mut end = self.factory.count().await?;
        let mut found = Vec::new();
        while end > 0 {
            let start = end.saturating_sub(PAGE);
            let mut page = self.factory.games(start..end).await?;
            let reached_older = page.first().is_some_and(|entry| entry.created_at < oldest);
            page.retain(|entry| entry.created_at >= oldest);
            found.splice(0..0, page);
            if reached_older {
                break;
            }
            end = start;
        }
        Ok(found)
    }

    async fn watch(&mut self, entry: GameEntry) -> Result<(), AgentError> {
        let game = GameContract::load(self.shared.tx.rpc().clone(), entry.game).await?;
        let facts = game.facts();
        self.shared.observer.emit(AgentEvent::GameFound {
            game: entry.game,
            root: facts.root,
            block: facts.claimed_block,
        });
        let player = Player {
            tx: self.shared.tx.clone(),
            game,
            l2: self.shared.l2.clone(),
            observer: self.shared.observer.clone(),
        };
        self.games.insert(
            entry.game,
            Watched {
                player,
                truth: None,
                opinion: Opinion::default(),
                finished: None,
            },
        );
        Ok(())
    }
}

/// Examines what others propose, and counters what is false.
async fn examine(proposals: &mut BTreeMap<Address, ProposalWatch>, shared: &Shared) {
    for (&oracle, watch) in proposals {
        if let Err(error) = watch.round(&shared.tx, &shared.observer).await {
            tracing::warn!(%oracle, %error, "not all large preimages examined");
            shared.observer.emit(AgentEvent::ExaminationFailed {
                oracle,
                reason: error.to_string(),
            });
        }
    }
}

impl Watched {
    async fn round(&mut self, shared: &Shared) -> Result<GameProgress, AgentError> {
        if let Some(status) = self.finished {
            return Ok(GameProgress::Finished(status));
        }
        let mut status = self.player.game.status().await?;
        if status == GameStatus::InProgress {
            let snapshot = self.player.game.snapshot().await?;
            // Moves first: they are what clocks run for.
            let truth = self.truth(shared).await?;
            let played = self.player.play(&snapshot, &truth).await;
            self.ask_others(shared, &truth).await;
            let resolved = self.player.resolve(&snapshot).await?;
            if !resolved {
                return Ok(GameProgress::Playing(played?));
            }
            status = self.player.game.status().await?;
        }
        let mut due = false;
        for &account in &shared.claim_for {
            due |= self.player.collect(account).await? != Credit::Nothing;
        }
        if due {
            return Ok(GameProgress::Resolved(status));
        }
        self.finished = Some(status);
        Ok(GameProgress::Finished(status))
    }

    async fn ask_others(&mut self, shared: &Shared, truth: &GameTruth) {
        let facts = self.player.game.facts();
        let about = (self.player.game.address(), GameTruth::request(facts));
        self.opinion
            .ask(&shared.others, about, truth.roots(), &shared.observer)
            .await;
    }

    async fn truth(&mut self, shared: &Shared) -> Result<GameTruth, AgentError> {
        if let Some(truth) = &self.truth {
            return Ok(truth.clone());
        }
        let facts = *self.player.game.facts();
        let (roots, traces) = (shared.roots.clone(), shared.traces.clone());
        let observer = shared.observer.clone();
        let truth = blocking(move || GameTruth::compute(&facts, &*roots, traces, observer)).await?;
        shared.observer.emit(AgentEvent::RootJudged {
            game: self.player.game.address(),
            claimed: facts.root,
            computed: truth.roots().at(facts.claimed_block),
        });
        self.truth = Some(truth.clone());
        Ok(truth)
    }
}
