//! The stack and the gas of the frame that runs.
#![expect(
    clippy::inline_always,
    reason = "height and gas stay in registers only if no function gets their address"
)]

use endgame_ortho_primitives::Word;

use crate::{
    Halt,
    frame::{STACK_LIMIT, Words},
    gas,
};

/// What an instruction may need of its frame, in registers while the loop runs.
///
/// Indices into the stack are masked: that keeps them below its size without a branch, and the
/// heights are checked before.
pub(crate) struct Machine<'f> {
    pub(crate) words: &'f mut Words,
    pub(crate) height: usize,
    pub(crate) gas: u64,
}

const MASK: usize = STACK_LIMIT - 1;

#[expect(
    clippy::indexing_slicing,
    reason = "the mask keeps indices below the size"
)]
impl Machine<'_> {
    /// Pays.
    #[inline(always)]
    pub(crate) fn charge(&mut self, gas: u64) -> Result<(), Halt> {
        self.gas = self.gas.checked_sub(gas).ok_or(Halt::OutOfGas)?;
        Ok(())
    }

    /// Takes the top `N` words, the top one first.
    #[inline(always)]
    pub(crate) fn pop<const N: usize>(&mut self) -> Result<[Word; N], Halt> {
        let Some(height) = self.height.checked_sub(N) else {
            return Err(Halt::StackUnderflow);
        };
        let words = core::array::from_fn(|i| self.words[(self.height - 1 - i) & MASK]);
        self.height = height;
        Ok(words)
    }

    /// The word at the top, after `N - 1` others were taken.
    #[inline(always)]
    pub(super) fn top<const N: usize>(&mut self) -> Result<([Word; N], &mut Word), Halt> {
        if self.height <= N {
            return Err(Halt::StackUnderflow);
        }
        let words = core::array::from_fn(|i| self.words[(self.height - 1 - i) & MASK]);
        self.height -= N;
        Ok((words, &mut self.words[(self.height - 1) & MASK]))
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, word: Word) -> Result<(), Halt> {
        if self.height >= STACK_LIMIT {
            return Err(Halt::StackOverflow);
        }
        self.words[self.height & MASK] = word;
        self.height += 1;
        Ok(())
    }

    /// Replaces the top word.
    #[inline(always)]
    pub(super) fn unary(
        &mut self,
        price: u64,
        function: impl FnOnce(Word) -> Word,
    ) -> Result<(), Halt> {
        self.charge(price)?;
        let ([], top) = self.top::<0>()?;
        *top = function(*top);
        Ok(())
    }

    /// Replaces the top two words by one.
    #[inline(always)]
    pub(super) fn binary(
        &mut self,
        price: u64,
        function: impl FnOnce(Word, Word) -> Word,
    ) -> Result<(), Halt> {
        self.charge(price)?;
        let ([a], b) = self.top::<1>()?;
        *b = function(a, *b);
        Ok(())
    }

    /// Replaces the top three words by one.
    #[inline(always)]
    pub(super) fn ternary(
        &mut self,
        price: u64,
        function: impl FnOnce(Word, Word, Word) -> Word,
    ) -> Result<(), Halt> {
        self.charge(price)?;
        let ([a, b], c) = self.top::<2>()?;
        *c = function(a, b, *c);
        Ok(())
    }

    /// Pays and pushes.
    #[inline(always)]
    pub(super) fn constant(&mut self, price: u64, word: impl Into<Word>) -> Result<(), Halt> {
        self.charge(price)?;
        self.push(word.into())
    }

    #[inline(always)]
    pub(super) fn dup(&mut self, depth: usize) -> Result<(), Halt> {
        self.charge(gas::VERY_LOW)?;
        if self.height < depth {
            return Err(Halt::StackUnderflow);
        }
        let word = self.words[(self.height - depth) & MASK];
        self.push(word)
    }

    #[inline(always)]
    pub(super) fn swap(&mut self, depth: usize) -> Result<(), Halt> {
        self.charge(gas::VERY_LOW)?;
        if self.height <= depth {
            return Err(Halt::StackUnderflow);
        }
        self.words
            .swap((self.height - 1) & MASK, (self.height - 1 - depth) & MASK);
        Ok(())
    }

    /// Pushes the `N` bytes after `pc`.
    #[inline(always)]
    pub(super) fn push_data<const N: usize>(
        &mut self,
        code: &[u8],
        pc: &mut usize,
    ) -> Result<(), Halt> {
        self.charge(gas::VERY_LOW)?;
        let data = code.get(*pc..).and_then(<[u8]>::first_chunk::<N>);
        *pc += N;
        let mut word = [0; 32];
        // Padding makes data that the code's end cuts read as zeros.
        if let (Some(data), Some(to)) = (data, word.last_chunk_mut::<N>()) {
            *to = *data;
        }
        self.push(Word::from_be_bytes(word))
    }

    #[inline(always)]
    pub(super) fn push_small<const N: usize>(
        &mut self,
        code: &[u8],
        pc: &mut usize,
    ) -> Result<(), Halt> {
        self.charge(gas::VERY_LOW)?;
        let data = code.get(*pc..).and_then(<[u8]>::first_chunk::<N>);
        *pc += N;
        let number = data.map_or(0, |data| {
            data.iter()
                .fold(0, |number, byte| number << 8 | u64::from(*byte))
        });
        self.push(Word::from(number))
    }
}
