//! The channel bank before Holocene.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use endgame_ortho_primitives::meter;

use crate::{ChannelId, Frame, channel::Channel};

/// Channels that are not complete, in the order in which they were opened (OP specs
/// `protocol/derivation.md`, "Channel Bank").
///
/// A frame costs the logarithm of the number of channels, however many of them there are.
#[derive(Clone, Debug, Default)]
pub struct ChannelBank {
    /// The queue: channels by the number of those opened before.
    queue: BTreeMap<u64, (ChannelId, Channel)>,
    /// Where a channel is in the queue.
    places: BTreeMap<ChannelId, u64>,
    /// Places of complete channels.
    ready: BTreeSet<u64>,
    /// How many were ever opened.
    opened: u64,
    /// The sum of the channels' sizes.
    size: u64,
}

impl ChannelBank {
    /// A bank without channels.
    pub const fn new() -> Self {
        Self {
            queue: BTreeMap::new(),
            places: BTreeMap::new(),
            ready: BTreeSet::new(),
            opened: 0,
            size: 0,
        }
    }

    /// Takes a frame that L1 block `origin_number` has, then drops the oldest channels until their
    /// size is at most `max_size`. Everything that can be read must have been read before: pruning
    /// depends on it.
    pub fn ingest(&mut self, frame: Frame, origin_number: u64, timeout: u64, max_size: u64) {
        let place = *self.places.entry(frame.channel).or_insert(self.opened);
        if place == self.opened {
            self.opened += 1;
        }
        let (_, channel) = self
            .queue
            .entry(place)
            .or_insert_with(|| (frame.channel, Channel::new(origin_number)));
        if channel.is_timed_out(origin_number, timeout) {
            return;
        }
        let before = channel.size();
        channel.add(frame);
        self.size = self.size - before + channel.size();
        if channel.is_ready() {
            self.ready.insert(place);
        }
        while self.size > max_size && self.remove_first() {}
    }

    /// Takes out the next complete channel's data, if there is one: from Canyon on the oldest
    /// complete one, before that the oldest of all or none ("Reading"). Canyon counts by the time
    /// of L1 block `origin_number`.
    pub fn read(&mut self, origin_number: u64, timeout: u64, canyon: bool) -> Option<Vec<u8>> {
        // The queue is in the order of opening, so no channel after these is timed out.
        while self
            .queue
            .first_key_value()?
            .1
            .1
            .is_timed_out(origin_number, timeout)
        {
            self.remove_first();
        }
        let place = *self.ready.first()?;
        if !canyon && self.queue.first_key_value()?.0 != &place {
            return None;
        }
        self.remove(place).map(Channel::into_data)
    }

    /// Drops every channel.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// Removes the oldest channel; false if there is none.
    fn remove_first(&mut self) -> bool {
        let first = self.queue.keys().next().copied();
        first.and_then(|place| self.remove(place)).is_some()
    }

    fn remove(&mut self, place: u64) -> Option<Channel> {
        meter::work(1);
        let (id, channel) = self.queue.remove(&place)?;
        self.places.remove(&id);
        self.ready.remove(&place);
        self.size -= channel.size();
        Some(channel)
    }
}
