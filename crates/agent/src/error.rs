//! What can stop an agent.

use std::time::Duration;

use alloy::primitives::{Address, B256, U256};
use endgame_game::GameError;
use endgame_prestate::{PrestateError, Program};

use crate::Disagreement;

/// Why an agent could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// An RPC did not answer for as long as we are patient.
    #[error("{what}: RPC unreachable for {waited:?}: {reason}")]
    RpcDown {
        /// What was asked for.
        what: &'static str,
        /// How long it was tried.
        waited: Duration,
        /// The last failure.
        reason: String,
    },
    /// An RPC answered with an error.
    #[error("{what}: RPC error {code}: {message}")]
    Rpc {
        /// What was asked for.
        what: &'static str,
        /// JSON-RPC error code.
        code: i64,
        /// The server's words.
        message: String,
    },
    /// A node has not got as far as the block.
    #[error("the {chain} node has not got to block {block}: its newest is {newest}")]
    NodeBehind {
        /// Whose node.
        chain: &'static str,
        /// The block wanted.
        block: u64,
        /// The node's newest block.
        newest: u64,
    },
    /// An RPC's answer makes no sense.
    #[error("{what}: bad answer: {reason}")]
    BadResponse {
        /// What was asked for.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A contract refuses the call.
    #[error("{what}: reverted: {reason}")]
    Reverted {
        /// What was called.
        what: String,
        /// The contract's error, decoded if it is known.
        reason: String,
    },
    /// The account cannot pay for a transaction.
    #[error("{what}: {account} has {balance} wei, needs {needed}")]
    InsufficientFunds {
        /// The transaction's purpose.
        what: String,
        /// Who would pay.
        account: Address,
        /// What it has, in wei.
        balance: U256,
        /// Value and worst-case fee, in wei.
        needed: U256,
    },
    /// The key or the remote signer failed.
    #[error("signer: {0}")]
    Signer(String),
    /// The remote signer returned something else than asked for.
    #[error("signer returned a transaction that differs in {0}")]
    WrongSignature(&'static str),
    /// The job store failed.
    #[error("job store: {0}")]
    Store(String),
    /// Another process has the job store open.
    #[error("the job store at {0} is in use by another process")]
    StoreBusy(String),
    /// The game on L1 is not what the rules allow.
    #[error(transparent)]
    Game(#[from] GameError),
    /// The program could not compute output roots.
    #[error("computing output roots: {0}")]
    Roots(String),
    /// The VM run failed.
    #[error("VM run: {0}")]
    Trace(String),
    /// The run has more instructions than the game's tree has leaves.
    #[error("the run has {steps} steps, the game's tree only {leaves} leaves")]
    RunTooLong {
        /// Instructions of the run.
        steps: u64,
        /// Leaves of an execution tree.
        leaves: u128,
    },
    /// The data up to the L1 head does not yield the block.
    #[error("block {block} is not derivable at L1 head {l1_head}: the last one is {last}")]
    BeyondL1Head {
        /// The block wanted.
        block: u64,
        /// The last derivable block.
        last: u64,
        /// The L1 block that data is read up to.
        l1_head: B256,
    },
    /// The factory makes no games of this type.
    #[error("the factory at {factory} has no games of type {game_type}")]
    UnknownGameType {
        /// The factory.
        factory: Address,
        /// The type.
        game_type: u32,
    },
    /// There is no block to propose yet.
    #[error("nothing to propose yet: block {block} is the newest, the next to propose is {from}")]
    NothingNew {
        /// The newest block that could be proposed.
        block: u64,
        /// The first block that is wanted.
        from: u64,
    },
    /// A program cannot be set up for the chain.
    #[error(transparent)]
    Prestate(#[from] PrestateError),
    /// The games are of a program that was not asked for.
    #[error(
        "the games start from absolute prestate {prestate}, which is program {found}'s for this \
         rollup, and {} was asked for: judge by {found} (--program {found})",
        names(asked)
    )]
    GamesOfOtherProgram {
        /// The games' absolute prestate.
        prestate: B256,
        /// Whose it is.
        found: Program,
        /// What was asked for.
        asked: Vec<Program>,
    },
    /// The given prestate is of a program that was not asked for, and not the games' own.
    #[error(
        "the prestate given, {given}, is program {found}'s for this rollup, and {} was asked for: \
         give that program's, or none at all, so that it is made (--prestate)",
        names(asked)
    )]
    PrestateOfOtherProgram {
        /// The given prestate.
        given: B256,
        /// Whose it is.
        found: Program,
        /// What was asked for.
        asked: Vec<Program>,
    },
    /// The given prestate is not that of the games.
    #[error(
        "the games start from absolute prestate {wanted}, the prestate given is {given}: give the \
         file that the games were deployed with (--prestate)"
    )]
    OtherPrestate {
        /// That of the games.
        wanted: B256,
        /// The given one.
        given: B256,
    },
    /// The games' prestate is that of no program that this project can make.
    #[error(
        "the games start from absolute prestate {wanted}, for this rollup {}: give the games' own \
         with --prestate, or the configuration that it was made of with --rollup-config and \
         --l1-config",
        hashes(made)
    )]
    UnknownPrestate {
        /// That of the games.
        wanted: B256,
        /// Those of the programs that were asked for.
        made: Vec<(Program, B256)>,
    },
    /// The programs that judge do not agree.
    #[error("{0}")]
    ProgramsDisagree(Box<Disagreement>),
    /// A preimage that a step needs cannot be put on L1.
    #[error("preimage for the step: {0}")]
    Preimage(String),
    /// No game settles the withdrawal yet.
    #[error("no game covers L2 block {0} yet")]
    NoGame(u64),
    /// The L2 node's proof does not match the root that L1 knows.
    #[error("withdrawal proof: {0}")]
    WithdrawalProof(String),
    /// What the configuration asks for is impossible.
    #[error("configuration: {0}")]
    Config(String),
    /// A wait took longer than allowed.
    #[error("{what} did not happen within {after:?}")]
    TimedOut {
        /// What was waited for.
        what: String,
        /// How long.
        after: Duration,
    },
    /// A worker thread died.
    #[error("worker: {0}")]
    Worker(String),
}

impl AgentError {
    /// Whether trying again later may help without anyone's intervention.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::RpcDown { .. }
                | Self::NodeBehind { .. }
                | Self::Rpc { .. }
                | Self::BadResponse { .. }
                | Self::Roots(_)
                | Self::Trace(_)
        )
    }
}

fn names(programs: &[Program]) -> String {
    programs
        .iter()
        .map(Program::name)
        .collect::<Vec<_>>()
        .join(", ")
}

fn hashes(made: &[(Program, B256)]) -> String {
    let each = made
        .iter()
        .map(|(program, hash)| format!("program {program}'s is {hash}"));
    each.collect::<Vec<_>>().join(", ")
}
