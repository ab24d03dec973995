//! Brotli channels (specs `protocol/fjord/derivation.md`, "Brotli Channel Compression").
//!
//! Of a corrupt stream counts what op-node's decoder hands out before it meets the error: what it has
//! when its ring is full, and when it needs another part of the input. This decoder has rings of other
//! sizes. So it only finds out what there is before the error, and where meta-blocks begin; when a
//! ring such as op-node's would have been handed out follows from that.

mod decoder;
mod ring;

use alloc::{collections::VecDeque, vec::Vec};

use super::decompress::End;
use decoder::{Decoder, Fed};
use ring::{MetaBlock, Ring};

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
