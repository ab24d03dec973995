//! Where derivation reads from.

use alloc::{rc::Rc, vec::Vec};

use endgame_ortho_primitives::Hash;

use crate::{L1Block, L2Block};

/// Gives blocks. What it gives is taken as true: it checks everything against L1's head and the
/// agreed L2 block, whose hashes bind all the rest.
pub trait Source {
    /// Why something could not be had.
    type Error;

    /// The L1 block with this hash.
    fn l1_block(&mut self, hash: Hash) -> Result<Rc<L1Block>, Self::Error>;

    /// The canonical L1 block with this number, nothing past the head.
    fn l1_block_at(&mut self, number: u64) -> Result<Option<Rc<L1Block>>, Self::Error>;

    /// The transactions of an L1 block, as they stand in its trie (EIP-2718).
    fn l1_transactions(&mut self, block: &L1Block) -> Result<Vec<Vec<u8>>, Self::Error>;

    /// The receipts of an L1 block, as they stand in its trie (EIP-2718).
    fn l1_receipts(&mut self, block: &L1Block) -> Result<Vec<Vec<u8>>, Self::Error>;

    /// The 131,072 bytes of the blob with this versioned hash, which is the `index`-th of all
    /// blobs of the block.
    fn blob(&mut self, block: &L1Block, index: u64, hash: Hash) -> Result<Vec<u8>, Self::Error>;

    /// The L2 block with this number, at or before the safe head, at or after the rollup's
    /// genesis.
    fn l2_block(&mut self, number: u64) -> Result<Rc<L2Block>, Self::Error>;
}
