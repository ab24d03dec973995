//! The tries that headers commit lists with, node by node.

use alloy::primitives::{B256, Bytes};
use endgame_kona_executor::{PreimageError, PreimageKind, Preimages, trie::Trie};

use crate::DevnetError;

/// A source for tries that are made from nothing.
#[derive(Debug)]
struct Nothing;

impl Preimages for Nothing {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        Err(PreimageError::NotFound { kind, hash })
    }
}

/// A trie's root, and each of its nodes with its hash.
pub type TrieNodes = (B256, Vec<(B256, Bytes)>);

/// The trie that a header commits its transactions or receipts with: keys are the items' indices.
pub fn ordered_trie(items: &[Bytes]) -> Result<TrieNodes, DevnetError> {
    let mut trie = Trie::empty();
    for (index, item) in items.iter().enumerate() {
        trie.insert(&alloy::rlp::encode(index), item.clone(), &Nothing)
            .map_err(|e| DevnetError::Corrupt(format!("list trie: {e}")))?;
    }
    let mut nodes = Vec::new();
    let root = trie.commit(&mut |hash, node| nodes.push((hash, node.into())));
    Ok((root, nodes))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use alloy_trie::root::ordered_trie_root_encoded;

    use super::*;

    #[derive(Debug)]
    struct Nodes(HashMap<B256, Bytes>);

    impl Preimages for Nodes {
        fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
            self.0
                .get(&hash)
                .cloned()
                .ok_or(PreimageError::NotFound { kind, hash })
        }
    }

    #[test]
    fn ordered_trie_has_the_headers_root_and_every_node() {
        for count in [0usize, 1, 2, 127, 128, 129, 300] {
            let items: Vec<Bytes> = (0..count)
                .map(|i| vec![i as u8; 1 + (i * 37) % 90].into())
                .collect();
            let (root, nodes) = ordered_trie(&items).unwrap();
            assert_eq!(root, ordered_trie_root_encoded(&items), "{count} items");
            let source = Nodes(nodes.into_iter().collect());
            for (i, item) in items.iter().enumerate() {
                let found = Trie::new(root)
                    .get(&alloy::rlp::encode(i), &source)
                    .unwrap();
                assert_eq!(found.as_ref(), Some(item));
            }
        }
    }
}
