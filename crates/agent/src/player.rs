//! Carrying out in a game what a trace says: the same for whoever plays.

use std::sync::Arc;

use alloy::primitives::{Address, B256};
use endgame_game::{
    Action, ExecutionGame, GameStatus, HonestTrace, LyingTrace, Position, honest_plan,
};

use crate::{
    AgentError, AgentEvent, Observer, TxInfo, TxManager,
    chain::{GameContract, GameSnapshot},
    l2::L2,
    preimage::{Readiness, Uploader},
    traces::StepProof,
    truth::GameTruth,
};

/// A trace that a game can be played with to the last instruction.
pub(crate) trait PlayableTrace:
    HonestTrace<Error = AgentError> + Clone + Send + Sync + 'static
{
    /// What L1 needs to run the instruction after `step` others.
    fn step_proof(&self, run: &ExecutionGame, step: u64) -> Result<StepProof, AgentError>;

    /// The block whose output root is `root`, in the game's range.
    fn block_of(&self, root: B256) -> Option<u64>;
}

impl PlayableTrace for GameTruth {
    fn step_proof(&self, run: &ExecutionGame, step: u64) -> Result<StepProof, AgentError> {
        self.trace(run)?.step_proof(step)
    }

    fn block_of(&self, root: B256) -> Option<u64> {
        self.roots().block_of(root)
    }
}

impl PlayableTrace for LyingTrace<GameTruth> {
    fn step_proof(&self, run: &ExecutionGame, step: u64) -> Result<StepProof, AgentError> {
        self.truth().step_proof(run, step)
    }

    fn block_of(&self, _root: B256) -> Option<u64> {
        None
    }
}

/// What came of one round in a game.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Transactions that were mined.
    pub done: usize,
    /// Steps that wait for a preimage, until the earliest of these times (Unix seconds).
    pub waits_until: Option<u64>,
}

/// One account playing one game.
#[derive(Clone, Debug)]
pub(crate) struct Player {
    pub(crate) tx: Arc<TxManager>,
    pub(crate) game: GameContract,
    /// Where output roots are opened for the challenge of a block number.
    pub(crate) l2: Option<L2>,
    pub(crate) observer: Observer,
}

impl Player {
    /// Does all that `trace` asks for in the game as it stands.
    ///
    /// One failed action keeps none of the others from being tried; the first error is returned.
    pub(crate) async fn play<T: PlayableTrace>(
        &self,
        snapshot: &GameSnapshot,
        trace: &T,
    ) -> Result<Round, AgentError> {
        self.play_some(snapshot, trace, |_| true).await
    }

    /// Like [`play`](Self::play), moves alone.
    pub(crate) async fn play_moves<T: PlayableTrace>(
        &self,
        snapshot: &GameSnapshot,
        trace: &T,
    ) -> Result<Round, AgentError> {
        self.play_some(snapshot, trace, |action| {
            matches!(action, Action::Move { .. })
        })
        .await
    }

    async fn play_some<T: PlayableTrace>(
        &self,
        snapshot: &GameSnapshot,
        trace: &T,
        wanted: impl Fn(&Action) -> bool,
    ) -> Result<Round, AgentError> {
        let plan = {
            let (state, trace) = (snapshot.state.clone(), trace.clone());
            blocking(move || Ok(honest_plan(&state, &trace))).await?
        };
        let mut round = Round::default();
        let mut failed = plan.stopped_by;
        for action in plan.actions {
            if !wanted(&action) || !self.is_open(snapshot, &action)? {
                continue;
            }
            match self.carry_out(snapshot, &action, trace).await {
                Ok(Readiness::Ready) => round.done += 1,
                Ok(Readiness::After(time)) => {
                    let earliest = round.waits_until.map_or(time, |other| other.min(time));
                    round.waits_until = Some(earliest);
                }
                Err(error) => {
                    tracing::warn!(game = %self.game.address(), ?action, %error, "action failed");
                    self.observer.emit(AgentEvent::ActionFailed {
                        game: self.game.address(),
                        reason: error.to_string(),
                    });
                    failed.get_or_insert(error);
                }
            }
        }
        failed.map_or(Ok(round), Err)
    }

    /// Whether there is time left for the action.
    fn is_open(&self, snapshot: &GameSnapshot, action: &Action) -> Result<bool, AgentError> {
        let Action::Move { parent, .. } = *action else {
            // Steps and the challenge of the block number have no clock, until the game is over.
            return Ok(true);
        };
        let open = snapshot.state.can_be_countered(parent, snapshot.time)?;
        if !open {
            tracing::warn!(game = %self.game.address(), parent, "too late to counter this claim");
        }
        Ok(open)
    }

    async fn carry_out<T: PlayableTrace>(
        &self,
        snapshot: &GameSnapshot,
        action: &Action,
        trace: &T,
    ) -> Result<Readiness, AgentError> {
        match *action {
            Action::Move {
                parent,
                is_attack,
                position,
                value,
            } => {
                self.counter(snapshot, parent, is_attack, (position, value))
                    .await?;
                Ok(Readiness::Ready)
            }
            Action::Step {
                claim,
                is_attack,
                execution,
                step,
            } => self.step(claim, is_attack, execution, step, trace).await,
            Action::ChallengeBlockNumber => {
                self.challenge_block_number(trace).await?;
                Ok(Readiness::Ready)
            }
        }
    }

    /// Makes a move.
    pub(crate) async fn counter(
        &self,
        snapshot: &GameSnapshot,
        parent: usize,
        is_attack: bool,
        (position, value): (Position, B256),
    ) -> Result<(), AgentError> {
        let disputed = snapshot.state.claim(parent)?.value;
        let bond = self.game.bond(position).await?;
        let call = self
            .game
            .counter((parent, disputed), is_attack, (position, value), bond);
        let tx = self.tx.send(&call).await?;
        self.observer.emit(AgentEvent::Moved {
            game: self.game.address(),
            parent,
            is_attack,
            position,
            value,
            bond,
            tx,
        });
        Ok(())
    }

    async fn step<T: PlayableTrace>(
        &self,
        claim: usize,
        is_attack: bool,
        run: ExecutionGame,
        step: u64,
        trace: &T,
    ) -> Result<Readiness, AgentError> {
        let proof = {
            let trace = trace.clone();
            blocking(move || trace.step_proof(&run, step)).await?
        };
        if let Some(read) = &proof.preimage {
            let uploader = Uploader {
                tx: &self.tx,
                game: &self.game,
                observer: &self.observer,
            };
            let ready = uploader.ensure(&run, claim, read).await?;
            if ready != Readiness::Ready {
                return Ok(ready);
            }
        }
        let tx = self.send_step(claim, is_attack, proof).await?;
        self.observer.emit(AgentEvent::Stepped {
            game: self.game.address(),
            claim,
            is_attack,
            step,
            tx,
        });
        Ok(Readiness::Ready)
    }

    /// Steps with the short proof where the VM contract takes it: calldata is most of the price.
    async fn send_step(
        &self,
        claim: usize,
        is_attack: bool,
        proof: StepProof,
    ) -> Result<TxInfo, AgentError> {
        if let Some(compact) = proof.compact {
            let call = self
                .game
                .step(claim, is_attack, proof.state.clone(), compact);
            match self.tx.send(&call).await {
                Err(error @ AgentError::Reverted { .. }) => {
                    tracing::info!(%error, "the short proof is refused, trying the long one");
                }
                sent => return sent,
            }
        }
        let call = self.game.step(claim, is_attack, proof.state, proof.proof);
        self.tx.send(&call).await
    }

    async fn challenge_block_number<T: PlayableTrace>(&self, trace: &T) -> Result<(), AgentError> {
        let root = self.game.facts().root;
        let block = trace
            .block_of(root)
            .ok_or_else(|| AgentError::Roots(format!("no block has output root {root}")))?;
        let l2 = self.l2.as_ref().ok_or_else(|| {
            AgentError::Config("challenging a block number takes an L2 RPC".to_owned())
        })?;
        let output = l2.output(block).await?;
        if output.root() != root {
            return Err(AgentError::BadResponse {
                what: "output root",
                reason: format!("the L2 node has another one than {root} for block {block}"),
            });
        }
        let call = self.game.challenge_block_number(&output);
        let tx = self.tx.send(&call).await?;
        self.observer.emit(AgentEvent::BlockNumberChallenged {
            game: self.game.address(),
            tx,
        });
        Ok(())
    }

    /// Resolves the subgames whose time has come, bottom-up, and the game once its root is.
    /// Says whether the game is resolved.
    pub(crate) async fn resolve(&self, snapshot: &GameSnapshot) -> Result<bool, AgentError> {
        let is_resolved = |index: usize| snapshot.resolved.get(index).copied().unwrap_or(false);
        let order = snapshot.state.resolvable(snapshot.time, is_resolved)?;
        let calls = order
            .iter()
            .map(|&index| {
                let claims = snapshot.state.claims();
                let children = claims
                    .iter()
                    .filter(|claim| claim.parent == Some(index))
                    .count();
                self.game.resolve_claim(index, children)
            })
            .collect();
        for (&claim, result) in order.iter().zip(self.tx.send_all(calls).await) {
            match result {
                Ok(tx) => self.observer.emit(AgentEvent::ClaimResolved {
                    game: self.game.address(),
                    claim,
                    tx,
                }),
                // Somebody else may have been faster; the next round sees what is left.
                Err(error @ AgentError::Reverted { .. }) => {
                    tracing::debug!(game = %self.game.address(), claim, %error, "not resolved by us");
                }
                Err(error) => return Err(error),
            }
        }
        if !is_resolved(0) && !order.contains(&0) {
            return Ok(false);
        }
        let tx = self.tx.send(&self.game.resolve()).await?;
        let status = self.game.status().await?;
        self.observer.emit(AgentEvent::Resolved {
            game: self.game.address(),
            status,
            tx,
        });
        Ok(status != GameStatus::InProgress)
    }

    /// Takes the next step towards `recipient`'s credit.
    pub(crate) async fn collect(&self, recipient: Address) -> Result<Credit, AgentError> {
        let (amount, unlocked) = self.game.credit(recipient).await?;
        if amount.is_zero() {
            return Ok(Credit::Nothing);
        }
        if !unlocked {
            if !self.game.is_final().await? {
                return Ok(Credit::NotFinal);
            }
            let tx = self
                .tx
                .send(&self.game.claim_credit(recipient, false))
                .await?;
            self.observer.emit(AgentEvent::CreditUnlocked {
                game: self.game.address(),
                recipient,
                amount,
                tx,
            });
        }
        let after = self
            .game
            .payable_after(recipient)
            .await?
            .unwrap_or(u64::MAX);
        let now = self.tx.rpc().now().await?;
        if now <= after {
            return Ok(Credit::After(after));
        }
        let tx = self
            .tx
            .send(&self.game.claim_credit(recipient, true))
            .await?;
        self.observer.emit(AgentEvent::CreditClaimed {
            game: self.game.address(),
            recipient,
            amount,
            tx,
        });
        Ok(Credit::Nothing)
    }
}

/// How a credit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credit {
    /// Nothing is due (any more).
    Nothing,
    /// The game is resolved but not final.
    NotFinal,
    /// The vault pays after this time (Unix seconds).
    After(u64),
}

/// Runs a computation on a thread where it may take its time.
pub(crate) async fn blocking<T, F>(work: F) -> Result<T, AgentError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, AgentError> + Send + 'static,
{
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| AgentError::Worker(e.to_string()))?
}
