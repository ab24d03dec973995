//! Channels whose compressed data are corrupt, read by both programs.

use alloy_rlp::Encodable;

use crate::{
    channel::{Compressor, compress},
    choices::Choices,
};

/// Lengths of strings about which op-node's readers change what they do.
const LENGTHS: [usize; 14] = [
    0, 1, 30, 60, 300, 3_000, 4_095, 4_096, 4_097, 5_000, 9_000, 20_000, 40_000, 70_000,
];
/// More than any case holds.
const NO_LIMIT: u64 = 10_000_000;

/// A channel's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelCase {
    /// What the frames hold.
    pub data: Vec<u8>,
    /// Bytes of the content that count.
    pub limit: u64,
}

impl ChannelCase {
    /// The case that follows from a seed.
    pub fn from_seed(seed: u64) -> Self {
        let mut choices = Choices::from_seed(seed);
        let mut content = Vec::new();
        for _ in 0..choices.between(1, 6) {
            let length = choices.pick(&LENGTHS);
            let string: Vec<u8> = match choices.below(3) {
                0 => vec![0x99; length],
                1 => (0..length).map(|at| (at * 7 % 251) as u8).collect(),
                _ => choices.bytes(length),
            };
            string.as_slice().encode(&mut content);
        }
        if choices.rarely(8) {
            // Up to the end of a piece of zlib's output.
            let missing = content.len().next_multiple_of(1 << 15) - content.len();
            vec![1; missing.saturating_sub(3)]
                .as_slice()
                .encode(&mut content);
        }
        let compressor = match choices.below(2) {
            0 => Compressor::Zlib(choices.pick(&[0, 1, 6, 9])),
            _ => Compressor::Brotli {
                quality: choices.pick(&[0, 2, 5, 9, 11]),
                window_bits: choices.pick(&[10, 16, 18, 22, 24]),
            },
        };
        let mut data = compress(&content, compressor);
        corrupt(&mut choices, &mut data);
        let limit = if choices.rarely(5) {
            (content.len() - choices.below(3).min(content.len() - 1)) as u64
        } else {
            NO_LIMIT
        };
        Self { data, limit }
    }

    /// The case of any bytes, the first of which say how they are compressed.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self {
            data: bytes.to_vec(),
            limit: NO_LIMIT,
        }
    }

    /// The strings that program `kona` reads.
    pub fn kona(&self) -> Vec<Vec<u8>> {
        endgame_program_kona::channel_strings(&self.data, self.limit as usize, true)
    }

    /// The strings that program `ortho` reads.
    pub fn ortho(&self) -> Vec<Vec<u8>> {
        endgame_ortho_derive::channel_strings(&self.data, self.limit, true)
    }
}

/// Spoils most data.
fn corrupt(choices: &mut Choices<'_>, data: &mut Vec<u8>) {
    let length = data.len();
    match choices.below(8) {
        0 => {}
        1 => data.truncate(choices.below(length + 1)),
        2 => data.truncate(length.saturating_sub(choices.below(12))),
        3 => data.extend([1, 2, 3]),
        4 => {
            let at = length.saturating_sub(1 + choices.below(4));
            data[at] ^= 1 << choices.below(8);
        }
        5 => {
            let at = length - 1 - choices.below(length.min(5_000));
            data[at] = choices.array::<1>()[0];
        }
        _ => {
            for _ in 0..choices.between(1, 3) {
                let at = choices.below(length);
                data[at] ^= 1 << choices.below(8);
            }
        }
    }
}
