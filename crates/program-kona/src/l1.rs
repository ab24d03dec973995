//! L1 as derivation reads it.

use alloc::{
    boxed::Box,
    collections::BTreeMap,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};

use alloy_consensus_v1::{Header, Receipt, ReceiptEnvelope, TxEnvelope};
use alloy_eips_v1::eip2718::Decodable2718;
use alloy_primitives::{Address, B256, Bytes, LogData};
use alloy_rlp::Decodable;
use async_trait::async_trait;
use endgame_kona_executor::trie::ordered_list;
use kona_derive::{ChainProvider, PipelineError, PipelineErrorKind};
use kona_genesis::CONFIG_UPDATE_TOPIC;
use kona_protocol::BlockInfo;

use crate::{ProgramError, source::Source};

/// Why a provider gave kona's stages nothing. The error itself is noted in the [`Source`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ProviderError {
    /// The block lies past the L1 head: all that may be read was read.
    PastHead,
    /// Something failed.
    Failed(String),
}

impl core::fmt::Display for ProviderError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::PastHead => f.write_str("past the L1 head"),
            Self::Failed(reason) => f.write_str(reason),
        }
    }
}

impl From<ProviderError> for PipelineErrorKind {
    fn from(error: ProviderError) -> Self {
        match error {
            ProviderError::PastHead => PipelineError::EndOfSource.crit(),
            ProviderError::Failed(reason) => PipelineError::Provider(reason).crit(),
        }
    }
}

impl Source {
    /// Notes the error and makes it one of kona's.
    pub(crate) fn provide<T>(&self, result: Result<T, ProgramError>) -> Result<T, ProviderError> {
        result.map_err(|error| {
            let reason = error.to_string();
            self.note(error);
            ProviderError::Failed(reason)
        })
    }
}

/// L1 up to a head, by hashes from there.
#[derive(Clone, Debug)]
pub(crate) struct L1Provider {
    source: Source,
    system_config: Address,
    seen: Arc<spin::Mutex<Seen>>,
}

#[derive(Debug)]
struct Seen {
    headers: BTreeMap<B256, Header>,
    /// The canonical blocks from the head down to the lowest that was asked for.
    canonical: BTreeMap<u64, BlockInfo>,
}

impl L1Provider {
    /// L1 up to `head`. Configuration updates are those of the contract `system_config`.
    pub(crate) fn new(
        source: Source,
        head: B256,
        system_config: Address,
    ) -> Result<Self, ProgramError> {
        let provider = Self {
            source,
            system_config,
            seen: Arc::new(spin::Mutex::new(Seen {
                headers: BTreeMap::new(),
                canonical: BTreeMap::new(),
            })),
        };
        let info = provider.info(head)?;
        provider.seen.lock().canonical.insert(info.number, info);
        Ok(provider)
    }

    pub(crate) fn header(&self, hash: B256) -> Result<Header, ProgramError> {
        if let Some(header) = self.seen.lock().headers.get(&hash) {
            return Ok(header.clone());
        }
        self.source.hint("l1-block-header", &[hash.as_slice()])?;
        let raw = self.source.keccak(hash)?;
        let header = decode(&raw, "L1 header", hash, Header::decode)?;
        self.seen.lock().headers.insert(hash, header.clone());
        Ok(header)
    }

    fn info(&self, hash: B256) -> Result<BlockInfo, ProgramError> {
        let header = self.header(hash)?;
        Ok(BlockInfo {
            hash,
            number: header.number,
            parent_hash: header.parent_hash,
            timestamp: header.timestamp,
        })
    }

    /// The canonical block with this number, `None` past the head.
    pub(crate) fn block_at(&self, number: u64) -> Result<Option<BlockInfo>, ProgramError> {
        loop {
            let lowest = {
                let seen = self.seen.lock();
                if let Some(info) = seen.canonical.get(&number) {
                    return Ok(Some(*info));
                }
                match seen.canonical.first_key_value() {
                    Some((lowest, info)) if *lowest > number => *info,
                    _ => return Ok(None),
                }
            };
            let parent = self.info(lowest.parent_hash)?;
            self.seen.lock().canonical.insert(parent.number, parent);
        }
    }

    fn receipts(&self, hash: B256) -> Result<Vec<Receipt>, ProgramError> {
        let root = self.header(hash)?.receipts_root;
        self.source.hint("l1-receipts", &[hash.as_slice()])?;
        ordered_list(root, &self.source)?
            .iter()
            .map(|raw| {
                let envelope = decode(raw, "receipt of L1 block", hash, |raw| {
                    ReceiptEnvelope::decode_2718(raw)
                })?;
                let mut receipt =
                    envelope
                        .as_receipt()
                        .cloned()
                        .ok_or_else(|| ProgramError::Decode {
                            what: "receipt of L1 block",
                            hash,
                            reason: "of no known type".to_string(),
                        })?;
                self.neutralise_newer_updates(&mut receipt);
                Ok(receipt)
            })
            .collect()
    }

    /// Takes the meaning from configuration updates of kinds that forks after Isthmus brought (6
    /// and 7): they change nothing before those forks, and kona's stages would end at them. The
    /// logs keep their places, since deposits count them.
    fn neutralise_newer_updates(&self, receipt: &mut Receipt) {
        for log in &mut receipt.logs {
            let topics = log.data.topics();
            let is_update =
                log.address == self.system_config && topics.first() == Some(&CONFIG_UPDATE_TOPIC);
            let kind = topics
                .get(2)
                .map(|word| alloy_primitives::U256::from_be_bytes(word.0));
            if is_update && kind.is_some_and(|kind| kind > alloy_primitives::U256::from(5)) {
                log.data = LogData::default();
            }
        }
    }

    fn transactions(&self, hash: B256) -> Result<Vec<TxEnvelope>, ProgramError> {
        let root = self.header(hash)?.transactions_root;
        self.source.hint("l1-transactions", &[hash.as_slice()])?;
        ordered_list(root, &self.source)?
            .iter()
            .map(|raw| {
                decode(raw, "transaction of L1 block", hash, |raw| {
                    TxEnvelope::decode_2718(raw)
                })
            })
            .collect()
    }
}

/// Decodes all of `raw`.
pub(crate) fn decode<T, E: core::fmt::Display>(
    raw: &Bytes,
    what: &'static str,
    hash: B256,
    decode: impl FnOnce(&mut &[u8]) -> Result<T, E>,
) -> Result<T, ProgramError> {
    let bad = |reason: String| ProgramError::Decode { what, hash, reason };
    let mut rest = raw.as_ref();
    let value = decode(&mut rest).map_err(|e| bad(e.to_string()))?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(bad("bytes after the end".to_string()))
    }
}

#[async_trait]
impl ChainProvider for L1Provider {
    type Error = ProviderError;

    async fn header_by_hash(&mut self, hash: B256) -> Result<Header, ProviderError> {
        self.source.provide(self.header(hash))
    }

    async fn block_info_by_number(&mut self, number: u64) -> Result<BlockInfo, ProviderError> {
        self.source
            .provide(self.block_at(number))?
            .ok_or(ProviderError::PastHead)
    }

    async fn receipts_by_hash(&mut self, hash: B256) -> Result<Vec<Receipt>, ProviderError> {
        self.source.provide(self.receipts(hash))
    }

    async fn block_info_and_transactions_by_hash(
        &mut self,
        hash: B256,
    ) -> Result<(BlockInfo, Vec<TxEnvelope>), ProviderError> {
        let info = self.source.provide(self.info(hash))?;
        Ok((info, self.source.provide(self.transactions(hash))?))
    }
}
