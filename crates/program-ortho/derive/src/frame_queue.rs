//! Frames between the transaction that brought them and the channels.

use alloc::{collections::VecDeque, vec::Vec};

use endgame_ortho_primitives::meter;

use crate::Frame;

/// Frames that no channel took yet (OP specs `protocol/derivation.md` and
/// `protocol/holocene/derivation.md`, "Frame Queue").
#[derive(Clone, Debug, Default)]
pub struct FrameQueue {
    frames: VecDeque<Frame>,
}

impl FrameQueue {
    /// A queue without frames.
    pub const fn new() -> Self {
        Self {
            frames: VecDeque::new(),
        }
    }

    /// Appends the frames of a batcher transaction, in Holocene only those that are in order.
    ///
    /// What is queued is in order already, so each new frame is held against the last one alone:
    /// linear work, since a frame is removed once at most.
    pub fn extend(&mut self, frames: Vec<Frame>, holocene: bool) {
        for frame in frames {
            if !holocene || self.makes_room_for(&frame) {
                self.frames.push_back(frame);
            }
        }
    }

    /// Takes out the oldest frame.
    pub fn pop(&mut self) -> Option<Frame> {
        self.frames.pop_front()
    }

    /// Whether nothing is queued.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Drops every frame.
    pub fn clear(&mut self) {
        self.frames.clear();
    }

    /// Drops the frames of an unfinished channel if a first frame comes after them, be it of the same
    /// channel; then whether the frame is in order.
    fn makes_room_for(&mut self, frame: &Frame) -> bool {
        while let Some(previous) = self.frames.back() {
            meter::work(1);
            if frame.number != 0 {
                return previous.channel == frame.channel
                    && !previous.is_last
                    && Some(frame.number) == previous.number.checked_add(1);
            }
            if previous.is_last {
                return true;
            }
            self.frames.pop_back();
        }
        true
    }
}
