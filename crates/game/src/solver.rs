//! What an honest player does next.

use alloy_primitives::{Address, B256};

use crate::{ExecutionGame, GameState, HonestTrace, Position};

/// One thing to do in a game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Counter a claim with another.
    Move {
        /// Index of the claim to counter.
        parent: usize,
        /// Attack, or else defend.
        is_attack: bool,
        /// Where the new claim stands.
        position: Position,
        /// What it claims.
        value: B256,
    },
    /// Counter a claim at the maximum depth by running one instruction on L1.
    Step {
        /// Index of the claim to counter.
        claim: usize,
        /// Attack, or else defend.
        is_attack: bool,
        /// The run that the instruction is part of.
        execution: ExecutionGame,
        /// The number of instructions before the one to run.
        step: u64,
    },
    /// Show that the root claim names a block that its output root does not belong to.
    ChallengeBlockNumber,
}

/// A counter that the honest player makes or would make.
type Counter = (Position, B256);

/// What to do, as far as that could be found out.
#[derive(Debug)]
pub struct Plan<E> {
    /// Actions, in the order of the claims they answer.
    pub actions: Vec<Action>,
    /// Why the plan ends early, if it does: the actions before are still right.
    pub stopped_by: Option<E>,
}

/// All that an honest player has to do in the game as it stands.
///
/// Specs `honest-challenger-fdg.md`: of the claims that are children of honest ones, all are
/// countered; of their siblings, only those not to the right of the honest one (freeloaders
/// included). Clocks are the caller's concern: an action may come too late.
pub fn honest_actions<T: HonestTrace>(
    game: &GameState,
    trace: &T,
) -> Result<Vec<Action>, T::Error> {
    let plan = honest_plan(game, trace);
    plan.stopped_by.map_or(Ok(plan.actions), Err)
}

/// Like [`honest_actions`], but keeps what was found before the trace failed.
///
/// The responses to later claims depend on those to earlier ones, so the plan ends at the first
/// claim that cannot be judged.
pub fn honest_plan<T: HonestTrace>(game: &GameState, trace: &T) -> Plan<T::Error> {
    let mut actions = Vec::new();
    let stopped_by = find_actions(game, trace, &mut actions).err();
    Plan {
        actions,
        stopped_by,
    }
}

fn find_actions<T: HonestTrace>(
    game: &GameState,
    trace: &T,
    actions: &mut Vec<Action>,
) -> Result<(), T::Error> {
    let root = game.claim(0)?;
    // The tree's own idea of the root's block: a claim beyond the tree's last leaf cannot hold.
    let root_is_honest = trace.output_root(game, game.block_at(root.position)?)? == root.value;
    let challenged = game.block_number_challenger != Address::ZERO;
    if challenged && root_is_honest {
        // The root has fallen although its value is right: nothing rests on the claims below.
        return Ok(());
    }
    if !challenged && trace.block_number_is_wrong(game)? {
        actions.push(Action::ChallengeBlockNumber);
        return Ok(());
    }

    // The honest counter to each claim that has one, whether on L1 yet or not.
    let mut counters: Vec<Option<Counter>> = Vec::with_capacity(game.claims().len());
    for (index, claim) in game.claims().iter().enumerate() {
        let mut counter = None;
        if must_counter(game, &counters, root_is_honest, index) {
            if claim.position.depth() == game.rules.max_depth {
                if claim.countered_by == Address::ZERO {
                    actions.push(step(game, trace, index)?);
                }
            } else {
                let (is_attack, honest) = respond(game, trace, index)?;
                counter = Some(honest);
                let (position, value) = honest;
                // A challenged root takes no more moves; those made before are still defended.
                let open = index != 0 || !challenged;
                if open && !game.has_claim(index, position, value) {
                    actions.push(Action::Move {
                        parent: index,
                        is_attack,
                        position,
                        value,
                    });
                }
            }
        }
        counters.push(counter);
    }
    Ok(())
}

/// The honest counter to a claim above the maximum depth, and whether it is an attack.
fn respond<T: HonestTrace>(
    game: &GameState,
    trace: &T,
    index: usize,
) -> Result<(bool, Counter), T::Error> {
    let claim = game.claim(index)?;
    let agrees = value_at(game, trace, index, claim.position)? == claim.value;
    let position = if agrees {
        claim.position.defend()
    } else {
        claim.position.attack()
    };
    let value = value_at(game, trace, index, position)?;
    Ok((!agrees, (position, value)))
}

/// Whether the claim is the one that the honest player would have made there.
fn is_honest(
    game: &GameState,
    counters: &[Option<Counter>],
    root_is_honest: bool,
    index: usize,
) -> bool {
    let Some(claim) = game.claims().get(index) else {
        return false;
    };
    match claim.parent {
        None => root_is_honest,
        Some(parent) => {
            counters.get(parent).copied().flatten() == Some((claim.position, claim.value))
        }
    }
}

fn must_counter(
    game: &GameState,
    counters: &[Option<Counter>],
    root_is_honest: bool,
    index: usize,
) -> bool {
    if is_honest(game, counters, root_is_honest, index) {
        return false;
    }
    let Some(claim) = game.claims().get(index) else {
        return false;
    };
    let Some(parent) = claim.parent else {
        return true;
    };
    if is_honest(game, counters, root_is_honest, parent) {
        return true;
    }
    // A sibling of an honest counter: what stands to its right cannot win and need not fall. All
    // counters of a claim are at one depth, so positions compare as trace indices do.
    counters
        .get(parent)
        .copied()
        .flatten()
        .is_some_and(|(honest, _)| claim.position <= honest)
}

/// The value that the trace has at `position`, in the run that the claim `reference` is part of.
fn value_at<T: HonestTrace>(
    game: &GameState,
    trace: &T,
    reference: usize,
    position: Position,
) -> Result<B256, T::Error> {
    let split = game.rules.split_depth;
    if position.depth() <= split {
        return trace.output_root(game, game.block_at(position)?);
    }
    let execution = game.execution_game(reference, position)?;
    // A claim at trace index i is about the state after instruction i, the (i+1)th.
    let index = position
        .relative_to_depth(split + 1)?
        .trace_index(game.rules.execution_depth())?;
    trace.state_hash(&execution, as_step(index).saturating_add(1))
}

fn step<T: HonestTrace>(game: &GameState, trace: &T, index: usize) -> Result<Action, T::Error> {
    let claim = game.claim(index)?;
    let split = game.rules.split_depth;
    let execution = game.execution_game(index, claim.position)?;
    let agrees = value_at(game, trace, index, claim.position)? == claim.value;
    let at = as_step(
        claim
            .position
            .relative_to_depth(split + 1)?
            .index_at_depth(),
    );
    Ok(Action::Step {
        claim: index,
        is_attack: !agrees,
        execution,
        step: if agrees { at.saturating_add(1) } else { at },
    })
}

/// Trees are at most 126 levels deep; no run has more than 2^64 instructions.
fn as_step(index: u128) -> u64 {
    u64::try_from(index).unwrap_or(u64::MAX)
}
