//! RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996).

/// Which message word each step of the left line takes.
const LEFT_WORD: [u8; 80] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, //
    7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8, //
    3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12, //
    1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2, //
    4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
];
const RIGHT_WORD: [u8; 80] = [
    5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12, //
    6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2, //
    15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13, //
    8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14, //
    12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
];
/// By how much each step of the left line rotates.
const LEFT_SHIFT: [u8; 80] = [
    11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8, //
    7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12, //
    11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5, //
    11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12, //
    9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
];
const RIGHT_SHIFT: [u8; 80] = [
    8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6, //
    9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11, //
    9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5, //
    15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8, //
    8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
];
const LEFT_ADD: [u32; 5] = [0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e];
const RIGHT_ADD: [u32; 5] = [0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0];

/// RIPEMD-160 of `data`.
pub fn ripemd160(data: &[u8]) -> [u8; 20] {
    let mut state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
    let (blocks, rest) = data.as_chunks::<64>();
    for block in blocks {
        compress(&mut state, block);
    }
    let length = (data.len() as u64).wrapping_mul(8).to_le_bytes();
    let mut last = [0; 128];
    let ending = rest.iter().chain(&[0x80]);
    last.iter_mut()
        .zip(ending)
        .for_each(|(to, from)| *to = *from);
    let (last, _) = last.as_chunks_mut::<64>();
    let used = if rest.len() < 56 { 1 } else { 2 };
    if let Some([.., a, b, c, d, e, f, g, h]) = last.get_mut(used - 1) {
        [*a, *b, *c, *d, *e, *f, *g, *h] = length;
    }
    for block in last.iter().take(used) {
        compress(&mut state, block);
    }

    let mut digest = [0; 20];
    let (words, _) = digest.as_chunks_mut::<4>();
    words
        .iter_mut()
        .zip(state)
        .for_each(|(to, word)| *to = word.to_le_bytes());
    digest
}

fn compress(state: &mut [u32; 5], block: &[u8; 64]) {
    let left = line(*state, block, &LEFT_WORD, &LEFT_SHIFT, &LEFT_ADD, |round| {
        round
    });
    let right = line(
        *state,
        block,
        &RIGHT_WORD,
        &RIGHT_SHIFT,
        &RIGHT_ADD,
        |round| 4 - round,
    );
    let [a, b, c, d, e] = *state;
    let ([la, lb, lc, ld, le], [ra, rb, rc, rd, re]) = (left, right);
    *state = [
        b.wrapping_add(lc).wrapping_add(rd),
        c.wrapping_add(ld).wrapping_add(re),
        d.wrapping_add(le).wrapping_add(ra),
        e.wrapping_add(la).wrapping_add(rb),
        a.wrapping_add(lb).wrapping_add(rc),
    ];
}

/// One of the two lines: five rounds of sixteen steps.
#[expect(
    clippy::indexing_slicing,
    reason = "steps are below 80, words below 16, rounds below 5"
)]
fn line(
    [mut a, mut b, mut c, mut d, mut e]: [u32; 5],
    block: &[u8; 64],
    word: &[u8; 80],
    shift: &[u8; 80],
    add: &[u32; 5],
    function: impl Fn(usize) -> usize,
) -> [u32; 5] {
    let (words, _) = block.as_chunks::<4>();
    for step in 0..80 {
        let round = step / 16;
        let mixed = match function(round) {
            0 => b ^ c ^ d,
            1 => (b & c) | (!b & d),
            2 => (b | !c) ^ d,
            3 => (b & d) | (c & !d),
            _ => b ^ (c | !d),
        };
        let message = u32::from_le_bytes(words[usize::from(word[step])]);
        let turned = a
            .wrapping_add(mixed)
            .wrapping_add(message)
            .wrapping_add(add[round])
            .rotate_left(shift[step].into())
            .wrapping_add(e);
        (a, e, d, c, b) = (e, d, c.rotate_left(10), b, turned);
    }
    [a, b, c, d, e]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_of_abc_is_the_papers() {
        let digest = ripemd160(b"abc");
        assert_eq!(digest[..4], [0x8e, 0xb2, 0x08, 0xf7]);
        assert_eq!(digest[16..], [0xf1, 0x5a, 0x0b, 0xfc]);
    }
}
