//! Channels and frames.

use std::io::Write as _;

use alloy::{
    primitives::{Bytes, keccak256},
    rlp::Encodable as _,
};
use flate2::{Compression, write::ZlibEncoder};

use crate::DevnetError;

/// Version byte before the frames in a transaction.
const DERIVATION_VERSION: u8 = 0;

/// Bytes that a frame has beside its share of the channel.
pub const MAX_FRAME_OVERHEAD: usize = 16 + 2 + 4 + 1;

/// A channel that is being filled: batches, compressed one after another with zlib.
#[derive(Debug)]
pub struct Channel {
    encoder: ZlibEncoder<Vec<u8>>,
    raw: usize,
}

/// A piece of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The channel's id.
    pub channel: [u8; 16],
    /// Which piece, from 0.
    pub number: u16,
    /// The piece.
    pub data: Vec<u8>,
    /// Whether the channel ends here.
    pub last: bool,
}

impl Default for Channel {
    fn default() -> Self {
        Self {
            encoder: ZlibEncoder::new(Vec::new(), Compression::best()),
            raw: 0,
        }
    }
}

impl Channel {
    /// Adds a batch, given with its version byte.
    pub fn add(&mut self, batch: &[u8]) -> Result<(), DevnetError> {
        let mut element = Vec::with_capacity(batch.len() + 4);
        batch.encode(&mut element);
        self.raw += element.len();
        self.encoder
            .write_all(&element)
            .map_err(|source| DevnetError::Io {
                what: "compressing a channel",
                source,
            })
    }

    /// Bytes added so far, before compression.
    pub const fn raw_len(&self) -> usize {
        self.raw
    }

    /// Ends the channel and cuts it into frames of at most `max_frame` bytes each.
    ///
    /// The id is a hash of the contents: distinct channels get distinct ids, and one that is sent
    /// again is the same.
    pub fn finish(self, max_frame: usize) -> Result<Vec<Frame>, DevnetError> {
        let bytes = self.encoder.finish().map_err(|source| DevnetError::Io {
            what: "compressing a channel",
            source,
        })?;
        let room = max_frame
            .checked_sub(MAX_FRAME_OVERHEAD)
            .filter(|room| *room > 0)
            .ok_or_else(|| DevnetError::Config(format!("frames of {max_frame} bytes")))?;
        let mut channel = [0; 16];
        channel
            .iter_mut()
            .zip(keccak256(&bytes))
            .for_each(|(id, byte)| *id = byte);
        let count = bytes.len().div_ceil(room);
        let numbers = u16::try_from(count)
            .map_err(|_| DevnetError::Config(format!("a channel of {count} frames")))?;
        Ok(bytes
            .chunks(room)
            .zip(0..numbers)
            .map(|(data, number)| Frame {
                channel,
                number,
                data: data.to_vec(),
                last: number + 1 == numbers,
            })
            .collect())
    }
}

impl Frame {
    /// Appends the frame's bytes: id (16) ‖ number (2) ‖ length (4) ‖ data ‖ is last (1).
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.channel);
        out.extend_from_slice(&self.number.to_be_bytes());
        out.extend_from_slice(&(self.data.len() as u32).to_be_bytes());
        out.extend_from_slice(&self.data);
        out.push(self.last.into());
    }
}

/// The calldata (or blob contents) that carries one frame.
pub fn calldata(frame: &Frame) -> Bytes {
    let mut out = Vec::with_capacity(1 + MAX_FRAME_OVERHEAD + frame.data.len());
    out.push(DERIVATION_VERSION);
    frame.encode(&mut out);
    out.into()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn filled() -> (Channel, Vec<u8>) {
        let mut channel = Channel::default();
        let mut plain = Vec::new();
        for i in 0u8..20 {
            // Not compressible, so that several frames come of it.
            let batch: Vec<u8> = (0u8..10).flat_map(|j| keccak256([i, j])).collect();
            batch.as_slice().encode(&mut plain);
            channel.add(&batch).unwrap();
        }
        (channel, plain)
    }

    #[test]
    fn frames_put_together_give_the_batches_back() {
        let (channel, plain) = filled();
        assert_eq!(channel.raw_len(), plain.len());
        let frames = channel.finish(1_000).unwrap();
        assert!(frames.len() > 3);
        let mut joined = Vec::new();
        for (i, frame) in frames.iter().enumerate() {
            assert_eq!(usize::from(frame.number), i);
            assert_eq!(frame.channel, frames[0].channel);
            assert_eq!(frame.last, i + 1 == frames.len());
            joined.extend_from_slice(&frame.data);
        }
        let mut inflated = Vec::new();
        flate2::read::ZlibDecoder::new(&*joined)
            .read_to_end(&mut inflated)
            .unwrap();
        assert_eq!(inflated, plain);
    }

    #[test]
    fn kona_reads_frames_back() {
        let (channel, _) = filled();
        for frame in channel.finish(1_000).unwrap() {
            let bytes = calldata(&frame);
            assert!(bytes.len() <= 1_001);
            let read = kona_protocol::Frame::parse_frames(&bytes).unwrap();
            let [kona] = read.as_slice() else {
                panic!("{read:?}")
            };
            assert_eq!(kona.id, frame.channel);
            assert_eq!(kona.number, frame.number);
            assert_eq!(kona.data, frame.data);
            assert_eq!(kona.is_last, frame.last);
        }
    }

    #[test]
    fn frames_without_room_are_refused() {
        let (channel, _) = filled();
        let refused = channel.finish(MAX_FRAME_OVERHEAD);
        assert!(matches!(refused, Err(DevnetError::Config(_))));
    }
}
