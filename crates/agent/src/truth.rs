//! The honest traces of one game: program and VM behind the solver's seam.

use std::sync::Arc;

use alloy::primitives::B256;
use endgame_game::{ExecutionGame, GameState, HonestTrace};

use crate::{
    AgentError, Observer,
    chain::GameFacts,
    roots::{OutputRoots, RootProvider, RootRequest},
    traces::{ExecutionTrace, RunInputs, TraceProvider},
};

/// What the game's own program computes at the game's own L1 head.
///
/// Nothing but the program's result goes in: a node that errs or lies can make it slow, not wrong.
#[derive(Clone)]
pub(crate) struct GameTruth {
    facts: GameFacts,
    roots: Arc<OutputRoots>,
    traces: Arc<dyn TraceProvider>,
    observer: Observer,
}

impl GameTruth {
    /// Runs the program for the game's range. Takes as long as that takes.
    pub(crate) fn compute(
        facts: &GameFacts,
        roots: &dyn RootProvider,
        traces: Arc<dyn TraceProvider>,
        observer: Observer,
    ) -> Result<Self, AgentError> {
        let roots = roots.roots(&Self::request(facts))?;
        Ok(Self {
            facts: *facts,
            roots,
            traces,
            observer,
        })
    }

    /// What a program is asked about the game.
    pub(crate) const fn request(facts: &GameFacts) -> RootRequest {
        let (agreed_root, agreed_block) = facts.starting;
        RootRequest {
            l1_head: facts.l1_head,
            agreed_root,
            agreed_block,
            last_block: facts.claimed_block,
        }
    }

    /// The output roots of the game's range.
    pub(crate) fn roots(&self) -> &OutputRoots {
        &self.roots
    }

    /// The run that `execution` is about.
    pub(crate) fn trace(
        &self,
        execution: &ExecutionGame,
    ) -> Result<Arc<dyn ExecutionTrace>, AgentError> {
        let inputs = RunInputs {
            l1_head: self.facts.l1_head,
            agreed_root: execution.starting.root,
            // Past the last derivable block, not the one that the position stands for.
            agreed_block: self.roots.block_of(execution.starting.root),
            claimed_root: execution.disputed.root,
            claimed_block: execution.disputed.block,
            chain_id: self.facts.l2_chain_id,
            prestate: self.facts.absolute_prestate,
        };
        let trace = self.traces.run(&inputs, &self.observer)?;
        let leaves = 1u128 << self.facts.rules.execution_depth();
        if u128::from(trace.steps()) > leaves {
            return Err(AgentError::RunTooLong {
                steps: trace.steps(),
                leaves,
            });
        }
        Ok(trace)
    }
}

impl HonestTrace for GameTruth {
    type Error = AgentError;

    fn output_root(&self, _game: &GameState, block: u64) -> Result<B256, AgentError> {
        Ok(self.roots.at(block))
    }

    fn state_hash(&self, execution: &ExecutionGame, steps: u64) -> Result<B256, AgentError> {
        // Asked for the end of a run that is not known to fit, `trace` refuses.
        self.trace(execution)?.state_hash(steps)
    }

    fn block_number_is_wrong(&self, game: &GameState) -> Result<bool, AgentError> {
        let root = game.claim(0)?.value;
        let belongs_to = self.roots.block_of(root);
        Ok(belongs_to.is_some_and(|block| block != game.claimed_block))
    }
}
