//! Blocks as derivation sees them.

use alloc::vec::Vec;

use endgame_ortho_primitives::Hash;
use endgame_ortho_types::Header;

/// Names a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockId {
    /// Its hash.
    pub hash: Hash,
    /// Blocks before it.
    pub number: u64,
}

/// A block of L1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct L1Block {
    /// The hash of the header.
    pub hash: Hash,
    /// The header.
    pub header: Header,
}

impl L1Block {
    /// Its name.
    pub const fn id(&self) -> BlockId {
        BlockId {
            hash: self.hash,
            number: self.header.number,
        }
    }
}

/// A block of L2 with what L1 says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct L2Block {
    /// The hash of the header.
    pub hash: Hash,
    /// The header.
    pub header: Header,
    /// EIP-2718 encodings, in order.
    pub transactions: Vec<Vec<u8>>,
    /// The L1 block that it takes its L1 attributes from.
    pub origin: BlockId,
    /// Blocks of the same origin before it.
    pub sequence_number: u64,
}

impl L2Block {
    /// Its name.
    pub const fn id(&self) -> BlockId {
        BlockId {
            hash: self.hash,
            number: self.header.number,
        }
    }
}
