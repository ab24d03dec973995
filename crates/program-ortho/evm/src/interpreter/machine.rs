//! The stack and the gas of the frame that runs.
#![expect(
    clippy::inline_always,
    reason = "height and gas stay in registers only if no function gets their address"
)]

use endgame_ortho_primitives::Word;

use crate::{
    Halt,
    frame::{STACK_LIMIT, WINDOW, Words},
    gas,
};

/// What an instruction may need of its frame, in registers while the loop runs.
///
/// An instruction sees the stack through a window, whose place is masked: that keeps it within the
/// words without a branch. Heights are checked before.
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

    /// The words from `depth` under the top on, the lowest first.
    #[inline(always)]
    pub(super) fn window(&mut self, depth: usize) -> &mut [Word; WINDOW] {
        let (words, _) = self.words[self.height.wrapping_sub(depth) & MASK..].as_chunks_mut();
        &mut words[0]
    }

    /// The word at the top: one must be there.
    #[inline(always)]
    pub(super) fn top(&mut self) -> &mut Word {
        &mut self.window(1)[0]
    }

    /// Takes the top `N` words, the top one first.
    #[inline(always)]
    pub(crate) fn pop<const N: usize>(&mut self) -> Result<[Word; N], Halt> {
        self.require(N)?;
        let window = self.window(N);
        let words = core::array::from_fn(|i| window[N - 1 - i]);
        self.height -= N;
        Ok(words)
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, word: Word) -> Result<(), Halt> {
        if self.height >= STACK_LIMIT {
            return Err(Halt::StackOverflow);
        }
        self.window(0)[0] = word;
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
        function: impl FnOnce(&Word, &Word) -> Word,
    ) -> Result<(), Halt> {
        self.charge(price)?;
        self.require(2)?;
        let [b, a, ..] = self.window(2);
        *b = function(a, b);
        self.height -= 1;
        Ok(())
    }

    /// Replaces the top three words by one.
    #[inline(always)]
    pub(super) fn ternary(
        &mut self,
        price: u64,
        function: impl FnOnce(&Word, &Word, &Word) -> Word,
    ) -> Result<(), Halt> {
        self.charge(price)?;
        self.require(3)?;
        let [c, b, a, ..] = self.window(3);
        *c = function(a, b, c);
        self.height -= 2;
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
        if self.height >= STACK_LIMIT {
            return Err(Halt::StackOverflow);
        }
        let window = self.window(depth);
        window[depth] = window[0];
        self.height += 1;
        Ok(())
    }

    #[inline(always)]
    pub(super) fn swap(&mut self, depth: usize) -> Result<(), Halt> {
        self.charge(gas::VERY_LOW)?;
        self.require(depth + 1)?;
        let window = self.window(depth + 1);
        (window[0], window[depth]) = (window[depth], window[0]);
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
