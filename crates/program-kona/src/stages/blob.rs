//! What a blob holds (op-service `eth/blob.go`, to which the specs refer).

use alloc::{vec, vec::Vec};

use alloy_primitives::Bytes;

/// The version of the encoding.
const VERSION: u8 = 0;
const ELEMENT: usize = 32;
/// Four field elements hold 127 bytes.
const GROUP: usize = 4 * ELEMENT;
const GROUP_DATA: usize = GROUP - 1;
/// Version and length.
const HEADER: usize = 4;
/// The most that a blob holds.
const MAX_LENGTH: usize = 1024 * GROUP_DATA - HEADER;

/// The data in a blob, `None` where it is not encoded as a batcher does it.
///
/// A field element holds 31 bytes and, in its first, six bits; those of four elements make three
/// bytes. Whatever lies behind the data must be zero.
pub(super) fn decode(blob: &[u8]) -> Option<Bytes> {
    let [_, version, length @ .., _] = blob.first_chunk::<6>()?;
    let length = u32::from_be_bytes([0, length[0], length[1], length[2]]) as usize;
    if *version != VERSION || length > MAX_LENGTH {
        return None;
    }
    let mut output = Vec::with_capacity(MAX_LENGTH + HEADER);
    let (groups, _) = blob.as_chunks::<GROUP>();
    let mut groups = groups.iter();
    // The first group is read in any case.
    while output.len() < (HEADER + length).max(1) {
        output.extend(read(groups.next()?, output.is_empty())?);
    }
    let data = output.get(HEADER..HEADER + length)?;
    let padding = output.get(HEADER + length..)?;
    let rest = groups.flatten();
    let is_clean = padding.iter().chain(rest).all(|byte| *byte == 0);
    is_clean.then(|| data.to_vec().into())
}

/// The bytes of four field elements. No element sets its two highest bits; those of a blob's
/// first one are not looked at.
fn read(group: &[u8; GROUP], is_first: bool) -> Option<Vec<u8>> {
    let (elements, _) = group.as_chunks::<ELEMENT>();
    let mut bits = [0; 4];
    let mut output = vec![0; GROUP_DATA];
    for (i, element) in elements.iter().enumerate() {
        let (first, data) = element.split_first()?;
        if *first > 0x3f && !(is_first && i == 0) {
            return None;
        }
        *bits.get_mut(i)? = *first;
        output
            .get_mut(i * ELEMENT..i * ELEMENT + data.len())?
            .copy_from_slice(data);
    }
    let [a, b, c, d] = bits;
    let between = [
        (a & 0x3f) | (b & 0x30) << 2,
        (b & 0x0f) | (d & 0x0f) << 4,
        (c & 0x3f) | (d & 0x30) << 2,
    ];
    for (i, byte) in between.into_iter().enumerate() {
        *output.get_mut((i + 1) * ELEMENT - 1)? = byte;
    }
    Some(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(data: &[u8]) -> Vec<u8> {
        let mut input = vec![VERSION];
        input.extend_from_slice(&(data.len() as u32).to_be_bytes()[1..]);
        input.extend_from_slice(data);
        input.resize(1024 * GROUP_DATA, 0);
        let mut out = Vec::new();
        for group in input.chunks(GROUP_DATA) {
            let (x, y, z) = (group[31], group[63], group[95]);
            let bits = [
                x & 0x3f,
                (y & 0x0f) | (x & 0xc0) >> 2,
                z & 0x3f,
                (z & 0xc0) >> 2 | (y & 0xf0) >> 4,
            ];
            for (i, bits) in bits.into_iter().enumerate() {
                out.push(bits);
                out.extend_from_slice(&group[i * 32..i * 32 + 31]);
            }
        }
        out
    }

    fn pattern(len: usize) -> Vec<u8> {
        (0..len).map(|i| (i * 7 + i / 251) as u8).collect()
    }

    #[test]
    fn data_of_every_length_come_back() {
        for len in [0, 1, 27, 28, 122, 123, 124, 250, 100_000, MAX_LENGTH] {
            assert_eq!(decode(&blob(&pattern(len))).unwrap(), pattern(len), "{len}");
        }
    }

    /// All of a blob's bytes may be zero: version 0, length 0.
    #[test]
    fn a_blob_of_zeros_holds_no_data() {
        assert_eq!(decode(&vec![0; 4096 * 32]), Some(Bytes::new()));
    }

    #[test]
    fn blobs_that_are_encoded_otherwise_hold_nothing() {
        let good = blob(&pattern(1_000));
        let change = |at: usize, value: u8| {
            let mut blob = good.clone();
            blob[at] = value;
            decode(&blob)
        };
        // The version, a length that is too great, one that is too small for the data.
        assert_eq!(change(1, 1), None);
        assert_eq!(change(2, 2), None);
        assert_eq!(change(4, 1), None);
        // High bits of an element in use, but for the first, and bytes behind the data.
        assert_eq!(change(32, 0x40), None);
        assert!(change(0, good[0] | 0xc0).is_some());
        assert_eq!(change(4096 * 32 - 1, 1), None);
        assert_eq!(change(4096 * 31, 0x80), None);
    }
}
