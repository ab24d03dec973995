use super::*;

const ENTRY: u64 = 0x10100;

/// An ELF with the given segments (kind, address, bytes, size in memory).
fn elf(segments: &[(u32, u64, &[u8], u64)]) -> Vec<u8> {
    let mut out = b"\x7fELF\x02\x02\x01".to_vec();
    out.resize(16, 0);
    out.extend(2_u16.to_be_bytes());
    out.extend(MACHINE_MIPS.to_be_bytes());
    out.extend(1_u32.to_be_bytes());
    out.extend(ENTRY.to_be_bytes());
    out.extend(64_u64.to_be_bytes());
    out.extend([0; 8 + 4]);
    for field in [64, 56, segments.len() as u16, 64, 0, 0] {
        out.extend(field.to_be_bytes());
    }
    let mut offset = 64 + 56 * segments.len() as u64;
    for (kind, address, bytes, memory_size) in segments {
        out.extend(kind.to_be_bytes());
        out.extend(5_u32.to_be_bytes());
        for field in [
            offset,
            *address,
            *address,
            bytes.len() as u64,
            *memory_size,
            1,
        ] {
            out.extend(field.to_be_bytes());
        }
        offset += bytes.len() as u64;
    }
    for (_, _, bytes, _) in segments {
        out.extend(*bytes);
    }
    out
}

#[test]
fn segments_are_placed_and_filled() {
    let file = elf(&[
        (LOAD, 0x10100, &[1; 0x20], 0x20),
        (LOAD, 0x11ff8, &[2; 16], 0x3000),
        (ABI_FLAGS, 0x100, &[3; 24], 24),
        (0x6474_e551, 0, &[], 0),
    ]);
    let state = load(&file).unwrap();
    assert_eq!(state.thread().unwrap().pc, ENTRY);
    assert_eq!(state.memory.word(0x10100), 0x0101_0101_0101_0101);
    assert_eq!(state.memory.word(0x12000), 0x0202_0202_0202_0202);
    let pages: Vec<_> = state.memory.iter().map(|(i, _)| i).take(6).collect();
    // The second segment ends in the page of 0x14ff8; the stack follows.
    assert_eq!(
        pages,
        [0x10, 0x11, 0x12, 0x13, 0x14, (stack::STACK_TOP >> 12) - 4]
    );
}

#[test]
fn zero_filling_overwrites_what_an_earlier_segment_put_there() {
    let state = load(&elf(&[
        (LOAD, 0x10000, &[7; 64], 64),
        (LOAD, 0x10010, &[1; 8], 16),
    ]))
    .unwrap();
    assert_eq!(state.memory.word(0x10010), 0x0101_0101_0101_0101);
    assert_eq!(state.memory.word(0x10018), 0);
    assert_eq!(state.memory.word(0x10020), 0x0707_0707_0707_0707);
}

#[test]
fn other_machines_are_refused() {
    let good = elf(&[]);
    let with = |at: usize, value: u8| {
        let mut bytes = good.clone();
        bytes[at] = value;
        load(&bytes).unwrap_err()
    };
    assert_eq!(with(0, 0), ElfError::NotElf);
    assert_eq!(with(4, 1), ElfError::NotWide(1));
    assert_eq!(with(5, 1), ElfError::NotBigEndian(1));
    assert_eq!(with(19, 62), ElfError::Machine(62));
    assert_eq!(load(b"").unwrap_err(), ElfError::NotElf);
}

#[test]
fn every_truncation_is_refused() {
    let file = elf(&[(LOAD, 0x10000, &[1; 100], 100)]);
    for len in 0..file.len() {
        let error = load(&file[..len]).unwrap_err();
        assert!(
            matches!(error, ElfError::NotElf | ElfError::Truncated(_)),
            "{len}: {error}"
        );
    }
}

#[test]
fn bad_segments_are_refused() {
    let sizes =
        |kind, memory_size| load(&elf(&[(kind, 0x10000, &[1; 8], memory_size)])).unwrap_err();
    assert!(matches!(
        sizes(LOAD, 4),
        ElfError::SegmentSize {
            file_size: 8,
            memory_size: 4,
            ..
        }
    ));
    assert!(matches!(sizes(7, 16), ElfError::SegmentSize { .. }));
    let range = |address, size| load(&elf(&[(LOAD, address, &[], size)])).unwrap_err();
    assert!(matches!(
        range(HEAP_START - 1, 2),
        ElfError::SegmentRange { index: 0, .. }
    ));
    assert!(matches!(range(u64::MAX, 2), ElfError::SegmentRange { .. }));
    assert_eq!(range(0, 1 << 40), ElfError::TooLarge);
}

#[test]
fn a_stripped_elf_has_no_symbols() {
    let symbols = Symbols::of(&elf(&[])).unwrap();
    assert_eq!(symbols.lookup(5), "!unknown");
}

#[test]
fn addresses_are_looked_up_by_range() {
    let symbol = |name: &str, start, size| Symbol {
        name: name.into(),
        start,
        size,
    };
    let symbols = Symbols {
        symbols: vec![symbol("a", 16, 8), symbol("b", 32, 4)],
    };
    assert_eq!(symbols.lookup(15), "!start");
    assert_eq!(symbols.lookup(16), "a");
    assert_eq!(symbols.lookup(30), "!gap");
    assert_eq!(symbols.lookup(35), "b");
}
