//! The dictionary's words (RFC 7932, section 8 and appendix A).

use alloc::vec::Vec;

use brotli_decompressor::dictionary::kBrotliDictionary;

use super::{Stop, transform};

/// By the length of words: how many bits number them.
const BITS: [u8; 25] = [
    0, 0, 0, 0, 10, 10, 11, 11, 10, 10, 10, 10, 10, 9, 9, 8, 7, 7, 8, 7, 7, 6, 6, 5, 5,
];
/// The shortest words, of which there are any.
const SHORTEST: usize = 4;

/// Appends the word of this length and number.
pub(super) fn append(out: &mut Vec<u8>, len: usize, number: usize) -> Result<(), Stop> {
    let bits = BITS.get(len).filter(|_| len >= SHORTEST).ok_or(Stop)?;
    let index = number & ((1 << bits) - 1);
    let shorter = BITS.iter().enumerate().take(len).skip(SHORTEST);
    let start = shorter.map(|(len, bits)| len << bits).sum::<usize>() + index * len;
    let word = kBrotliDictionary.get(start..start + len).ok_or(Stop)?;
    transform::append(out, word, number >> bits).ok_or(Stop)
}
