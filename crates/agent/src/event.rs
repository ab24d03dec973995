//! What an agent tells whoever watches it.

use std::{fmt, sync::Arc};

use alloy::primitives::{Address, B256, U256};
use endgame_game::{GameStatus, Position};
use serde::{Serialize, Serializer};

use crate::Disagreement;

/// A mined transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TxInfo {
    /// Its hash.
    pub hash: B256,
    /// L1 block that holds it.
    pub block: u64,
    /// Gas that it used.
    pub gas_used: u64,
}

/// Something that an agent did or learned. As JSON, its name is in the field `event`.
#[derive(Clone, Debug, Serialize)]
#[serde(
    tag = "event",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum AgentEvent {
    /// A game was created.
    Proposed {
        /// The game.
        game: Address,
        /// The output root.
        root: B256,
        /// Its L2 block.
        block: u64,
        /// Wei put up.
        bond: U256,
        /// The transaction.
        tx: TxInfo,
    },
    /// A game is watched from now on.
    GameFound {
        /// The game.
        game: Address,
        /// Its root claim.
        root: B256,
        /// The L2 block that it is about.
        block: u64,
    },
    /// The root claim was held against the program's own result.
    RootJudged {
        /// The game.
        game: Address,
        /// What is claimed.
        claimed: B256,
        /// What the program computed at the game's L1 head.
        computed: B256,
    },
    /// A node says something else than the program.
    NodeDisagrees {
        /// The L2 block.
        block: u64,
        /// The program's output root.
        computed: B256,
        /// The node's.
        reported: B256,
    },
    /// Two of the programs that judge compute other roots from the same L1 data: an alarm.
    ProgramsDisagree {
        /// The game, if it is about one.
        game: Option<Address>,
        /// What they differ on.
        #[serde(flatten)]
        found: Disagreement,
    },
    /// A program beside the game's own could not judge it; it is asked again at the next round.
    JudgeFailed {
        /// The game.
        game: Address,
        /// The program.
        program: &'static str,
        /// Why.
        reason: String,
    },
    /// The VM runs.
    VmProgress {
        /// Instructions so far.
        steps: u64,
    },
    /// The VM reached the end.
    VmFinished {
        /// Instructions of the whole run.
        steps: u64,
        /// How long it took.
        seconds: f64,
        /// The exit code that the run ended with.
        exit_code: u8,
    },
    /// A claim was countered by a move.
    Moved {
        /// The game.
        game: Address,
        /// Index of the claim that was countered.
        parent: usize,
        /// Attacked, or else defended.
        is_attack: bool,
        /// Where the new claim stands.
        #[serde(serialize_with = "as_text")]
        position: Position,
        /// What it claims.
        value: B256,
        /// Wei put up.
        bond: U256,
        /// The transaction.
        tx: TxInfo,
    },
    /// A part of a preimage was put on L1.
    PreimageLoaded {
        /// The preimage's key.
        key: B256,
        /// Offset of the part, counting the 8 bytes of the length.
        offset: u32,
        /// Whether it went up in pieces.
        large: bool,
        /// The transaction that made it readable.
        tx: TxInfo,
    },
    /// Somebody else's proposal of a large preimage was proven false.
    PreimageCountered {
        /// The oracle that it was made to.
        oracle: Address,
        /// Who made it.
        claimant: Address,
        /// The number that they gave it.
        uuid: U256,
        /// Its first false block.
        block: u64,
        /// The transaction.
        tx: TxInfo,
    },
    /// Large preimages of others could not all be examined; they are at the next round.
    ExaminationFailed {
        /// The oracle that they were proposed to.
        oracle: Address,
        /// Why.
        reason: String,
    },
    /// A claim was countered by one instruction run on L1.
    Stepped {
        /// The game.
        game: Address,
        /// Index of the claim.
        claim: usize,
        /// Attacked, or else defended.
        is_attack: bool,
        /// Instructions before the one that was run.
        step: u64,
        /// The transaction.
        tx: TxInfo,
    },
    /// The block number of a root claim was shown to be wrong.
    BlockNumberChallenged {
        /// The game.
        game: Address,
        /// The transaction.
        tx: TxInfo,
    },
    /// The subgame of a claim was resolved.
    ClaimResolved {
        /// The game.
        game: Address,
        /// Index of the claim.
        claim: usize,
        /// The transaction.
        tx: TxInfo,
    },
    /// A game was resolved.
    Resolved {
        /// The game.
        game: Address,
        /// Who won.
        #[serde(serialize_with = "as_verdict")]
        status: GameStatus,
        /// The transaction.
        tx: TxInfo,
    },
    /// Credit was unlocked in the vault; it is paid after the vault's delay.
    CreditUnlocked {
        /// The game.
        game: Address,
        /// Who is owed.
        recipient: Address,
        /// Wei.
        amount: U256,
        /// The transaction.
        tx: TxInfo,
    },
    /// Credit was paid.
    CreditClaimed {
        /// The game.
        game: Address,
        /// Who was paid.
        recipient: Address,
        /// Wei.
        amount: U256,
        /// The transaction.
        tx: TxInfo,
    },
    /// An action in a game failed; it is tried again at the next round.
    ActionFailed {
        /// The game.
        game: Address,
        /// What was tried, and why it failed.
        reason: String,
    },
}

fn as_text<S: Serializer>(value: &impl fmt::Display, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
fn as_verdict<S: Serializer>(status: &GameStatus, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(match status {
        GameStatus::InProgress => "inProgress",
        GameStatus::ChallengerWins => "challengerWins",
        GameStatus::DefenderWins => "defenderWins",
    })
}

/// Receives events; cheap to clone.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(AgentEvent) + Send + Sync>);

impl Observer {
    /// Calls `on_event` with every event, from any thread.
    pub fn new(on_event: impl Fn(AgentEvent) + Send + Sync + 'static) -> Self {
        Self(Arc::new(on_event))
    }

    /// Drops everything.
    pub fn none() -> Self {
        Self::new(|_| ())
    }

    /// Reports an event.
    pub fn emit(&self, event: AgentEvent) {
        (self.0)(event);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

#[cfg(test)]
mod tests {
    use endgame_prestate::Program;

    use super::*;

    #[test]
    fn events_are_flat_json_objects() {
        let event = AgentEvent::Resolved {
            game: Address::repeat_byte(1),
            status: GameStatus::ChallengerWins,
            tx: TxInfo {
                hash: B256::ZERO,
                block: 3,
                gas_used: 4,
            },
        };
        let json = serde_json::to_value(event).unwrap();
        assert_eq!(json["event"], "resolved");
        assert_eq!(json["status"], "challengerWins");
        assert_eq!(json["tx"]["gasUsed"], 4);
        let event = AgentEvent::ProgramsDisagree {
            game: None,
            found: Disagreement {
                l1_head: B256::ZERO,
                block: 7,
                roots: Program::ALL.map(|program| (program, B256::ZERO)),
            },
        };
        let json = serde_json::to_value(event).unwrap();
        assert_eq!(json["event"], "programsDisagree");
        assert_eq!(json["block"], 7);
        assert_eq!(json["roots"]["kona"], B256::ZERO.to_string());
    }
}
