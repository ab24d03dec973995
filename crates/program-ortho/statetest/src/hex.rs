//! Numbers and bytes as the fixtures write them.

use endgame_ortho_primitives::{Address, Hash, Word};
use serde::{Deserialize, Deserializer, de::Error};

/// Digits of a hex string; some fixtures mark large numbers with `0x:bigint `.
fn digits(text: &str) -> &str {
    let text = text.strip_prefix("0x:bigint ").unwrap_or(text);
    text.strip_prefix("0x").unwrap_or(text)
}

fn parse_bytes(text: &str) -> Option<Vec<u8>> {
    let digits = digits(text).as_bytes();
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let digit = |c: u8| char::from(c).to_digit(16);
    pairs
        .iter()
        .map(|[high, low]| Some((digit(*high)? << 4 | digit(*low)?) as u8))
        .collect()
}

fn parse_number(text: &str) -> Option<Number> {
    let mut number = Number::default();
    for digit in digits(text).chars() {
        let digit = Word::from(u64::from(digit.to_digit(16)?));
        let next = number.0.checked_mul(Word::from(16_u64));
        match next.and_then(|shifted| shifted.checked_add(digit)) {
            Some(next) => number.0 = next,
            None => number = Number(Word::MAX, true),
        }
    }
    Some(number)
}

/// A number, and whether it has more than 256 bits: no transaction can be decoded that has such.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number(pub(crate) Word, pub(crate) bool);

/// Bytes of any length.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

/// An address, or nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Recipient(pub(crate) Option<Address>);

/// An address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Account(pub(crate) Address);

/// A hash.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Digest(pub(crate) Hash);

impl Number {
    pub(crate) fn to_u64(self) -> u64 {
        self.0.saturating_u64()
    }
}

macro_rules! from_text {
    ($name:ident, $what:literal, $parse:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let parse: fn(&str) -> Option<Self> = $parse;
                parse(&text).ok_or_else(|| D::Error::custom(format!("{text} is not {}", $what)))
            }
        }
    };
}

from_text!(Number, "a number", parse_number);
from_text!(Bytes, "bytes", |text| parse_bytes(text).map(Self));
from_text!(Account, "an address", |text| text.parse().ok().map(Self));
from_text!(Digest, "a hash", |text| text.parse().ok().map(Self));
from_text!(Recipient, "an address or nothing", |text| match text {
    "" | "0x" => Some(Self(None)),
    text => text.parse().ok().map(|address| Self(Some(address))),
});
