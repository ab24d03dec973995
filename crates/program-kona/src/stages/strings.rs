//! The RLP strings that a channel holds.

use alloc::vec::Vec;

use super::decompress::{Decoder, End};

/// How many bytes op-node asks the decoder for when it needs fewer than that.
const BUFFER: usize = 4_096;

/// The RLP strings that the program reads of a channel, at most `limit` bytes with their lengths;
/// `brotli` says whether Brotli's channels are known. For whoever compares programs.
pub fn channel_strings(channel: &[u8], limit: usize, brotli: bool) -> Vec<Vec<u8>> {
    let mut strings = Strings::new(channel, limit, brotli);
    core::iter::from_fn(|| strings.as_mut()?.next()).collect()
}

/// Reads one string after another, up to the first error (specs `protocol/derivation.md`, "Channel
/// Format").
///
/// Like op-node it reads through a buffer, but for what does not fit into it. An error that comes
/// with bytes for the buffer is met when more is wanted; without the buffer it spoils the string.
#[derive(Debug)]
pub(super) struct Strings {
    decoder: Decoder,
    buffer: Vec<u8>,
    /// How much of the buffer was used.
    used: usize,
    is_end: bool,
    /// How many bytes may still be read.
    limit: usize,
}

impl Strings {
    /// At most `limit` bytes are read of the channel; `None` where its header is bad.
    pub(super) fn new(channel: &[u8], limit: usize, brotli: bool) -> Option<Self> {
        Some(Self {
            // With one byte more it shows whether the output ends at the limit.
            decoder: Decoder::new(channel, limit.saturating_add(1), brotli)?,
            buffer: Vec::new(),
            used: 0,
            is_end: false,
            limit,
        })
    }

    /// The next string; `None` where there is no whole one, and so none after it.
    pub(super) fn next(&mut self) -> Option<Vec<u8>> {
        let first = *self.take(1)?.first()?;
        let len = match first {
            ..0x80 => return Some([first].into()),
            0x80..0xb8 => usize::from(first - 0x80),
            0xb8..0xc0 => {
                let len = self.take(usize::from(first - 0xb7))?;
                let canonical = len.first() != Some(&0);
                let len = len.iter().try_fold(0_usize, |len, byte| {
                    Some(len.checked_mul(256)? | usize::from(*byte))
                })?;
                (canonical && len > 55).then_some(len)?
            }
            // A list.
            0xc0.. => return None,
        };
        let string = self.take(len)?;
        // A small byte stands for itself.
        (!matches!(string.as_slice(), [..0x80])).then_some(string)
    }

    fn take(&mut self, len: usize) -> Option<Vec<u8>> {
        self.limit = self.limit.checked_sub(len)?;
        let mut out = Vec::new();
        while out.len() < len {
            let missing = len - out.len();
            let buffered = self.buffer.get(self.used..).unwrap_or_default();
            if !buffered.is_empty() {
                let count = buffered.len().min(missing);
                out.extend(buffered.iter().take(count));
                self.used += count;
            } else if self.is_end {
                return None;
            } else if missing < BUFFER {
                self.buffer.clear();
                self.used = 0;
                self.is_end = self.decoder.read(&mut self.buffer, BUFFER).is_some();
            } else {
                let end = self.decoder.read(&mut out, missing);
                if end == Some(End::Corrupt) {
                    return None;
                }
                self.is_end = end.is_some();
            }
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::testing::{channel, stored};
    use alloc::vec;

    /// How many strings there are.
    fn count(data: &[u8], limit: usize) -> usize {
        let mut strings = Strings::new(data, limit, true).unwrap();
        core::iter::from_fn(|| strings.next()).count()
    }

    fn content(lengths: &[usize]) -> Vec<u8> {
        let strings: Vec<_> = lengths.iter().map(|len| vec![0x99; *len]).collect();
        channel(&strings)
    }

    #[test]
    fn strings_are_read_as_they_were_written() {
        let strings = [
            vec![],
            vec![7],
            vec![0x80],
            vec![9; 55],
            vec![9; 56],
            vec![8; 70_000],
        ];
        let data = stored(&channel(&strings));
        let mut read = Strings::new(&data, 1 << 20, true).unwrap();
        assert_eq!(
            core::iter::from_fn(|| read.next()).collect::<Vec<_>>(),
            strings
        );
        for other_than_shortest in [vec![0x81, 7], vec![0xb8, 55], vec![0xb9, 0, 60]] {
            let bytes = [other_than_shortest, vec![9; 60]].concat();
            assert_eq!(count(&stored(&bytes), 1 << 20), 0);
        }
        assert_eq!(count(&stored(&[0xc0, 0x80]), 1 << 20), 0);
    }

    /// Specs `protocol/derivation.md`, "Channel Format".
    #[test]
    fn string_that_ends_at_the_limit_is_the_last() {
        let content = content(&[10_000, 10_000]);
        let data = stored(&content);
        for (limit, expected) in [(0, 2), (1, 1), (content.len() / 2, 1)] {
            assert_eq!(count(&data, content.len() - limit), expected);
        }
        assert_eq!(count(&data, 0), 0);
    }

    /// A bad checksum comes with the last bytes: op-node loses a string that it does not read
    /// through its buffer.
    #[test]
    fn wrong_checksum_spoils_a_large_last_string_alone() {
        for (len, expected) in [(3_000, 2), (10_000, 1)] {
            let content = content(&[10_000, len]);
            let mut data = miniz_oxide::deflate::compress_to_vec_zlib(&content, 6);
            assert_eq!(count(&data, 1 << 20), 2);
            *data.last_mut().unwrap() ^= 1;
            assert_eq!(count(&data, 1 << 20), expected, "{len}");
            // A full piece of the output comes without the error.
            let filler = (1 << 15) - content.len() - 3;
            let whole = [channel(&[vec![0x99; filler]]), content].concat();
            assert_eq!(whole.len(), 1 << 15);
            let mut data = miniz_oxide::deflate::compress_to_vec_zlib(&whole, 6);
            *data.last_mut().unwrap() ^= 1;
            assert_eq!(count(&data, 1 << 20), 3, "{len}");
        }
    }

    /// A meta-block of Brotli that holds the output itself (RFC 7932, 9.2), after the bits of the
    /// stream's header.
    fn uncompressed(header: u32, bits: u32, bytes: &[u8]) -> Vec<u8> {
        let len = bytes.len() as u32 - 1;
        let header = header | (len << 3 | 1 << 19) << bits;
        [&header.to_le_bytes()[..3], bytes].concat()
    }

    /// op-node's decoder hands out what it has when it needs another part of the input, and loses
    /// what it has at an error.
    #[test]
    fn error_in_brotli_spoils_what_came_with_its_part_of_the_input() {
        let content = content(&[3_000, 3_000, 3_000]);
        let stream = |end: &[u8]| [&[1], uncompressed(0, 1, &content).as_slice(), end].concat();
        // A reserved bit; no end at all; an empty last meta-block; and bytes after that.
        for (end, expected) in [(&[0b1110][..], 1), (&[], 3), (&[0b11], 3), (&[0b11, 0], 3)] {
            assert_eq!(count(&stream(end), 1 << 20), expected, "{end:?}");
        }
    }

    #[test]
    fn bytes_after_brotli_spoil_a_large_last_string_alone() {
        for (len, expected) in [(3_000, 2), (10_000, 1)] {
            let mut data = vec![1];
            let params = brotli::enc::BrotliEncoderParams::default();
            let content = content(&[10, len]);
            brotli::BrotliCompress(&mut content.as_slice(), &mut data, &params).unwrap();
            assert_eq!(count(&data, 1 << 20), 2);
            data.push(0);
            assert_eq!(count(&data, 1 << 20), expected, "{len}");
        }
    }
}
