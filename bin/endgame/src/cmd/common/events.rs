//! What agents do, line by line: words for a person, or JSON for a script.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use alloy::primitives::{U256, utils::format_ether};
use endgame_agent::{AgentEvent, Observer, TxInfo};
use endgame_game::GameStatus;

use crate::output::Output;

/// The VM reports more often than anybody wants to read.
const VM_REPORTS: Duration = Duration::from_secs(5);

/// Where an agent's lines go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reporter {
    out: Output,
    /// Whether the events are the command's result, or only accompany it.
    events_are_result: bool,
}

impl Reporter {
    /// For a command that runs for ever: with `--json` every event is a line of JSON on standard
    /// output.
    pub(crate) const fn of_a_service(out: Output) -> Self {
        Self {
            out,
            events_are_result: true,
        }
    }

    /// For a command that ends with a result.
    pub(crate) const fn of_a_task(out: Output) -> Self {
        Self {
            out,
            events_are_result: false,
        }
    }

    /// A line of words that is no event.
    pub(crate) fn line(self, text: impl std::fmt::Display) {
        self.out.progress(text);
    }

    /// Something failed, and the agent goes on.
    pub(crate) fn trouble(error: &anyhow::Error) {
        eprintln!("warning: {error:#}");
    }

    /// Prints what an agent does.
    pub(crate) fn observer(self) -> Observer {
        let vm_reported: Arc<Mutex<Option<Instant>>> = Arc::default();
        Observer::new(move |event| {
            if matches!(event, AgentEvent::VmProgress { .. }) {
                let mut last = vm_reported.lock().unwrap_or_else(PoisonError::into_inner);
                if last.is_some_and(|at| at.elapsed() < VM_REPORTS) {
                    return;
                }
                *last = Some(Instant::now());
            }
            if self.events_are_result {
                self.out.event(&event, words(&event));
            } else {
                self.out.progress(words(&event));
            }
        })
    }
}

/// An amount in ether.
pub(crate) fn ether(wei: U256) -> String {
    let text = format_ether(wei);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} ETH")
}

/// A verdict in words.
pub(crate) const fn verdict(status: GameStatus) -> &'static str {
    match status {
        GameStatus::InProgress => "in progress",
        GameStatus::ChallengerWins => "the challenger wins",
        GameStatus::DefenderWins => "the defender wins",
    }
}

fn words(event: &AgentEvent) -> String {
    match event {
        AgentEvent::Proposed {
            game,
            root,
            block,
            bond,
            tx,
        } => format!(
            "proposed root {root} of block {block}: game {game}, bond {}{}",
            ether(*bond),
            sent(tx)
        ),
        AgentEvent::GameFound { game, root, block } => {
            format!("game {game}: claims root {root} of block {block}")
        }
        AgentEvent::RootJudged {
            game,
            claimed,
            computed,
        } if claimed == computed => format!("game {game}: the claim is true"),
        AgentEvent::RootJudged { game, computed, .. } => {
            format!("game {game}: THE CLAIM IS FALSE, the root is {computed}")
        }
        AgentEvent::NodeDisagrees {
            block,
            computed,
            reported,
        } => format!(
            "ALARM: L1 data gives block {block} root {computed}, the rollup node says {reported}"
        ),
        AgentEvent::ProgramsDisagree { game, found } => match game {
            Some(game) => format!("ALARM: game {game}: {found}"),
            None => format!("ALARM: {found}"),
        },
        AgentEvent::JudgeFailed {
            game,
            program,
            reason,
        } => format!("game {game}: program {program} cannot judge, will try again: {reason}"),
        AgentEvent::VmProgress { steps } => format!("VM: {} M steps", steps / 1_000_000),
        AgentEvent::VmFinished {
            steps,
            seconds,
            exit_code,
        } => format!("VM: ended after {steps} steps and {seconds:.1} s with exit code {exit_code}"),
        AgentEvent::Moved {
            game,
            parent,
            is_attack,
            position,
            value,
            bond,
            tx,
        } => format!(
            "game {game}: {} claim {parent} at {position} with {value}, bond {}{}",
            if *is_attack { "attacked" } else { "defended" },
            ether(*bond),
            sent(tx)
        ),
        AgentEvent::PreimageLoaded {
            key,
            offset,
            large,
            tx,
        } => format!(
            "{}preimage {key} loaded at {offset}{}",
            if *large { "large " } else { "" },
            sent(tx)
        ),
        AgentEvent::PreimageCountered {
            claimant,
            uuid,
            block,
            tx,
            ..
        } => format!(
            "large preimage {uuid:x} of {claimant} proven false at block {block}{}",
            sent(tx)
        ),
        AgentEvent::Stepped {
            game,
            claim,
            step,
            tx,
            ..
        } => format!(
            "game {game}: instruction {step} run on L1 against claim {claim}{}",
            sent(tx)
        ),
        AgentEvent::BlockNumberChallenged { game, tx } => {
            format!("game {game}: the block number is wrong{}", sent(tx))
        }
        AgentEvent::ClaimResolved { game, claim, tx } => {
            format!("game {game}: claim {claim} resolved{}", sent(tx))
        }
        AgentEvent::Resolved { game, status, tx } => {
            format!("game {game}: resolved, {}{}", verdict(*status), sent(tx))
        }
        AgentEvent::CreditUnlocked {
            game,
            recipient,
            amount,
            tx,
        } => format!(
            "game {game}: {} unlocked for {recipient}{}",
            ether(*amount),
            sent(tx)
        ),
        AgentEvent::CreditClaimed {
            game,
            recipient,
            amount,
            tx,
        } => format!(
            "game {game}: {} paid to {recipient}{}",
            ether(*amount),
            sent(tx)
        ),
        AgentEvent::ActionFailed { game, reason } => {
            format!("game {game}: tried in vain, will try again: {reason}")
        }
        AgentEvent::ExaminationFailed { oracle, reason } => {
            format!("large preimages at {oracle} not all examined, will try again: {reason}")
        }
        // The enumeration may grow; an event without words of its own is still told.
        other => format!("{other:?}"),
    }
}

fn sent(tx: &TxInfo) -> String {
    format!(" (transaction {}, gas {})", tx.hash, tx.gas_used)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ether_is_written_without_trailing_zeros() {
        let wei = |text: &str| text.parse::<super::super::Wei>().unwrap().0;
        assert_eq!(ether(wei("0.08")), "0.08 ETH");
        assert_eq!(ether(wei("60")), "60 ETH");
        assert_eq!(ether(U256::ZERO), "0 ETH");
    }
}
