//! Byte strings of fixed length: hashes, addresses, blooms.

use core::{fmt, str::FromStr};

use crate::{Word, keccak256};

/// Text that is not the hex of exactly as many bytes as the type has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseHexError;

impl fmt::Display for ParseHexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the hex of as many bytes as asked for")
    }
}

impl core::error::Error for ParseHexError {}

macro_rules! bytes_type {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(transparent)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// All bytes zero.
            pub const ZERO: Self = Self([0; $len]);

            /// The bytes, if `bytes` has the right length.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::ZERO
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("0x")?;
                self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseHexError;

            fn from_str(text: &str) -> Result<Self, ParseHexError> {
                let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
                let (pairs, rest) = digits.as_chunks::<2>();
                if pairs.len() != $len || !rest.is_empty() {
                    return Err(ParseHexError);
                }
                let mut bytes = [0; $len];
                for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
                    let digit = |c: u8| char::from(c).to_digit(16).ok_or(ParseHexError);
                    *byte = (digit(high)? << 4 | digit(low)?) as u8;
                }
                Ok(Self(bytes))
            }
        }
    };
}

bytes_type! {
    /// 32 bytes: a hash, a root, or a storage value as it stands in a trie.
    Hash, 32
}

bytes_type! {
    /// The 20 bytes of an account's address.
    Address, 20
}

/// The 2048-bit filter of a receipt's or block's logs (yellow paper, 4.3.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Bloom(pub [u8; 256]);

impl Hash {
    /// keccak-256 of nothing: the code hash of an account without code.
    pub const KECCAK_EMPTY: Self = Self([
        0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03,
        0xc0, 0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82, 0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85,
        0xa4, 0x70,
    ]);

    /// The root of an empty trie: keccak-256 of the RLP of the empty string.
    pub const EMPTY_TRIE: Self = Self([
        0x56, 0xe8, 0x1f, 0x17, 0x1b, 0xcc, 0x55, 0xa6, 0xff, 0x83, 0x45, 0xe6, 0x92, 0xc0, 0xf8,
        0x6e, 0x5b, 0x48, 0xe0, 0x1b, 0x99, 0x6c, 0xad, 0xc0, 0x01, 0x62, 0x2f, 0xb5, 0xe3, 0x63,
        0xb4, 0x21,
    ]);

    /// The hash as a number, big-endian.
    #[inline]
    pub const fn to_word(self) -> Word {
        Word::from_be_bytes(self.0)
    }
}

impl From<Word> for Hash {
    #[inline]
    fn from(word: Word) -> Self {
        Self(word.to_be_bytes())
    }
}

impl Address {
    /// The address in the low 20 bytes of `word`, as the EVM reads one from the stack.
    #[inline]
    pub const fn from_word(word: Word) -> Self {
        match word.to_be_bytes().last_chunk() {
            Some(bytes) => Self(*bytes),
            None => Self::ZERO,
        }
    }

    /// The address as a number.
    #[inline]
    pub const fn to_word(self) -> Word {
        let mut word = [0; 32];
        if let Some(low) = word.last_chunk_mut() {
            *low = self.0;
        }
        Word::from_be_bytes(word)
    }
}

impl Bloom {
    /// Sets the three bits of `item` (an address or a topic).
    pub fn accrue(&mut self, item: &[u8]) {
        let hash = keccak256(item).0;
        let (pairs, _) = hash.as_chunks::<2>();
        for &pair in pairs.iter().take(3) {
            let bit = usize::from(u16::from_be_bytes(pair) & 0x7ff);
            if let Some(byte) = self.0.get_mut(255 - bit / 8) {
                *byte |= 1 << (bit % 8);
            }
        }
    }

    /// Adds another filter's bits.
    pub fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }
}

impl Default for Bloom {
    fn default() -> Self {
        Self([0; 256])
    }
}

impl fmt::Debug for Bloom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_of_the_wrong_length_is_refused() {
        assert_eq!("0x00".parse::<Address>(), Err(ParseHexError));
        assert_eq!("0x0g".parse::<Hash>(), Err(ParseHexError));
        let text = "0x4200000000000000000000000000000000000016";
        assert_eq!(text.parse::<Address>().unwrap().0[19], 0x16);
    }

    #[test]
    fn address_of_a_word_takes_its_low_bytes() {
        let mut bytes = [0xff; 32];
        bytes[12..].copy_from_slice(&[7; 20]);
        assert_eq!(
            Address::from_word(Word::from_be_bytes(bytes)),
            Address([7; 20])
        );
        assert_eq!(
            Address::from_word(Address([7; 20]).to_word()),
            Address([7; 20])
        );
    }

    #[test]
    fn bloom_agrees_with_the_peer() {
        let mut ours = Bloom::default();
        let mut theirs = alloy_primitives::Bloom::ZERO;
        for n in 0..100u8 {
            ours.accrue(&[n; 20]);
            theirs.accrue(alloy_primitives::BloomInput::Raw(&[n; 20]));
        }
        assert_eq!(ours.0, theirs.0.0);
    }
}
