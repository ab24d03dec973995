//! What took the channel bank's place in Holocene.

use alloc::vec::Vec;

use endgame_ortho_primitives::meter;

use crate::{ChannelId, Frame, channel};

/// Holds the one channel that is being put together (OP specs `protocol/holocene/derivation.md`,
/// "Channel Bank").
#[derive(Clone, Debug, Default)]
pub struct ChannelAssembler {
    staging: Option<Staging>,
}

/// The staging channel.
#[derive(Clone, Debug)]
struct Staging {
    id: ChannelId,
    /// The L1 block of its first frame.
    opened: u64,
    /// The number that the next frame must have; beyond every frame's after the 65,536th.
    next: u32,
    data: Vec<u8>,
    /// The data and 200 bytes a frame.
    size: u64,
}

impl ChannelAssembler {
    /// An assembler without a channel.
    pub const fn new() -> Self {
        Self { staging: None }
    }

    /// Takes a frame that L1 block `origin_number` has. The data of the channel that it completes,
    /// if it does.
    ///
    /// A channel that becomes larger than `max_size` (`MAX_RLP_BYTES_PER_CHANNEL`) is dropped. A
    /// frame that is not the next one of the channel is dropped alone.
    pub fn ingest(
        &mut self,
        frame: Frame,
        origin_number: u64,
        timeout: u64,
        max_size: u64,
    ) -> Option<Vec<u8>> {
        let mut staging = if frame.number == 0 {
            Staging {
                id: frame.channel,
                opened: origin_number,
                next: 0,
                data: Vec::new(),
                size: 0,
            }
        } else {
            self.staging
                .take_if(|staging| staging.opened.saturating_add(timeout) < origin_number);
            self.staging.take_if(|staging| {
                staging.id == frame.channel && staging.next == u32::from(frame.number)
            })?
        };
        staging.next += 1;
        staging.size += channel::size(&frame.data);
        if staging.data.is_empty() {
            staging.data = frame.data;
        } else {
            meter::work(frame.data.len());
            staging.data.extend_from_slice(&frame.data);
        }
        if staging.size > max_size {
            self.staging = None;
            return None;
        }
        if frame.is_last {
            self.staging = None;
            return Some(staging.data);
        }
        self.staging = Some(staging);
        None
    }

    /// Drops the channel.
    pub fn clear(&mut self) {
        self.staging = None;
    }
}
