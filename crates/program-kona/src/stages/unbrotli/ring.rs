//! When op-node's decoder would have handed out its ring.

use alloc::collections::VecDeque;

use super::{Event, decoder::Decoder};

/// The meta-block that the decoder is in, as its numbers show it.
#[derive(Debug, Default)]
pub(super) struct MetaBlock {
    /// The most that was left of it: while its header is read that grows, then it is all of it.
    len: usize,
    /// Where its output ends, once there is some.
    pub(super) end: Option<usize>,
}

impl MetaBlock {
    /// Looks at the decoder after a byte of input, before which there were `start` bytes of output.
    /// An error if a command put out more than the meta-block holds, which the decoder does not
    /// notice: how much output there was before, at most.
    pub(super) fn look(
        &mut self,
        decoder: &Decoder,
        start: usize,
        ring: &mut Ring,
    ) -> Result<(), usize> {
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

/// op-node's ring, by the numbers alone.
#[derive(Debug, Default)]
pub(super) struct Ring {
    window: usize,
    size: usize,
    position: usize,
    /// The output up to the position.
    total: usize,
    /// Whether the meta-block holds the output itself: such output is handed out at the end of the
    /// window alone.
    stored: bool,
    /// Where it was handed out.
    pub(super) events: VecDeque<Event>,
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

    /// Goes on to where there are `total` bytes of output.
    pub(super) fn advance(&mut self, total: usize) {
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
