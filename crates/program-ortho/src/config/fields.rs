//! Typed reads from JSON objects.

use alloc::string::String;
use core::str::FromStr;

use endgame_ortho_primitives::{Address, Hash, Word};
use serde_json::{Map, Value};

use super::ConfigError;
use crate::hex;

/// Parses a document.
pub(super) fn json(what: &'static str, raw: &[u8]) -> Result<Value, ConfigError> {
    serde_json::from_slice(raw).map_err(|error| ConfigError::Json {
        what,
        line: error.line(),
        column: error.column(),
    })
}

/// The fields of an object. One that is null is as one that is not there.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    object: &'static str,
    map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(object: &'static str, value: &'a Value) -> Result<Self, ConfigError> {
        let map = value.as_object().ok_or_else(|| ConfigError::Field {
            object,
            field: "it".into(),
            expected: "an object",
        })?;
        Ok(Self { object, map })
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.map.keys().map(String::as_str)
    }

    pub(super) fn bad(&self, field: &str, expected: &'static str) -> ConfigError {
        ConfigError::Field {
            object: self.object,
            field: field.into(),
            expected,
        }
    }

    pub(super) fn get(&self, field: &str) -> Option<&'a Value> {
        self.map.get(field).filter(|value| !value.is_null())
    }

    /// An object inside.
    pub(super) fn object(
        &self,
        field: &str,
        object: &'static str,
    ) -> Result<Option<Self>, ConfigError> {
        self.get(field)
            .map(|value| Self::of(object, value))
            .transpose()
    }

    pub(super) fn optional_number(&self, field: &str) -> Result<Option<u64>, ConfigError> {
        self.optional(field, "a number of at most 64 bits", Value::as_u64)
    }

    pub(super) fn number(&self, field: &str) -> Result<u64, ConfigError> {
        self.required(field, "a number of at most 64 bits", Value::as_u64)
    }

    /// A number of at most `T`'s bits that is not 0.
    pub(super) fn positive<T: TryFrom<u64>>(&self, field: &str) -> Result<T, ConfigError> {
        let positive =
            |value: &Value| T::try_from(value.as_u64().filter(|number| *number > 0)?).ok();
        self.required(field, "a number over 0 that fits", positive)
    }

    pub(super) fn hash(&self, field: &str) -> Result<Hash, ConfigError> {
        self.required(field, "32 bytes in hexadecimal", text)
    }

    pub(super) fn address(&self, field: &str) -> Result<Address, ConfigError> {
        self.required(field, "20 bytes in hexadecimal", text)
    }

    /// `N` bytes.
    pub(super) fn optional_bytes<const N: usize>(
        &self,
        field: &str,
    ) -> Result<Option<[u8; N]>, ConfigError> {
        let bytes = |value: &Value| hex::decode(value.as_str()?)?.try_into().ok();
        self.optional(field, "hexadecimal of the right length", bytes)
    }

    /// A number of at most 256 bits, in hexadecimal with or without leading zeros.
    pub(super) fn word(&self, field: &str) -> Result<Word, ConfigError> {
        let word = |value: &Value| {
            let digits = value.as_str()?.strip_prefix("0x")?;
            let padded = alloc::format!("{digits:0>64}");
            (!digits.is_empty())
                .then(|| Hash::from_str(&padded).ok().map(Hash::to_word))
                .flatten()
        };
        self.required(field, "a number of at most 256 bits in hexadecimal", word)
    }

    pub(super) fn required<T>(
        &self,
        field: &str,
        expected: &'static str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, ConfigError> {
        self.get(field)
            .and_then(read)
            .ok_or_else(|| self.bad(field, expected))
    }

    pub(super) fn optional<T>(
        &self,
        field: &str,
        expected: &'static str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        self.get(field)
            .map(|value| read(value).ok_or_else(|| self.bad(field, expected)))
            .transpose()
    }
}

/// A type that is written as text.
fn text<T: FromStr>(value: &Value) -> Option<T> {
    value.as_str()?.parse().ok()
}
