//! Both chains as derivation reads them.

use alloc::{rc::Rc, vec::Vec};

use endgame_ortho_derive::{L1Block, L2Block, Source};
use endgame_ortho_primitives::Hash;

use crate::{PreimageError, blobs::Blobs, l1::L1, l2::L2};

/// What derivation reads.
#[derive(Debug)]
pub(crate) struct ChainData {
    pub(crate) l1: L1,
    pub(crate) l2: L2,
    pub(crate) blobs: Blobs,
}

impl Source for ChainData {
    type Error = PreimageError;

    fn l1_block(&mut self, hash: Hash) -> Result<Rc<L1Block>, PreimageError> {
        self.l1.block(hash)
    }

    fn l1_block_at(&mut self, number: u64) -> Result<Option<Rc<L1Block>>, PreimageError> {
        self.l1.block_at(number)
    }

    fn l1_transactions(&mut self, block: &L1Block) -> Result<Vec<Vec<u8>>, PreimageError> {
        self.l1.transactions(block)
    }

    fn l1_receipts(&mut self, block: &L1Block) -> Result<Vec<Vec<u8>>, PreimageError> {
        self.l1.receipts(block)
    }

    fn blob(&mut self, block: &L1Block, index: u64, hash: Hash) -> Result<Vec<u8>, PreimageError> {
        self.blobs.blob(block, index, hash)
    }

    fn l2_block(&mut self, number: u64) -> Result<Rc<L2Block>, PreimageError> {
        self.l2.block(number)
    }
}
