//! What a stateless execution of a block needs, found by watching one.

use std::{cell::RefCell, collections::BTreeMap};

use alloy::primitives::{Address, B64, B256, Bytes};
use endgame_kona_executor::{
    Attributes, ExecutorError, Header, PreimageError, PreimageKind, Preimages, Sealed, TrieDb,
};

use super::{L2Block, L2Node};
use crate::DevnetError;

/// Everything that an execution asked for.
#[derive(Clone, Debug, Default)]
pub struct Witness {
    /// Trie nodes, those beside removed keys among them.
    pub nodes: Vec<Bytes>,
    /// Contract codes.
    pub codes: Vec<Bytes>,
    /// RLP of the parent's header and of the older ones whose hashes were asked for.
    pub headers: Vec<Bytes>,
}

/// A source of preimages that remembers what was asked of it.
#[derive(Debug)]
pub struct Recorder<P> {
    source: P,
    seen: RefCell<BTreeMap<B256, (PreimageKind, Bytes)>>,
}

impl<P: Preimages> Recorder<P> {
    /// Remembers what is asked of `source`.
    pub fn new(source: P) -> Self {
        Self {
            source,
            seen: RefCell::default(),
        }
    }

    /// What was asked, with the header of the parent block.
    pub fn into_witness(self, parent: &Header) -> Witness {
        let mut witness = Witness {
            headers: vec![alloy::rlp::encode(parent).into()],
            ..Witness::default()
        };
        for (kind, bytes) in self.seen.into_inner().into_values() {
            let list = match kind {
                PreimageKind::Node => &mut witness.nodes,
                PreimageKind::Code => &mut witness.codes,
                PreimageKind::Header => &mut witness.headers,
            };
            if !list.contains(&bytes) {
                list.push(bytes);
            }
        }
        witness
    }
}

impl<P: Preimages> Preimages for Recorder<P> {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        let bytes = self.source.get(kind, hash)?;
        self.seen.borrow_mut().insert(hash, (kind, bytes.clone()));
        Ok(bytes)
    }

    fn prefetch_account(&self, address: Address) {
        self.source.prefetch_account(address);
    }

    fn prefetch_storage(&self, address: Address, slot: B256) {
        self.source.prefetch_storage(address, slot);
    }
}

impl L2Node {
    /// The witness of a block in the chain; it is executed once more for it.
    pub fn block_witness(&self, block: &L2Block) -> Result<Witness, DevnetError> {
        let number = block.header.number;
        let parent = number
            .checked_sub(1)
            .ok_or_else(|| DevnetError::Config("the genesis block has no witness".into()))?;
        let parent = self.expect_block(parent)?;
        let (witness, hash) = self.attributes_witness(&parent, &attributes_of(block))?;
        if hash != block.hash {
            return Err(DevnetError::Corrupt(format!(
                "block {number} executes to {hash}"
            )));
        }
        Ok(witness)
    }

    /// The witness of the block that these attributes give on top of `parent`, and its hash.
    pub fn attributes_witness(
        &self,
        parent: &L2Block,
        attributes: &Attributes,
    ) -> Result<(Witness, B256), DevnetError> {
        let recorder = Recorder::new(self.store().clone());
        let sealed = Sealed::new_unchecked(parent.header.clone(), parent.hash);
        let mut db = TrieDb::new(sealed, &recorder);
        let outcome = self
            .chain()
            .execute(&mut db, attributes)
            .map_err(|e: ExecutorError| DevnetError::Execution {
                number: parent.header.number + 1,
                reason: e.to_string(),
            })?;
        drop(db);
        Ok((recorder.into_witness(&parent.header), outcome.header.hash()))
    }
}

/// The attributes that a block was built from.
pub(super) fn attributes_of(block: &L2Block) -> Attributes {
    let header = &block.header;
    Attributes {
        timestamp: header.timestamp,
        prev_randao: header.mix_hash,
        fee_recipient: header.beneficiary,
        parent_beacon_root: header.parent_beacon_block_root,
        gas_limit: header.gas_limit,
        transactions: block.transactions.clone(),
        eip1559_params: header
            .extra_data
            .get(1..9)
            .and_then(|p| B64::try_from(p).ok()),
        min_base_fee: None,
    }
}
