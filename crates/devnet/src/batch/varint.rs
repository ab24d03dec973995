//! The two small encodings that span batches are made of.

/// Unsigned LEB128, as protocol buffers have it.
pub(super) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A list of bits as a big-endian integer whose bit `i` is the `i`th, padded to whole bytes.
pub(super) fn put_bits(out: &mut Vec<u8>, bits: &[bool]) {
    let mut bytes = vec![0u8; bits.len().div_ceil(8)];
    for (chunk, byte) in bits.chunks(8).zip(bytes.iter_mut().rev()) {
        for (i, bit) in chunk.iter().enumerate() {
            *byte |= u8::from(*bit) << i;
        }
    }
    out.append(&mut bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_have_seven_bits_a_byte() {
        for (value, expected) in [
            (0u64, &[0u8][..]),
            (127, &[127]),
            (128, &[128, 1]),
            (300, &[0xac, 2]),
        ] {
            let mut out = Vec::new();
            put_varint(&mut out, value);
            assert_eq!(out, expected);
        }
        let mut out = Vec::new();
        put_varint(&mut out, u64::MAX);
        assert_eq!(out.len(), 10);
    }

    #[test]
    fn bits_start_at_the_low_end_of_the_last_byte() {
        let mut out = Vec::new();
        put_bits(
            &mut out,
            &[
                true, false, false, false, false, false, false, false, true, true,
            ],
        );
        assert_eq!(out, [0b11, 0b1]);
        out.clear();
        put_bits(&mut out, &[]);
        assert!(out.is_empty());
    }
}
