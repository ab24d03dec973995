//! The L2 node: chain store, state, genesis, block building blocks.

mod attributes;
mod block;
mod call;
mod deposit;
mod genesis;
mod info;
mod node;
mod state;
mod store;
mod system;
mod trie;
mod witness;

pub use attributes::{OriginedAttributes, build_attributes};
pub use block::L2Block;
pub use deposit::user_deposits;
pub use genesis::install_genesis;
pub use info::L1Info;
pub use node::{Heads, L2Node};
pub use state::{AccountProof, StateView, StorageProof};
pub use store::Store;
pub use system::SystemConfig;
pub use trie::{TrieNodes, ordered_trie};
pub use witness::{Recorder, Witness};
