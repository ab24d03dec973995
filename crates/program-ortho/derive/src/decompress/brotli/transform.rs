//! What can be made of a word of the dictionary (RFC 7932, 8 and appendix B).

use alloc::vec::Vec;

use Change::{Capital, Capitals, Cut, Skip, Whole};

/// How a word is changed.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// Not at all.
    Whole,
    /// Its first letter becomes a capital.
    Capital,
    /// All letters do.
    Capitals,
    /// So many first bytes are left out.
    Skip(usize),
    /// So many last bytes are left out.
    Cut(usize),
}

/// What stands before the changed word and after it.
#[rustfmt::skip]
const TRANSFORMS: [(&str, Change, &str); 121] = [
    ("", Whole, ""),
    ("", Whole, " "),
    (" ", Whole, " "),
    ("", Skip(1), ""),
    ("", Capital, " "),
    ("", Whole, " the "),
    (" ", Whole, ""),
    ("s ", Whole, " "),
    ("", Whole, " of "),
    ("", Capital, ""),
    ("", Whole, " and "),
    ("", Skip(2), ""),
    ("", Cut(1), ""),
    (", ", Whole, " "),
    ("", Whole, ", "),
    (" ", Capital, " "),
    ("", Whole, " in "),
    ("", Whole, " to "),
    ("e ", Whole, " "),
    ("", Whole, "\""),
    ("", Whole, "."),
    ("", Whole, "\">"),
    ("", Whole, "\n"),
    ("", Cut(3), ""),
    ("", Whole, "]"),
    ("", Whole, " for "),
    ("", Skip(3), ""),
    ("", Cut(2), ""),
    ("", Whole, " a "),
    ("", Whole, " that "),
    (" ", Capital, ""),
    ("", Whole, ". "),
    (".", Whole, ""),
    (" ", Whole, ", "),
    ("", Skip(4), ""),
    ("", Whole, " with "),
    ("", Whole, "'"),
    ("", Whole, " from "),
    ("", Whole, " by "),
    ("", Skip(5), ""),
    ("", Skip(6), ""),
    (" the ", Whole, ""),
    ("", Cut(4), ""),
    ("", Whole, ". The "),
    ("", Capitals, ""),
    ("", Whole, " on "),
    ("", Whole, " as "),
    ("", Whole, " is "),
    ("", Cut(7), ""),
    ("", Cut(1), "ing "),
    ("", Whole, "\n\t"),
    ("", Whole, ":"),
    (" ", Whole, ". "),
    ("", Whole, "ed "),
    ("", Skip(9), ""),
    ("", Skip(7), ""),
    ("", Cut(6), ""),
    ("", Whole, "("),
    ("", Capital, ", "),
    ("", Cut(8), ""),
    ("", Whole, " at "),
    ("", Whole, "ly "),
    (" the ", Whole, " of "),
    ("", Cut(5), ""),
    ("", Cut(9), ""),
    (" ", Capital, ", "),
    ("", Capital, "\""),
    (".", Whole, "("),
    ("", Capitals, " "),
    ("", Capital, "\">"),
    ("", Whole, "=\""),
    (" ", Whole, "."),
    (".com/", Whole, ""),
    (" the ", Whole, " of the "),
    ("", Capital, "'"),
    ("", Whole, ". This "),
    ("", Whole, ","),
    (".", Whole, " "),
    ("", Capital, "("),
    ("", Capital, "."),
    ("", Whole, " not "),
    (" ", Whole, "=\""),
    ("", Whole, "er "),
    (" ", Capitals, " "),
    ("", Whole, "al "),
    (" ", Capitals, ""),
    ("", Whole, "='"),
    ("", Capitals, "\""),
    ("", Capital, ". "),
    (" ", Whole, "("),
    ("", Whole, "ful "),
    (" ", Capital, ". "),
    ("", Whole, "ive "),
    ("", Whole, "less "),
    ("", Capitals, "'"),
    ("", Whole, "est "),
    (" ", Capital, "."),
    ("", Capitals, "\">"),
    (" ", Whole, "='"),
    ("", Capital, ","),
    ("", Whole, "ize "),
    ("", Capitals, "."),
    ("\u{a0}", Whole, ""),
    (" ", Whole, ","),
    ("", Capital, "=\""),
    ("", Capitals, "=\""),
    ("", Whole, "ous "),
    ("", Capitals, ", "),
    ("", Capital, "='"),
    (" ", Capital, ","),
    (" ", Capitals, "=\""),
    (" ", Capitals, ", "),
    ("", Capitals, ","),
    ("", Capitals, "("),
    ("", Capitals, ". "),
    (" ", Capitals, "."),
    ("", Capitals, "='"),
    (" ", Capitals, ". "),
    (" ", Capital, "=\""),
    (" ", Capitals, "='"),
    (" ", Capital, "='"),
];

/// Appends a word after the transform with this number, if there is one.
pub(super) fn transform(number: usize, word: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (prefix, change, suffix) = *TRANSFORMS.get(number)?;
    out.extend_from_slice(prefix.as_bytes());
    let start = out.len();
    let length = match change {
        Skip(count) => word.get(count..),
        Cut(count) => word.get(..word.len().saturating_sub(count)),
        Whole | Capital | Capitals => Some(word),
    };
    out.extend_from_slice(length.unwrap_or_default());
    match change {
        Capital => {
            capital(out, start);
        }
        Capitals => {
            let mut at = start;
            while at < out.len() {
                at += capital(out, at);
            }
        }
        Whole | Skip(_) | Cut(_) => {}
    }
    out.extend_from_slice(suffix.as_bytes());
    Some(())
}

/// Turns a letter into a capital, roughly, and returns how many bytes it has.
fn capital(out: &mut [u8], at: usize) -> usize {
    let (length, offset, change) = match out.get(at) {
        Some(b'a'..=b'z') => (1, 0, 32),
        Some(0xc0..0xe0) => (2, 1, 32),
        Some(0xe0..) => (3, 2, 5),
        _ => (1, 0, 0),
    };
    if let Some(byte) = out.get_mut(at + offset) {
        *byte ^= change;
    }
    length
}
