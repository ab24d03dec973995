//! Hints: `name 0xhex`, in both spellings that programs in the field use.

use alloc::{string::String, vec::Vec};

use crate::OracleError;

/// What a program says it is about to ask for.
///
/// Names follow op-program and kona; where the two differ, both are read
/// (`starting-l2-output` and `l2-output`, `l1-precompile` and `l1-precompile-v2`, `l1-blob` of 40
/// and of 48 bytes).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The name before the space.
    pub name: String,
    /// The decoded hex after it.
    pub data: Vec<u8>,
}

impl Hint {
    /// Parses `name 0xhex` (the data may be empty).
    pub fn parse(raw: &[u8]) -> Result<Self, OracleError> {
        let bad = |why: &str| {
            OracleError::Server(alloc::format!(
                "hint {:?}: {why}",
                String::from_utf8_lossy(raw)
            ))
        };
        let text = core::str::from_utf8(raw).map_err(|_| bad("not UTF-8"))?;
        let (name, hex) = text.split_once(' ').unwrap_or((text, ""));
        if name.is_empty() {
            return Err(bad("no name"));
        }
        let hex = hex.strip_prefix("0x").unwrap_or(hex).as_bytes();
        let (pairs, rest) = hex.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(bad("odd number of hex digits"));
        }
        let nibble = |c: u8| char::from(c).to_digit(16);
        let data = pairs
            .iter()
            .map(|&[hi, lo]| Some((nibble(hi)? << 4 | nibble(lo)?) as u8))
            .collect::<Option<_>>()
            .ok_or_else(|| bad("data is not hex"))?;
        Ok(Self {
            name: name.into(),
            data,
        })
    }

    /// The text that goes over the wire.
    pub fn encode(name: &str, data: &[u8]) -> String {
        let mut text = String::with_capacity(name.len() + 3 + 2 * data.len());
        text.push_str(name);
        text.push_str(" 0x");
        // Without a formatter: a pairing's hint has up to 110 KB, and a VM pays for each step.
        for byte in data {
            for digit in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(digit.into(), 16));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_hint_parses_back() {
        let text = Hint::encode("l1-block-header", &[0xab, 0x01]);
        assert_eq!(text, "l1-block-header 0xab01");
        let hint = Hint::parse(text.as_bytes()).unwrap();
        assert_eq!(
            (hint.name.as_str(), hint.data.as_slice()),
            ("l1-block-header", &[0xab, 1][..])
        );
    }

    #[test]
    fn malformed_hints_are_refused() {
        for raw in [
            &b""[..],
            b" 0x00",
            b"name 0x0",
            b"name 0xzz",
            b"\xff\xfe 0x00",
        ] {
            assert!(Hint::parse(raw).is_err(), "{raw:?}");
        }
    }
}
