//! The output of a Brotli stream, as far as it is needed.

use alloc::{collections::VecDeque, vec::Vec};

/// The last bytes of the output, of which some were not handed out yet.
#[derive(Clone, Debug)]
pub(super) struct Output {
    /// A ring, once it is as large as the window.
    ring: Vec<u8>,
    /// Where the next byte goes.
    position: usize,
    /// The size that the reference implementation gives the ring: what it must hold, doubled until
    /// it fits, and not more than the window.
    ring_size: usize,
    window: usize,
    /// How much was decompressed, and how much of it was handed out.
    written: u64,
    read: u64,
    /// What `written` was where parts of the input ended, as far as it was not handed out.
    part_ends: VecDeque<u64>,
}

impl Output {
    /// For a window of so many bytes, a power of two.
    pub(super) const fn new(window: usize) -> Self {
        Self {
            ring: Vec::new(),
            position: 0,
            ring_size: 0,
            window,
            written: 0,
            read: 0,
            part_ends: VecDeque::new(),
        }
    }

    /// Makes room for a meta-block of this length.
    pub(super) fn grow(&mut self, length: usize) {
        if self.ring_size < self.window {
            let least = self.ring_size.max(1_024).max(self.position + length);
            self.ring_size = least.next_power_of_two().min(self.window);
        }
    }

    /// How much can be written before it is full.
    pub(super) const fn room(&self) -> usize {
        self.ring_size - self.position
    }

    /// Whether it is as large as the window, so that it begins anew when it is full.
    pub(super) const fn is_window(&self) -> bool {
        self.ring_size == self.window
    }

    /// Begins anew.
    pub(super) fn wrap(&mut self) {
        self.position = 0;
    }

    /// Notes that a part of the input ended.
    pub(super) fn part_ended(&mut self) {
        self.part_ends.push_back(self.written);
    }

    /// The farthest distance of a copy.
    pub(super) fn max_distance(&self) -> usize {
        let all = usize::try_from(self.written).unwrap_or(usize::MAX);
        all.min(self.window - 16)
    }

    /// The byte at this distance, 0 before the output's begin.
    pub(super) fn back(&self, distance: usize) -> u8 {
        self.ring.get(self.source(distance)).copied().unwrap_or(0)
    }

    /// Writes a byte into the room.
    pub(super) fn put(&mut self, byte: u8) {
        match self.ring.get_mut(self.position) {
            Some(slot) => *slot = byte,
            None => self.ring.push(byte),
        }
        self.position += 1;
        self.written += 1;
    }

    /// Writes bytes, as many as there is room for, and returns how many.
    pub(super) fn write(&mut self, bytes: &[u8]) -> usize {
        let count = bytes.len().min(self.room());
        for byte in bytes.iter().take(count) {
            self.put(*byte);
        }
        count
    }

    /// Copies bytes, as many as there is room for, and returns how many.
    pub(super) fn copy(&mut self, length: usize, distance: usize) -> usize {
        let count = length.min(self.room());
        let mut from = self.source(distance);
        if from < self.position && count <= distance && self.position == self.ring.len() {
            self.ring.extend_from_within(from..from + count);
            self.position += count;
            self.written += count as u64;
            return count;
        }
        for _ in 0..count {
            self.put(self.ring.get(from).copied().unwrap_or(0));
            from = (from + 1) & (self.window - 1);
        }
        count
    }

    /// Appends what the reader has room for and was not handed out, up to the end of a part of the
    /// input, if one ended within. Whether that was reached.
    pub(super) fn read_part(&mut self, out: &mut Vec<u8>, room: usize) -> Option<bool> {
        let end = *self.part_ends.front()?;
        let reached = self.read_up_to(end, out, room);
        if reached {
            self.part_ends.pop_front();
        }
        Some(reached)
    }

    /// Appends what the reader has room for and was not handed out. Whether nothing is left.
    pub(super) fn read(&mut self, out: &mut Vec<u8>, room: usize) -> bool {
        self.read_up_to(self.written, out, room)
    }

    fn read_up_to(&mut self, end: u64, out: &mut Vec<u8>, room: usize) -> bool {
        let count = (end - self.read).min(room as u64);
        let from = (self.read & (self.window as u64 - 1)) as usize;
        let bytes = self.ring.get(from..from + count as usize);
        out.extend_from_slice(bytes.unwrap_or_default());
        self.read += count;
        self.read == end
    }

    /// Where the byte at this distance is; where none is, before the output's begin.
    const fn source(&self, distance: usize) -> usize {
        self.position.wrapping_sub(distance) & (self.window - 1)
    }
}
