//! A verified view of L1: what it returns matches the hashes in the headers.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use alloy::{
    consensus::{Header, ReceiptEnvelope, proofs::calculate_receipt_root},
    eips::{BlockId, BlockNumberOrTag, Encodable2718},
    primitives::{B256, Bytes},
    providers::{Provider, ProviderBuilder, RootProvider},
    rpc::types::Block,
};
use serde::de::DeserializeOwned;

use crate::DevnetError;

/// Which L1 block: what L2 blocks and events refer to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct L1Ref {
    /// Hash.
    pub hash: B256,
    /// Height.
    pub number: u64,
    /// Hash of the block before it.
    pub parent: B256,
    /// Unix seconds.
    pub time: u64,
}

/// An L1 block with the receipts that its header commits to.
#[derive(Clone, Debug)]
pub struct L1Block {
    /// Its header.
    pub header: Header,
    /// The header's hash.
    pub hash: B256,
    /// Receipts in order.
    pub receipts: Vec<ReceiptEnvelope>,
}

impl L1Block {
    /// The block's reference.
    pub const fn reference(&self) -> L1Ref {
        L1Ref {
            hash: self.hash,
            number: self.header.number,
            parent: self.header.parent_hash,
            time: self.header.timestamp,
        }
    }
}

/// L1 by JSON-RPC, with the blocks it has fetched.
#[derive(Debug)]
pub struct L1Client {
    provider: RootProvider,
    blocks: RwLock<HashMap<B256, Arc<L1Block>>>,
}

impl L1Client {
    /// A client of the node at this HTTP address.
    pub fn new(url: &str) -> Result<Self, DevnetError> {
        let url = url.parse().map_err(|e| DevnetError::l1("address", e))?;
        let provider = ProviderBuilder::default().connect_http(url);
        Ok(Self {
            provider,
            blocks: RwLock::default(),
        })
    }

    /// The provider underneath.
    pub const fn provider(&self) -> &RootProvider {
        &self.provider
    }

    async fn call<T: DeserializeOwned + std::fmt::Debug + Send + Sync + Unpin + 'static>(
        &self,
        method: &'static str,
        params: serde_json::Value,
    ) -> Result<T, DevnetError> {
        self.provider
            .raw_request(method.into(), params)
            .await
            .map_err(|e| DevnetError::l1(method, e))
    }

    /// The chain's id.
    pub async fn chain_id(&self) -> Result<u64, DevnetError> {
        self.provider
            .get_chain_id()
            .await
            .map_err(|e| DevnetError::l1("eth_chainId", e))
    }

    /// Reference of the block behind a number or tag.
    pub async fn reference(&self, at: BlockNumberOrTag) -> Result<L1Ref, DevnetError> {
        let block = self
            .provider
            .get_block_by_number(at)
            .await
            .map_err(|e| DevnetError::l1("eth_getBlockByNumber", e))?
            .ok_or_else(|| DevnetError::l1("eth_getBlockByNumber", format!("no block {at}")))?;
        reference(&block)
    }

    /// Reference of the newest block.
    pub async fn latest(&self) -> Result<L1Ref, DevnetError> {
        self.reference(BlockNumberOrTag::Latest).await
    }

    /// The block with this hash, its receipts checked against its header.
    pub async fn block(&self, hash: B256) -> Result<Arc<L1Block>, DevnetError> {
        if let Some(block) = self
            .blocks
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&hash)
            .cloned()
        {
            return Ok(block);
        }
        let header = self.fetch(hash, false).await?.header.inner;
        let receipts = self
            .provider
            .get_block_receipts(BlockId::hash(hash))
            .await
            .map_err(|e| DevnetError::l1("eth_getBlockReceipts", e))?
            .ok_or_else(|| DevnetError::l1("eth_getBlockReceipts", "no such block"))?
            .into_iter()
            .map(|receipt| receipt.into_inner().map_logs(|log| log.inner))
            .collect::<Vec<_>>();
        let found = calculate_receipt_root(&receipts);
        if found != header.receipts_root {
            return Err(DevnetError::L1Inconsistent {
                number: header.number,
                what: "receipts root",
                expected: header.receipts_root,
                found,
            });
        }
        let block = Arc::new(L1Block {
            header,
            hash,
            receipts,
        });
        self.blocks
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(hash, Arc::clone(&block));
        Ok(block)
    }

    /// The transactions of the block with this hash, as they are in its transaction trie.
    pub async fn transactions(&self, hash: B256) -> Result<Vec<Bytes>, DevnetError> {
        let block = self.fetch(hash, true).await?;
        Ok(block
            .transactions
            .txns()
            .map(|tx| tx.inner.encoded_2718().into())
            .collect())
    }

    async fn fetch(&self, hash: B256, full: bool) -> Result<Block, DevnetError> {
        let request = self.provider.get_block_by_hash(hash);
        let block = if full {
            request.full().await
        } else {
            request.await
        }
        .map_err(|e| DevnetError::l1("eth_getBlockByHash", e))?
        .ok_or_else(|| DevnetError::l1("eth_getBlockByHash", format!("no block {hash}")))?;
        let found = reference(&block)?.hash;
        if found != hash {
            return Err(DevnetError::L1Inconsistent {
                number: block.header.inner.number,
                what: "hash",
                expected: hash,
                found,
            });
        }
        Ok(block)
    }

    pub(super) async fn set_timestamp_interval(&self, seconds: u64) -> Result<(), DevnetError> {
        self.call(
            "anvil_setBlockTimestampInterval",
            serde_json::json!([seconds]),
        )
        .await
    }

    pub(super) async fn set_automine(&self, on: bool) -> Result<(), DevnetError> {
        self.call("evm_setAutomine", serde_json::json!([on])).await
    }

    pub(super) async fn set_next_timestamp(&self, time: u64) -> Result<(), DevnetError> {
        self.call("evm_setNextBlockTimestamp", serde_json::json!([time]))
            .await
    }

    pub(super) async fn mine(&self) -> Result<(), DevnetError> {
        self.call::<serde_json::Value>("evm_mine", serde_json::json!([]))
            .await
            .map(drop)
    }

    /// Sets an account's balance, wei.
    pub async fn set_balance(
        &self,
        account: alloy::primitives::Address,
        wei: alloy::primitives::U256,
    ) -> Result<(), DevnetError> {
        self.call("anvil_setBalance", serde_json::json!([account, wei]))
            .await
    }
}

/// The reference of a block, its hash computed and not believed.
fn reference(block: &Block) -> Result<L1Ref, DevnetError> {
    let header = &block.header.inner;
    let found = header.hash_slow();
    if found != block.header.hash {
        return Err(DevnetError::L1Inconsistent {
            number: header.number,
            what: "hash",
            expected: block.header.hash,
            found,
        });
    }
    Ok(L1Ref {
        hash: found,
        number: header.number,
        parent: header.parent_hash,
        time: header.timestamp,
    })
}
