//! The memory as a persistent radix tree of pages.
//!
//! Sixteen children a node, thirteen levels over the 52 bits of a page index. Nodes are shared
//! between clones and copied when written, and each keeps the hash of its subtree until a write
//! below it. So a snapshot is a pointer, its cost is the pages written after it, and hashing
//! after some work touches only what changed.

use std::sync::{Arc, OnceLock};

use alloy_primitives::B256;
use rayon::prelude::*;

use crate::{
    MerkleProof, Words, hash,
    page::{PAGE_HEIGHT, PAGE_WORDS, Page},
};

/// The number of a page: its address divided by 4096. Less than 2^52.
pub type PageIndex = u64;

const FANOUT_BITS: usize = 4;
const FANOUT: usize = 1 << FANOUT_BITS;
const LEVELS: usize = 13;
const INDEX_BITS: usize = FANOUT_BITS * LEVELS;

#[derive(Clone, Debug)]
enum Child {
    Node(Arc<Node>),
    Page(Arc<Page>),
}

#[derive(Clone, Debug, Default)]
struct Node {
    children: [Option<Child>; FANOUT],
    hash: OnceLock<B256>,
}

/// A sparse memory of 2^64 bytes with a merkle root.
///
/// Cloning is cheap and clones don't see each other's writes.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    root: Arc<Node>,
    pages: usize,
}

/// Which child of a node at `level` (12 at the root, 0 over pages) leads to a page.
const fn slot(page: PageIndex, level: usize) -> usize {
    (page >> (level * FANOUT_BITS)) as usize % FANOUT
}

impl Memory {
    /// A memory without pages.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many pages exist.
    pub const fn page_count(&self) -> usize {
        self.pages
    }

    /// A page, if it exists.
    pub fn page(&self, index: PageIndex) -> Option<&Arc<Page>> {
        let mut node = &self.root;
        for level in (0..LEVELS).rev() {
            match node.children.get(slot(index, level))?.as_ref()? {
                Child::Node(next) => node = next,
                Child::Page(page) => return Some(page),
            }
        }
        None
    }

    /// Puts a page in, replacing what was there. Bits of `index` over 52 are ignored.
    pub fn insert_page(&mut self, index: PageIndex, page: Arc<Page>) {
        let Self { root, pages } = self;
        let slot = Self::page_slot(root, index);
        if slot.is_none() {
            *pages += 1;
        }
        *slot = Some(Child::Page(page));
    }

    /// All pages in the order of their addresses.
    pub fn iter(&self) -> impl Iterator<Item = (PageIndex, &Arc<Page>)> {
        let mut stack = vec![(&self.root, 0_u64, 0_usize)];
        std::iter::from_fn(move || {
            loop {
                let (node, prefix, next) = stack.pop()?;
                let Some(child) = node.children.get(next) else {
                    continue;
                };
                stack.push((node, prefix, next + 1));
                let index = prefix << FANOUT_BITS | next as u64;
                match child {
                    Some(Child::Node(inner)) => stack.push((inner, index, 0)),
                    Some(Child::Page(page)) => return Some((index, page)),
                    None => {}
                }
            }
        })
    }

    /// Pages of `self` that are not the very same in `other`: absent there, or written since the
    /// two were one. Costs what differs, not what is shared.
    pub fn changed_since<'a>(&'a self, other: &'a Self) -> Vec<(PageIndex, &'a Arc<Page>)> {
        let mut out = Vec::new();
        collect_changed(&self.root, Some(&other.root), 0, &mut out);
        out
    }

    /// The merkle root. Only what changed since the last call is hashed, on all cores.
    pub fn merkle_root(&self) -> B256 {
        node_hash(&self.root, LEVELS - 1)
    }

    /// The proof of the leaf that holds `address`, against [`merkle_root`](Self::merkle_root).
    pub fn proof(&self, address: u64) -> MerkleProof {
        self.merkle_root();
        let index = address >> 12;
        let mut siblings = [B256::ZERO; crate::TREE_DEPTH];
        let mut node = Some(&self.root);
        let mut page = None;
        for level in (0..LEVELS).rev() {
            let bottom = PAGE_HEIGHT + level * FANOUT_BITS;
            let hashes = node.map_or_else(
                || [hash::zero(bottom); FANOUT],
                |node| child_hashes(node, level),
            );
            let branch = node_branch(&hashes, slot(index, level));
            for (target, sibling) in siblings.iter_mut().skip(bottom).zip(branch) {
                *target = sibling;
            }
            match node.and_then(|n| n.children.get(slot(index, level))) {
                Some(Some(Child::Node(next))) => node = Some(next),
                Some(Some(Child::Page(found))) => {
                    page = Some(found);
                    node = None;
                }
                _ => node = None,
            }
        }
        let (leaf, low) = page.map_or_else(
            || (B256::ZERO, std::array::from_fn(hash::zero)),
            |page| page.branch(address),
        );
        for (target, sibling) in siblings.iter_mut().zip(low) {
            *target = sibling;
        }
        MerkleProof { leaf, siblings }
    }

    /// The place of a page, all nodes on the way made writable and their hashes forgotten.
    #[expect(clippy::indexing_slicing, reason = "a slot is less than the fan-out")]
    fn page_slot(root: &mut Arc<Node>, index: PageIndex) -> &mut Option<Child> {
        let mut node = Arc::make_mut(root);
        node.hash.take();
        for level in (1..LEVELS).rev() {
            let child = &mut node.children[slot(index, level)];
            if !matches!(child, Some(Child::Node(_))) {
                *child = Some(Child::Node(Arc::default()));
            }
            let Some(Child::Node(next)) = child else {
                unreachable!("just put there");
            };
            node = Arc::make_mut(next);
            node.hash.take();
        }
        &mut node.children[slot(index, 0)]
    }
}

impl Words for Memory {
    fn word(&self, address: u64) -> u64 {
        self.page(address >> 12)
            .map_or(0, |page| page.word(address))
    }

    fn set_word(&mut self, address: u64, value: u64) {
        let Self { root, pages } = self;
        let slot = Self::page_slot(root, address >> 12);
        if let Some(Child::Page(page)) = slot {
            Arc::make_mut(page).set_word(address, value);
        } else {
            let mut page = Page::default();
            page.set_word(address, value);
            *slot = Some(Child::Page(Arc::new(page)));
            *pages += 1;
        }
    }
}

/// The pages as words, for bulk copies.
impl FromIterator<(PageIndex, [u64; PAGE_WORDS])> for Memory {
    fn from_iter<T: IntoIterator<Item = (PageIndex, [u64; PAGE_WORDS])>>(pages: T) -> Self {
        let mut memory = Self::new();
        for (index, words) in pages {
            memory.insert_page(index, Arc::new(Page::new(words)));
        }
        memory
    }
}

fn node_hash(node: &Node, level: usize) -> B256 {
    *node
        .hash
        .get_or_init(|| hash::fold(child_hashes(node, level), PAGE_HEIGHT + level * FANOUT_BITS))
}

/// The roots of a node's subtrees; those not known yet are computed in parallel.
fn child_hashes(node: &Node, level: usize) -> [B256; FANOUT] {
    let unknown = node.children.iter().flatten().filter(|c| !is_hashed(c));
    if unknown.count() > 1 {
        node.children.par_iter().flatten().for_each(|child| {
            child_hash(child, level);
        });
    }
    let mut hashes = [hash::zero(PAGE_HEIGHT + level * FANOUT_BITS); FANOUT];
    for (hash, child) in hashes.iter_mut().zip(&node.children) {
        if let Some(child) = child {
            *hash = child_hash(child, level);
        }
    }
    hashes
}

fn is_hashed(child: &Child) -> bool {
    match child {
        Child::Node(node) => node.hash.get().is_some(),
        Child::Page(page) => page.is_hashed(),
    }
}

/// The root of a child of a node at `level`.
fn child_hash(child: &Child, level: usize) -> B256 {
    match child {
        Child::Node(node) => node_hash(node, level.saturating_sub(1)),
        Child::Page(page) => page.root(),
    }
}

/// The four siblings on the way from child `index` up to the node.
fn node_branch(hashes: &[B256; FANOUT], mut index: usize) -> [B256; FANOUT_BITS] {
    let mut nodes = hashes.to_vec();
    std::array::from_fn(|_| {
        let sibling = nodes.get(index ^ 1).copied().unwrap_or_default();
        nodes = nodes
            .as_chunks()
            .0
            .iter()
            .map(|[left, right]| hash::pair(left, right))
            .collect();
        index /= 2;
        sibling
    })
}

fn collect_changed<'a>(
    node: &'a Arc<Node>,
    other: Option<&'a Arc<Node>>,
    prefix: u64,
    out: &mut Vec<(PageIndex, &'a Arc<Page>)>,
) {
    if other.is_some_and(|other| Arc::ptr_eq(node, other)) {
        return;
    }
    for (i, child) in node.children.iter().enumerate() {
        let theirs = other
            .and_then(|o| o.children.get(i))
            .and_then(Option::as_ref);
        let index = prefix << FANOUT_BITS | i as u64;
        match (child, theirs) {
            (Some(Child::Node(node)), Some(Child::Node(other))) => {
                collect_changed(node, Some(other), index, out);
            }
            (Some(Child::Node(node)), _) => collect_changed(node, None, index, out),
            (Some(Child::Page(page)), Some(Child::Page(other))) if Arc::ptr_eq(page, other) => {}
            (Some(Child::Page(page)), _) => out.push((index, page)),
            (None, _) => {}
        }
    }
}

const _: () = assert!(INDEX_BITS + 12 == 64 && PAGE_HEIGHT + INDEX_BITS == crate::TREE_DEPTH);

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::b256;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn empty_memory_has_the_root_of_an_empty_tree() {
        let memory = Memory::new();
        assert_eq!(memory.merkle_root(), hash::zero(crate::TREE_DEPTH));
        assert_eq!(memory.word(0x1234), 0);
        assert_eq!(memory.page_count(), 0);
    }

    #[test]
    fn root_of_one_word_is_the_published_one() {
        // A single 1 in the lowest leaf: folded with zero hashes by hand.
        let mut memory = Memory::new();
        memory.set_word(0, 1 << 56);
        let mut node = b256!("0100000000000000000000000000000000000000000000000000000000000000");
        for height in 0..crate::TREE_DEPTH {
            node = hash::pair(&node, &hash::zero(height));
        }
        assert_eq!(memory.merkle_root(), node);
    }

    #[test]
    fn clones_do_not_see_each_others_writes() {
        let mut memory = Memory::new();
        memory.set_word(0x5000, 1);
        let snapshot = memory.clone();
        let root = snapshot.merkle_root();
        memory.set_word(0x5000, 2);
        memory.set_word(0xffff_ffff_ffff_fff8, 3);
        assert_eq!((snapshot.word(0x5000), snapshot.merkle_root()), (1, root));
        assert_eq!((snapshot.page_count(), memory.page_count()), (1, 2));
        let changed: Vec<_> = memory
            .changed_since(&snapshot)
            .into_iter()
            .map(|c| c.0)
            .collect();
        assert_eq!(changed, [5, (1 << 52) - 1]);
        assert!(memory.changed_since(&memory.clone()).is_empty());
    }

    #[test]
    fn bytes_cross_words_and_pages() {
        let mut memory = Memory::new();
        memory.set_bytes(0x1ffd, b"hello world");
        assert_eq!(memory.bytes(0x1ffd, 11), b"hello world");
        assert_eq!(memory.word(0x1ff8), u64::from_be_bytes(*b"\0\0\0\0\0hel"));
        memory.set_bytes(u64::MAX, b"ab");
        assert_eq!(
            (memory.bytes(u64::MAX, 2), memory.bytes(0, 1)),
            (b"ab".to_vec(), b"b".to_vec())
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn behaves_like_a_map_and_proves_what_it_holds(
            writes in prop::collection::vec((any::<u64>(), 0_u32..60, any::<u64>()), 1..40),
            probe in any::<u64>(),
        ) {
            let mut memory = Memory::new();
            let mut model = BTreeMap::new();
            for (address, shift, value) in writes {
                let address = (address >> shift) & !7;
                memory.set_word(address, value);
                model.insert(address, value);
                if value.is_multiple_of(4) {
                    memory.merkle_root();
                }
            }
            let root = memory.merkle_root();
            let fresh: Memory = memory.iter().map(|(i, p)| (i, *p.words())).collect();
            prop_assert_eq!(fresh.merkle_root(), root);
            let pages: std::collections::BTreeSet<_> = model.keys().map(|a| a >> 12).collect();
            prop_assert_eq!(memory.iter().map(|(i, _)| i).collect::<Vec<_>>(), pages.into_iter().collect::<Vec<_>>());
            for (&address, &value) in &model {
                prop_assert_eq!(memory.word(address), value);
            }
            for address in model.keys().copied().chain([probe]) {
                let proof = memory.proof(address);
                prop_assert_eq!(proof.root(address), root);
                let at = (address & 0x18) as usize;
                prop_assert_eq!(&proof.leaf[at..at + 8], &memory.word(address).to_be_bytes());
            }
        }
    }
}
