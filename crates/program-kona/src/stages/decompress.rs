//! What a channel holds (specs `protocol/derivation.md`, "Channel Format").
//!
//! Where a stream turns out corrupt, what counts is what op-node has read by then. So a [`Decoder`]
//! gives its output in the pieces in which op-node's readers give theirs.

use alloc::vec::Vec;

use super::{inflate::inflate, unbrotli::Unbrotli};

/// The version of channels that Brotli compresses.
const BROTLI: u8 = 1;

/// How the output ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// As the format says.
    Complete,
    /// In the middle, or otherwise than the format says.
    Corrupt,
}

/// Decompresses a channel.
#[derive(Debug)]
pub(super) enum Decoder {
    Zlib(Zlib),
    Brotli(Unbrotli),
}

impl Decoder {
    /// `None` where the channel's header is that of no known compression. Brotli channels are known
    /// where `brotli` says so. Of zlib's output no more than `limit` bytes are made, and of Brotli's not many more.
    pub(super) fn new(channel: &[u8], limit: usize, brotli: bool) -> Option<Self> {
        match channel {
            [BROTLI, ..] if brotli => Some(Self::Brotli(Unbrotli::new(channel, limit))),
            stream => Zlib::new(stream, limit).map(Self::Zlib),
        }
    }

    /// Appends the next bytes of the output, at most `most`; the end where it has shown with them.
    pub(super) fn read(&mut self, out: &mut Vec<u8>, most: usize) -> Option<End> {
        match self {
            Self::Zlib(zlib) => zlib.read(out, most),
            Self::Brotli(brotli) => brotli.read(out, most),
        }
    }
}

/// A zlib stream (RFC 1950), decompressed as far as it is good.
#[derive(Debug)]
pub(super) struct Zlib {
    output: Vec<u8>,
    read: usize,
    end: End,
}

impl Zlib {
    /// What Go's `compress/flate` gives at a time, unless the stream ends before.
    const PIECE: usize = 1 << 15;

    fn new(stream: &[u8], limit: usize) -> Option<Self> {
        let &[method, flags, ref rest @ ..] = stream else {
            return None;
        };
        let header = u16::from_be_bytes([method, flags]);
        // Another format, a window of more than 32 KiB, or a bad check.
        if method & 0x0f != 8 || method >> 4 > 7 || !header.is_multiple_of(31) {
            return None;
        }
        let mut deflated = rest;
        if flags & 0x20 != 0 {
            let (dictionary, rest) = rest.split_first_chunk()?;
            // Only the dictionary of no bytes is known.
            if u32::from_be_bytes(*dictionary) != adler32(&[]) {
                return None;
            }
            deflated = rest;
        }
        let (output, trailer) = inflate(deflated, limit);
        let sum = trailer.and_then(|trailer| trailer.first_chunk());
        let end = match sum {
            Some(sum) if u32::from_be_bytes(*sum) == adler32(&output) => End::Complete,
            _ => End::Corrupt,
        };
        Some(Self {
            output,
            read: 0,
            end,
        })
    }

    fn read(&mut self, out: &mut Vec<u8>, most: usize) -> Option<End> {
        let rest = self.output.get(self.read..).unwrap_or_default();
        let piece = rest.len().min(Self::PIECE - self.read % Self::PIECE);
        let count = piece.min(most);
        out.extend(rest.iter().take(count));
        self.read += count;
        let is_end = self.read == self.output.len();
        // After a full piece the end shows only when more is asked for.
        let is_full = count > 0 && self.read.is_multiple_of(Self::PIECE);
        (is_end && !is_full).then_some(self.end)
    }
}

/// The checksum of RFC 1950.
pub(super) fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    /// As many bytes as cannot make the sums overflow.
    const SAFE: usize = 5_552;
    let (mut low, mut high) = (1_u32, 0_u32);
    for part in bytes.chunks(SAFE) {
        for byte in part {
            low += u32::from(*byte);
            high += low;
        }
        low %= MODULUS;
        high %= MODULUS;
    }
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::testing::stored;
    use alloc::vec;

    /// The output up to its end or the limit.
    fn decompress(channel: &[u8], limit: usize, brotli: bool) -> Option<Vec<u8>> {
        let mut decoder = Decoder::new(channel, limit, brotli)?;
        let mut out = Vec::new();
        while out.len() < limit {
            let most = limit - out.len();
            if decoder.read(&mut out, most).is_some() {
                break;
            }
        }
        Some(out)
    }

    /// "The quick brown fox…" three times over, by the brotli and the zlib tool.
    fn text() -> Vec<u8> {
        b"a span batch in a channel in a frame. ".repeat(60)
    }

    fn zlib() -> Vec<u8> {
        miniz_oxide::deflate::compress_to_vec_zlib(&text(), 6)
    }

    fn brotli() -> Vec<u8> {
        let mut out = vec![BROTLI];
        let params = brotli::enc::BrotliEncoderParams::default();
        brotli::BrotliCompress(&mut text().as_slice(), &mut out, &params).unwrap();
        out
    }

    /// Specs `protocol/derivation.md`, "Channel Format".
    #[test]
    fn output_is_cut_at_the_limit() {
        for channel in [zlib(), brotli(), stored(&text())] {
            assert_eq!(decompress(&channel, 1 << 20, true).unwrap(), text());
            for limit in [0, 1, 1000, text().len()] {
                assert_eq!(decompress(&channel, limit, true).unwrap(), text()[..limit]);
            }
        }
    }

    /// A zip bomb costs no more than the limit.
    #[test]
    fn bombs_are_not_inflated_beyond_the_limit() {
        let zeros = vec![0; 1 << 24];
        let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&zeros, 9);
        assert!(bomb.len() < 1 << 15);
        let Some(Decoder::Zlib(zlib)) = Decoder::new(&bomb, 1 << 16, true) else {
            panic!("no zlib stream");
        };
        assert_eq!(zlib.output.len(), 1 << 16);
        assert!(zlib.output.capacity() <= 1 << 17);
    }

    /// Specs `protocol/derivation.md`, "Channel Format": batches are read as a stream, so those
    /// before an error are read.
    #[test]
    fn output_before_an_error_counts() {
        for channel in [zlib(), brotli(), stored(&text())] {
            let mut grown = 0;
            for len in 2..channel.len() {
                let output = decompress(&channel[..len], 1 << 20, true).unwrap();
                assert!(text().starts_with(&output) && output.len() >= grown);
                grown = output.len();
            }
            assert!(grown > 0);
        }
        let long: Vec<u8> = (0..40_000_u32)
            .flat_map(|i| (i * i).to_le_bytes())
            .collect();
        for mut channel in [miniz_oxide::deflate::compress_to_vec_zlib(&long, 6), {
            let mut out = vec![BROTLI];
            let params = brotli::enc::BrotliEncoderParams {
                quality: 5,
                ..Default::default()
            };
            brotli::BrotliCompress(&mut long.as_slice(), &mut out, &params).unwrap();
            out
        }] {
            let middle = channel.len() / 2;
            channel[middle..].fill(0xff);
            let output = decompress(&channel, 1 << 20, true).unwrap();
            let same = output.iter().zip(&long).take_while(|(a, b)| a == b).count();
            assert!(same > long.len() / 4, "{same}");
        }
    }

    /// Specs `protocol/derivation.md`, "Channel Format"; `protocol/fjord/derivation.md`, "Brotli
    /// Channel Compression".
    #[test]
    fn other_headers_are_no_channel() {
        assert_eq!(decompress(&brotli(), 100, false), None);
        for header in [
            [0x00, 0x00],
            [0x02, 0x00],
            [0x7f, 0x01],
            [0x78, 0x02],
            [0x88, 0x1c],
            [0x78, 0xbb],
        ] {
            assert_eq!(
                decompress(&[&header, &zlib()[2..]].concat(), 100, true),
                None
            );
        }
        // A dictionary, of which the empty one is as good as none.
        let with_dictionary = |sum: u8| [&[0x78, 0x20, 0, 0, 0, sum], &zlib()[2..]].concat();
        assert_eq!(decompress(&with_dictionary(2), 100, true), None);
        let output = decompress(&with_dictionary(1), 100, true).unwrap();
        assert_eq!(output, text()[..100]);
        assert_eq!(decompress(&[], 100, true), None);
        assert_eq!(decompress(&[BROTLI], 100, true), Some(Vec::new()));
        // The window of Brotli's "large window" is not in RFC 7932.
        assert_eq!(
            decompress(&[BROTLI, 0x11, 0x16, 0x00], 100, true),
            Some(Vec::new())
        );
    }
}
