//! Lists as tries: transactions, receipts, withdrawals, keyed by the RLP of their index.

use alloc::vec::Vec;

use endgame_ortho_primitives::Hash;
use endgame_ortho_rlp::Encoder;

use crate::{NoStore, NodeStore, Trie, TrieError};

fn key(index: u64) -> Vec<u8> {
    let mut encoder = Encoder::new();
    encoder.u64(index);
    encoder.finish()
}

/// The root hash of the trie of a list.
pub fn ordered_root<E>(items: impl IntoIterator<Item = Vec<u8>>) -> Result<Hash, TrieError<E>> {
    let mut trie = Trie::new();
    for (index, item) in (0..).zip(items) {
        // Nothing is stored, so the store's own errors cannot happen.
        trie.insert(&NoStore, &key(index), item)
            .map_err(|_| TrieError::EmptyValue)?;
    }
    Ok(trie.root())
}

/// The list in a store whose trie has this root hash.
pub fn ordered_list<S: NodeStore>(
    store: &S,
    root: Hash,
) -> Result<Vec<Vec<u8>>, TrieError<S::Error>> {
    let mut trie = Trie::at(root);
    let mut items = Vec::new();
    while let Some(item) = trie.get(store, &key(items.len() as u64))? {
        items.push(item.to_vec());
    }
    Ok(items)
}
