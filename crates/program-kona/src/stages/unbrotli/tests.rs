//! The decoder against the library's encoder.

use alloc::vec::Vec;

use super::*;

/// What op-node reads, asking for so much at a time.
fn read(channel: &[u8], most: usize) -> (Vec<u8>, End) {
    let mut decoder = Unbrotli::new(channel, 1 << 30);
    let mut out = Vec::new();
    loop {
        if let Some(end) = decoder.read(&mut out, most) {
            return (out, end);
        }
    }
}

fn compress(content: &[u8], quality: i32, lgwin: i32, mode: u8) -> Vec<u8> {
    use brotli::enc::backward_references::BrotliEncoderMode::{
        BROTLI_MODE_FONT, BROTLI_MODE_GENERIC, BROTLI_MODE_TEXT,
    };
    let modes = [BROTLI_MODE_GENERIC, BROTLI_MODE_TEXT, BROTLI_MODE_FONT];
    let params = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin,
        mode: modes[usize::from(mode)],
        ..Default::default()
    };
    let mut out = Vec::from([1]);
    brotli::BrotliCompress(&mut &content[..], &mut out, &params).unwrap();
    out
}

/// Bytes of a simple generator.
fn noise(len: usize, mut seed: u64) -> Vec<u8> {
    let step = move || {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 56) as u8
    };
    core::iter::repeat_with(step).take(len).collect()
}

/// Words, numbers, noise and repetitions.
fn contents() -> Vec<Vec<u8>> {
    let source = include_bytes!("transform.rs");
    let mut mixed = Vec::new();
    for part in 0..40_usize {
        mixed.extend(noise(part * 97 % 900, part as u64));
        mixed.extend_from_slice(&source[part * 50..part * 150]);
        mixed.extend((0..part as u32 * 20).flat_map(u32::to_be_bytes));
        let again = mixed.len() / 3;
        mixed.extend_from_within(again..again + part * 31);
    }
    [
        Vec::new(),
        Vec::from([7]),
        noise(70_000, 5),
        source.repeat(12),
        mixed,
        alloc::vec![0; 100_000],
    ]
    .into()
}

#[test]
fn what_is_compressed_is_read() {
    for content in contents() {
        for quality in 0..=11 {
            for lgwin in [10, 12, 16, 18, 22, 24] {
                let channel = compress(&content, quality, lgwin, quality as u8 % 3);
                for most in [1 << 30, 777] {
                    let (out, end) = read(&channel, most);
                    assert!(out == content, "quality {quality}, window {lgwin}");
                    assert_eq!(end, End::Complete);
                }
            }
        }
    }
}

/// Specs `protocol/derivation.md`, "Channel Format": what is before the end of what there is counts.
#[test]
fn what_is_cut_off_is_read_up_to_there() {
    let content = [&include_bytes!("transform.rs")[..], &noise(3_000, 1)].concat();
    for quality in [1, 5, 11] {
        let channel = compress(&content, quality, 12, 0);
        let mut grown = 0;
        for len in 1..channel.len() {
            let (out, end) = read(&channel[..len], 1_000);
            assert_eq!(end, End::Corrupt);
            assert!(content.starts_with(&out) && out.len() >= grown);
            grown = out.len();
        }
        let mut excess = channel;
        excess.push(0);
        let (out, end) = read(&excess, 1_000);
        assert!(out == content);
        assert_eq!(end, End::Corrupt);
    }
}

/// A stream of one meta-block, window of 1,024 bytes, with "a" as its only literal (RFC 7932,
/// section 9). Of commands there are an insertion of 578 to 1,089 with a copy of 2, and copies of 22 to
/// 29; all distances are the last one.
struct Crafted {
    bytes: Vec<u8>,
    bits: usize,
}

impl Crafted {
    fn new(len: u64) -> Self {
        let mut stream = Self {
            bytes: Vec::from([1]),
            bits: 0,
        };
        // The window, and a meta-block that is not the last one, compressed.
        for (value, width) in [
            (1, 1),
            (0, 3),
            (2, 3),
            (0, 1),
            (0, 2),
            (len - 1, 16),
            (0, 1),
        ] {
            stream.put(value, width);
        }
        // One type of block each, short distances, one mode, one code each.
        for (value, width) in [(0, 3), (0, 6), (0, 2), (0, 1), (0, 1)] {
            stream.put(value, width);
        }
        // The codes: one symbol, two, one.
        let codes = [
            (1, 2),
            (0, 2),
            (u64::from(b'a'), 8),
            (1, 2),
            (1, 2),
            (68, 10),
            (472, 10),
        ];
        for (value, width) in codes.into_iter().chain([(1, 2), (0, 2), (0, 6)]) {
            stream.put(value, width);
        }
        stream
    }

    fn put(&mut self, value: u64, width: usize) {
        for bit in 0..width {
            if self.bits.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let byte = self.bytes.last_mut().unwrap();
            *byte |= ((value >> bit & 1) as u8) << (self.bits % 8);
            self.bits += 1;
        }
    }

    /// An insertion of `count`, and a copy of 2.
    fn insert(&mut self, count: u64) {
        self.put(1, 1);
        self.put(count - 578, 9);
    }

    /// A copy of `count`.
    fn copy(&mut self, count: u64) {
        self.put(0, 1);
        self.put(count - 22, 3);
    }
}

/// Of a command that puts out more than its meta-block holds nothing is handed out, and what a full
/// ring handed out before it is, within one byte of the input as well. The numbers are those of
/// op-node's reader.
#[test]
fn overrun_spoils_what_the_ring_holds_alone() {
    for (count, total) in [(1_000, 1_024), (999, 0)] {
        let mut stream = Crafted::new(1_030);
        stream.insert(count);
        assert_eq!(stream.bits % 8, 0);
        stream.copy(22);
        stream.copy(22);
        stream.put(0, 40);
        let (out, end) = read(&stream.bytes, 4_096);
        assert_eq!((out, end), ([b'a'].repeat(total), End::Corrupt), "{count}");
    }
}
