//! Serves the program's preimages from the L1 node and the L2 chain store.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use alloy::{
    eips::Encodable2718 as _,
    primitives::{B256, Bytes, keccak256},
};
use endgame_host::{Backend, Boot, Host};
use endgame_preimage::{Hint, KeyType, OracleError, PreimageKey, PreimageOracle};
use endgame_program_kona::BootInputs;
use tokio::runtime::Handle;

use crate::{
    DevnetError,
    l1::L1Client,
    l2::{L2Block, L2Node, ordered_trie},
};

/// Preimages that are not in the chain store, kept from run to run.
pub(super) type Known = Arc<Mutex<HashMap<PreimageKey, Vec<u8>>>>;

/// An oracle for one run. Its methods block on L1 requests: call them outside the async workers.
#[derive(Debug)]
pub struct ChainOracle {
    boot: BootInputs,
    node: Arc<L2Node>,
    l1: Arc<L1Client>,
    runtime: Handle,
    known: Known,
    blobs: Host,
}

impl ChainOracle {
    /// An oracle that fetches L1 data by `runtime`, and blobs from the store of `blobs`.
    pub(super) fn new(
        boot: BootInputs,
        node: Arc<L2Node>,
        l1: Arc<L1Client>,
        runtime: Handle,
        known: Known,
        blobs: Arc<Backend>,
    ) -> Self {
        let blobs = Host::new(
            blobs,
            Boot {
                l1_head: boot.l1_head,
                agreed_output_root: boot.agreed_output_root,
                agreed_l2_head: None,
                agreed_block: None,
                claimed_output_root: boot.claimed_output_root,
                claimed_block: boot.claimed_block,
                chain_id: boot.chain_id,
            },
        );
        Self {
            boot,
            node,
            l1,
            runtime,
            known,
            blobs,
        }
    }

    fn keep(&self, preimages: impl IntoIterator<Item = (B256, Bytes)>) {
        let keyed = preimages
            .into_iter()
            .map(|(h, v)| (PreimageKey::keccak256(h.0), v.to_vec()));
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(keyed);
    }

    fn known(&self, key: PreimageKey) -> Option<Vec<u8>> {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned()
    }

    fn keccak(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        if let Some(found) = self.known(key) {
            return Ok(found);
        }
        match self.node.store().by_key(&key) {
            Ok(Some(bytes)) => Ok(bytes.into()),
            Ok(None) => Err(OracleError::NotFound(key)),
            Err(error) => Err(OracleError::Server(error.to_string())),
        }
    }

    /// Fetches what a hint announces.
    fn fetch(&self, hint: &Hint) -> Result<(), DevnetError> {
        let hash = || {
            B256::try_from(hint.data.as_slice())
                .map_err(|_| DevnetError::Program(format!("hint {}: no hash", hint.name)))
        };
        match hint.name.as_str() {
            "l1-block-header" => {
                let block = self.runtime.block_on(self.l1.block(hash()?))?;
                self.keep([(block.hash, alloy::rlp::encode(&block.header).into())]);
            }
            "l1-transactions" => {
                let hash = hash()?;
                let header = self.runtime.block_on(self.l1.block(hash))?;
                let transactions = self.runtime.block_on(self.l1.transactions(hash))?;
                let (root, nodes) = ordered_trie(&transactions)?;
                if root != header.header.transactions_root {
                    return Err(DevnetError::L1Inconsistent {
                        number: header.header.number,
                        what: "transactions root",
                        expected: header.header.transactions_root,
                        found: root,
                    });
                }
                self.keep(nodes);
            }
            "l1-receipts" => {
                let block = self.runtime.block_on(self.l1.block(hash()?))?;
                let receipts: Vec<Bytes> = block
                    .receipts
                    .iter()
                    .map(|r| r.encoded_2718().into())
                    .collect();
                self.keep(ordered_trie(&receipts)?.1);
            }
            "starting-l2-output" | "l2-output" => {
                let head = self.node.block(self.agreed_block()?)?;
                if let Some(block) = head {
                    let output = output_preimage(&block)?;
                    self.keep([(keccak256(&output), output)]);
                }
            }
            "l2-transactions" => {
                if let Some(block) = self.node.block_by_hash(hash()?)? {
                    self.keep(ordered_trie(&block.transactions)?.1);
                }
            }
            // The chain store has all of these, and needs no telling.
            _ => {}
        }
        Ok(())
    }

    /// The block whose output root is agreed: the safe head.
    fn agreed_block(&self) -> Result<u64, DevnetError> {
        let safe = self.node.heads().borrow().safe;
        let block = self.node.expect_block(safe)?;
        if self.node.output_root(&block)? == self.boot.agreed_output_root {
            Ok(safe)
        } else {
            Err(DevnetError::Program(
                "the agreed output root is not the safe head's".into(),
            ))
        }
    }
}

/// What an output root is the hash of.
fn output_preimage(block: &L2Block) -> Result<Bytes, DevnetError> {
    let storage_root = block
        .header
        .withdrawals_root
        .ok_or_else(|| DevnetError::Corrupt("header without withdrawals root".into()))?;
    Ok([
        B256::ZERO,
        block.header.state_root,
        storage_root,
        block.hash,
    ]
    .concat()
    .into())
}

impl PreimageOracle for ChainOracle {
    fn hint(&self, hint: &[u8]) -> Result<(), OracleError> {
        self.blobs.hint(hint)?;
        let hint = Hint::parse(hint)?;
        self.fetch(&hint)
            .map_err(|e| OracleError::Server(e.to_string()))
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        match key.key_type() {
            Ok(KeyType::Local) => self.boot.local(key).ok_or(OracleError::NotFound(key)),
            Ok(KeyType::Keccak256) => self.keccak(key),
            Ok(KeyType::Sha256 | KeyType::Blob) => self.blobs.get(key),
            _ => Err(OracleError::NotFound(key)),
        }
    }
}
