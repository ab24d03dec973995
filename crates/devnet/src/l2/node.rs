//! The L2 node: the chain, its heads, its pool.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use alloy::primitives::{Address, B256, Bytes};
use endgame_kona_executor::{Attributes, Chain, ExecutorError, Sealed, TrieDb, output_root};
use tokio::sync::{broadcast, watch};

use endgame_deploy::L2Genesis;

use super::{L2Block, StateView, Store, install_genesis};
use crate::{
    DevnetError, RollupConfig,
    l1::L1Ref,
    sequencer::{Pool, PoolError, PooledTransaction, SenderState},
};

/// How far the chain has got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// Newest block that the sequencer has built.
    pub latest: u64,
    /// Newest block that derivation from L1 has confirmed.
    pub safe: u64,
    /// Newest block that derivation from finalized L1 blocks has confirmed.
    pub finalized: u64,
    /// The L1 block up to which derivation has got.
    pub l1: L1Ref,
}

/// The chain and everything that answers questions about it.
#[derive(Debug)]
pub struct L2Node {
    store: Store,
    chain: Chain,
    rollup: RollupConfig,
    head: RwLock<Arc<L2Block>>,
    heads: watch::Sender<Heads>,
    /// For each L1 block that derivation was run on, the safe block it gave, in order.
    safe_by_l1: RwLock<Vec<(L1Ref, u64)>>,
    pool: Mutex<Pool>,
    blocks: broadcast::Sender<Arc<L2Block>>,
}

impl L2Node {
    /// Opens the chain in `store`; an empty store gets the genesis block.
    pub fn open(
        store: Store,
        chain: Chain,
        rollup: RollupConfig,
        genesis: &L2Genesis,
    ) -> Result<Arc<Self>, DevnetError> {
        let genesis = install_genesis(&store, genesis)?;
        let height = store.height()?.unwrap_or_default();
        let head = match height {
            0 => Arc::new(genesis),
            number => store
                .block(number)?
                .ok_or_else(|| DevnetError::Corrupt(format!("block {number} is missing")))?,
        };
        let heads = Heads {
            latest: height,
            ..Heads::default()
        };
        Ok(Arc::new(Self {
            store,
            chain,
            rollup,
            head: RwLock::new(head),
            heads: watch::Sender::new(heads),
            safe_by_l1: RwLock::default(),
            pool: Mutex::default(),
            blocks: broadcast::Sender::new(1024),
        }))
    }

    /// Where the chain is kept.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// What execution knows of the chain.
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The rollup configuration.
    pub const fn rollup(&self) -> &RollupConfig {
        &self.rollup
    }

    /// The newest block.
    pub fn head(&self) -> Arc<L2Block> {
        Arc::clone(&self.head.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The heads, and their changes.
    pub fn heads(&self) -> watch::Receiver<Heads> {
        self.heads.subscribe()
    }

    /// Every new block.
    pub fn new_blocks(&self) -> broadcast::Receiver<Arc<L2Block>> {
        self.blocks.subscribe()
    }

    /// The block at a height, if there is one.
    pub fn block(&self, number: u64) -> Result<Option<Arc<L2Block>>, DevnetError> {
        let head = self.head();
        if head.header.number == number {
            return Ok(Some(head));
        }
        self.store.block(number)
    }

    /// The block at a height that must have one.
    pub fn expect_block(&self, number: u64) -> Result<Arc<L2Block>, DevnetError> {
        self.block(number)?
            .ok_or_else(|| DevnetError::Corrupt(format!("no block {number}")))
    }

    /// The block with this hash, if there is one.
    pub fn block_by_hash(&self, hash: B256) -> Result<Option<Arc<L2Block>>, DevnetError> {
        match self.store.number(hash)? {
            Some(number) => self.block(number),
            None => Ok(None),
        }
    }

    /// The state after a block.
    pub fn state(&self, block: &L2Block) -> StateView {
        StateView::new(self.store.clone(), block.header.state_root)
    }

    /// The output root of a block (specs `protocol/withdrawals.md`, version 0).
    pub fn output_root(&self, block: &L2Block) -> Result<B256, DevnetError> {
        let storage_root = block
            .header
            .withdrawals_root
            .ok_or_else(|| DevnetError::Corrupt("header without withdrawals root".into()))?;
        Ok(output_root(
            block.header.state_root,
            storage_root,
            block.hash,
        ))
    }

    /// Executes attributes on the newest block and appends the result.
    ///
    /// The inner error says that the rules forbid the block; nothing has changed then.
    pub fn append(
        &self,
        attributes: &Attributes,
    ) -> Result<Result<Arc<L2Block>, ExecutorError>, DevnetError> {
        let parent = self.head();
        let number = parent.header.number + 1;
        let sealed = Sealed::new_unchecked(parent.header.clone(), parent.hash);
        let mut db = TrieDb::recording(sealed, self.store.clone());
        let outcome = match self.chain.execute(&mut db, attributes) {
            Ok(outcome) => outcome,
            Err(error) if error.is_invalid() => return Ok(Err(error)),
            Err(error) => {
                return Err(DevnetError::Execution {
                    number,
                    reason: error.to_string(),
                });
            }
        };
        let (header, hash) = outcome.header.into_parts();
        let block = Arc::new(L2Block {
            header,
            hash,
            transactions: attributes.transactions.clone(),
            receipts: outcome.receipts,
        });
        self.store.append(&block, db.take_new_preimages())?;
        *self.head.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&block);
        self.heads.send_modify(|heads| heads.latest = number);
        // Nobody may be listening.
        let _ = self.blocks.send(Arc::clone(&block));
        Ok(Ok(block))
    }

    /// Notes that derivation up to the L1 block `l1` gives the chain up to `number`.
    pub fn set_safe(&self, l1: L1Ref, number: u64) {
        self.safe_by_l1
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push((l1, number));
        self.heads.send_modify(|heads| {
            heads.safe = number;
            heads.l1 = l1;
        });
    }

    /// Notes that L1 is final up to this height.
    pub fn set_l1_finalized(&self, l1_number: u64) {
        let finalized = self.safe_at_l1(l1_number).map_or(0, |(_, number)| number);
        self.heads.send_if_modified(|heads| {
            let moved = finalized > heads.finalized;
            heads.finalized = heads.finalized.max(finalized);
            moved
        });
    }

    /// The newest derivation whose L1 block is not above this height: the block and the safe
    /// head it gave.
    pub fn safe_at_l1(&self, l1_number: u64) -> Option<(L1Ref, u64)> {
        let records = self
            .safe_by_l1
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let end = records.partition_point(|(l1, _)| l1.number <= l1_number);
        records.get(end.checked_sub(1)?).copied()
    }

    /// The pool, locked.
    pub fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nonce and balance of a sender after the newest block.
    pub fn sender_state(&self, sender: Address) -> Result<SenderState, DevnetError> {
        let account = self
            .state(&self.head())
            .account(sender)?
            .unwrap_or_default();
        Ok(SenderState {
            nonce: account.nonce,
            balance: account.balance,
        })
    }

    /// Takes a signed transaction into the pool and returns its hash.
    pub fn submit(&self, raw: Bytes) -> Result<Result<B256, PoolError>, DevnetError> {
        let tx = match PooledTransaction::decode(raw, self.chain.chain_id) {
            Ok(tx) => tx,
            Err(error) => return Ok(Err(error)),
        };
        let sender = self.sender_state(tx.sender)?;
        Ok(self.pool().add(tx, sender, self.head().header.gas_limit))
    }
}
