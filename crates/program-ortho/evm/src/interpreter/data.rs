//! Reading call data and block numbers.

use endgame_ortho_primitives::Word;

/// The word at `at`, with zeros past the end.
#[inline]
pub(super) fn word(input: &[u8], at: Word) -> Word {
    let Some(rest) = usize::try_from(at.saturating_u64())
        .ok()
        .and_then(|at| input.get(at..))
    else {
        return Word::ZERO;
    };
    if let Some(bytes) = rest.first_chunk() {
        return Word::from_be_bytes(*bytes);
    }
    let mut bytes = [0; 32];
    bytes
        .iter_mut()
        .zip(rest)
        .for_each(|(to, from)| *to = *from);
    Word::from_be_bytes(bytes)
}

/// Whether `number` is one of the 256 blocks before `current`.
pub(super) fn is_recent(number: u64, current: u64) -> bool {
    current
        .checked_sub(number)
        .is_some_and(|age| (1..=256).contains(&age))
}
