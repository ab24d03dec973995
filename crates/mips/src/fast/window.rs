//! The guest's memory, flat.
//!
//! A reserved window of host memory holds the guest's pages at a place computed from their
//! address: no table leads there. A tag a page says whose page lies in its slot and how it may be
//! used, so that one comparison settles an access. The operating system gives memory to pages
//! that are touched. A page whose slot belongs to another one lives in a map.
//!
//! Words lie in the host's byte order: parts of a word are found by flipping address bits.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use endgame_vm::{Memory, PAGE_WORDS, Page, PageIndex, Words};
use memmap2::{MmapMut, MmapOptions};

const WINDOW_BITS: u32 = 36;
/// Bytes of the window: 64 GiB of address space.
pub(super) const WINDOW: usize = 1 << WINDOW_BITS;
/// Pages of the window.
pub(super) const SLOTS: usize = WINDOW >> 12;
const OFFSET: u64 = WINDOW as u64 - 1;
/// Where the bits 38, 39 and 44 go, so that low addresses, Go's arenas and the VM's heap get
/// regions of their own.
const SPREAD: u64 = 1 << 29 | 1 << 30 | 1 << 35;

/// Written since the last snapshot.
const DIRTY: u32 = 1;
/// Stores must look closer: decoded instructions or a reserved word are here.
const SPECIAL: u32 = 2;
/// The slot is in use.
const PRESENT: u32 = 4;
/// Bits of a tag under the address bits that the place in the window does not tell.
const TAG_SHIFT: u32 = 3;

/// Flips an offset into a word of eight bytes for parts of `BYTES` bytes.
const fn flip<const BYTES: u64>() -> u64 {
    if cfg!(target_endian = "little") {
        8 - BYTES
    } else {
        0
    }
}

const fn place(address: u64) -> u64 {
    (address ^ address >> 9 & SPREAD) & OFFSET
}

const fn slot(address: u64) -> usize {
    (place(address) >> 12) as usize % SLOTS
}

const fn tag(address: u64) -> u32 {
    (address >> (WINDOW_BITS - TAG_SHIFT)) as u32 & !(PRESENT | SPECIAL | DIRTY) | PRESENT
}

/// A page that found its slot taken.
#[derive(Debug)]
struct FarPage {
    words: Box<[u64; PAGE_WORDS]>,
    dirty: bool,
}

/// What is not needed for most accesses.
#[derive(Debug, Default)]
pub(super) struct Side {
    far: HashMap<PageIndex, FarPage>,
    dirty: Vec<PageIndex>,
    /// Instructions that were decoded, 1024 bits a page.
    decoded: HashMap<PageIndex, [u64; 16]>,
    /// A decoded instruction was overwritten.
    stale: bool,
}

/// A memory that an engine runs on, and the snapshot that it departed from.
#[derive(Debug)]
pub(super) struct Window {
    map: MmapMut,
    tags: Box<[u32; SLOTS]>,
    side: Side,
    base: Memory,
}

/// The parts of a window, ready for use.
pub(super) struct View<'m> {
    bytes: &'m mut [u8; WINDOW],
    tags: &'m mut [u32; SLOTS],
    side: &'m mut Side,
}

impl Window {
    /// An empty memory, unless the operating system refuses so much address space.
    pub(super) fn reserve() -> std::io::Result<Self> {
        let map = MmapOptions::new()
            .len(WINDOW)
            .no_reserve_swap()
            .map_anon()?;
        // Only a wish: fewer misses of the host's address translation.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        let tags = vec![0; SLOTS].into_boxed_slice();
        let tags = tags
            .try_into()
            .map_err(|_| std::io::ErrorKind::OutOfMemory)?;
        Ok(Self {
            map,
            tags,
            side: Side::default(),
            base: Memory::new(),
        })
    }

    /// The parts. `None` cannot be: the map has the window's size.
    pub(super) fn view(&mut self) -> Option<View<'_>> {
        Some(View {
            bytes: <&mut [u8; WINDOW]>::try_from(&mut self.map[..]).ok()?,
            tags: &mut self.tags,
            side: &mut self.side,
        })
    }

    /// What it holds, as a snapshot.
    pub(super) fn snapshot(&mut self) -> Memory {
        for index in std::mem::take(&mut self.side.dirty) {
            let words = self.page_words(index);
            let unchanged = self.base.page(index).is_some_and(|p| *p.words() == words);
            if !unchanged {
                self.base.insert_page(index, Arc::new(Page::new(words)));
            }
            let address = index << 12;
            if let Some(page) = self.side.far.get_mut(&index) {
                page.dirty = false;
            } else if let Some(entry) = self.tags.get_mut(slot(address)) {
                *entry &= !DIRTY;
            }
        }
        self.base.clone()
    }

    /// Holds `memory` from now on. Costs what differs from the last snapshot.
    pub(super) fn restore(&mut self, memory: &Memory) {
        let mut changed: HashSet<PageIndex> = self.side.dirty.drain(..).collect();
        changed.extend(self.base.changed_since(memory).iter().map(|c| c.0));
        changed.extend(memory.changed_since(&self.base).iter().map(|c| c.0));
        self.base = memory.clone();
        for index in changed {
            let page = memory.page(index).map(|page| page.words());
            self.side.stale |= self.side.decoded.contains_key(&index);
            if let Some(mut view) = self.view() {
                view.put_page(index << 12, page);
            }
        }
    }

    /// Whether a decoded instruction was overwritten since the last call of
    /// [`forget_decoded`](Self::forget_decoded).
    pub(super) const fn is_stale(&self) -> bool {
        self.side.stale
    }

    /// No instruction counts as decoded any more.
    pub(super) fn forget_decoded(&mut self) {
        self.side.stale = false;
        self.side.decoded.clear();
    }

    /// Marks an instruction as decoded: stores to it are noticed.
    pub(super) fn mark_decoded(&mut self, pc: u64) {
        let bits = self.side.decoded.entry(pc >> 12).or_default();
        let index = (pc >> 2) as usize % 1024;
        if let Some(word) = bits.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
        self.mark_special(pc);
    }

    /// Stores to the page of `address` look closer.
    pub(super) fn mark_special(&mut self, address: u64) {
        if let Some(mut view) = self.view() {
            view.mark_special(address);
        }
    }

    fn page_words(&self, index: PageIndex) -> [u64; PAGE_WORDS] {
        std::array::from_fn(|i| self.word(index << 12 | (i as u64) << 3))
    }
}

impl Words for Window {
    fn word(&self, address: u64) -> u64 {
        let entry = self.tags.get(slot(address)).copied().unwrap_or_default();
        if entry & !(DIRTY | SPECIAL) == tag(address) {
            let at = (place(address) & !7) as usize;
            let bytes = self.map.get(at..).and_then(<[u8]>::first_chunk);
            return bytes.map_or(0, |bytes| u64::from_ne_bytes(*bytes));
        }
        self.side.far_word(address)
    }

    fn set_word(&mut self, address: u64, value: u64) {
        if let Some(mut view) = self.view() {
            view.side.stale |= view.side.is_decoded(address);
            view.store_slowly(address, value);
        }
    }
}

impl Side {
    #[expect(clippy::indexing_slicing, reason = "masked to the page")]
    fn far_word(&self, address: u64) -> u64 {
        let index = (address >> 3) as usize % PAGE_WORDS;
        let page = self.far.get(&(address >> 12));
        page.map_or(0, |page| page.words[index])
    }

    /// Whether the word at `address` holds an instruction that was decoded.
    pub(super) fn is_decoded(&self, address: u64) -> bool {
        let index = (address >> 3 << 1) as usize % 1024;
        let bits = self.decoded.get(&(address >> 12));
        bits.and_then(|bits| bits.get(index / 64))
            .is_some_and(|word| word >> (index % 64) & 3 != 0)
    }
}

macro_rules! access {
    ($load:ident, $store:ident, $type:ty, $bytes:literal) => {
        /// The part of memory at `address`, rounded down to a multiple of its size. `None` if
        /// the slow way knows it.
        #[inline(always)]
        #[expect(clippy::indexing_slicing, reason = "masked to the window")]
        pub(super) const fn $load(&self, address: u64) -> Option<$type> {
            if self.tags[slot(address)] & !(DIRTY | SPECIAL) != tag(address) {
                return None;
            }
            let at = (place(address) ^ flip::<$bytes>()) as usize / $bytes % (WINDOW / $bytes);
            let parts = self.bytes.as_chunks::<$bytes>().0;
            Some(<$type>::from_ne_bytes(parts[at]))
        }

        /// Stores at `address`, rounded down to a multiple of the size. False if the slow way
        /// must do it.
        #[inline(always)]
        #[expect(clippy::indexing_slicing, reason = "masked to the window")]
        pub(super) const fn $store(&mut self, address: u64, value: $type) -> bool {
            if self.tags[slot(address)] != tag(address) | DIRTY {
                return false;
            }
            let at = (place(address) ^ flip::<$bytes>()) as usize / $bytes % (WINDOW / $bytes);
            let parts = self.bytes.as_chunks_mut::<$bytes>().0;
            parts[at] = value.to_ne_bytes();
            true
        }
    };
}

impl View<'_> {
    access!(load8, store8, u64, 8);
    access!(load4, store4, u32, 4);
    access!(load2, store2, u16, 2);
    access!(load1, store1, u8, 1);

    /// The word at `address`, whatever page it is in. The page's slot is taken if it is free, so
    /// that the next access is fast.
    #[expect(clippy::indexing_slicing, reason = "masked to the window")]
    pub(super) fn load_slowly(&mut self, address: u64) -> u64 {
        if self.tags[slot(address)] == 0 && !self.side.far.contains_key(&(address >> 12)) {
            self.tags[slot(address)] = tag(address);
        }
        self.load8(address)
            .unwrap_or_else(|| self.side.far_word(address))
    }

    /// Stores the word at `address`, whatever page it is in.
    #[expect(clippy::indexing_slicing, reason = "masked to the window or the page")]
    pub(super) fn store_slowly(&mut self, address: u64, value: u64) {
        let index = address >> 12;
        self.load_slowly(address);
        let entry = &mut self.tags[slot(address)];
        if *entry & !(DIRTY | SPECIAL) == tag(address) {
            if *entry & DIRTY == 0 {
                *entry |= DIRTY;
                self.side.dirty.push(index);
            }
            let at = place(address) as usize / 8 % (WINDOW / 8);
            self.bytes.as_chunks_mut::<8>().0[at] = value.to_ne_bytes();
            return;
        }
        let page = self.side.far.entry(index).or_insert_with(|| FarPage {
            words: Box::new([0; PAGE_WORDS]),
            dirty: false,
        });
        if !page.dirty {
            page.dirty = true;
            self.side.dirty.push(index);
        }
        page.words[(address >> 3) as usize % PAGE_WORDS] = value;
    }

    /// Whether the word at `address` holds an instruction that was decoded.
    pub(super) fn is_decoded(&self, address: u64) -> bool {
        self.side.is_decoded(address)
    }

    /// Stores to the page of `address` look closer.
    #[expect(clippy::indexing_slicing, reason = "masked to the window")]
    pub(super) fn mark_special(&mut self, address: u64) {
        self.load_slowly(address);
        let entry = &mut self.tags[slot(address)];
        if *entry & !(DIRTY | SPECIAL) == tag(address) {
            *entry |= SPECIAL;
        }
    }

    /// Stores to the page of `address` need not look closer, unless instructions are there.
    #[expect(clippy::indexing_slicing, reason = "masked to the window")]
    pub(super) fn unmark_special(&mut self, address: u64) {
        let entry = &mut self.tags[slot(address)];
        if *entry & !(DIRTY | SPECIAL) == tag(address)
            && !self.side.decoded.contains_key(&(address >> 12))
        {
            *entry &= !SPECIAL;
        }
    }

    /// Replaces a page, which is as in a snapshot then; `None` if it does not exist there.
    #[expect(clippy::indexing_slicing, reason = "masked to the window")]
    fn put_page(&mut self, address: u64, words: Option<&[u64; PAGE_WORDS]>) {
        let index = address >> 12;
        let entry = &mut self.tags[slot(address)];
        if *entry == 0 && words.is_some() && !self.side.far.contains_key(&index) {
            *entry = tag(address);
        }
        if *entry & !(DIRTY | SPECIAL) == tag(address) {
            *entry = if words.is_some() { tag(address) } else { 0 };
            let pages = self.bytes.as_chunks_mut::<4096>().0;
            let page = pages[slot(address)].as_chunks_mut::<8>().0;
            for (i, slot) in page.iter_mut().enumerate() {
                let word = words.and_then(|words| words.get(i)).copied();
                *slot = word.unwrap_or_default().to_ne_bytes();
            }
        } else if let Some(words) = words {
            let words = Box::new(*words);
            self.side.far.insert(
                index,
                FarPage {
                    words,
                    dirty: false,
                },
            );
        } else {
            self.side.far.remove(&index);
        }
    }
}

#[cfg(test)]
mod tests;
