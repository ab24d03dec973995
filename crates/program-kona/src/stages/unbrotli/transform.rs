//! Changes of the dictionary's words (RFC 7932, section 8 and appendix B).

use alloc::vec::Vec;

use Change::{FermentAll, FermentFirst, Identity, OmitFirst, OmitLast};

/// What is done to the word itself.
#[derive(Clone, Copy, Debug)]
enum Change {
    Identity,
    FermentFirst,
    FermentAll,
    OmitFirst(u8),
    OmitLast(u8),
}

/// Appends a word, changed; `None` where there is no such transform.
pub(super) fn append(out: &mut Vec<u8>, word: &[u8], transform: usize) -> Option<()> {
    let (prefix, change, suffix) = TRANSFORMS.get(transform)?;
    out.extend_from_slice(prefix);
    let start = out.len();
    let len = word.len();
    out.extend_from_slice(match change {
        OmitFirst(count) => word.get(usize::from(*count)..).unwrap_or_default(),
        OmitLast(count) => {
            let kept = len.saturating_sub(usize::from(*count));
            word.get(..kept).unwrap_or_default()
        }
        _ => word,
    });
    let mut rest = out.get_mut(start..).unwrap_or_default();
    match change {
        FermentFirst => {
            ferment(rest);
        }
        FermentAll => {
            while !rest.is_empty() {
                let step = ferment(rest).min(rest.len());
                rest = rest.split_at_mut(step).1;
            }
        }
        _ => {}
    }
    out.extend_from_slice(suffix);
    Some(())
}

/// Makes the first character upper case, roughly; how many bytes it has.
fn ferment(bytes: &mut [u8]) -> usize {
    let (step, flipped, mask) = match bytes.first() {
        Some(b'a'..=b'z') => (1, 0, 32),
        Some(0xc0..=0xdf) => (2, 1, 32),
        Some(0xe0..) => (3, 2, 5),
        _ => return 1,
    };
    if let Some(byte) = bytes.get_mut(flipped) {
        *byte ^= mask;
    }
    step
}

/// A prefix, a change, a suffix.
type Transform = (&'static [u8], Change, &'static [u8]);

static TRANSFORMS: [Transform; 121] = [
    (b"", Identity, b""),
    (b"", Identity, b" "),
    (b" ", Identity, b" "),
    (b"", OmitFirst(1), b""),
    (b"", FermentFirst, b" "),
    (b"", Identity, b" the "),
    (b" ", Identity, b""),
    (b"s ", Identity, b" "),
    (b"", Identity, b" of "),
    (b"", FermentFirst, b""),
    (b"", Identity, b" and "),
    (b"", OmitFirst(2), b""),
    (b"", OmitLast(1), b""),
    (b", ", Identity, b" "),
    (b"", Identity, b", "),
    (b" ", FermentFirst, b" "),
    (b"", Identity, b" in "),
    (b"", Identity, b" to "),
    (b"e ", Identity, b" "),
    (b"", Identity, b"\""),
    (b"", Identity, b"."),
    (b"", Identity, b"\">"),
    (b"", Identity, b"\n"),
    (b"", OmitLast(3), b""),
    (b"", Identity, b"]"),
    (b"", Identity, b" for "),
    (b"", OmitFirst(3), b""),
    (b"", OmitLast(2), b""),
    (b"", Identity, b" a "),
    (b"", Identity, b" that "),
    (b" ", FermentFirst, b""),
    (b"", Identity, b". "),
    (b".", Identity, b""),
    (b" ", Identity, b", "),
    (b"", OmitFirst(4), b""),
    (b"", Identity, b" with "),
    (b"", Identity, b"'"),
    (b"", Identity, b" from "),
    (b"", Identity, b" by "),
    (b"", OmitFirst(5), b""),
    (b"", OmitFirst(6), b""),
    (b" the ", Identity, b""),
    (b"", OmitLast(4), b""),
    (b"", Identity, b". The "),
    (b"", FermentAll, b""),
    (b"", Identity, b" on "),
    (b"", Identity, b" as "),
    (b"", Identity, b" is "),
    (b"", OmitLast(7), b""),
    (b"", OmitLast(1), b"ing "),
    (b"", Identity, b"\n\t"),
    (b"", Identity, b":"),
    (b" ", Identity, b". "),
    (b"", Identity, b"ed "),
    (b"", OmitFirst(9), b""),
    (b"", OmitFirst(7), b""),
    (b"", OmitLast(6), b""),
    (b"", Identity, b"("),
    (b"", FermentFirst, b", "),
    (b"", OmitLast(8), b""),
    (b"", Identity, b" at "),
    (b"", Identity, b"ly "),
    (b" the ", Identity, b" of "),
    (b"", OmitLast(5), b""),
    (b"", OmitLast(9), b""),
    (b" ", FermentFirst, b", "),
    (b"", FermentFirst, b"\""),
    (b".", Identity, b"("),
    (b"", FermentAll, b" "),
    (b"", FermentFirst, b"\">"),
    (b"", Identity, b"=\""),
    (b" ", Identity, b"."),
    (b".com/", Identity, b""),
    (b" the ", Identity, b" of the "),
    (b"", FermentFirst, b"'"),
    (b"", Identity, b". This "),
    (b"", Identity, b","),
    (b".", Identity, b" "),
    (b"", FermentFirst, b"("),
    (b"", FermentFirst, b"."),
    (b"", Identity, b" not "),
    (b" ", Identity, b"=\""),
    (b"", Identity, b"er "),
    (b" ", FermentAll, b" "),
    (b"", Identity, b"al "),
    (b" ", FermentAll, b""),
    (b"", Identity, b"='"),
    (b"", FermentAll, b"\""),
    (b"", FermentFirst, b". "),
    (b" ", Identity, b"("),
    (b"", Identity, b"ful "),
    (b" ", FermentFirst, b". "),
    (b"", Identity, b"ive "),
    (b"", Identity, b"less "),
    (b"", FermentAll, b"'"),
    (b"", Identity, b"est "),
    (b" ", FermentFirst, b"."),
    (b"", FermentAll, b"\">"),
    (b" ", Identity, b"='"),
    (b"", FermentFirst, b","),
    (b"", Identity, b"ize "),
    (b"", FermentAll, b"."),
    (b"\xc2\xa0", Identity, b""),
    (b" ", Identity, b","),
    (b"", FermentFirst, b"=\""),
    (b"", FermentAll, b"=\""),
    (b"", Identity, b"ous "),
    (b"", FermentAll, b", "),
    (b"", FermentFirst, b"='"),
    (b" ", FermentFirst, b","),
    (b" ", FermentAll, b"=\""),
    (b" ", FermentAll, b", "),
    (b"", FermentAll, b","),
    (b"", FermentAll, b"("),
    (b"", FermentAll, b". "),
    (b" ", FermentAll, b"."),
    (b"", FermentAll, b"='"),
    (b" ", FermentAll, b". "),
    (b" ", FermentFirst, b"=\""),
    (b" ", FermentAll, b"='"),
    (b" ", FermentFirst, b"='"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    /// RFC 7932, appendix B, gives the checksum (that of zlib's CRC-32, appendix C).
    #[test]
    fn transforms_are_those_of_the_rfc() {
        let mut list = Vec::new();
        for (prefix, change, suffix) in &TRANSFORMS {
            let number = match change {
                Identity => 0,
                FermentFirst => 1,
                FermentAll => 2,
                OmitFirst(count) => 2 + count,
                OmitLast(count) => 11 + count,
            };
            list.extend([prefix, &[0, number][..], suffix, &[0][..]].concat());
        }
        assert_eq!(list.len(), 648);
        assert_eq!(crc32(&list), 0x3d96_5f81);
    }

    /// RFC 7932, appendix A.
    #[test]
    fn dictionary_is_that_of_the_rfc() {
        assert_eq!(
            crc32(&brotli_decompressor::dictionary::kBrotliDictionary),
            0x5136_cb04
        );
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                crc >> 1 ^ if crc & 1 == 0 { 0 } else { 0xedb8_8320 }
            })
        })
    }

    #[test]
    fn letters_are_raised_by_the_characters_that_they_are_of() {
        let changed = |word: &[u8], transform| {
            let mut out = vec![b'>'];
            append(&mut out, word, transform).map(|()| out)
        };
        assert_eq!(changed(b"timed", 9).unwrap(), b">Timed");
        assert_eq!(changed(b"ti-med", 44).unwrap(), b">TI-MED");
        assert_eq!(
            changed(b"\xd0\xb8a\xe4\xb8\xadz", 44).unwrap(),
            b">\xd0\x98A\xe4\xb8\xa8Z"
        );
        // A character that is cut off is changed as far as it is there.
        assert_eq!(changed(b"abc\xe4", 44).unwrap(), b">ABC\xe4");
        assert_eq!(changed(b"abcd", 120).map(|out| out.len()), Some(8));
        assert_eq!(changed(b"abcd", 121), None);
    }
}
