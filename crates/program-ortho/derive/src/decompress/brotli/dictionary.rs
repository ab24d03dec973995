//! The dictionary that every Brotli stream can refer to (RFC 7932, appendix A).

/// Its words, those of 4 bytes first, then those of 5...
static WORDS: &[u8; 122_784] = include_bytes!("dictionary.bin");

/// How many bits number the words of each length from 4 on.
const INDEX_BITS: [u32; 21] = [
    10, 10, 11, 11, 10, 10, 10, 10, 10, 9, 9, 8, 7, 7, 8, 7, 7, 6, 6, 5, 5,
];

/// How many bits number the words of this length, if there are any.
pub(super) fn index_bits(length: usize) -> Option<u32> {
    INDEX_BITS.get(length.checked_sub(4)?).copied()
}

/// A word by its length and its number among those of this length.
pub(super) fn word(length: usize, index: usize) -> Option<&'static [u8]> {
    let shorter = INDEX_BITS.iter().zip(4..length);
    let start: usize = shorter.map(|(bits, length)| length << bits).sum();
    WORDS.get(start + index * length..)?.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dictionary_has_the_checksum_of_the_rfc() {
        let mut crc = flate2::Crc::new();
        crc.update(WORDS);
        assert_eq!(crc.sum(), 0x5136_cb04);
    }

    #[test]
    fn words_are_found_by_length_and_number() {
        assert_eq!(word(4, 0), Some(&b"time"[..]));
        assert_eq!(index_bits(24), Some(5));
        assert_eq!(word(24, 31).map(<[u8]>::len), Some(24));
        assert_eq!(word(24, 32), None);
        assert_eq!((index_bits(3), index_bits(25)), (None, None));
    }
}
