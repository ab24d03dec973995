//! What can be wrong with a game or a move.

use crate::Position;

/// Why a game state or a move in it is refused.
///
/// The variants that a contract would revert with carry its error's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GameError {
    /// A generalized index of zero names no position.
    #[error("0 is not a position")]
    ZeroPosition,
    /// The position is below the bottom of the tree it is used in.
    #[error("position {position} is deeper than {max_depth}")]
    TooDeep {
        /// The position.
        position: Position,
        /// The depth of the tree's leaves.
        max_depth: u32,
    },
    /// No claim has this index.
    #[error("no claim {0} in the game")]
    NoSuchClaim(usize),
    /// The list of claims is not one that a contract can produce.
    #[error("claim {index} is malformed: {reason}")]
    MalformedClaim {
        /// Index of the claim.
        index: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// The depths and durations fit no game.
    #[error("impossible rules: {0}")]
    BadRules(&'static str),
    /// `GameDepthExceeded`: a move below the maximum depth.
    #[error("no move is possible below the maximum depth")]
    GameDepthExceeded,
    /// `CannotDefendRootClaim`: the root of a game or of an execution can only be attacked.
    #[error("a root claim cannot be defended")]
    CannotDefendRootClaim,
    /// `ClockTimeExceeded`: the clock of the team to move has run out.
    #[error("clock ran out for moves against claim {0}")]
    ClockTimeExceeded(usize),
    /// `ClaimAlreadyExists`: the same counter was made before.
    #[error("claim already exists as a child of claim {0}")]
    ClaimAlreadyExists(usize),
    /// `UnexpectedRootClaim`: the status byte of an execution game's root does not fit its side.
    #[error("execution game root has the wrong status byte {0}")]
    UnexpectedRootClaim(u8),
    /// `InvalidParent`: a step against a claim that is not at the maximum depth.
    #[error("claim {0} is not at the maximum depth")]
    NotALeaf(usize),
    /// `DuplicateStep`: the claim has been stepped against.
    #[error("claim {0} is already countered by a step")]
    DuplicateStep(usize),
    /// `ValidStep`: the step confirms the claim that it is to counter.
    #[error("the step does not counter claim {0}")]
    ValidStep(usize),
    /// `ClaimAboveSplit`: no execution game contains the claim.
    #[error("claim {0} is not part of an execution game")]
    ClaimAboveSplit(usize),
    /// No ancestor commits to the trace index that is looked for.
    #[error("no ancestor of claim {0} commits to the index before or after it")]
    NoTraceAncestor(usize),
    /// `L2BlockNumberChallenged`: the root has lost already.
    #[error("the block number of the root claim has been challenged")]
    BlockNumberChallenged,
    /// `ClockNotExpired`: a claim can still be countered.
    #[error("claim {0} can still be countered")]
    ClockNotExpired(usize),
}
