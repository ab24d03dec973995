//! How the two VMs can differ.

use alloy_primitives::{B256, Bytes};
use endgame_local_evm::EvmError;
use endgame_mips::{CompactProofError, VmError};

use crate::Form;

/// A step on which the VM on L1 and the one off-chain don't agree.
#[derive(Debug, thiserror::Error)]
pub enum Difference {
    /// Both made the step and ended in different states.
    #[error("{form:?} proof: {on_chain} on chain, {off_chain} off chain")]
    PostState {
        /// The form of the proof.
        form: Form,
        /// What the contract returned.
        on_chain: B256,
        /// What the interpreter came to.
        off_chain: B256,
    },
    /// The contract refused a step that the interpreter made.
    #[error("{form:?} proof: refused on chain: {error}")]
    RefusedOnChain {
        /// The form of the proof.
        form: Form,
        /// Why.
        error: EvmError,
    },
    /// The contract made a step that the interpreter refused.
    #[error("{form:?} proof: {post} on chain, off chain: {error}")]
    RefusedOffChain {
        /// The form of the proof.
        form: Form,
        /// The state that the contract came to.
        post: B256,
        /// Why the interpreter refused.
        error: VmError,
    },
    /// Both refused, for different reasons.
    #[error("{form:?} proof: reverted with {revert}, off chain: {error}")]
    Reason {
        /// The form of the proof.
        form: Form,
        /// The revert data.
        revert: Bytes,
        /// Why the interpreter refused.
        error: VmError,
    },
    /// The witness is not the one that this crate takes of the same state.
    #[error("the witness is not that of the state")]
    Witness,
    /// The proof has no compact form.
    #[error(transparent)]
    Compact(#[from] CompactProofError),
    /// Something else than the step failed.
    #[error("cannot compare: {0}")]
    Evm(#[from] EvmError),
}
