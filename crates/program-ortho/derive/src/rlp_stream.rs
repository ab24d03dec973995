//! RLP byte strings out of a compressed channel.

use alloc::vec::Vec;

use endgame_ortho_primitives::meter;

use crate::decompress::{Decompressor, End};

/// What the reference implementation's buffer holds.
const BUFFER: usize = 4_096;

/// Reads RLP byte strings one after another, at most so many bytes in all (OP specs
/// `protocol/derivation.md`, "Channel Format").
#[derive(Clone, Debug)]
pub(crate) struct RlpStream {
    source: Decompressor,
    /// Read from the source, the first `used` bytes from here too.
    buffer: Vec<u8>,
    used: usize,
    /// Whether the source came to an end after what the buffer holds.
    ended: bool,
    /// Bytes that may still be read.
    left: u64,
}

/// Nothing more can be read, be it that the end was reached or that what follows is malformed.
struct Ended;

impl RlpStream {
    /// Reads at most `limit` bytes of `source`.
    pub(crate) const fn new(source: Decompressor, limit: u64) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            used: 0,
            ended: false,
            left: limit,
        }
    }

    /// The next string. None if no whole one follows; then nothing further does.
    pub(crate) fn next_string(&mut self) -> Option<Vec<u8>> {
        self.string().ok()
    }

    fn string(&mut self) -> Result<Vec<u8>, Ended> {
        let mut first = Vec::new();
        self.append(&mut first, 1)?;
        let length = match *first.first().ok_or(Ended)? {
            0..0x80 => return Ok(first),
            short @ 0x80..0xb8 => u64::from(short - 0x80),
            long @ 0xb8..0xc0 => self.length(u64::from(long - 0xb7))?,
            // A list.
            0xc0.. => return Err(Ended),
        };
        let mut string = Vec::new();
        self.append(&mut string, length)?;
        if matches!(string.as_slice(), [0..0x80]) {
            // It must stand there without a header.
            return Err(Ended);
        }
        Ok(string)
    }

    /// A length of `size` bytes, which must be over 55 and have no leading zero.
    fn length(&mut self, size: u64) -> Result<u64, Ended> {
        let mut bytes = Vec::new();
        self.append(&mut bytes, size)?;
        let length = bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte));
        if bytes.first() == Some(&0) || length < 56 {
            return Err(Ended);
        }
        Ok(length)
    }

    /// Appends exactly `count` bytes, in the reference implementation's way: through a buffer if
    /// they are less than it can hold. A corruption that the source finds with the bytes that it
    /// puts into the buffer is left for the next read; without the buffer it takes the bytes along.
    fn append(&mut self, out: &mut Vec<u8>, count: u64) -> Result<(), Ended> {
        self.left = self.left.checked_sub(count).ok_or(Ended)?;
        let end = out.len() + usize::try_from(count).map_err(|_| Ended)?;
        while out.len() < end {
            meter::work(1);
            let missing = end - out.len();
            let buffered = self.buffer.get(self.used..).unwrap_or_default();
            if !buffered.is_empty() {
                let bytes = buffered.get(..missing).unwrap_or(buffered);
                meter::work(bytes.len());
                out.extend_from_slice(bytes);
                self.used += bytes.len();
            } else if self.ended {
                return Err(Ended);
            } else if missing < BUFFER {
                self.buffer.clear();
                self.used = 0;
                self.ended = self.source.read(&mut self.buffer, BUFFER).is_some();
            } else {
                let ended = self.source.read(out, missing);
                self.ended = ended.is_some();
                if ended == Some(End::Corrupt) {
                    return Err(Ended);
                }
            }
        }
        Ok(())
    }
}
