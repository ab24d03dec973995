//! Loading a program: the initial state from a 64-bit big-endian MIPS ELF, and its symbols.

use std::sync::Arc;

use endgame_vm::{Page, Words};
use serde::{Deserialize, Serialize};

use crate::{HEAP_START, State, codec::MAX_PAGES, stack};

/// `EM_MIPS`
const MACHINE_MIPS: u16 = 8;
/// `PT_LOAD`
const LOAD: u32 = 1;
/// `PT_MIPS_ABIFLAGS`, which describes the program and is not part of it.
const ABI_FLAGS: u32 = 0x7000_0003;
/// `SHT_SYMTAB`
const SYMBOL_TABLE: u32 = 2;
const PAGE: u64 = 4096;

/// Why an ELF cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ElfError {
    /// It does not start as an ELF does.
    #[error("not an ELF file")]
    NotElf,
    /// Not of class 64-bit.
    #[error("not a 64-bit ELF (class {0})")]
    NotWide(u8),
    /// Not big-endian.
    #[error("not a big-endian ELF (data encoding {0})")]
    NotBigEndian(u8),
    /// For another processor.
    #[error("ELF for machine {0}, not MIPS (8)")]
    Machine(u16),
    /// Something lies past the end of the file.
    #[error("ELF is truncated: {0} lies past its end")]
    Truncated(&'static str),
    /// A segment of more bytes in the file than in memory, or one that is no `PT_LOAD` and
    /// needs filling.
    #[error("segment {index} has {file_size:#x} bytes in the file and {memory_size:#x} in memory")]
    SegmentSize {
        /// Which segment.
        index: usize,
        /// Bytes in the file.
        file_size: u64,
        /// Bytes in memory.
        memory_size: u64,
    },
    /// A segment that reaches into the heap or past the address space.
    #[error("segment {index} at {address:#x} with {size:#x} bytes does not end below the heap")]
    SegmentRange {
        /// Which segment.
        index: usize,
        /// Where it starts.
        address: u64,
        /// Bytes in memory.
        size: u64,
    },
    /// Over 4 GiB of segments.
    #[error("the program's segments take over 4 GiB")]
    TooLarge,
}

/// The initial state of a program: its segments, the initial stack, and one thread at the entry.
///
/// The state hash is that of Cannon's `load-elf` for the same file.
pub fn load(elf: &[u8]) -> Result<State, ElfError> {
    let header = Header::parse(elf)?;
    let mut state = State::new(header.entry);
    let mut pages = 0;
    for (index, segment) in header.segments(elf)?.into_iter().enumerate() {
        if segment.kind == ABI_FLAGS {
            continue;
        }
        segment.check(index)?;
        pages += segment.memory_size / PAGE + 2;
        if pages > MAX_PAGES {
            return Err(ElfError::TooLarge);
        }
        let bytes = slice(elf, segment.offset, segment.file_size)
            .ok_or(ElfError::Truncated("a segment"))?;
        place(&mut state, &segment, bytes);
    }
    stack::lay(&mut state);
    Ok(state)
}

/// Copies a segment and zeroes what the file does not fill.
fn place(state: &mut State, segment: &Segment, bytes: &[u8]) {
    state.memory.set_bytes(segment.address, bytes);
    let zero = Arc::new(Page::default());
    let end = segment.address + segment.memory_size;
    let mut at = segment.address + segment.file_size;
    while at < end {
        let next = (at | (PAGE - 1)).wrapping_add(1).min(end);
        if at.is_multiple_of(PAGE) && state.memory.page(at / PAGE).is_none() {
            state.memory.insert_page(at / PAGE, zero.clone());
        } else {
            state.memory.set_bytes(at, &vec![0; (next - at) as usize]);
        }
        at = next;
    }
}

struct Header {
    entry: u64,
    segments_at: u64,
    sections_at: u64,
    segment_bytes: u16,
    segments: u16,
    section_bytes: u16,
    sections: u16,
}

struct Segment {
    kind: u32,
    offset: u64,
    address: u64,
    file_size: u64,
    memory_size: u64,
}

fn slice(bytes: &[u8], offset: u64, len: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    let end = usize::try_from(offset.checked_add(len)?).ok()?;
    bytes.get(start..end)
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    number(bytes, at).map(u16::from_be_bytes)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    number(bytes, at).map(u32::from_be_bytes)
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    number(bytes, at).map(u64::from_be_bytes)
}

impl Header {
    fn parse(elf: &[u8]) -> Result<Self, ElfError> {
        if !elf.starts_with(b"\x7fELF") {
            return Err(ElfError::NotElf);
        }
        match (elf.get(4), elf.get(5)) {
            (Some(2), Some(2)) => {}
            (Some(2), Some(data)) => return Err(ElfError::NotBigEndian(*data)),
            (Some(class), Some(_)) => return Err(ElfError::NotWide(*class)),
            _ => return Err(ElfError::Truncated("the header")),
        }
        let fields = || {
            Some((
                half(elf, 18)?,
                Self {
                    entry: long(elf, 24)?,
                    segments_at: long(elf, 32)?,
                    sections_at: long(elf, 40)?,
                    segment_bytes: half(elf, 54)?,
                    segments: half(elf, 56)?,
                    section_bytes: half(elf, 58)?,
                    sections: half(elf, 60)?,
                },
            ))
        };
        match fields() {
            Some((MACHINE_MIPS, header)) => Ok(header),
            Some((machine, _)) => Err(ElfError::Machine(machine)),
            None => Err(ElfError::Truncated("the header")),
        }
    }

    fn segments(&self, elf: &[u8]) -> Result<Vec<Segment>, ElfError> {
        let parse = |i: u16| {
            let at = self
                .segments_at
                .checked_add(u64::from(i) * u64::from(self.segment_bytes))?;
            let header = slice(elf, at, 56)?;
            Some(Segment {
                kind: word(header, 0)?,
                offset: long(header, 8)?,
                address: long(header, 16)?,
                file_size: long(header, 32)?,
                memory_size: long(header, 40)?,
            })
        };
        (0..self.segments)
            .map(|i| parse(i).ok_or(ElfError::Truncated("a program header")))
            .collect()
    }

    /// The body of section `index`, its type and the section that it links to.
    fn section<'a>(&self, elf: &'a [u8], index: u32) -> Option<(u32, u32, &'a [u8])> {
        let at = self
            .sections_at
            .checked_add(u64::from(index) * u64::from(self.section_bytes))?;
        let header = slice(elf, at, 64)?;
        let (kind, link) = (word(header, 4)?, word(header, 40)?);
        // SHT_NOBITS has no body; its offset and size say nothing about the file.
        let body = if kind == 8 {
            &[][..]
        } else {
            slice(elf, long(header, 24)?, long(header, 32)?)?
        };
        Some((kind, link, body))
    }
}

impl Segment {
    const fn check(&self, index: usize) -> Result<(), ElfError> {
        let Self {
            kind,
            address,
            file_size,
            memory_size,
            ..
        } = *self;
        if file_size > memory_size || file_size < memory_size && kind != LOAD {
            return Err(ElfError::SegmentSize {
                index,
                file_size,
                memory_size,
            });
        }
        match address.checked_add(memory_size) {
            Some(end) if end <= HEAP_START => Ok(()),
            _ if memory_size == 0 => Ok(()),
            _ => Err(ElfError::SegmentRange {
                index,
                address,
                size: memory_size,
            }),
        }
    }
}

/// A symbol of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// Its first address.
    pub start: u64,
    /// Its size in bytes.
    pub size: u64,
}

/// The program's symbols by address: what `load-elf --meta` writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbols {
    /// The symbols, sorted by their start.
    pub symbols: Vec<Symbol>,
}

impl Symbols {
    /// The symbols of an ELF; none if it was stripped.
    pub fn of(elf: &[u8]) -> Result<Self, ElfError> {
        let header = Header::parse(elf)?;
        let truncated = || ElfError::Truncated("a section");
        for index in 0..u32::from(header.sections) {
            let (kind, link, table) = header.section(elf, index).ok_or_else(truncated)?;
            if kind == SYMBOL_TABLE {
                let (_, _, names) = header.section(elf, link).ok_or_else(truncated)?;
                return Ok(Self::parse(table, names));
            }
        }
        Ok(Self::default())
    }

    fn parse(table: &[u8], names: &[u8]) -> Self {
        // The first entry is the undefined symbol.
        let entries = table.as_chunks::<24>().0.iter().skip(1);
        let mut symbols: Vec<_> = entries
            .filter_map(|entry| {
                let name = names.get(word(entry, 0)? as usize..)?;
                let name = name.split(|byte| *byte == 0).next()?;
                let name = String::from_utf8_lossy(name).into_owned();
                Some(Symbol {
                    name,
                    start: long(entry, 8)?,
                    size: long(entry, 16)?,
                })
            })
            .collect();
        symbols.sort_by_key(|symbol| symbol.start);
        Self { symbols }
    }

    /// The name of the symbol that an address belongs to.
    pub fn lookup(&self, address: u64) -> &str {
        if self.symbols.is_empty() {
            return "!unknown";
        }
        let after = self
            .symbols
            .partition_point(|symbol| symbol.start <= address);
        let Some(symbol) = after.checked_sub(1).and_then(|i| self.symbols.get(i)) else {
            return "!start";
        };
        if symbol.start.saturating_add(symbol.size) < address {
            "!gap"
        } else {
            &symbol.name
        }
    }
}

#[cfg(test)]
mod tests;
