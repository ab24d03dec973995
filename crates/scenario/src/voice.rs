//! Agents' events in words.

use std::sync::{Arc, Mutex, PoisonError};

use alloy_primitives::{Address, U256};
use endgame_agent::{AgentEvent, Observer, TxInfo};
use endgame_game::GameStatus;

use crate::Narrator;

/// A step that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stepped {
    /// In which game.
    pub(crate) game: Address,
    /// Instructions before the one that L1 ran.
    pub(crate) step: u64,
    /// The transaction.
    pub(crate) tx: TxInfo,
}

/// Hears what agents do, tells the narrator, and remembers what a scenario asks for later.
#[derive(Clone, Debug)]
pub(crate) struct Voice {
    narrator: Arc<Narrator>,
    steps: Arc<Mutex<Vec<Stepped>>>,
}

impl Voice {
    pub(crate) fn new(narrator: Arc<Narrator>) -> Self {
        Self {
            narrator,
            steps: Arc::default(),
        }
    }

    /// The last step that was taken in `game`.
    pub(crate) fn stepped(&self, game: Address) -> Option<Stepped> {
        let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        steps.iter().rev().find(|step| step.game == game).copied()
    }

    /// An observer for the agent of `who`.
    pub(crate) fn of(&self, who: &'static str) -> Observer {
        let voice = self.clone();
        Observer::new(move |event| voice.hear(who, event))
    }

    fn hear(&self, who: &'static str, event: AgentEvent) {
        let tell = |what: String, tx: TxInfo| {
            self.narrator
                .transaction(format!("{who} {what}"), tx.hash, tx.gas_used);
        };
        match event {
            AgentEvent::Proposed {
                block, bond, tx, ..
            } => tell(
                format!("proposes a root of block {block}, bond {}", ether(bond)),
                tx,
            ),
            AgentEvent::RootJudged {
                claimed, computed, ..
            } => {
                let verdict = if claimed == computed { "true" } else { "false" };
                self.narrator.say(format_args!(
                    "{who} ran the program on L1 data: the claimed root is {verdict}"
                ));
            }
            AgentEvent::NodeDisagrees { block, .. } => self.narrator.say(format_args!(
                "the node has another root of block {block} than the program"
            )),
            AgentEvent::VmProgress { steps } => self
                .narrator
                .progress(format_args!("VM: {} M steps", steps / 1_000_000)),
            AgentEvent::VmFinished {
                steps,
                seconds,
                exit_code,
            } => {
                self.narrator.vm_steps(steps);
                self.narrator.say(format_args!(
                    "{who} ran the VM: {} M steps in {seconds:.1} s, exit code {exit_code}",
                    steps / 1_000_000
                ));
            }
            AgentEvent::Moved {
                parent,
                is_attack,
                position,
                tx,
                ..
            } => {
                let verb = if is_attack { "attacks" } else { "defends" };
                tell(
                    format!("{verb} claim {parent}, at depth {}", position.depth()),
                    tx,
                );
            }
            AgentEvent::PreimageLoaded { large, tx, .. } => {
                let how = if large { "in parts" } else { "in one piece" };
                tell(format!("puts a preimage on L1 {how}"), tx);
            }
            AgentEvent::Stepped {
                game,
                claim,
                step,
                tx,
                ..
            } => {
                tell(
                    format!("STEPS: L1 runs instruction {step}, claim {claim} falls"),
                    tx,
                );
                let step = Stepped { game, step, tx };
                self.steps
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(step);
            }
            AgentEvent::BlockNumberChallenged { tx, .. } => {
                tell("shows the header: another block's number".into(), tx);
            }
            AgentEvent::ClaimResolved { claim, tx, .. } => {
                tell(format!("resolves claim {claim}"), tx);
            }
            AgentEvent::Resolved { status, tx, .. } => {
                tell(format!("resolves the game: {}", verdict(status)), tx);
            }
            AgentEvent::CreditUnlocked { amount, tx, .. } => {
                tell(format!("unlocks a credit of {}", ether(amount)), tx);
            }
            AgentEvent::CreditClaimed { amount, tx, .. } => {
                tell(format!("has a credit of {} paid", ether(amount)), tx);
            }
            AgentEvent::ActionFailed { reason, .. } => {
                self.narrator.say(format_args!("{who} failed: {reason}"));
            }
            // Those that are not told are seen by what follows from them.
            _ => {}
        }
    }
}

/// Who won, in words.
pub(crate) const fn verdict(status: GameStatus) -> &'static str {
    match status {
        GameStatus::InProgress => "undecided",
        GameStatus::ChallengerWins => "the root is rejected",
        GameStatus::DefenderWins => "the root is accepted",
    }
}

/// An amount in ether, with three decimals.
pub(crate) fn ether(wei: U256) -> String {
    let milli = wei / U256::from(10u64).pow(U256::from(15));
    let thousand = U256::from(1000);
    format!("{}.{:03} ETH", milli / thousand, milli % thousand)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::B256;

    #[test]
    fn amounts_are_in_ether() {
        let wei = U256::from(1_234_567_890_000_000_000u64);
        assert_eq!(ether(wei), "1.234 ETH");
        assert_eq!(ether(U256::from(80_000_000_000_000_000u64)), "0.080 ETH");
    }

    #[test]
    fn steps_are_remembered_by_game() {
        let voice = Voice::new(Arc::new(Narrator::new(true)));
        let game = Address::repeat_byte(1);
        let tx = TxInfo {
            hash: B256::ZERO,
            block: 1,
            gas_used: 2,
        };
        voice.hear(
            "x",
            AgentEvent::Stepped {
                game,
                claim: 3,
                is_attack: true,
                step: 4,
                tx,
            },
        );
        assert_eq!(voice.stepped(game).map(|s| s.step), Some(4));
        assert_eq!(voice.stepped(Address::ZERO), None);
    }
}
