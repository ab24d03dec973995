//! L1 as derivation reads it.

use alloc::{
    boxed::Box,
    collections::BTreeMap,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};

use alloy_consensus_v1::Header;
use alloy_eips_v1::eip4844::{Blob, IndexedBlobHash};
use alloy_primitives::{Address, B256, Bytes};
use alloy_rlp::Decodable;
use endgame_kona_executor::trie::ordered_list;
use kona_derive::{PipelineError, PipelineErrorKind};
use kona_genesis::RollupConfig;
use kona_protocol::BlockInfo;

use crate::{
    ProgramError,
    blobs::OracleBlobs,
    receipts::{L1Log, logs_of},
    source::Source,
    stages::L1Chain,
};

/// Why a provider gave the stages nothing. The error itself is noted in the [`Source`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProviderError(pub(crate) String);

impl From<ProviderError> for PipelineErrorKind {
    fn from(error: ProviderError) -> Self {
        PipelineError::Provider(error.0).crit()
    }
}

impl Source {
    /// Notes the error and makes it one that kona's stages can carry.
    pub(crate) fn provide<T>(&self, result: Result<T, ProgramError>) -> Result<T, ProviderError> {
        result.map_err(|error| {
            let reason = error.to_string();
            self.note(error);
            ProviderError(reason)
        })
    }
}

/// L1 up to a head, by hashes from there.
#[derive(Clone, Debug)]
pub(crate) struct L1Provider {
    source: Source,
    /// The contracts of which logs mean something.
    contracts: [Address; 2],
    seen: Arc<spin::Mutex<Seen>>,
}

#[derive(Debug)]
struct Seen {
    headers: BTreeMap<B256, Header>,
    /// The canonical blocks from the head down to the lowest that was asked for.
    canonical: BTreeMap<u64, BlockInfo>,
    /// The logs of the contracts, by block.
    logs: BTreeMap<B256, Arc<[L1Log]>>,
    blobs: OracleBlobs,
}

impl L1Provider {
    /// L1 up to `head`, as the rollup with this configuration reads it.
    pub(crate) fn new(
        source: Source,
        head: B256,
        config: &RollupConfig,
    ) -> Result<Self, ProgramError> {
        let contracts = [
            config.l1_system_config_address,
            config.deposit_contract_address,
        ];
        let seen = Seen {
            headers: BTreeMap::new(),
            canonical: BTreeMap::new(),
            logs: BTreeMap::new(),
            blobs: OracleBlobs::new(source.clone()),
        };
        let provider = Self {
            source,
            contracts,
            seen: Arc::new(spin::Mutex::new(seen)),
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

    /// The logs of the rollup's contracts in a block.
    pub(crate) fn logs(&self, hash: B256) -> Result<Arc<[L1Log]>, ProgramError> {
        if let Some(logs) = self.seen.lock().logs.get(&hash) {
            return Ok(Arc::clone(logs));
        }
        let root = self.header(hash)?.receipts_root;
        self.source.hint("l1-receipts", &[hash.as_slice()])?;
        let receipts = ordered_list(root, &self.source)?;
        let logs = logs_of(&receipts, hash, &self.contracts)?;
        let logs: Arc<[L1Log]> = logs.into();
        self.seen.lock().logs.insert(hash, Arc::clone(&logs));
        Ok(logs)
    }

    fn transactions(&self, hash: B256) -> Result<Vec<Bytes>, ProgramError> {
        let root = self.header(hash)?.transactions_root;
        self.source.hint("l1-transactions", &[hash.as_slice()])?;
        Ok(ordered_list(root, &self.source)?)
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

impl L1Chain for L1Provider {
    fn block_at(&self, number: u64) -> Result<Option<BlockInfo>, ProviderError> {
        self.source.provide(Self::block_at(self, number))
    }

    fn logs(&self, hash: B256) -> Result<Arc<[L1Log]>, ProviderError> {
        self.source.provide(Self::logs(self, hash))
    }

    fn transactions(&self, hash: B256) -> Result<Vec<Bytes>, ProviderError> {
        self.source.provide(Self::transactions(self, hash))
    }

    fn blob(&self, block: &BlockInfo, blob: &IndexedBlobHash) -> Result<Box<Blob>, ProviderError> {
        let blob = self.seen.lock().blobs.blob(block, blob);
        self.source.provide(blob)
    }
}
