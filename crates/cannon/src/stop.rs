//! Stopping at a preimage.

use endgame_preimage::{KeyType, PreimageKey};
use endgame_vm::PreimageRead;

use crate::CannonError;

/// Which read of a preimage ends a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PreimageStop {
    any: bool,
    /// What the key starts with; no key if empty.
    prefix: Vec<u8>,
    offset: u64,
    first_step: u64,
    /// The read preimage must be longer than this, its length prefix included; 0 is no condition.
    larger_than: u64,
}

impl PreimageStop {
    /// From `--stop-at-preimage`, else from `--stop-at-preimage-type`; and the size.
    pub(crate) fn new(
        key: Option<&str>,
        kind: Option<&str>,
        larger_than: u64,
    ) -> Result<Self, CannonError> {
        let mut stop = Self {
            larger_than,
            ..Self::default()
        };
        if let Some(text) = key {
            return stop.with_key(text).ok_or_else(|| CannonError::Flag {
                flag: "--stop-at-preimage",
                value: text.to_owned(),
            });
        }
        let key_type = match kind.unwrap_or_default() {
            "local" => KeyType::Local,
            "keccak" => KeyType::Keccak256,
            "sha256" => KeyType::Sha256,
            "blob" => KeyType::Blob,
            "precompile" => KeyType::Precompile,
            "any" => {
                stop.any = true;
                return Ok(stop);
            }
            "" => return Ok(stop),
            other => {
                return Err(CannonError::Flag {
                    flag: "--stop-at-preimage-type",
                    value: other.to_owned(),
                });
            }
        };
        stop.prefix = vec![key_type as u8];
        Ok(stop)
    }

    /// Takes over `<key-prefix>[@<offset>[@<step>]]`.
    fn with_key(mut self, text: &str) -> Option<Self> {
        let mut parts = text.split('@');
        let digits = parts.next()?;
        let digits = digits.strip_prefix("0x").unwrap_or(digits);
        let padded = if digits.len().is_multiple_of(2) {
            digits.to_owned()
        } else {
            format!("0{digits}")
        };
        self.prefix = hex::decode(padded).ok()?;
        if let Some(offset) = parts.next() {
            self.offset = offset.parse().ok()?;
        }
        if let Some(step) = parts.next() {
            self.first_step = step.parse().ok()?;
        }
        let fits = self.prefix.len() <= size_of::<PreimageKey>() && parts.next().is_none();
        fits.then_some(self)
    }

    /// Whether the run ends after step `step`, which made this read.
    pub(crate) fn applies(&self, read: &PreimageRead, step: u64) -> bool {
        if self.any {
            return true;
        }
        let key = !self.prefix.is_empty() && read.key.as_bytes().starts_with(&self.prefix);
        let size = self.larger_than != 0 && read.value.len() as u64 > self.larger_than;
        if self.larger_than == 0 {
            key && read.offset == self.offset && step >= self.first_step
        } else {
            size && (key || self.prefix.is_empty())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(first: u8, len: usize, offset: u64) -> PreimageRead {
        let mut key = [0xab; 32];
        key[0] = first;
        PreimageRead {
            key: PreimageKey::from_raw(key),
            value: vec![0; len].into(),
            offset,
        }
    }

    #[test]
    fn a_key_prefix_with_offset_and_step() {
        let stop = PreimageStop::new(Some("0x02ab@8@100"), None, 0).unwrap();
        assert!(stop.applies(&read(2, 40, 8), 100));
        assert!(!stop.applies(&read(2, 40, 8), 99));
        assert!(!stop.applies(&read(2, 40, 0), 100));
        assert!(!stop.applies(&read(1, 40, 8), 100));
        let stop = PreimageStop::new(Some("2ab"), None, 0).unwrap();
        assert!(stop.applies(&read(2, 40, 0), 0));
    }

    #[test]
    fn a_type_and_a_size_must_both_hold() {
        let stop = PreimageStop::new(None, Some("keccak"), 40).unwrap();
        assert!(stop.applies(&read(2, 41, 16), 0));
        assert!(!stop.applies(&read(2, 40, 0), 0));
        assert!(!stop.applies(&read(4, 41, 0), 0));
        let stop = PreimageStop::new(None, None, 40).unwrap();
        assert!(stop.applies(&read(4, 41, 3), 0));
        let stop = PreimageStop::new(None, Some("any"), 0).unwrap();
        assert!(stop.applies(&read(9, 0, 3), 0));
        let stop = PreimageStop::new(None, None, 0).unwrap();
        assert!(!stop.applies(&read(2, 41, 0), 0));
    }

    #[test]
    fn what_cannot_be_understood_is_refused() {
        for key in ["xy", "02@a", "02@1@b", "02@1@2@3", &"00".repeat(33)] {
            PreimageStop::new(Some(key), None, 0).unwrap_err();
        }
        PreimageStop::new(None, Some("keccak256"), 0).unwrap_err();
    }
}
