//! Brotli channels (specs `protocol/fjord/derivation.md`, "Brotli Channel Compression").
//!
//! Of a corrupt stream counts what op-node's decoder hands out before it meets the error: what it has
//! when its ring is full, and when it needs another part of the input. This decoder has rings of other
//! sizes. So it only finds out what there is before the error, and where meta-blocks begin; when a
//! ring such as op-node's would have been handed out follows from that.

use alloc::{boxed::Box, collections::VecDeque, vec, vec::Vec};

use alloc_no_stdlib::{Allocator, SliceWrapper, SliceWrapperMut};
use brotli_decompressor::{
    BrotliDecoderHasMoreOutput, BrotliDecompressStream, BrotliResult, BrotliState,
};

use super::decompress::End;

/// How much of a channel op-node gives its decoder at first, the channel's version included, and
/// later.
const FIRST_PART: usize = 4_096;
const PART: usize = 32_768;
/// The largest window there is, in bytes.
const MAX_WINDOW: usize = 1 << 24;

/// A decompressed channel, as op-node's decoder hands it out.
#[derive(Debug)]
pub(super) struct Unbrotli {
    output: Vec<u8>,
    read: usize,
    events: VecDeque<Event>,
    end: End,
}

/// Where op-node's decoder pauses, by the output up to there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    /// The ring is full, and goes on at its beginning once it was handed out.
    Wrap(usize),
    /// The ring is full, and grows. What is not asked for yet stays.
    Full(usize),
    /// The decoder needs another part of the input.
    Part(usize),
    /// The stream is complete, and its part of the input is not at its end: an error.
    Excess(usize),
}

impl Unbrotli {
    /// Decompresses what follows the version byte, and at least `limit` bytes of it if there are so
    /// many.
    pub(super) fn new(channel: &[u8], limit: usize) -> Self {
        let stream = channel.get(1..).unwrap_or_default();
        let first = stream.len().min(FIRST_PART - 1);
        let (first, later) = stream.split_at_checked(first).unwrap_or_default();
        // Past this there is a pause after the limit, whatever the window.
        let mut reader = Reader::new(limit.saturating_add(MAX_WINDOW));
        let mut end = End::Corrupt;
        let mut parts = core::iter::once(first).chain(later.chunks(PART));
        while let Some(part) = parts.next() {
            match reader.part(part) {
                Fed::More => continue,
                Fed::Complete if parts.next().is_none() => end = End::Complete,
                Fed::Complete | Fed::Error | Fed::Enough => {}
            }
            break;
        }
        Self {
            output: reader.exact.output,
            read: 0,
            events: reader.ring.events,
            end,
        }
    }

    /// As [`Decoder::read`](super::decompress::Decoder::read).
    pub(super) fn read(&mut self, out: &mut Vec<u8>, most: usize) -> Option<End> {
        let start = out.len();
        let limit = start.saturating_add(most);
        while let Some(event) = self.events.front().copied() {
            let (Event::Wrap(to) | Event::Full(to) | Event::Part(to) | Event::Excess(to)) = event;
            let rest = self.output.get(self.read..to).unwrap_or_default();
            let count = rest.len().min(limit - out.len());
            out.extend(rest.iter().take(count));
            self.read += count;
            let is_all = self.read >= to;
            match event {
                // What is not asked for yet is kept, and goes on.
                Event::Full(_) => {}
                _ if !is_all => return None,
                Event::Excess(_) => return Some(End::Corrupt),
                Event::Wrap(_) | Event::Part(_) => {}
            }
            self.events.pop_front();
            if matches!(event, Event::Part(_)) && out.len() > start {
                return None;
            }
        }
        Some(self.end)
    }
}

/// What became of some input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fed {
    /// There must be more.
    More,
    Complete,
    Error,
    /// There is more output than was asked for.
    Enough,
}

/// The decoder with all that it put out.
struct Decoder {
    state: BrotliState<Heap, Heap, Heap>,
    output: Vec<u8>,
    piece: Box<[u8]>,
    /// How much of the last input it took.
    taken: usize,
}

impl Decoder {
    /// Bytes of output that are taken over at a time.
    const PIECE: usize = 1 << 16;

    fn new() -> Self {
        Self {
            state: BrotliState::new_strict(Heap, Heap, Heap),
            output: Vec::new(),
            piece: vec![0; Self::PIECE].into_boxed_slice(),
            taken: 0,
        }
    }

    fn feed(&mut self, input: &[u8], most: usize) -> Fed {
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

/// The meta-block that the decoder is in, as its numbers show it.
#[derive(Debug, Default)]
struct MetaBlock {
    /// The most that was left of it: while its header is read that grows, then it is all of it.
    len: usize,
    /// Where its output ends, once there is some.
    end: Option<usize>,
}

impl MetaBlock {
    /// Looks at the decoder after a byte of input, before which there were `start` bytes of output.
    /// An error if a command put out more than the meta-block holds, which the decoder does not
    /// notice: how much output there was before, at most.
    fn look(&mut self, decoder: &Decoder, start: usize, ring: &mut Ring) -> Result<(), usize> {
        let state = &decoder.state;
        let left = usize::try_from(state.meta_block_remaining_len).unwrap_or_default();
        let total = decoder.output.len();
        self.len = if state.is_metadata == 0 {
            self.len.max(left)
        } else {
            0
        };
        if total > start && self.end.is_none() {
            let stored = state.is_uncompressed != 0;
            ring.begin(1 << state.window_bits, start, self.len, stored);
            self.end = Some(start.saturating_add(self.len));
        }
        if let Some(end) = self.end.filter(|end| *end < total) {
            // The command began within the meta-block, and if it is its copy that is too long before
            // that.
            let copied = usize::try_from(state.copy_length).unwrap_or_default();
            let before = total.saturating_sub(copied);
            return Err(before.min(end.saturating_sub(1)));
        }
        if self.end == Some(total) {
            *self = Self {
                len: left,
                end: None,
            };
        }
        Ok(())
    }
}

/// Reads a stream and finds out where it pauses.
struct Reader {
    /// Runs ahead, to see where meta-blocks end.
    ahead: Decoder,
    /// How much that put out.
    total: usize,
    exact: Decoder,
    block: MetaBlock,
    ring: Ring,
    /// Bytes of output that are enough.
    most: usize,
}

impl Reader {
    /// Bytes of input that are decompressed at a time where no meta-block ends.
    const CHUNK: usize = 1_024;

    fn new(most: usize) -> Self {
        Self {
            ahead: Decoder::new(),
            total: 0,
            exact: Decoder::new(),
            block: MetaBlock::default(),
            ring: Ring::default(),
            most,
        }
    }

    /// Reads a part of the input to its end, or to the end of the stream.
    fn part(&mut self, part: &[u8]) -> Fed {
        let mut left = part.len();
        for chunk in part.chunks(Self::CHUNK) {
            let fed = self.ahead.feed(chunk, self.most);
            self.total = self.total.saturating_add(self.ahead.output.len());
            self.ahead.output.clear();
            let goes_on = self.block.end.is_some_and(|end| self.total < end);
            let step = if fed == Fed::More && goes_on {
                chunk.len()
            } else {
                1
            };
            for bytes in chunk.chunks(step) {
                left -= bytes.len();
                match self.step(bytes) {
                    Fed::More => {}
                    Fed::Complete => {
                        let total = self.exact.output.len();
                        let is_end = left == 0 && self.exact.taken == bytes.len();
                        self.ring.events.push_back(if is_end {
                            Event::Part(total)
                        } else {
                            Event::Excess(total)
                        });
                        return if is_end { Fed::Complete } else { Fed::Error };
                    }
                    other => return other,
                }
            }
        }
        let total = self.exact.output.len();
        self.ring.events.push_back(Event::Part(total));
        Fed::More
    }

    fn step(&mut self, bytes: &[u8]) -> Fed {
        let start = self.exact.output.len();
        let fed = self.exact.feed(bytes, self.most);
        if let Err(total) = self.block.look(&self.exact, start, &mut self.ring) {
            self.ring.advance(total);
            return Fed::Error;
        }
        self.ring.advance(self.exact.output.len());
        fed
    }
}

/// op-node's ring, by the numbers alone.
#[derive(Debug, Default)]
struct Ring {
    window: usize,
    size: usize,
    position: usize,
    /// The output up to the position.
    total: usize,
    /// Whether the meta-block holds the output itself: such output is handed out at the end of the
    /// window alone.
    stored: bool,
    events: VecDeque<Event>,
}

impl Ring {
    /// A meta-block of `len` bytes begins after `total` bytes of output.
    fn begin(&mut self, window: usize, total: usize, len: usize, stored: bool) {
        self.advance(total);
        self.window = window;
        self.stored = stored;
        if self.size < window {
            let least = self.size.max(1_024).max(self.position.saturating_add(len));
            self.size = least.next_power_of_two().min(window);
        }
    }

    fn advance(&mut self, total: usize) {
        while self.total < total {
            let count = (total - self.total).min(self.size - self.position);
            self.total += count;
            self.position += count;
            if self.position < self.size {
                continue;
            }
            if self.size == self.window {
                self.position = 0;
                self.events.push_back(Event::Wrap(self.total));
            } else if !self.stored {
                self.events.push_back(Event::Full(self.total));
            }
            if count == 0 {
                // No ring holds this: the decoder's numbers are not what they should be.
                self.total = total;
            }
        }
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
