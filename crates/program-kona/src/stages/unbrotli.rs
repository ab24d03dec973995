//! Brotli channels (specs `protocol/fjord/derivation.md`, "Brotli Channel Compression").

use alloc::{boxed::Box, vec, vec::Vec};
use core::ops::Range;

use alloc_no_stdlib::{Allocator, SliceWrapper, SliceWrapperMut};
use brotli_decompressor::{
    BrotliDecoderHasMoreOutput, BrotliDecompressStream, BrotliResult, BrotliState,
};

use super::decompress::End;

/// How much of a channel op-node gives its decoder at first, the channel's version included, and
/// later.
const FIRST_PART: usize = 4_096;
const PART: usize = 32_768;

/// Decompresses a channel that Brotli compressed.
///
/// This decoder and op-node's are both made from the one in C: with the same parts of the input
/// they give the same output before an error.
pub(super) struct Unbrotli {
    state: BrotliState<Heap, Heap, Heap>,
    channel: Vec<u8>,
    /// What the decoder has not taken of the part that it is at.
    part: Range<usize>,
    is_complete: bool,
}

impl core::fmt::Debug for Unbrotli {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Unbrotli")
            .field("part", &self.part)
            .finish_non_exhaustive()
    }
}

impl Unbrotli {
    /// Decompresses what follows the version byte.
    pub(super) fn new(channel: Vec<u8>) -> Self {
        Self {
            state: BrotliState::new_strict(Heap, Heap, Heap),
            part: 1.min(channel.len())..channel.len().min(FIRST_PART),
            channel,
            is_complete: false,
        }
    }

    /// As [`Decoder::read`](super::decompress::Decoder::read).
    pub(super) fn read(&mut self, out: &mut Vec<u8>, most: usize) -> Option<End> {
        /// Bytes of output that memory is set aside for at a time.
        const PIECE: usize = 1 << 16;
        if self.part.is_empty() && !BrotliDecoderHasMoreOutput(&self.state) && !self.next_part() {
            return Some(if self.is_complete {
                End::Complete
            } else {
                End::Corrupt
            });
        }
        let start = out.len();
        let end = start.saturating_add(most);
        loop {
            let before = out.len();
            let room = PIECE.min(end - before);
            out.resize(before + room, 0);
            let (result, written) = self.decompress(out.get_mut(before..).unwrap_or_default());
            out.truncate(before + written);
            match result {
                BrotliResult::ResultSuccess => {
                    self.is_complete = true;
                    return (!self.part.is_empty()).then_some(End::Corrupt);
                }
                BrotliResult::NeedsMoreOutput if out.len() == end => return None,
                BrotliResult::NeedsMoreOutput => {}
                BrotliResult::NeedsMoreInput if out.len() > start => return None,
                BrotliResult::NeedsMoreInput if self.next_part() => {}
                BrotliResult::NeedsMoreInput | BrotliResult::ResultFailure => {
                    return Some(End::Corrupt);
                }
            }
        }
    }

    /// Goes to the next part of the input, if there is one.
    fn next_part(&mut self) -> bool {
        let end = self.part.end;
        self.part = end..self.channel.len().min(end.saturating_add(PART));
        !self.part.is_empty()
    }

    /// Runs the decoder on what is left of the part; how many bytes it wrote.
    fn decompress(&mut self, out: &mut [u8]) -> (BrotliResult, usize) {
        let input = self.channel.get(self.part.clone()).unwrap_or_default();
        let (mut left, mut taken) = (input.len(), 0);
        let (mut room, mut written, mut total) = (out.len(), 0, 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut taken,
            input,
            &mut room,
            &mut written,
            out,
            &mut total,
            &mut self.state,
        );
        self.part.start += taken;
        (result, written)
    }
}

/// Memory for the Brotli decoder.
#[derive(Clone, Copy, Debug, Default)]
struct Heap;

#[derive(Clone, Debug)]
struct Memory<T>(Box<[T]>);

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<T> SliceWrapper<T> for Memory<T> {
    fn slice(&self) -> &[T] {
        &self.0
    }
}

impl<T> SliceWrapperMut<T> for Memory<T> {
    fn slice_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T: Clone + Default> Allocator<T> for Heap {
    type AllocatedMemory = Memory<T>;

    fn alloc_cell(&mut self, len: usize) -> Memory<T> {
        Memory(vec![T::default(); len].into_boxed_slice())
    }

    fn free_cell(&mut self, _: Memory<T>) {}
}
