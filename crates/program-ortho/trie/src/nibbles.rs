//! Paths: sequences of half bytes, and their hex-prefix encoding.

use alloc::vec::Vec;

use endgame_ortho_primitives::meter;

use crate::NodeError;

/// A path, one nibble a byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Nibbles(Vec<u8>);

impl Nibbles {
    /// The nibbles of a key's bytes, the high ones first.
    pub(crate) fn of_key(key: &[u8]) -> Self {
        meter::work(2 * key.len());
        Self(key.iter().flat_map(|byte| [byte >> 4, byte & 15]).collect())
    }

    /// A path of these nibbles.
    pub(crate) fn from_nibbles(nibbles: &[u8]) -> Self {
        meter::work(nibbles.len());
        Self(nibbles.to_vec())
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `self`, then `nibble`, then `rest`.
    pub(crate) fn joined(mut self, nibble: Option<u8>, rest: &Self) -> Self {
        self.0.extend(nibble);
        self.0.extend_from_slice(&rest.0);
        self
    }

    /// Hex-prefix decoding (yellow paper, appendix C): the path and whether it is a leaf's.
    pub(crate) fn decode(encoded: &[u8]) -> Result<(Self, bool), NodeError> {
        let (&first, rest) = encoded.split_first().ok_or(NodeError::Path)?;
        let leaf = first & 0x20 != 0;
        let mut nibbles = Vec::with_capacity(2 * rest.len() + 1);
        match first & !0x20 {
            0x00 => {}
            odd @ 0x10..0x20 => nibbles.push(odd & 15),
            _ => return Err(NodeError::Path),
        }
        nibbles.extend(rest.iter().flat_map(|byte| [byte >> 4, byte & 15]));
        Ok((Self(nibbles), leaf))
    }

    /// Hex-prefix encoding.
    pub(crate) fn encode(&self, leaf: bool) -> Vec<u8> {
        let flag = if leaf { 0x20 } else { 0 };
        let mut encoded = Vec::with_capacity(self.0.len() / 2 + 1);
        let mut nibbles = self.0.as_slice();
        match nibbles.split_first() {
            Some((first, rest)) if nibbles.len() % 2 == 1 => {
                encoded.push(flag | 0x10 | first);
                nibbles = rest;
            }
            _ => encoded.push(flag),
        }
        let (pairs, _) = nibbles.as_chunks::<2>();
        encoded.extend(pairs.iter().map(|[high, low]| high << 4 | low));
        encoded
    }
}

/// How many nibbles two paths share at their beginning.
pub(crate) fn shared(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}
