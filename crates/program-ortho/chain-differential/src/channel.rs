//! Channels, frames and blobs as the batcher writes them.

use std::io::Write;

use alloy_rlp::Encodable;
use flate2::{Compression, write::ZlibEncoder};

use crate::oracle::BLOB;

/// How a channel is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compressor {
    Zlib(u32),
    Brotli { quality: u32, window_bits: u32 },
}

/// The batches, each an RLP string.
pub(crate) fn content(batches: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    for batch in batches {
        batch.as_slice().encode(&mut out);
    }
    out
}

pub(crate) fn compress(content: &[u8], compressor: Compressor) -> Vec<u8> {
    match compressor {
        Compressor::Zlib(level) => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
            encoder.write_all(content).unwrap();
            encoder.finish().unwrap()
        }
        Compressor::Brotli {
            quality,
            window_bits,
        } => {
            // The channel's version byte (OP specs `protocol/fjord/derivation.md`).
            let mut out = vec![1];
            let mut encoder = brotli::CompressorWriter::new(&mut out, 4096, quality, window_bits);
            encoder.write_all(content).unwrap();
            drop(encoder);
            out
        }
    }
}

/// A frame (OP specs `protocol/derivation.md`, "Frame Format").
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) channel: [u8; 16],
    pub(crate) number: u16,
    pub(crate) data: Vec<u8>,
    pub(crate) last: u8,
    /// What the length field says beyond the data's length.
    pub(crate) length_offset: i64,
}

impl Frame {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let length = (self.data.len() as i64 + self.length_offset) as u32;
        let mut out = self.channel.to_vec();
        out.extend(self.number.to_be_bytes());
        out.extend(length.to_be_bytes());
        out.extend(&self.data);
        out.push(self.last);
        out
    }
}

/// Cuts a channel into frames of at most so many bytes of data.
pub(crate) fn frames(channel: [u8; 16], data: &[u8], size: usize) -> Vec<Frame> {
    let chunks: Vec<_> = data.chunks(size.max(1)).collect();
    let last = chunks.len().saturating_sub(1);
    let frame = |(number, chunk): (usize, &&[u8])| Frame {
        channel,
        number: number as u16,
        data: chunk.to_vec(),
        last: u8::from(number == last),
        length_offset: 0,
    };
    chunks.iter().enumerate().map(frame).collect()
}

/// The data of one blob: four field elements hold 127 bytes (OP specs
/// `protocol/ecotone/derivation.md`, "Blob Encoding").
pub(crate) fn blob(data: &[u8]) -> Vec<u8> {
    let mut payload = (data.len() as u32).to_be_bytes();
    payload[0] = 0;
    let mut rest = data.iter().copied();
    let mut next = move || rest.next().unwrap_or(0);
    let mut out = Vec::with_capacity(BLOB);
    for round in 0..1024 {
        let mut elements = [[0_u8; 32]; 4];
        let mut spare = [0_u8; 3];
        for (index, element) in elements.iter_mut().enumerate() {
            if round == 0 && index == 0 {
                element[1..5].copy_from_slice(&payload);
                element[5..].fill_with(&mut next);
            } else {
                element[1..].fill_with(&mut next);
            }
            if let Some(spare) = spare.get_mut(index) {
                *spare = next();
            }
        }
        let [x, y, z] = spare;
        let high = [
            x & 0x3f,
            y & 0x0f | (x & 0xc0) >> 2,
            z & 0x3f,
            (z & 0xc0) >> 2 | (y & 0xf0) >> 4,
        ];
        for (element, high) in elements.iter_mut().zip(high) {
            element[0] = high;
        }
        out.extend(elements.as_flattened());
    }
    out
}
