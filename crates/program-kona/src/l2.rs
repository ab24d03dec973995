//! L2 as derivation reads it: old blocks from the oracle, new ones as they are executed.

use alloc::{
    boxed::Box,
    collections::BTreeMap,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};

use alloy_consensus_v1::{BlockBody, Header};
use alloy_eips_v1::eip2718::Decodable2718;
use alloy_primitives::{B256, Bytes};
use alloy_rlp::Decodable;
use async_trait::async_trait;
use endgame_kona_executor::trie::ordered_list;
use kona_derive::L2ChainProvider;
use kona_genesis::{RollupConfig, SystemConfig};
use kona_protocol::{BatchValidationProvider, L2BlockInfo, to_system_config};
use op_alloy_consensus_v0::{OpBlock, OpTxEnvelope};

use crate::{
    ProgramError,
    l1::{ProviderError, decode},
    source::Source,
    stages::{SafeBlock, SafeChain},
};

/// L2 up to the safe head.
#[derive(Clone, Debug)]
pub(crate) struct L2Provider {
    source: Source,
    config: Arc<RollupConfig>,
    blocks: Arc<spin::Mutex<Blocks>>,
}

#[derive(Debug)]
struct Blocks {
    /// The agreed block and its ancestors, down to the lowest that was asked for.
    headers: BTreeMap<u64, (B256, Header)>,
    /// Those with their transactions, and the blocks that were executed.
    whole: BTreeMap<u64, Block>,
}

#[derive(Clone, Debug)]
struct Block {
    /// Its header and its first transaction, all that kona looks at.
    front: OpBlock,
    transactions: Vec<Bytes>,
}

impl L2Provider {
    /// L2 up to the agreed block `head`, of which `raw` is the header.
    pub(crate) fn new(
        source: Source,
        config: Arc<RollupConfig>,
        head: B256,
        raw: &Bytes,
    ) -> Result<Self, ProgramError> {
        let header = decode(raw, "L2 header", head, Header::decode)?;
        Ok(Self {
            source,
            config,
            blocks: Arc::new(spin::Mutex::new(Blocks {
                headers: [(header.number, (head, header))].into(),
                whole: BTreeMap::new(),
            })),
        })
    }

    /// Adds a block that was executed; what derivation must know of it.
    pub(crate) fn add(
        &self,
        hash: B256,
        header: &Bytes,
        transactions: &[Bytes],
    ) -> Result<L2BlockInfo, ProgramError> {
        let header = decode(header, "L2 header", hash, Header::decode)?;
        let number = header.number;
        let block = whole(hash, header, transactions.to_vec())?;
        let info = self.info(&block)?;
        self.blocks.lock().whole.insert(number, block);
        Ok(info)
    }

    pub(crate) fn info_at(&self, number: u64) -> Result<L2BlockInfo, ProgramError> {
        self.info(&self.block(number)?)
    }

    fn info(&self, block: &Block) -> Result<L2BlockInfo, ProgramError> {
        L2BlockInfo::from_block_and_genesis(&block.front, &self.config.genesis)
            .map_err(|e| ProgramError::Derivation(e.to_string()))
    }

    fn block(&self, number: u64) -> Result<Block, ProgramError> {
        if let Some(block) = self.blocks.lock().whole.get(&number) {
            return Ok(block.clone());
        }
        let (hash, header) = self.header(number)?;
        self.source.hint("l2-transactions", &[hash.as_slice()])?;
        let transactions = ordered_list(header.transactions_root, &self.source)?;
        let block = whole(hash, header, transactions)?;
        self.blocks.lock().whole.insert(number, block.clone());
        Ok(block)
    }

    /// The header with this number, at or before the agreed block.
    fn header(&self, number: u64) -> Result<(B256, Header), ProgramError> {
        loop {
            let parent = {
                let blocks = self.blocks.lock();
                if let Some(found) = blocks.headers.get(&number) {
                    return Ok(found.clone());
                }
                match blocks.headers.first_key_value() {
                    Some((lowest, (_, header))) if *lowest > number => header.parent_hash,
                    _ => {
                        let reason = alloc::format!("L2 block {number} is past the safe head");
                        return Err(ProgramError::Derivation(reason));
                    }
                }
            };
            self.source.hint("l2-block-header", &[parent.as_slice()])?;
            let raw = self.source.keccak(parent)?;
            let header = decode(&raw, "L2 header", parent, Header::decode)?;
            let number = header.number;
            self.blocks.lock().headers.insert(number, (parent, header));
        }
    }
}

fn whole(hash: B256, header: Header, transactions: Vec<Bytes>) -> Result<Block, ProgramError> {
    let first = transactions
        .first()
        .map(|raw| {
            decode(raw, "transaction of L2 block", hash, |raw| {
                OpTxEnvelope::decode_2718(raw)
            })
        })
        .transpose()?;
    let front = OpBlock {
        header,
        body: BlockBody {
            transactions: first.into_iter().collect(),
            ommers: Vec::new(),
            withdrawals: None,
        },
    };
    Ok(Block {
        front,
        transactions,
    })
}

impl SafeChain for L2Provider {
    fn info_at(&self, number: u64) -> Result<L2BlockInfo, ProviderError> {
        self.source.provide(Self::info_at(self, number))
    }

    fn block_at(&self, number: u64) -> Result<SafeBlock, ProviderError> {
        let block = self.source.provide(self.block(number))?;
        Ok(SafeBlock {
            info: self.source.provide(self.info(&block))?,
            transactions: block.transactions,
        })
    }
}

#[async_trait]
impl BatchValidationProvider for L2Provider {
    type Error = ProviderError;

    async fn l2_block_info_by_number(&mut self, number: u64) -> Result<L2BlockInfo, ProviderError> {
        self.source.provide(Self::info_at(self, number))
    }

    async fn block_by_number(&mut self, number: u64) -> Result<OpBlock, ProviderError> {
        Ok(self.source.provide(self.block(number))?.front)
    }
}

#[async_trait]
impl L2ChainProvider for L2Provider {
    type Error = ProviderError;

    async fn system_config_by_number(
        &mut self,
        number: u64,
        config: Arc<RollupConfig>,
    ) -> Result<SystemConfig, ProviderError> {
        let block = self.source.provide(self.block(number))?;
        let system_config = to_system_config(&block.front, &config).map_err(|e| {
            ProgramError::Derivation(String::from("system config: ") + &e.to_string())
        });
        self.source.provide(system_config)
    }
}
