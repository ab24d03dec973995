//! The memory of all frames.

use alloc::vec::Vec;
use core::ops::Range;

use endgame_ortho_primitives::{Word, meter};

/// One arena for all frames: a frame's memory begins where its caller's ends, so that call data
/// stays where the caller wrote it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    bytes: Vec<u8>,
}

/// A frame's part of the arena.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Region {
    /// Where it begins.
    pub(crate) base: usize,
    /// How many bytes it has: a multiple of 32.
    pub(crate) size: usize,
}

impl Region {
    /// Where in the arena the word at `offset` stands, if the region has it already.
    #[inline]
    pub(crate) fn word_at(&self, offset: Word) -> Option<usize> {
        let offset = usize::try_from(offset.to_u64()?).ok()?;
        (self.size >= 32 && offset <= self.size - 32).then(|| self.base + offset)
    }
}

impl Memory {
    /// How many bytes are in use.
    pub(crate) const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Makes the last frame's part so large.
    #[inline]
    pub(crate) fn resize(&mut self, length: usize) {
        meter::work(length.saturating_sub(self.bytes.len()));
        self.bytes.resize(length, 0);
    }

    /// Adds bytes at the end.
    pub(crate) fn append(&mut self, bytes: &[u8]) {
        meter::work(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    /// A range that was paid for; empty if there is none such.
    #[inline]
    pub(crate) fn slice(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    /// The word at `at`.
    #[inline]
    pub(crate) fn word(&self, at: usize) -> Word {
        self.bytes
            .get(at..)
            .and_then(<[u8]>::first_chunk)
            .map_or(Word::ZERO, |bytes| Word::from_be_bytes(*bytes))
    }

    /// Writes the word at `at`.
    #[inline]
    pub(crate) fn set_word(&mut self, at: usize, word: Word) {
        if let Some(bytes) = self.bytes.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
            *bytes = word.to_be_bytes();
        }
    }

    /// Writes a byte.
    #[inline]
    pub(crate) fn set_byte(&mut self, at: usize, byte: u8) {
        if let Some(to) = self.bytes.get_mut(at) {
            *to = byte;
        }
    }

    /// Writes as much of `bytes` as the range holds.
    pub(crate) fn write(&mut self, to: Range<usize>, bytes: &[u8]) {
        let to = self.bytes.get_mut(to).unwrap_or_default();
        meter::work(to.len().min(bytes.len()));
        to.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    }

    /// Fills `to` from `source` beginning at `offset`, with zeros past its end.
    pub(crate) fn copy_padded(&mut self, to: Range<usize>, source: &[u8], offset: Word) {
        let Some(to) = self.bytes.get_mut(to) else {
            return;
        };
        let from = usize::try_from(offset.saturating_u64())
            .ok()
            .and_then(|offset| source.get(offset..))
            .unwrap_or_default();
        let count = from.len().min(to.len());
        meter::work(to.len());
        let (head, tail) = to.split_at_mut(count);
        head.copy_from_slice(from.get(..count).unwrap_or_default());
        tail.fill(0);
    }

    /// Copies within the arena: both ranges were paid for.
    pub(crate) fn copy_within(&mut self, from: Range<usize>, to: usize) {
        let fits = from.end <= self.bytes.len()
            && to
                .checked_add(from.len())
                .is_some_and(|end| end <= self.bytes.len());
        if fits {
            meter::work(from.len());
            self.bytes.copy_within(from, to);
        }
    }

    /// Fills `to` from the arena's `source` beginning at `offset`, with zeros past its end: call
    /// data to memory.
    pub(crate) fn copy_padded_within(
        &mut self,
        to: Range<usize>,
        source: Range<usize>,
        offset: Word,
    ) {
        let offset = usize::try_from(offset.saturating_u64()).unwrap_or(usize::MAX);
        let available = source.len().saturating_sub(offset);
        let count = available.min(to.len());
        if count > 0 {
            let from = source.start + offset;
            self.copy_within(from..from + count, to.start);
        }
        if let Some(rest) = self.bytes.get_mut(to.start + count..to.end) {
            meter::work(rest.len());
            rest.fill(0);
        }
    }
}
