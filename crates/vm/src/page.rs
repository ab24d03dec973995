//! One page of memory.

use std::sync::OnceLock;

use alloy_primitives::B256;

use crate::hash;

/// Bytes in a page.
pub const PAGE_BYTES: usize = 4096;
/// 64-bit words in a page.
pub const PAGE_WORDS: usize = PAGE_BYTES / 8;
/// Leaves of 32 bytes in a page.
const LEAVES: usize = PAGE_BYTES / 32;
/// Height of a page's root over the leaves.
pub(crate) const PAGE_HEIGHT: usize = 7;

/// 4096 bytes as 512 words, and the root of their merkle tree once somebody asked for it.
///
/// The words are numbers in the host's byte order; byte 0 of the page is the most significant
/// byte of word 0.
#[derive(Clone, Debug)]
pub struct Page {
    words: [u64; PAGE_WORDS],
    root: OnceLock<B256>,
}

impl Default for Page {
    fn default() -> Self {
        Self::new([0; PAGE_WORDS])
    }
}

impl Page {
    /// A page of these words.
    pub const fn new(words: [u64; PAGE_WORDS]) -> Self {
        Self {
            words,
            root: OnceLock::new(),
        }
    }

    /// A page from its bytes as the guest sees them.
    pub fn from_bytes(bytes: &[u8; PAGE_BYTES]) -> Self {
        let mut words = [0; PAGE_WORDS];
        for (word, chunk) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_be_bytes(*chunk);
        }
        Self::new(words)
    }

    /// The page's bytes as the guest sees them.
    pub fn to_bytes(&self) -> [u8; PAGE_BYTES] {
        let mut bytes = [0; PAGE_BYTES];
        for (word, chunk) in self.words.iter().zip(bytes.as_chunks_mut().0) {
            *chunk = word.to_be_bytes();
        }
        bytes
    }

    /// The page's words.
    pub const fn words(&self) -> &[u64; PAGE_WORDS] {
        &self.words
    }

    /// The word at `address`, of which only the offset within the page counts.
    #[expect(clippy::indexing_slicing, reason = "masked to the page")]
    pub const fn word(&self, address: u64) -> u64 {
        self.words[(address >> 3) as usize % PAGE_WORDS]
    }

    /// Stores the word at `address`, of which only the offset within the page counts.
    #[expect(clippy::indexing_slicing, reason = "masked to the page")]
    pub fn set_word(&mut self, address: u64, value: u64) {
        self.words[(address >> 3) as usize % PAGE_WORDS] = value;
        self.root.take();
    }

    /// The root of the page's 128 leaves.
    pub fn root(&self) -> B256 {
        *self.root.get_or_init(|| hash::fold(self.leaves(), 0))
    }

    /// True if the root is known already.
    pub(crate) fn is_hashed(&self) -> bool {
        self.root.get().is_some()
    }

    /// The leaf that holds `address` and its siblings up to the page's root.
    pub(crate) fn branch(&self, address: u64) -> (B256, [B256; PAGE_HEIGHT]) {
        let mut nodes = self.leaves().to_vec();
        let mut index = (address >> 5) as usize % LEAVES;
        let leaf = nodes.get(index).copied().unwrap_or_default();
        let siblings = std::array::from_fn(|_| {
            let sibling = nodes.get(index ^ 1).copied().unwrap_or_default();
            nodes = nodes
                .as_chunks()
                .0
                .iter()
                .map(|[left, right]| hash::pair(left, right))
                .collect();
            index /= 2;
            sibling
        });
        (leaf, siblings)
    }

    fn leaves(&self) -> [B256; LEAVES] {
        let mut leaves = [B256::ZERO; LEAVES];
        for (leaf, words) in leaves.iter_mut().zip(self.words.as_chunks::<4>().0) {
            for (slot, word) in leaf.0.as_chunks_mut().0.iter_mut().zip(words) {
                *slot = word.to_be_bytes();
            }
        }
        leaves
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_words_agree() {
        let mut bytes = [0; PAGE_BYTES];
        bytes[8..16].copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8]);
        let page = Page::from_bytes(&bytes);
        assert_eq!(page.word(0x7008), 0x0102_0304_0506_0708);
        assert_eq!(page.to_bytes(), bytes);
    }

    #[test]
    fn a_write_changes_the_root() {
        let mut page = Page::default();
        let before = page.root();
        assert_eq!(before, hash::zero(PAGE_HEIGHT));
        page.set_word(0x20, 1);
        assert_ne!(page.root(), before);
        page.set_word(0x20, 0);
        assert_eq!(page.root(), before);
    }

    #[test]
    fn a_branch_leads_to_the_root() {
        let mut page = Page::default();
        for i in 0..PAGE_WORDS as u64 {
            page.set_word(8 * i, i * i);
        }
        for address in [0, 0x20, 0x7f8, 0xff8] {
            let (mut node, siblings) = page.branch(address);
            let mut index = address >> 5;
            for sibling in siblings {
                node = if index & 1 == 0 {
                    hash::pair(&node, &sibling)
                } else {
                    hash::pair(&sibling, &node)
                };
                index >>= 1;
            }
            assert_eq!(node, page.root());
        }
    }
}
