//! Tries of lists: transactions and receipts, keyed by the RLP of their index.

use alloc::{string::ToString, vec::Vec};

use alloy_primitives::{B256, Bytes};

use super::{EMPTY_ROOT, Trie, TrieError};
use crate::{PreimageError, PreimageKind, Preimages};

/// A source for tries that are built from nothing.
#[derive(Debug)]
pub(crate) struct Nothing;

impl Preimages for Nothing {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        Err(PreimageError::NotFound { kind, hash })
    }
}

/// The root of the trie of `items` in their order.
pub fn ordered_root(items: impl IntoIterator<Item = Bytes>) -> Result<B256, TrieError> {
    let mut trie = Trie::empty();
    for (index, item) in items.into_iter().enumerate() {
        trie.insert(&alloy_rlp::encode(index), item, &Nothing)?;
    }
    Ok(trie.commit(&mut |_, _| {}))
}

/// The items of the list with this root.
pub fn ordered_list(root: B256, source: &impl Preimages) -> Result<Vec<Bytes>, TrieError> {
    let mut items = Vec::new();
    if root == EMPTY_ROOT {
        return Ok(items);
    }
    let mut trie = Trie::new(root);
    while let Some(item) = trie.get(&alloy_rlp::encode(items.len()), source)? {
        items.push(item);
    }
    if items.is_empty() {
        return Err(TrieError::Value("list without a first item".to_string()));
    }
    Ok(items)
}
