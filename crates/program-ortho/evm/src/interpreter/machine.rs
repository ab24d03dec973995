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

    /// Fails unless there are `count` words. Apart from taking them: a result that holds either
    /// words or an error would go through memory piece by piece.
    #[inline(always)]
    pub(super) fn require(&self, count: usize) -> Result<(), Halt> {
        if self.height < count {
            Err(Halt::StackUnderflow)
        } else {
            Ok(())
        }
    }

    /// Takes the top `N` words, the top one first: they must be there.
    #[inline(always)]
    pub(super) fn take<const N: usize>(&mut self) -> [Word; N] {
        let words = core::array::from_fn(|i| self.words[self.height.wrapping_sub(1 + i) & MASK]);
        self.height = self.height.wrapping_sub(N);
        words
    }

    /// The word at the top: one must be there.
    #[inline(always)]
    pub(super) fn top(&mut self) -> &mut Word {
        &mut self.words[self.height.wrapping_sub(1) & MASK]
    }

    /// Takes the top `N` words, the top one first.
    #[inline(always)]
    pub(crate) fn pop<const N: usize>(&mut self) -> Result<[Word; N], Halt> {
        self.require(N)?;
        Ok(self.take())
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
        self.require(1)?;
        let top = self.top();
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
        self.require(2)?;
        let [a] = self.take();
        let b = self.top();
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
        self.require(3)?;
        let [a, b] = self.take();
        let c = self.top();
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
        self.require(depth)?;
        let word = self.words[(self.height - depth) & MASK];
        self.push(word)
    }

    #[inline(always)]
    pub(super) fn swap(&mut self, depth: usize) -> Result<(), Halt> {
        self.charge(gas::VERY_LOW)?;
        self.require(depth + 1)?;
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
