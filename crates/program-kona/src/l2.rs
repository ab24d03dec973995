//! L2 as derivation reads it: old blocks from the oracle, new ones as they are executed.

use alloc::{collections::BTreeMap, format, string::ToString, sync::Arc, vec::Vec};

use alloy_consensus_v1::Header;
use alloy_eips_v1::eip2718::Decodable2718;
use alloy_primitives::{B64, B256, Bytes};
use alloy_rlp::Decodable;
use endgame_kona_executor::trie::ordered_list;
use kona_genesis::RollupConfig;
use kona_protocol::{BlockInfo, L2BlockInfo};
use op_alloy_consensus_v0::OpTxEnvelope;

use crate::{
    ChainConfig, ProgramError,
    l1::{ProviderError, decode},
    l1_info::{Fees, L1Info},
    source::Source,
    stages::{SafeBlock, SafeChain},
    system_config::SystemConfig,
};

/// L2 up to the safe head.
#[derive(Clone, Debug)]
pub(crate) struct L2Provider {
    source: Source,
    config: Arc<RollupConfig>,
    /// The system configuration of the genesis block.
    first: SystemConfig,
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
    hash: B256,
    header: Header,
    transactions: Vec<Bytes>,
}

impl L2Provider {
    /// L2 up to the agreed block `head`, of which `raw` is the header.
    pub(crate) fn new(
        source: Source,
        config: &ChainConfig,
        head: B256,
        raw: &Bytes,
    ) -> Result<Self, ProgramError> {
        let header = decode(raw, "L2 header", head, Header::decode)?;
        Ok(Self {
            source,
            config: Arc::clone(&config.rollup),
            first: config.first_system_config(),
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
        let block = Block {
            hash,
            header,
            transactions: transactions.to_vec(),
        };
        let info = self.info(&block)?;
        self.blocks.lock().whole.insert(number, block);
        Ok(info)
    }

    pub(crate) fn info_at(&self, number: u64) -> Result<L2BlockInfo, ProgramError> {
        self.info(&self.block(number)?)
    }

    /// The system configuration as of the block with this number.
    pub(crate) fn system_config(&self, number: u64) -> Result<SystemConfig, ProgramError> {
        let block = self.block(number)?;
        let genesis = &self.config.genesis;
        if number == genesis.l2.number {
            return Ok(self.first);
        }
        let info = l1_info(&block)?;
        let mut config = SystemConfig {
            batcher: info.batcher,
            gas_limit: block.header.gas_limit,
            ..SystemConfig::default()
        };
        match info.fees {
            Fees::Bedrock { overhead, scalar } => {
                (config.overhead, config.scalar) = (overhead, scalar);
            }
            Fees::Ecotone {
                scalars,
                operator,
                footprint,
                ..
            } => {
                let operator = operator.unwrap_or_default();
                config.da_footprint_gas_scalar = footprint.unwrap_or_default();
                config.scalar = scalars.to_word();
                config.operator_fee_scalar = operator.scalar;
                config.operator_fee_constant = operator.constant;
            }
        }
        let bad = || bad_block(&block, "its extra data are not its fork's");
        let mut extra = block.header.extra_data.as_ref();
        if self.config.is_jovian_active(block.header.timestamp) {
            let (params, min_base_fee) = extra.split_at_checked(9).ok_or_else(bad)?;
            let min_base_fee = min_base_fee.try_into().map_err(|_| bad())?;
            config.min_base_fee = u64::from_be_bytes(min_base_fee);
            extra = params;
        }
        if self.config.is_holocene_active(block.header.timestamp) {
            let params = extra.split_first().map(|(_, params)| params);
            config.eip1559_params = params
                .and_then(|params| B64::try_from(params).ok())
                .ok_or_else(bad)?;
        }
        Ok(config)
    }

    fn info(&self, block: &Block) -> Result<L2BlockInfo, ProgramError> {
        let header = &block.header;
        let genesis = &self.config.genesis;
        let (l1_origin, seq_num) = if header.number != genesis.l2.number {
            let info = l1_info(block)?;
            (info.origin, info.sequence_number)
        } else if block.hash == genesis.l2.hash {
            (genesis.l1, 0)
        } else {
            return Err(bad_block(block, "it is not the configured genesis"));
        };
        Ok(L2BlockInfo {
            block_info: BlockInfo {
                hash: block.hash,
                number: header.number,
                parent_hash: header.parent_hash,
                timestamp: header.timestamp,
            },
            l1_origin,
            seq_num,
        })
    }

    fn block(&self, number: u64) -> Result<Block, ProgramError> {
        if let Some(block) = self.blocks.lock().whole.get(&number) {
            return Ok(block.clone());
        }
        let (hash, header) = self.header(number)?;
        self.source.hint("l2-transactions", &[hash.as_slice()])?;
        let transactions = ordered_list(header.transactions_root, &self.source)?;
        let block = Block {
            hash,
            header,
            transactions,
        };
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
                        let reason = format!("L2 block {number} is past the safe head");
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

fn bad_block(block: &Block, reason: &str) -> ProgramError {
    ProgramError::Derivation(format!("L2 block {}: {reason}", block.header.number))
}

/// The L1 attributes of a block.
fn l1_info(block: &Block) -> Result<L1Info, ProgramError> {
    let first = block.transactions.first();
    let first = first.ok_or_else(|| bad_block(block, "it has no transactions"))?;
    let first = decode(first, "transaction of L2 block", block.hash, |raw| {
        OpTxEnvelope::decode_2718(raw).map_err(|e| e.to_string())
    })?;
    first
        .as_deposit()
        .and_then(|deposit| L1Info::decode(&deposit.input))
        .ok_or_else(|| bad_block(block, "it does not begin with L1 attributes"))
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
