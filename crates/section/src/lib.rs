//! The section of the guest's ELF that a prestate maker fills with a chain's configuration, so
//! that the prestate's hash commits to it.
//!
//! Layout: [`MAGIC`], the length of the content (8 bytes, big-endian), the content, which is the
//! program's own concern, zeros up to [`SIZE`].
#![no_std]

extern crate alloc;

use alloc::vec::Vec;

/// Why a section cannot be read or filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SectionError {
    /// It does not begin with [`MAGIC`].
    #[error("configuration section: no magic")]
    Magic,
    /// It ends before its content does.
    #[error("configuration section: cut short")]
    Truncated,
    /// It is as the guest was built with.
    #[error("configuration section: not filled in (make a prestate with a configuration)")]
    Empty,
    /// The content does not fit.
    #[error("configuration section: {0} bytes do not fit")]
    TooLarge(usize),
    /// The ELF has no section.
    #[error("configuration section: the ELF has none")]
    None,
    /// The ELF has several sections.
    #[error("configuration section: the ELF has more than one")]
    Several,
}

/// The bytes that the section begins with.
pub const MAGIC: [u8; 16] = *b"\x7fendgame-config1";

/// The size of the whole section in bytes.
pub const SIZE: usize = 128 << 10;

const HEADER: usize = MAGIC.len() + 8;

/// An empty section, as the guest is built with.
#[expect(clippy::large_stack_arrays, reason = "it becomes a static")]
pub const fn empty() -> [u8; SIZE] {
    let mut section = [0; SIZE];
    let mut i = 0;
    #[expect(clippy::indexing_slicing, reason = "both arrays hold the magic")]
    while i < MAGIC.len() {
        section[i] = MAGIC[i];
        i += 1;
    }
    section
}

/// The content of a section that was filled.
pub fn content(section: &[u8]) -> Result<&[u8], SectionError> {
    let rest = section.strip_prefix(&MAGIC).ok_or(SectionError::Magic)?;
    let (length, rest) = rest.split_first_chunk().ok_or(SectionError::Truncated)?;
    let length =
        usize::try_from(u64::from_be_bytes(*length)).map_err(|_| SectionError::Truncated)?;
    if length == 0 {
        return Err(SectionError::Empty);
    }
    rest.get(..length).ok_or(SectionError::Truncated)
}

/// A copy of `elf` with its section filled.
pub fn fill(elf: &[u8], content: &[u8]) -> Result<Vec<u8>, SectionError> {
    if content.len() > SIZE - HEADER {
        return Err(SectionError::TooLarge(content.len()));
    }
    let at = find(elf)?;
    let mut filled = elf.to_vec();
    let section = filled
        .get_mut(at..at + SIZE)
        .ok_or(SectionError::Truncated)?;
    section.fill(0);
    let bytes = [&MAGIC[..], &(content.len() as u64).to_be_bytes(), content].concat();
    for (to, from) in section.iter_mut().zip(bytes) {
        *to = from;
    }
    Ok(filled)
}

/// The place of the section, empty or filled: it must stand there once. The magic alone also stands
/// among the constants of the code that checks it.
fn find(elf: &[u8]) -> Result<usize, SectionError> {
    let is_section = |at: usize| {
        let Some(section) = elf.get(at..at + SIZE) else {
            return false;
        };
        let length = content(section).map_or(0, <[u8]>::len);
        let rest = section.get(HEADER + length..);
        let stated = section.get(MAGIC.len()..HEADER);
        stated.is_some_and(|stated| stated == (length as u64).to_be_bytes())
            && rest.is_some_and(|rest| rest.iter().all(|byte| *byte == 0))
    };
    let mut places = elf
        .windows(MAGIC.len())
        .enumerate()
        .filter(|(at, window)| *window == MAGIC && is_section(*at))
        .map(|(at, _)| at);
    match (places.next(), places.next()) {
        (Some(at), None) => Ok(at),
        (None, _) => Err(SectionError::None),
        _ => Err(SectionError::Several),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elf() -> Vec<u8> {
        [&[1; 100][..], &empty(), &[2; 100]].concat()
    }

    #[test]
    fn filled_section_reads_back_and_can_be_filled_again() {
        let filled = fill(&elf(), b"{\"a\":1}").unwrap();
        assert_eq!(filled.len(), elf().len());
        assert_eq!(content(&filled[100..100 + SIZE]).unwrap(), b"{\"a\":1}");
        let again = fill(&filled, b"{}").unwrap();
        assert_eq!(again, fill(&elf(), b"{}").unwrap());
    }

    #[test]
    fn empty_section_is_refused() {
        assert_eq!(content(&empty()), Err(SectionError::Empty));
        assert_eq!(content(&[]), Err(SectionError::Magic));
        assert_eq!(content(&MAGIC), Err(SectionError::Truncated));
    }

    #[test]
    fn lying_length_is_refused() {
        let mut section = empty();
        section[16..24].copy_from_slice(&u64::MAX.to_be_bytes());
        assert_eq!(content(&section), Err(SectionError::Truncated));
        section[16..24].copy_from_slice(&(SIZE as u64).to_be_bytes());
        assert_eq!(content(&section), Err(SectionError::Truncated));
    }

    #[test]
    fn magic_among_the_constants_is_no_section() {
        let constant = [&MAGIC[..], b"no magic", &[0; 16]].concat();
        let with = [&constant[..], &elf(), &constant].concat();
        let filled = fill(&with, b"{}").unwrap();
        let at = constant.len() + 100;
        assert_eq!(content(&filled[at..at + SIZE]).unwrap(), b"{}");
        assert!(filled.starts_with(&constant) && filled.ends_with(&constant));
    }

    #[test]
    fn elf_without_or_with_two_sections_is_refused() {
        assert_eq!(fill(&[0; 1000], b"{}"), Err(SectionError::None));
        let two = [elf(), elf()].concat();
        assert_eq!(fill(&two, b"{}"), Err(SectionError::Several));
        assert_eq!(fill(&elf()[..SIZE], b"{}"), Err(SectionError::None));
        let large = [b' '].repeat(SIZE);
        assert_eq!(fill(&elf(), &large), Err(SectionError::TooLarge(SIZE)));
    }
}
