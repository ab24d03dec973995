//! What the two bytes before a literal say of it (RFC 7932, section 7.1).

/// Contexts of literals.
pub(super) const CONTEXTS: usize = 64;

/// The context by the last byte, and by the one before it: to be put together with "or".
#[derive(Debug)]
pub(super) struct Mode {
    last: [u8; 256],
    before: [u8; 256],
}

impl Mode {
    /// The mode of this number, of which the lowest two bits count.
    pub(super) const fn of(number: u8) -> &'static Self {
        static MODES: [Mode; 4] = [Mode::new(0), Mode::new(1), Mode::new(2), Mode::new(3)];
        let [lowest, highest, text, signed] = &MODES;
        match number & 3 {
            0 => lowest,
            1 => highest,
            2 => text,
            _ => signed,
        }
    }

    /// The context of what follows these bytes.
    #[inline]
    pub(super) fn context(&self, before: u8, last: u8) -> usize {
        let by_last = self.last.get(usize::from(last));
        let by_before = self.before.get(usize::from(before));
        usize::from(by_last.copied().unwrap_or_default() | by_before.copied().unwrap_or_default())
    }

    #[expect(clippy::indexing_slicing, reason = "the compiler runs it")]
    const fn new(number: u8) -> Self {
        let mut mode = Self {
            last: [0; 256],
            before: [0; 256],
        };
        let mut byte = 0_u8;
        loop {
            let at = byte as usize;
            match number {
                0 => mode.last[at] = byte & 0x3f,
                1 => mode.last[at] = byte >> 2,
                2 => {
                    mode.last[at] = text_by_last(byte);
                    mode.before[at] = text_by_before(byte);
                }
                _ => {
                    mode.last[at] = magnitude(byte) << 3;
                    mode.before[at] = magnitude(byte);
                }
            }
            if byte == u8::MAX {
                return mode;
            }
            byte += 1;
        }
    }
}

/// The RFC's "Lut0": what kind of character the last byte is.
const fn text_by_last(byte: u8) -> u8 {
    match byte {
        0x80..=0xbf => byte & 1,
        0xc0.. => 2 + (byte & 1),
        b'\t' | b'\n' | b'\r' => 4,
        0x00..=0x1f | 0x7f => 0,
        b' ' => 8,
        b'"' | b'\'' => 16,
        b'%' => 20,
        b'(' | b'<' | b'[' | b'{' => 24,
        b')' | b'>' | b']' | b'}' => 28,
        b',' | b':' | b';' => 32,
        b'.' => 36,
        b'=' => 40,
        b'0'..=b'9' => 44,
        b'A' | b'E' | b'I' | b'O' | b'U' => 48,
        b'A'..=b'Z' => 52,
        b'a' | b'e' | b'i' | b'o' | b'u' => 56,
        b'a'..=b'z' => 60,
        _ => 12,
    }
}

/// The RFC's "Lut1": the same of the byte before, in fewer kinds.
const fn text_by_before(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => 3,
        b'A'..=b'Z' | b'0'..=b'9' | 0xe0.. => 2,
        0x00..=0x20 | 0x7f..=0xdf => 0,
        _ => 1,
    }
}

/// The RFC's "Lut2": how large a number the byte is, of which the highest bit is a sign.
const fn magnitude(byte: u8) -> u8 {
    match byte {
        0 => 0,
        1..=15 => 1,
        16..=63 => 2,
        64..=127 => 3,
        128..=191 => 4,
        192..=239 => 5,
        240..=254 => 6,
        255 => 7,
    }
}
