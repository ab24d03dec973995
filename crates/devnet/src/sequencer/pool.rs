//! Transactions that wait for a block.

use std::collections::{BTreeMap, BinaryHeap, HashMap};

use alloy::{
    consensus::{Transaction as _, transaction::SignerRecoverable as _},
    eips::{Decodable2718 as _, Encodable2718 as _},
    primitives::{Address, B256, Bytes, U256},
};
use op_alloy_consensus::OpTxEnvelope;

/// Transactions that one pool holds at most.
const CAPACITY: usize = 10_000;
/// Largest transaction, bytes.
const MAX_SIZE: usize = 128 * 1024;
/// A replacement must pay this much more, percent.
const PRICE_BUMP: u128 = 10;
/// Gas that any transaction costs.
const MIN_GAS: u64 = 21_000;

/// Why a transaction was not taken. The texts are those that wallets know from geth.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// The bytes are no transaction.
    #[error("rlp: {0}")]
    Malformed(String),
    /// Deposits come from L1, blobs have no place on L2.
    #[error("transaction type not supported")]
    Type,
    /// Signed for another chain, or for any.
    #[error("invalid chain id for signer: have {0:?}")]
    ChainId(Option<u64>),
    /// The signature yields no sender.
    #[error("invalid sender")]
    Signature,
    /// Its nonce has been used.
    #[error("nonce too low: next nonce {next}, tx nonce {nonce}")]
    NonceTooLow {
        /// The transaction's nonce.
        nonce: u64,
        /// The account's next one.
        next: u64,
    },
    /// The sender cannot pay gas and value.
    #[error("insufficient funds for gas * price + value: balance {balance}, tx cost {cost}")]
    Funds {
        /// What the sender has, wei.
        balance: U256,
        /// What the transaction may cost, wei.
        cost: U256,
    },
    /// Its gas limit is below what any transaction needs.
    #[error("intrinsic gas too low: gas {0}")]
    IntrinsicGas(u64),
    /// Its gas limit is above a block's.
    #[error("exceeds block gas limit: gas {gas}, block {block}")]
    GasLimit {
        /// The transaction's gas limit.
        gas: u64,
        /// The block's.
        block: u64,
    },
    /// Its tip is above its fee cap.
    #[error("max priority fee per gas higher than max fee per gas")]
    TipAboveCap,
    /// The pool has it.
    #[error("already known")]
    Known,
    /// Another transaction with this nonce waits and pays about as much.
    #[error("replacement transaction underpriced")]
    Underpriced,
    /// It is too large.
    #[error("oversized data: {0} bytes")]
    Oversized(usize),
    /// The pool is full.
    #[error("txpool is full")]
    Full,
}

/// What the pool must know of a sender.
#[derive(Clone, Copy, Debug, Default)]
pub struct SenderState {
    /// The account's next nonce.
    pub nonce: u64,
    /// Its balance, wei.
    pub balance: U256,
}

/// A transaction in the pool.
#[derive(Clone, Debug)]
pub struct PooledTransaction {
    /// Its hash.
    pub hash: B256,
    /// Who signed it.
    pub sender: Address,
    /// Decoded.
    pub tx: OpTxEnvelope,
    /// On the wire.
    pub raw: Bytes,
}

impl PooledTransaction {
    /// Decodes and checks what can be checked without any state.
    pub fn decode(raw: Bytes, chain_id: u64) -> Result<Self, PoolError> {
        if raw.len() > MAX_SIZE {
            return Err(PoolError::Oversized(raw.len()));
        }
        let tx = OpTxEnvelope::decode_2718_exact(&raw)
            .map_err(|e| PoolError::Malformed(e.to_string()))?;
        if tx.is_deposit() || tx.is_post_exec() || tx.encoded_2718() != raw {
            return Err(PoolError::Type);
        }
        if tx.chain_id() != Some(chain_id) {
            return Err(PoolError::ChainId(tx.chain_id()));
        }
        if tx.gas_limit() < MIN_GAS {
            return Err(PoolError::IntrinsicGas(tx.gas_limit()));
        }
        if tx
            .max_priority_fee_per_gas()
            .is_some_and(|tip| tip > tx.max_fee_per_gas())
        {
            return Err(PoolError::TipAboveCap);
        }
        let sender = tx.recover_signer().map_err(|_| PoolError::Signature)?;
        Ok(Self {
            hash: tx.tx_hash(),
            sender,
            tx,
            raw,
        })
    }

    fn cost(&self) -> U256 {
        U256::from(self.tx.gas_limit())
            .saturating_mul(U256::from(self.tx.max_fee_per_gas()))
            .saturating_add(self.tx.value())
    }
}

/// The pool: each sender's transactions by nonce.
#[derive(Debug, Default)]
pub struct Pool {
    by_sender: BTreeMap<Address, BTreeMap<u64, PooledTransaction>>,
    by_hash: HashMap<B256, (Address, u64)>,
}

impl Pool {
    /// Takes a transaction in, or says why not.
    pub fn add(
        &mut self,
        tx: PooledTransaction,
        sender: SenderState,
        block_gas_limit: u64,
    ) -> Result<B256, PoolError> {
        if self.by_hash.contains_key(&tx.hash) {
            return Err(PoolError::Known);
        }
        let nonce = tx.tx.nonce();
        if nonce < sender.nonce {
            return Err(PoolError::NonceTooLow {
                nonce,
                next: sender.nonce,
            });
        }
        if tx.tx.gas_limit() > block_gas_limit {
            let (gas, block) = (tx.tx.gas_limit(), block_gas_limit);
            return Err(PoolError::GasLimit { gas, block });
        }
        if tx.cost() > sender.balance {
            return Err(PoolError::Funds {
                balance: sender.balance,
                cost: tx.cost(),
            });
        }
        let queue = self.by_sender.entry(tx.sender).or_default();
        match queue.get(&nonce) {
            Some(old) => {
                let bump = |fee: u128| fee.saturating_add(fee.saturating_mul(PRICE_BUMP) / 100);
                let tip = |tx: &OpTxEnvelope| {
                    tx.max_priority_fee_per_gas()
                        .unwrap_or_else(|| tx.max_fee_per_gas())
                };
                if tx.tx.max_fee_per_gas() < bump(old.tx.max_fee_per_gas())
                    || tip(&tx.tx) < bump(tip(&old.tx))
                {
                    return Err(PoolError::Underpriced);
                }
                self.by_hash.remove(&old.hash);
            }
            None if self.by_hash.len() >= CAPACITY => return Err(PoolError::Full),
            None => {}
        }
        let hash = tx.hash;
        self.by_hash.insert(hash, (tx.sender, nonce));
        queue.insert(nonce, tx);
        Ok(hash)
    }

    /// The waiting transaction with this hash.
    pub fn get(&self, hash: B256) -> Option<&PooledTransaction> {
        let (sender, nonce) = self.by_hash.get(&hash)?;
        self.by_sender.get(sender)?.get(nonce)
    }

    /// The nonce after the sender's last waiting transaction that follows without a gap.
    pub fn next_nonce(&self, sender: Address, mut nonce: u64) -> u64 {
        if let Some(queue) = self.by_sender.get(&sender) {
            while queue.contains_key(&nonce) {
                nonce += 1;
            }
        }
        nonce
    }

    /// How many transactions wait.
    pub fn len(&self) -> usize {
        self.by_hash.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.by_hash.is_empty()
    }

    /// Takes one transaction out.
    pub fn remove(&mut self, hash: B256) {
        let Some((sender, nonce)) = self.by_hash.remove(&hash) else {
            return;
        };
        if let Some(queue) = self.by_sender.get_mut(&sender) {
            queue.remove(&nonce);
            if queue.is_empty() {
                self.by_sender.remove(&sender);
            }
        }
    }

    /// Drops what a sender with this next nonce can no longer send.
    pub fn prune(&mut self, sender: Address, nonce: u64) {
        let stale: Vec<_> = self
            .by_sender
            .get(&sender)
            .map(|queue| queue.range(..nonce).map(|(_, tx)| tx.hash).collect())
            .unwrap_or_default();
        for hash in stale {
            self.remove(hash);
        }
    }

    /// Every sender with a waiting transaction.
    pub fn senders(&self) -> Vec<Address> {
        self.by_sender.keys().copied().collect()
    }

    /// What can go into a block with this base fee and gas limit, best tip first and each sender's
    /// nonces in order, given the senders' states.
    pub fn pick(
        &self,
        states: &BTreeMap<Address, SenderState>,
        base_fee: u64,
        gas_limit: u64,
    ) -> Vec<PooledTransaction> {
        let mut heap: BinaryHeap<(u128, std::cmp::Reverse<B256>, Address, u64)> = BinaryHeap::new();
        let push = |heap: &mut BinaryHeap<_>, sender: Address, nonce: u64| {
            let tx = self
                .by_sender
                .get(&sender)
                .and_then(|queue| queue.get(&nonce));
            if let Some(tx) = tx
                && let Some(tip) = tx.tx.effective_tip_per_gas(base_fee)
            {
                heap.push((tip, std::cmp::Reverse(tx.hash), sender, nonce));
            }
        };
        for (sender, state) in states {
            push(&mut heap, *sender, state.nonce);
        }
        let mut spent: BTreeMap<Address, U256> = BTreeMap::new();
        let (mut picked, mut gas) = (Vec::new(), 0u64);
        while let Some((_, _, sender, nonce)) = heap.pop() {
            let Some(tx) = self
                .by_sender
                .get(&sender)
                .and_then(|queue| queue.get(&nonce))
            else {
                continue;
            };
            let balance = states.get(&sender).map_or(U256::ZERO, |s| s.balance);
            let after = spent.entry(sender).or_default().saturating_add(tx.cost());
            if after > balance || gas + tx.tx.gas_limit() > gas_limit {
                continue;
            }
            spent.insert(sender, after);
            gas += tx.tx.gas_limit();
            picked.push(tx.clone());
            push(&mut heap, sender, nonce + 1);
        }
        picked
    }
}

#[cfg(test)]
mod tests {
    use alloy::{
        consensus::{SignableTransaction as _, TxEip1559},
        primitives::TxKind,
        signers::SignerSync as _,
    };
    use op_alloy_consensus::TxDeposit;

    use super::*;
    use crate::Role;

    const RICH: SenderState = SenderState {
        nonce: 0,
        balance: U256::MAX,
    };

    fn tx(role: Role, nonce: u64, tip: u128) -> PooledTransaction {
        PooledTransaction::decode(raw(role, nonce, tip, 901), 901).unwrap()
    }

    fn raw(role: Role, nonce: u64, tip: u128, chain_id: u64) -> Bytes {
        let tx = TxEip1559 {
            chain_id,
            nonce,
            gas_limit: 21_000,
            max_fee_per_gas: 100 + tip,
            max_priority_fee_per_gas: tip,
            to: TxKind::Call(Address::ZERO),
            value: U256::ONE,
            ..TxEip1559::default()
        };
        let signature = role.signer().sign_hash_sync(&tx.signature_hash()).unwrap();
        OpTxEnvelope::from(tx.into_signed(signature))
            .encoded_2718()
            .into()
    }

    fn states(list: &[(Role, u64)]) -> BTreeMap<Address, SenderState> {
        list.iter()
            .map(|(r, nonce)| {
                (
                    r.address(),
                    SenderState {
                        nonce: *nonce,
                        ..RICH
                    },
                )
            })
            .collect()
    }

    #[test]
    fn nonces_go_in_order_and_better_tips_first() {
        let mut pool = Pool::default();
        for t in [
            tx(Role::User, 1, 9),
            tx(Role::User, 0, 1),
            tx(Role::Proposer, 0, 5),
        ] {
            pool.add(t, RICH, 30_000_000).unwrap();
        }
        let states = states(&[(Role::User, 0), (Role::Proposer, 0)]);
        let picked = pool.pick(&states, 10, 30_000_000);
        let order: Vec<_> = picked.iter().map(|t| (t.sender, t.tx.nonce())).collect();
        let (user, proposer) = (Role::User.address(), Role::Proposer.address());
        assert_eq!(order, [(proposer, 0), (user, 0), (user, 1)]);
        assert_eq!(pool.pick(&states, 10, 42_000).len(), 2);
        assert_eq!(
            pool.pick(&states, 104, 30_000_000).len(),
            1,
            "fee cap below the base fee"
        );
    }

    #[test]
    fn a_nonce_gap_holds_back_what_follows() {
        let mut pool = Pool::default();
        pool.add(tx(Role::User, 1, 1), RICH, 30_000_000).unwrap();
        assert!(
            pool.pick(&states(&[(Role::User, 0)]), 10, 30_000_000)
                .is_empty()
        );
        assert_eq!(pool.next_nonce(Role::User.address(), 0), 0);
        pool.add(tx(Role::User, 0, 1), RICH, 30_000_000).unwrap();
        assert_eq!(pool.next_nonce(Role::User.address(), 0), 2);
        pool.prune(Role::User.address(), 2);
        assert!(pool.is_empty());
    }

    #[test]
    fn a_sender_is_not_picked_beyond_its_balance() {
        let mut pool = Pool::default();
        let cost = tx(Role::User, 0, 1).cost();
        for nonce in 0..3 {
            pool.add(tx(Role::User, nonce, 1), RICH, 30_000_000)
                .unwrap();
        }
        let state = SenderState {
            nonce: 0,
            balance: cost * U256::from(2),
        };
        let states = BTreeMap::from([(Role::User.address(), state)]);
        assert_eq!(pool.pick(&states, 10, 30_000_000).len(), 2);
    }

    #[test]
    fn a_replacement_must_pay_ten_percent_more() {
        let mut pool = Pool::default();
        let first = pool.add(tx(Role::User, 0, 100), RICH, 30_000_000).unwrap();
        let again = pool.add(tx(Role::User, 0, 100), RICH, 30_000_000);
        assert_eq!(again, Err(PoolError::Known));
        let little = pool.add(tx(Role::User, 0, 105), RICH, 30_000_000);
        assert_eq!(little, Err(PoolError::Underpriced));
        let second = pool.add(tx(Role::User, 0, 130), RICH, 30_000_000).unwrap();
        assert!(pool.get(first).is_none() && pool.get(second).is_some());
        assert_eq!(pool.len(), 1);
    }

    #[test]
    fn bad_transactions_are_refused_by_name() {
        let decode = |raw: Bytes| PooledTransaction::decode(raw, 901).unwrap_err();
        assert!(matches!(
            decode(Bytes::from_static(&[2, 0xc0])),
            PoolError::Malformed(_)
        ));
        assert_eq!(
            decode(raw(Role::User, 0, 1, 10)),
            PoolError::ChainId(Some(10))
        );
        let deposit = TxDeposit::default().encoded_2718();
        assert_eq!(decode(deposit.into()), PoolError::Type);
        assert_eq!(
            decode(vec![0; MAX_SIZE + 1].into()),
            PoolError::Oversized(MAX_SIZE + 1)
        );
        let mut pool = Pool::default();
        let poor = SenderState::default();
        let funds = pool.add(tx(Role::User, 0, 1), poor, 30_000_000);
        assert!(matches!(funds, Err(PoolError::Funds { .. })));
        let used = SenderState { nonce: 1, ..RICH };
        let low = pool.add(tx(Role::User, 0, 1), used, 30_000_000);
        assert_eq!(low, Err(PoolError::NonceTooLow { nonce: 0, next: 1 }));
        let gas = pool.add(tx(Role::User, 0, 1), RICH, 20_000);
        assert_eq!(
            gas,
            Err(PoolError::GasLimit {
                gas: 21_000,
                block: 20_000
            })
        );
    }
}
