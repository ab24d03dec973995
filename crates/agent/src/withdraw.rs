//! A withdrawal from L2 to L1: initiate, prove against a game, finalize.

use std::sync::Arc;

use alloy::{
    network::ReceiptResponse,
    primitives::{Address, B256, Bytes, U256, keccak256},
    providers::Provider,
    sol_types::{SolCall, SolEvent, SolValue},
};
use endgame_contracts::{
    l1::IOptimismPortal as Abi, l2::IL2ToL1MessagePasser as Passer,
    predeploys::L2_TO_L1_MESSAGE_PASSER,
};
use endgame_game::GameStatus;
use serde::Serialize;

use crate::{
    AgentError, Call, TxInfo, TxManager,
    chain::{GameContract, Portal},
    l2::{L2, Output},
};

/// How many games are looked through for one that covers a withdrawal, newest first.
const GAMES_LOOKED_AT: u64 = 200;

/// A withdrawal that was initiated on L2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// What L1 will execute.
    pub message: Abi::WithdrawalTransaction,
    /// Its hash.
    pub hash: B256,
    /// The L2 block that holds it.
    pub block: u64,
}

/// How a withdrawal stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "status"
)]
pub enum WithdrawalStatus {
    /// Initiated; no game covers it yet.
    Waiting,
    /// A game covers it: it can be proven.
    Provable {
        /// The game's place in the factory's list.
        game_index: u64,
    },
    /// Proven; the game or a delay is not over.
    Proven {
        /// The account that proved it.
        prover: Address,
        /// The game that it was proven against.
        game: Address,
        /// When it was proven (Unix seconds).
        since: u64,
        /// What the portal waits for, in its words.
        refusal: String,
    },
    /// It can be finalized now.
    Ready,
    /// Paid.
    Finalized,
}

/// Looks at withdrawals: what one portal and one L2 node know of them.
#[derive(Clone, Debug)]
pub struct Withdrawals {
    portal: Portal,
    l2: L2,
}

/// Withdraws through one portal.
pub struct Withdrawer {
    /// Sends on L1.
    l1: Arc<TxManager>,
    known: Withdrawals,
}

/// Initiates a withdrawal of `value` wei to `target`, with a call of `data`, on L2.
pub async fn initiate(
    l2: &TxManager,
    key: &str,
    target: Address,
    value: U256,
    gas_limit: u64,
    data: Bytes,
) -> Result<(TxInfo, Withdrawal), AgentError> {
    let call = Call {
        key: format!("withdrawal/{key}"),
        what: format!("initiate a withdrawal of {value} wei to {target}"),
        to: L2_TO_L1_MESSAGE_PASSER,
        data: Passer::initiateWithdrawalCall {
            target,
            gasLimit: U256::from(gas_limit),
            data,
        }
        .abi_encode()
        .into(),
        value,
        gas: None,
    };
    let tx = l2.send(&call).await?;
    Ok((tx, find_on(l2.rpc(), tx.hash).await?))
}

impl Withdrawals {
    /// Withdrawals through `portal` from the chain of `l2`.
    pub const fn new(portal: Portal, l2: L2) -> Self {
        Self { portal, l2 }
    }

    /// The withdrawal that the L2 transaction `hash` initiated.
    pub async fn find(&self, hash: B256) -> Result<Withdrawal, AgentError> {
        find_on(self.l2.rpc(), hash).await
    }

    /// How the withdrawal stands; `prover` proved it, or else whoever did so last.
    pub async fn status(
        &self,
        withdrawal: &Withdrawal,
        prover: Option<Address>,
    ) -> Result<WithdrawalStatus, AgentError> {
        let hash = withdrawal.hash;
        if self.portal.is_finalized(hash).await? {
            return Ok(WithdrawalStatus::Finalized);
        }
        let prover = match prover {
            Some(prover) => Some(prover),
            None => self.portal.last_prover(hash).await?,
        };
        if let Some(prover) = prover
            && let Some(proven) = self.portal.proven(hash, prover).await?
        {
            return Ok(match self.portal.refusal(hash, prover).await? {
                None => WithdrawalStatus::Ready,
                Some(refusal) => WithdrawalStatus::Proven {
                    prover,
                    game: proven.game,
                    since: proven.since,
                    refusal,
                },
            });
        }
        Ok(match self.covering_game(withdrawal.block).await? {
            Some((game_index, _)) => WithdrawalStatus::Provable { game_index },
            None => WithdrawalStatus::Waiting,
        })
    }

    /// The newest game of the respected type about `block` or a later one, unless it was lost.
    async fn covering_game(&self, block: u64) -> Result<Option<(u64, GameContract)>, AgentError> {
        let rpc = self.portal.rpc();
        let factory = self.portal.factory().await?;
        let respected = self.portal.respected_game_type().await?;
        let count = factory.count().await?;
        let entries = factory
            .games(count.saturating_sub(GAMES_LOOKED_AT)..count)
            .await?;
        let mut best = None;
        for entry in entries
            .iter()
            .rev()
            .filter(|entry| entry.game_type == respected)
        {
            let game = GameContract::load(rpc.clone(), entry.game).await?;
            if game.facts().claimed_block < block {
                continue;
            }
            match game.status().await? {
                GameStatus::ChallengerWins => {}
                GameStatus::DefenderWins => return Ok(Some((entry.index, game))),
                // May be lost yet: only if there is no decided one, and only if the root is right.
                GameStatus::InProgress => {
                    let output = self.l2.output(game.facts().claimed_block).await;
                    let is_right = output.is_ok_and(|output| output.root() == game.facts().root);
                    if best.is_none() && is_right {
                        best = Some((entry.index, game));
                    }
                }
            }
        }
        Ok(best)
    }

    /// Proof that the message passer remembers the withdrawal, under the output's storage root.
    async fn storage_proof(
        &self,
        withdrawal: &Withdrawal,
        output: &Output,
    ) -> Result<Vec<Bytes>, AgentError> {
        // `sentMessages` is the mapping in slot 0.
        let slot = keccak256((withdrawal.hash, U256::ZERO).abi_encode());
        let proof = self
            .l2
            .proof(L2_TO_L1_MESSAGE_PASSER, &[slot], output.block)
            .await?;
        let storage = proof
            .storage_proof
            .first()
            .filter(|_| proof.storage_hash == output.message_passer_root)
            .ok_or_else(|| AgentError::WithdrawalProof("it has another storage root".to_owned()))?;
        if storage.value != U256::from(1) {
            return Err(AgentError::WithdrawalProof(format!(
                "block {} does not hold withdrawal {}",
                output.block, withdrawal.hash
            )));
        }
        Ok(storage.proof.clone())
    }
}

impl Withdrawer {
    /// Withdraws through `portal`; proofs come from `l2`.
    pub fn new(l1: Arc<TxManager>, l2: L2, portal: Address) -> Self {
        let portal = Portal::new(l1.rpc().clone(), portal);
        Self {
            l1,
            known: Withdrawals::new(portal, l2),
        }
    }

    /// The withdrawal that the L2 transaction `hash` initiated.
    pub async fn find(&self, hash: B256) -> Result<Withdrawal, AgentError> {
        self.known.find(hash).await
    }

    /// How the withdrawal stands for the account that proves.
    pub async fn status(&self, withdrawal: &Withdrawal) -> Result<WithdrawalStatus, AgentError> {
        self.known.status(withdrawal, Some(self.l1.account())).await
    }

    /// Proves the withdrawal against the newest game that covers it.
    pub async fn prove(&self, withdrawal: &Withdrawal) -> Result<TxInfo, AgentError> {
        let (index, game) = self
            .known
            .covering_game(withdrawal.block)
            .await?
            .ok_or(AgentError::NoGame(withdrawal.block))?;
        let facts = *game.facts();
        let output = self.known.l2.output(facts.claimed_block).await?;
        if output.root() != facts.root {
            return Err(AgentError::WithdrawalProof(format!(
                "the L2 node's output root of block {} is {}, the game's is {}",
                facts.claimed_block,
                output.root(),
                facts.root
            )));
        }
        let proof = self.known.storage_proof(withdrawal, &output).await?;
        let data = Abi::proveWithdrawalTransactionCall {
            tx_: withdrawal.message.clone(),
            disputeGameIndex: U256::from(index),
            outputRootProof: Abi::OutputRootProof {
                version: B256::ZERO,
                stateRoot: output.state_root,
                messagePasserStorageRoot: output.message_passer_root,
                latestBlockhash: output.block_hash,
            },
            withdrawalProof: proof,
        };
        let key = format!("prove/{}/{}", withdrawal.hash, game.address());
        self.send(key, "prove", withdrawal, data.abi_encode()).await
    }

    /// Finalizes the withdrawal that this account proved.
    pub async fn finalize(&self, withdrawal: &Withdrawal) -> Result<TxInfo, AgentError> {
        self.finalize_proven_by(withdrawal, self.l1.account()).await
    }

    /// Finalizes the withdrawal that `prover` proved: anyone may.
    pub async fn finalize_proven_by(
        &self,
        withdrawal: &Withdrawal,
        prover: Address,
    ) -> Result<TxInfo, AgentError> {
        let tx_ = withdrawal.message.clone();
        let data = if prover == self.l1.account() {
            Abi::finalizeWithdrawalTransactionCall { tx_ }.abi_encode()
        } else {
            Abi::finalizeWithdrawalTransactionExternalProofCall {
                tx_,
                proofSubmitter: prover,
            }
            .abi_encode()
        };
        let key = format!("finalize/{}/{prover}", withdrawal.hash);
        self.send(key, "finalize", withdrawal, data).await
    }

    async fn send(
        &self,
        key: String,
        verb: &str,
        withdrawal: &Withdrawal,
        data: Vec<u8>,
    ) -> Result<TxInfo, AgentError> {
        let call = Call {
            key: format!("portal/{}/{key}", self.known.portal.address()),
            what: format!("{verb} withdrawal {}", withdrawal.hash),
            to: self.known.portal.address(),
            data: data.into(),
            value: U256::ZERO,
            gas: None,
        };
        self.l1.send(&call).await
    }
}

async fn find_on(rpc: &crate::Rpc, hash: B256) -> Result<Withdrawal, AgentError> {
    let bad = |reason: &str| AgentError::BadResponse {
        what: "withdrawal",
        reason: format!("L2 transaction {hash}: {reason}"),
    };
    let receipt = rpc
        .retry("L2 receipt", |p| async move {
            p.get_transaction_receipt(hash).await
        })
        .await?
        .ok_or_else(|| bad("not mined"))?;
    let event = receipt
        .inner
        .logs()
        .iter()
        .filter(|log| log.address() == L2_TO_L1_MESSAGE_PASSER)
        .find_map(|log| Passer::MessagePassed::decode_log(&log.inner).ok())
        .ok_or_else(|| bad("it initiates no withdrawal"))?;
    let message = Abi::WithdrawalTransaction {
        nonce: event.nonce,
        sender: event.sender,
        target: event.target,
        value: event.value,
        gasLimit: event.gasLimit,
        data: event.data.data.clone(),
    };
    let hash = withdrawal_hash(&message);
    if hash != event.withdrawalHash {
        return Err(bad("the event's fields do not hash to its withdrawal hash"));
    }
    let block = receipt
        .block_number()
        .ok_or_else(|| bad("not in a block"))?;
    Ok(Withdrawal {
        message,
        hash,
        block,
    })
}

/// The hash that both chains know a withdrawal by.
fn withdrawal_hash(message: &Abi::WithdrawalTransaction) -> B256 {
    keccak256(message.abi_encode_params())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn withdrawal_hash_is_over_six_abi_words_and_the_data() {
        let message = Abi::WithdrawalTransaction {
            nonce: U256::from(1),
            sender: Address::repeat_byte(2),
            target: Address::repeat_byte(3),
            value: U256::from(4),
            gasLimit: U256::from(5),
            data: Bytes::from_static(&[6, 7]),
        };
        let mut preimage = Vec::new();
        for word in [
            U256::from(1).into(),
            Address::repeat_byte(2).into_word(),
            Address::repeat_byte(3).into_word(),
            U256::from(4).into(),
            U256::from(5).into(),
            // Where the data is, its length, the data.
            U256::from(6 * 32).into(),
            U256::from(2).into(),
        ] {
            preimage.extend_from_slice(B256::from(word).as_slice());
        }
        preimage.extend_from_slice(&[6, 7]);
        preimage.resize(8 * 32, 0);
        assert_eq!(withdrawal_hash(&message), keccak256(preimage));
    }
}
