//! Brotli channels (specs `protocol/fjord/derivation.md`, "Brotli Channel Compression").
//!
//! Of a corrupt stream counts what op-node's decoder hands out before it meets the error: what it has
//! when its ring is full, and when it needs another part of the input. No decoder but op-node's own has
//! rings and parts of those sizes, so this is one that counts along where that one would have paused.

mod bits;
mod blocks;
mod code;
mod command;
mod context;
mod lengths;
mod map;
mod metablock;
mod ring;
mod stream;
#[cfg(test)]
mod tests;
mod transform;
mod words;

use alloc::{collections::VecDeque, vec::Vec};

use super::decompress::End;
use stream::Stream;

/// How much of a channel op-node gives its decoder at first, the channel's version included, and
/// later.
const FIRST_PART: usize = 4_096;
const PART: usize = 32_768;

/// There is no more output: the stream is corrupt or ends, or there is more than was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stop;

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
        let mut out = Self {
            output: Vec::new(),
            read: 0,
            events: VecDeque::new(),
            end: End::Corrupt,
        };
        if let Some(mut stream) = Stream::new(stream, limit) {
            if stream.run().is_ok() {
                out.end = End::Complete;
            }
            out.output = stream.output.bytes;
            out.events = stream.output.events;
        }
        out
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
