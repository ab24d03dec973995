//! The output, and where op-node's decoder would hand it out.
//!
//! op-node's decoder puts its output into a ring, which it hands out when it is full. The ring is as
//! large as the window at the end and smaller at the beginning. The output is kept as a whole here;
//! where a ring would have been full is a matter of counting.

use alloc::{collections::VecDeque, vec::Vec};

use super::{Event, Stop};

/// The output with what a ring of op-node's would have been.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) bytes: Vec<u8>,
    pub(super) events: VecDeque<Event>,
    window: usize,
    size: usize,
    position: usize,
    /// Whether the meta-block holds the output itself: such output is handed out at the end of the
    /// window alone.
    stored: bool,
    /// When there is a pause past so many bytes, that is enough.
    limit: usize,
}

impl Output {
    /// Bytes by which a distance is less than the window (RFC 7932, section 9.1).
    const GAP: usize = 16;

    pub(super) const fn new(window: usize, limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            events: VecDeque::new(),
            window,
            size: 0,
            position: 0,
            stored: false,
            limit,
        }
    }

    /// A meta-block of `len` bytes begins.
    pub(super) fn begin(&mut self, len: usize, stored: bool) {
        self.stored = stored;
        if self.size < self.window {
            let least = self.size.max(1_024).max(self.position + len);
            self.size = least.next_power_of_two().min(self.window);
        }
    }

    /// How many bytes there may be before [`advance`](Self::advance) must hear of them.
    pub(super) const fn room(&self) -> usize {
        self.size - self.position
    }

    /// That many bytes were put out: up to the ring's end, or a word that goes past it.
    pub(super) fn advance(&mut self, count: usize) -> Result<(), Stop> {
        self.position += count;
        if self.position < self.size {
            return Ok(());
        }
        if self.size == self.window {
            self.position -= self.size;
            self.pause(Event::Wrap(self.bytes.len() - self.position))
        } else {
            if !self.stored {
                self.events.push_back(Event::Full(self.bytes.len()));
            }
            Ok(())
        }
    }

    /// A pause, after which one goes on unless it was past the limit.
    pub(super) fn pause(&mut self, event: Event) -> Result<(), Stop> {
        self.events.push_back(event);
        match event {
            Event::Wrap(to) | Event::Part(to) if to > self.limit => Err(Stop),
            _ => Ok(()),
        }
    }

    /// The largest distance that lies in the output.
    pub(super) fn reach(&self) -> usize {
        self.bytes.len().min(self.window - Self::GAP)
    }

    /// Appends `len` bytes that begin `distance` back.
    pub(super) fn copy(&mut self, distance: usize, len: usize) -> Result<(), Stop> {
        let mut left = len;
        while left > 0 {
            let count = left.min(self.room());
            self.repeat(distance, count);
            left -= count;
            self.advance(count)?;
        }
        Ok(())
    }

    fn repeat(&mut self, distance: usize, len: usize) {
        let start = self.bytes.len() - distance;
        let mut left = len;
        // Where the copy overlaps itself, each round has twice as much to copy from.
        while left > 0 {
            let count = left.min(self.bytes.len() - start);
            self.bytes.extend_from_within(start..start + count);
            left -= count;
        }
    }
}
