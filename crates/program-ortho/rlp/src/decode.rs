//! Reading.

use endgame_ortho_primitives::{Address, Hash, Word, meter};

/// Why bytes are not the RLP that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RlpError {
    /// The input ends inside an item.
    #[error("RLP ends inside an item")]
    Truncated,
    /// Bytes follow the last item.
    #[error("{0} bytes follow the last RLP item")]
    Trailing(usize),
    /// A string where a list must be.
    #[error("RLP string where a list must be")]
    NotAList,
    /// A list where a string must be.
    #[error("RLP list where a string must be")]
    NotAString,
    /// A single byte below 0x80 with a length before it, or a length in more bytes than it needs.
    #[error("RLP length is not in its shortest form")]
    LongForm,
    /// A number with leading zeros.
    #[error("RLP number has leading zeros")]
    LeadingZero,
    /// A number of more bytes than its type has.
    #[error("RLP number of {0} bytes is too large")]
    TooLarge(usize),
    /// A string of another length than its type has.
    #[error("RLP string of {found} bytes where {expected} must be")]
    WrongLength {
        /// The bytes the type has.
        expected: usize,
        /// The bytes found.
        found: usize,
    },
}

/// One item: a string or a list, its payload not yet read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// A byte string.
    Bytes(&'a [u8]),
    /// A list's payload: the items one after another.
    List(&'a [u8]),
}

/// Reads items one after another.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads the items in `payload`.
    pub const fn new(payload: &'a [u8]) -> Self {
        Self { rest: payload }
    }

    /// Whether nothing is left.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What is left, raw.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Fails unless everything was read.
    pub const fn end(self) -> Result<(), RlpError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(RlpError::Trailing(self.rest.len()))
        }
    }

    /// The next item, whatever it is.
    pub fn item(&mut self) -> Result<Item<'a>, RlpError> {
        meter::work(1);
        let (&first, after) = self.rest.split_first().ok_or(RlpError::Truncated)?;
        let (item, rest) = match first {
            0..0x80 => {
                let (byte, rest) = self.rest.split_at_checked(1).ok_or(RlpError::Truncated)?;
                (Item::Bytes(byte), rest)
            }
            0x80..0xb8 => {
                let (bytes, rest) = split(after, u64::from(first - 0x80))?;
                if matches!(bytes, [0..0x80]) {
                    return Err(RlpError::LongForm);
                }
                (Item::Bytes(bytes), rest)
            }
            0xb8..0xc0 => {
                let (length, after) = long_length(after, first - 0xb7)?;
                let (bytes, rest) = split(after, length)?;
                (Item::Bytes(bytes), rest)
            }
            0xc0..0xf8 => {
                let (payload, rest) = split(after, u64::from(first - 0xc0))?;
                (Item::List(payload), rest)
            }
            0xf8.. => {
                let (length, after) = long_length(after, first - 0xf7)?;
                let (payload, rest) = split(after, length)?;
                (Item::List(payload), rest)
            }
        };
        self.rest = rest;
        Ok(item)
    }

    /// The next item with its header, unread.
    pub fn raw(&mut self) -> Result<&'a [u8], RlpError> {
        let before = self.rest;
        self.item()?;
        before
            .get(..before.len() - self.rest.len())
            .ok_or(RlpError::Truncated)
    }

    /// The next item, a list.
    pub fn list(&mut self) -> Result<Reader<'a>, RlpError> {
        match self.item()? {
            Item::List(payload) => Ok(Reader::new(payload)),
            Item::Bytes(_) => Err(RlpError::NotAList),
        }
    }

    /// The next item, a byte string.
    pub fn bytes(&mut self) -> Result<&'a [u8], RlpError> {
        match self.item()? {
            Item::Bytes(bytes) => Ok(bytes),
            Item::List(_) => Err(RlpError::NotAString),
        }
    }

    /// The next item, a byte string of exactly `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], RlpError> {
        let bytes = self.bytes()?;
        bytes.try_into().map_err(|_| RlpError::WrongLength {
            expected: N,
            found: bytes.len(),
        })
    }

    /// The next item, a hash.
    pub fn hash(&mut self) -> Result<Hash, RlpError> {
        self.array().map(Hash)
    }

    /// The next item, an address.
    pub fn address(&mut self) -> Result<Address, RlpError> {
        self.array().map(Address)
    }

    /// The next item, an address or nothing: a transaction's `to`.
    pub fn optional_address(&mut self) -> Result<Option<Address>, RlpError> {
        match self.bytes()? {
            [] => Ok(None),
            bytes => Address::from_slice(bytes)
                .map(Some)
                .ok_or(RlpError::WrongLength {
                    expected: 20,
                    found: bytes.len(),
                }),
        }
    }

    /// The next item, a number of at most 256 bits.
    pub fn word(&mut self) -> Result<Word, RlpError> {
        self.number(32).map(Word::from_be_slice)
    }

    /// The next item, a number of at most 128 bits.
    pub fn u128(&mut self) -> Result<u128, RlpError> {
        let bytes = self.number(16)?;
        Ok(bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u128::from(*byte)))
    }

    /// The next item, a number of at most 64 bits.
    pub fn u64(&mut self) -> Result<u64, RlpError> {
        let bytes = self.number(8)?;
        Ok(bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// The next item, false (nothing) or true (1).
    pub fn bool(&mut self) -> Result<bool, RlpError> {
        match self.number(1)? {
            [] => Ok(false),
            [1] => Ok(true),
            _ => Err(RlpError::TooLarge(1)),
        }
    }

    fn number(&mut self, most: usize) -> Result<&'a [u8], RlpError> {
        match self.bytes()? {
            [0, ..] => Err(RlpError::LeadingZero),
            bytes if bytes.len() > most => Err(RlpError::TooLarge(bytes.len())),
            bytes => Ok(bytes),
        }
    }
}

fn split(bytes: &[u8], at: u64) -> Result<(&[u8], &[u8]), RlpError> {
    let at = usize::try_from(at).map_err(|_| RlpError::Truncated)?;
    bytes.split_at_checked(at).ok_or(RlpError::Truncated)
}

/// A length of `size` bytes, which must be over 55 and have no leading zero.
fn long_length(after: &[u8], size: u8) -> Result<(u64, &[u8]), RlpError> {
    let (length, rest) = split(after, u64::from(size))?;
    if length.first() == Some(&0) {
        return Err(RlpError::LongForm);
    }
    let length = length
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte));
    if length < 56 {
        Err(RlpError::LongForm)
    } else {
        Ok((length, rest))
    }
}
