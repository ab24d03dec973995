//! Watching the large preimages that others propose, and countering the false ones.
//!
//! L1 believes a proposal that nobody proves false in its challenge period, and a false preimage
//! makes a false step right. The blocks of a proposal are in the logs of the transactions that
//! brought them; the commitments beside them are held against our own sponge.

use std::{collections::BTreeSet, sync::Arc};

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, U256},
    providers::Provider,
    rpc::types::{Filter, Log},
    sol_types::SolCall,
};

use super::{
    Abi,
    progress::Progress,
    sponge::{BLOCK, Fault, examine},
};
use crate::{AgentError, AgentEvent, Call, Observer, TxManager, player::blocking};

/// Bytes of the caller's address before the calldata in a log.
const CALLER: usize = 20;

/// The proposals of one oracle that may still be false.
#[derive(Debug)]
pub(crate) struct ProposalWatch {
    oracle: Address,
    /// How many proposals have been listed.
    listed: u64,
    open: Vec<Proposal>,
}

/// A proposal by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Proposal {
    claimant: Address,
    uuid: U256,
}

/// The blocks of a proposal as they were brought to L1.
struct Blocks {
    preimage: Vec<u8>,
    commitments: Vec<B256>,
}

impl ProposalWatch {
    /// Watches the proposals of the oracle at `oracle`, from its first on.
    pub(crate) const fn new(oracle: Address) -> Self {
        Self {
            oracle,
            listed: 0,
            open: Vec::new(),
        }
    }

    /// Examines what is complete and can be challenged, and challenges what is false.
    pub(crate) async fn round(
        &mut self,
        tx: &Arc<TxManager>,
        observer: &Observer,
    ) -> Result<(), AgentError> {
        self.list(tx).await?;
        let mut still_open = Vec::new();
        let mut failed = None;
        for proposal in std::mem::take(&mut self.open) {
            match self.look_at(proposal, tx, observer).await {
                Ok(true) => {}
                Ok(false) => still_open.push(proposal),
                Err(error) => {
                    still_open.push(proposal);
                    failed.get_or_insert(error);
                }
            }
        }
        self.open = still_open;
        failed.map_or(Ok(()), Err)
    }

    /// Adds the proposals that are new; our own are true.
    async fn list(&mut self, tx: &TxManager) -> Result<(), AgentError> {
        let (rpc, at) = (tx.rpc(), BlockId::latest());
        let count: u64 = rpc
            .call(self.oracle, &Abi::proposalCountCall {}, at)
            .await?
            .saturating_to();
        let calls: Vec<_> = (self.listed..count)
            .map(|index| Abi::proposalsCall {
                index: U256::from(index),
            })
            .collect();
        for proposal in rpc.call_many(self.oracle, &calls, at).await? {
            if proposal.claimant != tx.account() {
                self.open.push(Proposal {
                    claimant: proposal.claimant,
                    uuid: proposal.uuid,
                });
            }
        }
        self.listed = self.listed.max(count);
        Ok(())
    }

    /// Does what there is to do about a proposal. True if nothing can change about it any more.
    async fn look_at(
        &self,
        proposal: Proposal,
        tx: &Arc<TxManager>,
        observer: &Observer,
    ) -> Result<bool, AgentError> {
        let (rpc, at) = (tx.rpc(), BlockId::latest());
        let Proposal { claimant, uuid } = proposal;
        let metadata = Abi::proposalMetadataCall { claimant, uuid };
        let progress = Progress::unpack(rpc.call(self.oracle, &metadata, at).await?);
        if progress.countered {
            return Ok(true);
        }
        if progress.complete_at == 0 {
            return Ok(false);
        }
        let bond = Abi::proposalBondsCall { claimant, uuid };
        if rpc.call(self.oracle, &bond, at).await?.is_zero() {
            // Squeezed: too late, or true.
            return Ok(true);
        }
        let blocks = self.blocks(proposal, progress, tx).await?;
        let root = Abi::getTreeRootLPPCall {
            owner: claimant,
            uuid,
        };
        let root = rpc.call(self.oracle, &root, at).await?;
        let (leaves, fault) =
            blocking(move || Ok(examine(&blocks.preimage, &blocks.commitments))).await?;
        if leaves.root() != Some(root) {
            return Err(AgentError::BadResponse {
                what: "logs",
                reason: format!("the blocks of large preimage {uuid:x} do not have the root on L1"),
            });
        }
        if let Some(fault) = fault {
            self.challenge(proposal, fault, tx, observer).await?;
        }
        Ok(true)
    }

    /// The blocks of a complete proposal, from the logs of the L1 blocks that brought them.
    async fn blocks(
        &self,
        proposal: Proposal,
        progress: Progress,
        tx: &TxManager,
    ) -> Result<Blocks, AgentError> {
        let (rpc, at) = (tx.rpc(), BlockId::latest());
        let Proposal { claimant, uuid } = proposal;
        let count = Abi::proposalBlocksLenCall { claimant, uuid };
        let count: u64 = rpc.call(self.oracle, &count, at).await?.saturating_to();
        let calls: Vec<_> = (0..count)
            .map(|index| Abi::proposalBlocksCall {
                claimant,
                uuid,
                index: U256::from(index),
            })
            .collect();
        let numbers: BTreeSet<u64> = rpc
            .call_many(self.oracle, &calls, at)
            .await?
            .into_iter()
            .collect();
        let mut blocks = Blocks {
            preimage: Vec::with_capacity(progress.size as usize),
            commitments: Vec::with_capacity(progress.blocks as usize),
        };
        for number in numbers {
            let filter = Filter::new().address(self.oracle).select(number);
            let logs = rpc
                .retry("logs", |p| {
                    let filter = filter.clone();
                    async move { p.get_logs(&filter).await }
                })
                .await?;
            for log in &logs {
                blocks.add(log, proposal);
            }
        }
        if blocks.commitments.len() == progress.blocks as usize {
            Ok(blocks)
        } else {
            Err(AgentError::BadResponse {
                what: "logs",
                reason: format!(
                    "{} of the {} blocks of large preimage {uuid:x}",
                    blocks.commitments.len(),
                    progress.blocks
                ),
            })
        }
    }

    async fn challenge(
        &self,
        proposal: Proposal,
        fault: Fault,
        tx: &TxManager,
        observer: &Observer,
    ) -> Result<(), AgentError> {
        let Proposal { claimant, uuid } = proposal;
        let block = fault.post.0.index.saturating_to();
        let data = match fault.pre {
            None => Abi::challengeFirstLPPCall {
                claimant,
                uuid,
                postState: fault.post.0,
                postStateProof: fault.post.1,
            }
            .abi_encode(),
            Some((pre, proof)) => Abi::challengeLPPCall {
                claimant,
                uuid,
                stateMatrix: fault.before,
                preState: pre,
                preStateProof: proof,
                postState: fault.post.0,
                postStateProof: fault.post.1,
            }
            .abi_encode(),
        };
        let call = Call {
            key: format!("large/{}/{claimant}/{uuid:x}/challenge", self.oracle),
            what: format!("counter large preimage {uuid:x} of {claimant} at block {block}"),
            to: self.oracle,
            data: data.into(),
            value: U256::ZERO,
            gas: None,
        };
        let tx = tx.send(&call).await?;
        observer.emit(AgentEvent::PreimageCountered {
            oracle: self.oracle,
            claimant,
            uuid,
            block,
            tx,
        });
        Ok(())
    }
}

impl Blocks {
    /// Adds what a log says, if it is of a call that brought blocks of this proposal.
    fn add(&mut self, log: &Log, proposal: Proposal) {
        // The oracle's only log without topics: the caller, then the calldata.
        let data = log.inner.data.data.as_ref();
        let Some((caller, call)) = data.split_at_checked(CALLER) else {
            return;
        };
        if !log.inner.topics().is_empty() || caller != proposal.claimant.as_slice() {
            return;
        }
        let Ok(call) = Abi::addLeavesLPPCall::abi_decode(call) else {
            return;
        };
        if call.uuid == proposal.uuid
            && call.inputStartBlock == U256::from(self.commitments.len())
            && self.preimage.len() == self.commitments.len() * BLOCK
        {
            self.preimage.extend_from_slice(&call.input);
            self.commitments.extend(call.stateCommitments);
        }
    }
}
