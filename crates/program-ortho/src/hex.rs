//! Bytes as hexadecimal text.

use alloc::{string::String, vec::Vec};
use core::fmt::Write;

/// `0x` and two digits a byte.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 + 2 * bytes.len());
    text.push_str("0x");
    for byte in bytes {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The bytes, if the text is `0x` and two digits for each.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.strip_prefix("0x")?.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    pairs
        .iter()
        .map(|&[high, low]| u8::try_from(digit(high)? << 4 | digit(low)?).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_back_and_anything_else_is_refused() {
        assert_eq!(encode(&[0, 0xab]), "0x00ab");
        assert_eq!(decode("0x00aB").unwrap(), [0, 0xab]);
        assert_eq!(decode("0x").unwrap(), [0u8; 0]);
        for bad in ["", "00", "0x0", "0x0g", "0xé"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
