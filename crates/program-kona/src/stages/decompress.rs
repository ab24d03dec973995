//! What a channel holds (specs `protocol/derivation.md`, "Channel Format", and
//! `protocol/fjord/derivation.md`, "Brotli Channel Compression").

use alloc::{boxed::Box, vec, vec::Vec};

use alloc_no_stdlib::{Allocator, SliceWrapper, SliceWrapperMut};
use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState};

use super::inflate::inflate;

/// The version of channels that Brotli compresses.
const BROTLI: u8 = 1;

/// The first `limit` bytes that the channel holds, or those before its first error; `None` where
/// its header is that of no known compression. Brotli channels are known where `brotli` says so.
pub(super) fn decompress(channel: &[u8], limit: usize, brotli: bool) -> Option<Vec<u8>> {
    match channel {
        [method, flags, stream @ ..] if method & 0x0f == 8 => {
            let header = u16::from_be_bytes([*method, *flags]);
            // A window of more than 32 KiB, a bad check, or a preset dictionary.
            let bad = method >> 4 > 7 || !header.is_multiple_of(31) || flags & 0x20 != 0;
            (!bad).then(|| inflate(stream, limit))
        }
        [BROTLI, stream @ ..] if brotli => Some(unbrotli(stream, limit)),
        _ => None,
    }
}

/// The output of a Brotli stream until its end, its first error, or `limit` bytes.
fn unbrotli(stream: &[u8], limit: usize) -> Vec<u8> {
    // The decoder keeps output back until its input ends. After an error only single bytes of
    // input tell what came before it.
    let whole = unbrotli_by(stream, stream.len().max(1), limit);
    whole.unwrap_or_else(|| {
        let until_error = |step| unbrotli_until_error(stream, step, limit);
        until_error(1).0
    })
}

fn unbrotli_by(stream: &[u8], step: usize, limit: usize) -> Option<Vec<u8>> {
    let (output, good) = unbrotli_until_error(stream, step, limit);
    good.then_some(output)
}

/// Feeds the decoder `step` bytes at a time; whether there was no error.
fn unbrotli_until_error(stream: &[u8], step: usize, limit: usize) -> (Vec<u8>, bool) {
    const PIECE: usize = 1 << 16;
    let mut state = BrotliState::new_strict(Heap, Heap, Heap);
    let mut piece = vec![0; PIECE];
    let mut output = Vec::new();
    let mut total = 0;
    for input in stream.chunks(step) {
        let (mut left, mut read) = (input.len(), 0);
        loop {
            let (mut room, mut written) = (PIECE, 0);
            let result = BrotliDecompressStream(
                &mut left,
                &mut read,
                input,
                &mut room,
                &mut written,
                &mut piece,
                &mut total,
                &mut state,
            );
            let space = limit - output.len();
            output.extend(piece.iter().take(written.min(space)));
            match result {
                _ if output.len() == limit => return (output, true),
                BrotliResult::NeedsMoreOutput => {}
                BrotliResult::NeedsMoreInput => break,
                BrotliResult::ResultSuccess => return (output, true),
                BrotliResult::ResultFailure => return (output, false),
            }
        }
    }
    (output, true)
}

/// Memory for the Brotli decoder.
#[derive(Clone, Copy, Debug, Default)]
struct Heap;

#[derive(Clone, Debug)]
struct Memory<T>(Box<[T]>);

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<T> SliceWrapper<T> for Memory<T> {
    fn slice(&self) -> &[T] {
        &self.0
    }
}

impl<T> SliceWrapperMut<T> for Memory<T> {
    fn slice_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T: Clone + Default> Allocator<T> for Heap {
    type AllocatedMemory = Memory<T>;

    fn alloc_cell(&mut self, len: usize) -> Memory<T> {
        Memory(vec![T::default(); len].into_boxed_slice())
    }

    fn free_cell(&mut self, _: Memory<T>) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::testing::stored;

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
        let output = decompress(&bomb, 1 << 16, true).unwrap();
        assert_eq!(
            (output.len(), output.capacity() <= 1 << 17),
            (1 << 16, true)
        );
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
        assert_eq!(decompress(&[], 100, true), None);
        assert_eq!(decompress(&[BROTLI], 100, true), Some(Vec::new()));
        // The window of Brotli's "large window" is not in RFC 7932.
        assert_eq!(
            decompress(&[BROTLI, 0x11, 0x16, 0x00], 100, true),
            Some(Vec::new())
        );
    }
}
