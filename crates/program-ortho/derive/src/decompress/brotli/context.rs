//! Which code a literal has, by the two bytes before it (RFC 7932, 7.1).

/// The context ID: 0 to 63.
pub(super) fn literal_context(mode: u8, last: u8, before_last: u8) -> usize {
    let context = match mode {
        0 => last & 0x3f,
        1 => last >> 2,
        2 => utf8_last(last) | utf8_before(before_last),
        _ => magnitude(last) << 3 | magnitude(before_last),
    };
    context.into()
}

/// `Lut0` for bytes of ASCII.
#[rustfmt::skip]
const ASCII: [u8; 128] = [
     0,  0,  0,  0,  0,  0,  0,  0,  0,  4,  4,  0,  0,  4,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     8, 12, 16, 12, 12, 20, 12, 16, 24, 28, 12, 12, 32, 12, 36, 12,
    44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 32, 32, 24, 40, 28, 12,
    12, 48, 52, 52, 52, 48, 52, 52, 52, 48, 52, 52, 52, 52, 52, 48,
    52, 52, 52, 52, 52, 48, 52, 52, 52, 52, 52, 24, 12, 28, 12, 12,
    12, 56, 60, 60, 60, 56, 60, 60, 60, 56, 60, 60, 60, 60, 60, 56,
    60, 60, 60, 60, 60, 56, 60, 60, 60, 60, 60, 24, 12, 28, 12,  0,
];

fn utf8_last(byte: u8) -> u8 {
    ASCII
        .get(usize::from(byte))
        .copied()
        .unwrap_or((byte & 1) | if byte < 0xc0 { 0 } else { 2 })
}

/// `Lut1`.
const fn utf8_before(byte: u8) -> u8 {
    match byte {
        0..=b' ' | 0x7f..0xe0 => 0,
        b'0'..=b'9' | b'A'..=b'Z' | 0xe0.. => 2,
        b'a'..=b'z' => 3,
        _ => 1,
    }
}

/// `Lut2`.
const fn magnitude(byte: u8) -> u8 {
    match byte {
        0 => 0,
        1..16 => 1,
        16..64 => 2,
        64..128 => 3,
        128..192 => 4,
        192..240 => 5,
        240..255 => 6,
        255 => 7,
    }
}
