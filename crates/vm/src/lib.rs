//! What both fault proof VMs share off-chain: paged memory, its merkle commitment, preimage reads.
//!
//! [`Memory`] is a persistent tree of pages: a clone is a snapshot that costs nothing until one
//! side writes, and every subtree remembers its hash until something under it changes.
//! [`Words`] is what an interpreter needs of a memory, so that the same interpreter runs on
//! [`Memory`] and on faster representations. [`Preimages`] reads the oracle the way the VMs do.

mod hash;
mod memory;
mod page;
mod preimages;
mod proof;
mod words;

pub use memory::{Memory, PageIndex};
pub use page::{PAGE_BYTES, PAGE_WORDS, Page};
pub use preimages::{PreimageRead, Preimages};
pub use proof::{MerkleProof, PROOF_BYTES, PROOF_NODES};
pub use words::Words;

/// Depth of the memory's merkle tree: 2^59 leaves of 32 bytes cover 64-bit addresses.
pub const TREE_DEPTH: usize = 59;
