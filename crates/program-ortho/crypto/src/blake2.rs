//! The compression function of BLAKE2b (RFC 7693), as EIP-152 has it.

use crate::CryptoError;

const INITIAL: [u64; 8] = [
    0x6a09e667f3bcc908,
    0xbb67ae8584caa73b,
    0x3c6ef372fe94f82b,
    0xa54ff53a5f1d36f1,
    0x510e527fade682d1,
    0x9b05688c2b3e6c1f,
    0x1f83d9abfb41bd6b,
    0x5be0cd19137e2179,
];

const SIGMA: [[u8; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// Which words of the working vector each of a round's eight mixings takes.
const MIXED: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

/// Compresses once: `rounds (4) ‖ h (64) ‖ m (128) ‖ t (16) ‖ f (1)` to the new `h`.
pub fn blake2f(input: &[u8]) -> Result<[u8; 64], CryptoError> {
    let input: &[u8; 213] = input
        .try_into()
        .map_err(|_| CryptoError::Length(input.len()))?;
    let [r0, r1, r2, r3, words @ .., last] = input;
    let last = match last {
        0 => false,
        1 => true,
        other => return Err(CryptoError::FinalFlag(*other)),
    };
    let rounds = u32::from_be_bytes([*r0, *r1, *r2, *r3]);
    let (words, _) = words.as_chunks::<8>();
    let mut words = words.iter().map(|word| u64::from_le_bytes(*word));
    let mut next = || words.next().unwrap_or_default();
    let mut state: [u64; 8] = core::array::from_fn(|_| next());
    let message: [u64; 16] = core::array::from_fn(|_| next());
    let offset = [next(), next()];
    compress(rounds, &mut state, &message, offset, last);
    let mut out = [0; 64];
    let (chunks, _) = out.as_chunks_mut::<8>();
    chunks
        .iter_mut()
        .zip(state)
        .for_each(|(to, word)| *to = word.to_le_bytes());
    Ok(out)
}

#[expect(clippy::indexing_slicing, reason = "the tables hold numbers below 16")]
fn compress(
    rounds: u32,
    state: &mut [u64; 8],
    message: &[u64; 16],
    [low, high]: [u64; 2],
    last: bool,
) {
    let mut v = [0; 16];
    v.iter_mut()
        .zip(state.iter().chain(&INITIAL))
        .for_each(|(to, from)| *to = *from);
    v[12] ^= low;
    v[13] ^= high;
    if last {
        v[14] = !v[14];
    }
    for (_, sigma) in (0..rounds).zip(SIGMA.iter().cycle()) {
        let (pairs, _) = sigma.as_chunks::<2>();
        for (&[a, b, c, d], &[x, y]) in MIXED.iter().zip(pairs) {
            let (x, y) = (message[usize::from(x)], message[usize::from(y)]);
            v[a] = v[a].wrapping_add(v[b]).wrapping_add(x);
            v[d] = (v[d] ^ v[a]).rotate_right(32);
            v[c] = v[c].wrapping_add(v[d]);
            v[b] = (v[b] ^ v[c]).rotate_right(24);
            v[a] = v[a].wrapping_add(v[b]).wrapping_add(y);
            v[d] = (v[d] ^ v[a]).rotate_right(16);
            v[c] = v[c].wrapping_add(v[d]);
            v[b] = (v[b] ^ v[c]).rotate_right(63);
        }
    }
    for (i, word) in state.iter_mut().enumerate() {
        *word ^= v[i] ^ v[i + 8];
    }
}
