//! Frames: the parts that channels are cut into for L1.

use alloc::vec::Vec;

use endgame_ortho_primitives::meter;

/// The name of a channel: any bytes that the batcher picks.
pub type ChannelId = [u8; 16];

/// The most bytes of channel data in a frame.
const MAX_FRAME_DATA: u32 = 1_000_000;

/// A part of a channel (OP specs `protocol/derivation.md`, "Frame Format").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The channel.
    pub channel: ChannelId,
    /// Its place in the channel, from 0.
    pub number: u16,
    /// Bytes of the channel.
    pub data: Vec<u8>,
    /// Whether the channel ends with it.
    pub is_last: bool,
}

/// Why a batcher transaction has no frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// No frame.
    #[error("no frame")]
    Empty,
    /// A version of batcher transactions that has no meaning.
    #[error("batcher transaction of version {0}")]
    Version(u8),
    /// The data end inside a frame.
    #[error("the data end inside a frame")]
    Truncated,
    /// A frame announces more data than a frame may have.
    #[error("frame of {0} bytes")]
    TooLong(u32),
    /// The mark of a channel's end is neither 0 nor 1.
    #[error("is_last is {0}")]
    IsLast(u8),
}

impl Frame {
    /// The frames of a batcher transaction's data. One bad frame spoils them all ("Batcher
    /// Transaction Format").
    pub fn parse_all(data: &[u8]) -> Result<Vec<Self>, FrameError> {
        let (&version, mut rest) = data.split_first().ok_or(FrameError::Empty)?;
        if version != 0 {
            return Err(FrameError::Version(version));
        }
        let mut frames = Vec::new();
        while !rest.is_empty() {
            let (frame, after) = Self::parse(rest)?;
            frames.push(frame);
            rest = after;
        }
        if frames.is_empty() {
            return Err(FrameError::Empty);
        }
        Ok(frames)
    }

    /// The first frame and what follows it.
    fn parse(bytes: &[u8]) -> Result<(Self, &[u8]), FrameError> {
        let (&channel, rest) = bytes.split_first_chunk().ok_or(FrameError::Truncated)?;
        let (&number, rest) = rest.split_first_chunk().ok_or(FrameError::Truncated)?;
        let (&length, rest) = rest.split_first_chunk().ok_or(FrameError::Truncated)?;
        let length = u32::from_be_bytes(length);
        if length > MAX_FRAME_DATA {
            return Err(FrameError::TooLong(length));
        }
        let (data, rest) = rest
            .split_at_checked(length as usize)
            .ok_or(FrameError::Truncated)?;
        meter::work(1 + data.len());
        let (&is_last, rest) = rest.split_first().ok_or(FrameError::Truncated)?;
        let frame = Self {
            channel,
            number: u16::from_be_bytes(number),
            data: data.to_vec(),
            is_last: match is_last {
                0 => false,
                1 => true,
                other => return Err(FrameError::IsLast(other)),
            },
        };
        Ok((frame, rest))
    }
}
