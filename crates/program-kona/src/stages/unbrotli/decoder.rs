//! The Brotli decoder, and what it has put out.

use alloc::{boxed::Box, vec, vec::Vec};

use alloc_no_stdlib::{Allocator, SliceWrapper, SliceWrapperMut};
use brotli_decompressor::{
    BrotliDecoderHasMoreOutput, BrotliDecompressStream, BrotliResult, BrotliState,
};

/// What became of some input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fed {
    /// There must be more.
    More,
    Complete,
    Error,
    /// There is more output than was asked for.
    Enough,
}

/// The decoder with all that it put out.
pub(super) struct Decoder {
    pub(super) state: BrotliState<Heap, Heap, Heap>,
    pub(super) output: Vec<u8>,
    piece: Box<[u8]>,
    /// How much of the last input it took.
    pub(super) taken: usize,
}

impl Decoder {
    /// Bytes of output that are taken over at a time.
    const PIECE: usize = 1 << 16;

    pub(super) fn new() -> Self {
        Self {
            state: BrotliState::new_strict(Heap, Heap, Heap),
            output: Vec::new(),
            piece: vec![0; Self::PIECE].into_boxed_slice(),
            taken: 0,
        }
    }

    /// Decompresses some more input, until there are more than `most` bytes of output.
    pub(super) fn feed(&mut self, input: &[u8], most: usize) -> Fed {
        let (mut left, mut total) = (input.len(), 0);
        self.taken = 0;
        loop {
            let (mut room, mut written) = (self.piece.len(), 0);
            let result = BrotliDecompressStream(
                &mut left,
                &mut self.taken,
                input,
                &mut room,
                &mut written,
                &mut self.piece,
                &mut total,
                &mut self.state,
            );
            self.output.extend(self.piece.iter().take(written));
            match result {
                _ if self.output.len() > most => return Fed::Enough,
                BrotliResult::NeedsMoreOutput => {}
                BrotliResult::NeedsMoreInput if BrotliDecoderHasMoreOutput(&self.state) => {}
                BrotliResult::NeedsMoreInput => return Fed::More,
                BrotliResult::ResultSuccess => return Fed::Complete,
                BrotliResult::ResultFailure => {
                    self.keep_rest();
                    return Fed::Error;
                }
            }
        }
    }

    /// Takes over what the decoder has put into its ring and not out of it.
    fn keep_rest(&mut self) {
        let state = &self.state;
        let size = usize::try_from(state.ringbuffer_size).unwrap_or_default();
        let position = usize::try_from(state.pos).unwrap_or_default().min(size);
        // An overlong copy is an error before it copies.
        if size == 0 || state.meta_block_remaining_len < 0 {
            return;
        }
        let end = state.rb_roundtrips * size + position;
        let ring = state.ringbuffer.slice();
        let rest = state.partial_pos_out..end;
        self.output
            .extend(rest.filter_map(|at| ring.get(at % size)));
    }
}

/// Memory for the Brotli decoder.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heap;

#[derive(Clone, Debug)]
pub(super) struct Memory<T>(Box<[T]>);

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
