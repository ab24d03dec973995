//! One channel of the bank: its frames, in whatever order they come.

use alloc::{collections::BTreeMap, vec::Vec};

use endgame_ortho_primitives::meter;

use crate::Frame;

/// What a frame counts for beside its data ("Pruning").
const FRAME_OVERHEAD: u64 = 200;

/// The frames of one channel under the rules before Holocene (OP specs `protocol/derivation.md`,
/// "Loading frames").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Channel {
    /// The L1 block in which it was opened.
    opened: u64,
    frames: BTreeMap<u16, Vec<u8>>,
    /// The number of the closing frame, once that came.
    last: Option<u16>,
    size: u64,
}

impl Channel {
    /// A channel without frames, opened in this L1 block.
    pub(crate) fn new(opened: u64) -> Self {
        Self {
            opened,
            ..Self::default()
        }
    }

    /// Whether it is too late for more frames, and for reading ("Timeouts").
    pub(crate) const fn is_timed_out(&self, origin_number: u64, timeout: u64) -> bool {
        self.opened.saturating_add(timeout) < origin_number
    }

    /// Takes a frame, or drops it if its place is taken or the channel closed before it.
    pub(crate) fn add(&mut self, frame: Frame) {
        let closed_before = |last| frame.is_last || frame.number > last;
        if self.last.is_some_and(closed_before) || self.frames.contains_key(&frame.number) {
            return;
        }
        if frame.is_last {
            self.last = Some(frame.number);
            // No frame has this number, so these are the higher ones.
            let beyond = self.frames.split_off(&frame.number);
            meter::work(beyond.len());
            self.size -= beyond.values().map(|data| size(data)).sum::<u64>();
        }
        self.size += size(&frame.data);
        self.frames.insert(frame.number, frame.data);
    }

    /// What it counts for in the bank: its data and 200 bytes a frame.
    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// Whether every frame up to the closing one is there.
    pub(crate) fn is_ready(&self) -> bool {
        // None is beyond the closing one, so all are there when there are as many.
        self.last
            .is_some_and(|last| self.frames.len() == usize::from(last) + 1)
    }

    /// The data of all frames in order.
    pub(crate) fn into_data(self) -> Vec<u8> {
        let mut data = Vec::with_capacity(self.frames.values().map(Vec::len).sum());
        for part in self.frames.into_values() {
            data.extend_from_slice(&part);
            meter::work(part.len());
        }
        data
    }
}

/// What a frame of this data counts for.
pub(crate) const fn size(data: &[u8]) -> u64 {
    data.len() as u64 + FRAME_OVERHEAD
}
