//! Insert-and-copy lengths (RFC 7932, section 5).

/// Symbols of the alphabet.
const SYMBOLS: usize = 704;
/// Extra bits by the symbols of insert lengths and of copy lengths. What a symbol begins with follows
/// from those before.
const INSERT: [u8; 24] = [
    0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 24,
];
const COPY: [u8; 24] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 24,
];
/// By the symbol's upper bits: upper bits of the symbols of insert and of copy lengths.
const CELLS: [(u8, u8); 11] = [
    (0, 0),
    (0, 1),
    (0, 0),
    (0, 1),
    (1, 0),
    (1, 1),
    (0, 2),
    (2, 0),
    (1, 2),
    (2, 1),
    (2, 2),
];

/// What a symbol means.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Command {
    /// The least lengths, and the bits of what is added.
    pub(super) insert: u16,
    pub(super) copy: u16,
    pub(super) insert_bits: u8,
    pub(super) copy_bits: u8,
    /// The context of the distance; `None` where it is the last one again.
    pub(super) context: Option<u8>,
}

impl Command {
    pub(super) fn of(symbol: u32) -> Self {
        static COMMANDS: [Command; SYMBOLS] = Command::all();
        COMMANDS.get(symbol as usize).copied().unwrap_or_default()
    }

    #[expect(clippy::indexing_slicing, reason = "the compiler runs it")]
    const fn all() -> [Self; SYMBOLS] {
        let (inserts, copies) = (begins(&INSERT, 0), begins(&COPY, 2));
        let mut commands = [Self {
            insert: 0,
            copy: 0,
            insert_bits: 0,
            copy_bits: 0,
            context: None,
        }; SYMBOLS];
        let mut symbol = 0;
        while symbol < SYMBOLS {
            let (insert, copy) = CELLS[symbol / 64];
            let insert = insert as usize * 8 + symbol / 8 % 8;
            let copy = copy as usize * 8 + symbol % 8;
            commands[symbol] = Self {
                insert: inserts[insert],
                copy: copies[copy],
                insert_bits: INSERT[insert],
                copy_bits: COPY[copy],
                context: match copy {
                    _ if symbol < 128 => None,
                    0..3 => Some(copy as u8),
                    _ => Some(3),
                },
            };
            symbol += 1;
        }
        commands
    }
}

/// What each symbol begins with, the first one with `first`.
#[expect(clippy::indexing_slicing, reason = "the compiler runs it")]
const fn begins(extra: &[u8; 24], first: u16) -> [u16; 24] {
    let mut begins = [first; 24];
    let mut at = 1;
    while at < 24 {
        begins[at] = begins[at - 1] + (1 << extra[at - 1]);
        at += 1;
    }
    begins
}
