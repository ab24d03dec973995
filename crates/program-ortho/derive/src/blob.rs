//! The data in a blob (OP specs `protocol/ecotone/derivation.md`, "Blob Encoding").

use alloc::vec::Vec;

/// Field elements of a blob.
const ELEMENTS: usize = 4096;
/// Bytes of four field elements: 31 whole ones of each, and 6 bits more of each.
const ROUND: usize = 4 * 31 + 3;
/// Version and length.
const HEADER: usize = 4;
/// The one encoding there is.
const VERSION: u8 = 0;
/// The bits of an element's first byte that hold no data.
const UNUSED: u8 = 0b1100_0000;

/// The data in a blob; none if the blob is not its encoding and is to be ignored.
pub fn decode_blob(blob: &[u8]) -> Option<Vec<u8>> {
    let (elements, rest) = blob.as_chunks::<32>();
    if elements.len() != ELEMENTS || !rest.is_empty() {
        return None;
    }
    let (&[_, VERSION, high, middle, low, ..], others) = elements.split_first()? else {
        return None;
    };
    let end = HEADER + u32::from_be_bytes([0, high, middle, low]) as usize;
    // The specification wants these bits zero in every element; the first one's are not looked at
    // by the nodes that run (op-node and kona), so that a batcher's blob with one set counts.
    if others.iter().any(|[first, ..]| first & UNUSED != 0) {
        return None;
    }
    let (rounds, _) = elements.as_chunks::<4>();
    let mut data = Vec::with_capacity(rounds.len() * ROUND);
    for [
        [a, tail_a @ ..],
        [b, tail_b @ ..],
        [c, tail_c @ ..],
        [d, tail_d @ ..],
    ] in rounds
    {
        data.extend_from_slice(tail_a);
        data.push(a & 0b0011_1111 | (b & 0b0011_0000) << 2);
        data.extend_from_slice(tail_b);
        data.push(b & 0b0000_1111 | (d & 0b0000_1111) << 4);
        data.extend_from_slice(tail_c);
        data.push(c & 0b0011_1111 | (d & 0b0011_0000) << 2);
        data.extend_from_slice(tail_d);
    }
    // Also none where the data is said to be longer than a blob.
    if data.get(end..)?.iter().any(|byte| *byte != 0) {
        return None;
    }
    data.truncate(end);
    data.drain(..HEADER);
    Some(data)
}
