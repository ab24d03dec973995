//! The allocator.

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::Cell,
    ptr,
};

use crate::syscall;

/// The smallest block: it must hold a free list's link.
const MIN_SHIFT: u32 = 4;
/// Blocks of up to 2^31 bytes are kept for another use when they are freed.
const CLASSES: usize = 28;
/// Memory is taken from the VM in pieces of this size: a page costs nothing until it is touched.
const CHUNK: usize = 64 << 20;

/// Blocks of powers of two: freed ones wait in a list of their size, so that a program touches (and
/// a VM hashes) few pages. A guest has one thread.
#[derive(Debug)]
pub struct Allocator {
    next: Cell<usize>,
    end: Cell<usize>,
    free: [Cell<usize>; CLASSES],
}

// SAFETY: guests have one thread and no signal handlers.
unsafe impl Sync for Allocator {}

impl Allocator {
    /// An allocator that holds no memory yet.
    pub const fn new() -> Self {
        Self {
            next: Cell::new(0),
            end: Cell::new(0),
            free: [const { Cell::new(0) }; CLASSES],
        }
    }

    /// The size class of a layout: the power of two that its size and alignment fit in.
    fn class(layout: Layout) -> u32 {
        let size = layout.size().max(layout.align()).max(1 << MIN_SHIFT);
        size.next_power_of_two().trailing_zeros() - MIN_SHIFT
    }

    /// New memory of `size` bytes, 0 if the VM has none.
    fn carve(&self, size: usize, align: usize) -> usize {
        let mut at = self.next.get().next_multiple_of(align);
        if self.end.get() == 0 || at + size > self.end.get() {
            let piece = (size + align).max(CHUNK);
            let Ok(start) = syscall::map(piece) else {
                return 0;
            };
            self.end.set(start + piece);
            at = start.next_multiple_of(align);
        }
        self.next.set(at + size);
        at
    }
}

impl Default for Allocator {
    fn default() -> Self {
        Self::new()
    }
}

// SAFETY: a block belongs to one owner from `alloc` to `dealloc`; classes depend on the layout
// alone, which is the same in both; blocks are aligned to at least their layout's alignment.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let class = Self::class(layout);
        let size = (1usize << MIN_SHIFT) << class;
        let Some(free) = self.free.get(class as usize) else {
            return self.carve(size, layout.align()) as *mut u8;
        };
        let head = free.get();
        if head == 0 {
            return self.carve(size, layout.align().max(1 << MIN_SHIFT)) as *mut u8;
        }
        // Every block of a class is aligned to the class's first owner; check for a stricter one.
        if head % layout.align() != 0 {
            return self.carve(size, layout.align()) as *mut u8;
        }
        // SAFETY: a freed block begins with the address of the next one.
        free.set(unsafe { *(head as *const usize) });
        head as *mut u8
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if let Some(free) = self.free.get(Self::class(layout) as usize) {
            // SAFETY: the block is the caller's last use of it, and holds at least a word.
            unsafe { *block.cast::<usize>() = free.get() };
            free.set(block as usize);
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller's.
        let block = unsafe { self.alloc(layout) };
        if !block.is_null() {
            // SAFETY: the block is at least this large.
            unsafe { ptr::write_bytes(block, 0, layout.size()) };
        }
        block
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as the caller's: `new_size` with the alignment is a layout.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        if Self::class(new_layout) == Self::class(layout) {
            return block;
        }
        // SAFETY: as the caller's; both blocks hold the smaller size.
        unsafe {
            let new = self.alloc(new_layout);
            if !new.is_null() {
                ptr::copy_nonoverlapping(block, new, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}
