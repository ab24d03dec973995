//! Proposer, challenger and withdrawer: chain I/O around the pure game model.
//!
//! Every agent is driven by its own computation: output roots come from running the program on L1
//! data at a game's own L1 head ([`RootProvider`]), state hashes from running the VM
//! ([`TraceProvider`]). A node's answer is a hint. Transactions go through a [`TxManager`], which
//! sends each once, also across crashes.

pub mod chain;
mod challenger;
pub mod dishonest;
mod error;
mod event;
mod judges;
pub mod l2;
mod opinion;
mod player;
mod preimage;
mod proposer;
pub mod providers;
mod revert;
mod roots;
mod rpc;
mod signer;
mod traces;
mod truth;
pub mod tx;
pub mod withdraw;

pub use challenger::{Challenger, ChallengerConfig, GameProgress, Tick};
pub use error::AgentError;
pub use event::{AgentEvent, Observer, TxInfo};
pub use judges::{Disagreement, JointRoots, Judge};
pub use player::Round;
pub use proposer::{Proposal, Proposer};
pub use roots::{CachedRoots, OutputRoots, RootProvider, RootRequest};
pub use rpc::Rpc;
pub use signer::{RemoteMode, Signed, Signer};
pub use traces::{
    CachedTraces, ExecutionTrace, OpenedKey, PreimageRead, RunInputs, StepProof, TraceProvider,
};
pub use tx::{Call, TxConfig, TxManager};
