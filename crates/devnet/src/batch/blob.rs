//! Data in blobs (specs `protocol/derivation.md`, "Blob encoding").

use crate::DevnetError;

/// Field elements of a blob, 32 bytes each.
const ELEMENTS: usize = 4096;
/// Bytes of a field element that hold anything.
const ELEMENT: usize = 31;
/// Version byte before the length.
const VERSION: u8 = 0;

/// The most data that a blob holds: 4 elements hold 127 bytes, of which version and length take 4.
pub const BLOB_CAPACITY: usize = ELEMENTS / 4 * (4 * ELEMENT + 3) - 4;

/// Packs data into a blob.
///
/// Every element holds 31 bytes, and 6 bits in its first byte, whose upper two must be zero. Four
/// times 6 bits are 3 bytes.
pub fn blob(data: &[u8]) -> Result<Vec<u8>, DevnetError> {
    if data.len() > BLOB_CAPACITY {
        return Err(DevnetError::Config(format!(
            "{} bytes in a blob, which holds {BLOB_CAPACITY}",
            data.len()
        )));
    }
    let [_, length @ ..] = (data.len() as u32).to_be_bytes();
    let mut bytes = [VERSION]
        .into_iter()
        .chain(length)
        .chain(data.iter().copied());
    let mut out = Vec::with_capacity(ELEMENTS * 32);
    for _ in 0..ELEMENTS / 4 {
        // In the data's order, a byte whose bits are spread comes after each of three elements.
        let [(first, x), (second, y), (third, z)] =
            [(); 3].map(|()| (element(&mut bytes), bytes.next().unwrap_or_default()));
        let fourth = element(&mut bytes);
        for (bits, bytes) in [
            (x & 0x3f, first),
            ((y & 0x0f) | ((x & 0xc0) >> 2), second),
            (z & 0x3f, third),
            (((z & 0xc0) >> 2) | ((y & 0xf0) >> 4), fourth),
        ] {
            out.push(bits);
            out.extend_from_slice(&bytes);
        }
    }
    Ok(out)
}

/// The next bytes of an element; zeros where the data has ended.
fn element(bytes: &mut impl Iterator<Item = u8>) -> [u8; ELEMENT] {
    let mut element = [0; ELEMENT];
    element.fill_with(|| bytes.next().unwrap_or_default());
    element
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The data of a blob, read as the specs say.
    fn unpacked(blob: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for four in blob.chunks(128) {
            let elements: Vec<&[u8]> = four.chunks(32).collect();
            let bits: Vec<u8> = elements.iter().map(|e| e[0]).collect();
            assert!(bits.iter().all(|b| b & 0xc0 == 0));
            bytes.extend_from_slice(&elements[0][1..]);
            bytes.push((bits[0] & 0x3f) | ((bits[1] & 0x30) << 2));
            bytes.extend_from_slice(&elements[1][1..]);
            bytes.push((bits[1] & 0x0f) | ((bits[3] & 0x0f) << 4));
            bytes.extend_from_slice(&elements[2][1..]);
            bytes.push((bits[2] & 0x3f) | ((bits[3] & 0x30) << 2));
            bytes.extend_from_slice(&elements[3][1..]);
        }
        let length =
            usize::from(bytes[1]) << 16 | usize::from(bytes[2]) << 8 | usize::from(bytes[3]);
        assert_eq!(bytes[0], 0);
        assert!(bytes[4 + length..].iter().all(|b| *b == 0));
        bytes[4..4 + length].to_vec()
    }

    #[test]
    fn data_comes_out_as_it_went_in() {
        for size in [0, 1, 27, 28, 31, 127, 128, 5_000, BLOB_CAPACITY] {
            let data: Vec<u8> = (0..size).map(|i| (i * 7 + i / 250) as u8).collect();
            let blob = blob(&data).unwrap();
            assert_eq!(blob.len(), ELEMENTS * 32);
            assert_eq!(unpacked(&blob), data, "{size} bytes");
        }
    }

    #[test]
    fn a_blob_holds_as_much_as_the_specs_say() {
        assert_eq!(BLOB_CAPACITY, 130_044);
        assert!(blob(&vec![1; BLOB_CAPACITY + 1]).is_err());
    }
}
