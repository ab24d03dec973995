//! ortho: an independent OP Stack state transition function written from the specs.
//!
//! Each part is a crate of its own and usable alone; this one gathers them.
#![no_std]

pub use endgame_ortho_evm as evm;
pub use endgame_ortho_execute as execute;
pub use endgame_ortho_precompiles as precompiles;
pub use endgame_ortho_primitives as primitives;
pub use endgame_ortho_rlp as rlp;
pub use endgame_ortho_trie as trie;
pub use endgame_ortho_types as types;
