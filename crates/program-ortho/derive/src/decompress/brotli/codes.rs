//! The prefix codes and context maps of a meta-block (RFC 7932, 3 and 7.3).

use alloc::{vec, vec::Vec};

use super::input::Input;
use crate::decompress::{Corrupt, PrefixCode};

/// The order in which the lengths of the code for lengths come.
const LENGTHS_ORDER: [usize; 18] = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// The code for the lengths of the code for lengths: lengths of the codes for 0 to 5.
const LENGTHS_CODE: [u8; 6] = [2, 4, 3, 2, 2, 4];

/// Reads a prefix code over `alphabet` symbols.
pub(super) fn prefix_code(input: &mut Input, alphabet: usize) -> Result<PrefixCode, Corrupt> {
    match input.take(2)? {
        1 => simple_code(input, alphabet),
        skip => complex_code(input, alphabet, skip as usize),
    }
}

/// A code of at most 4 symbols (3.4).
fn simple_code(input: &mut Input, alphabet: usize) -> Result<PrefixCode, Corrupt> {
    let count = input.take(2)? + 1;
    let bits = (alphabet - 1).checked_ilog2().map_or(0, |log| log + 1);
    let mut symbols = Vec::new();
    for _ in 0..count {
        let symbol = input.take(bits)? as usize;
        if symbol >= alphabet {
            return Err(Corrupt);
        }
        symbols.push(symbol);
    }
    // Only once all were read: where one is missing, op-node's decoder wants more input first.
    for (at, symbol) in symbols.iter().enumerate() {
        if symbols.iter().skip(at + 1).any(|other| other == symbol) {
            return Err(Corrupt);
        }
    }
    let code_lengths: &[u8] = match symbols.as_slice() {
        [only] => return Ok(PrefixCode::only(*only as u16)),
        [_, _] => &[1, 1],
        [_, _, _] => &[1, 2, 2],
        _ if input.flag()? => &[1, 2, 3, 3],
        _ => &[2, 2, 2, 2],
    };
    let mut lengths = vec![0; alphabet];
    for (symbol, length) in symbols.into_iter().zip(code_lengths) {
        *lengths.get_mut(symbol).ok_or(Corrupt)? = *length;
    }
    PrefixCode::new(&lengths).ok_or(Corrupt)
}

/// A code that is given by its lengths, which have a code themselves (3.5).
fn complex_code(input: &mut Input, alphabet: usize, skip: usize) -> Result<PrefixCode, Corrupt> {
    let code = lengths_code(input, skip)?;
    let mut lengths = Vec::with_capacity(alphabet);
    // Of all codes of 15 bits, those that are still without a meaning.
    let mut space = 1_i64 << 15;
    let mut previous = 8;
    // The length that repeats and how often the last symbols made it repeat.
    let (mut repeated, mut times) = (0, 0_usize);
    // op-node's decoder reads on where there are too many codes.
    while lengths.len() < alphabet && space != 0 {
        let symbol = input.symbol(&code)?;
        if symbol < 16 {
            times = 0;
            lengths.push(symbol as u8);
            if symbol > 0 {
                previous = symbol as u8;
                space -= 1 << (15 - symbol);
            }
            continue;
        }
        let (length, bits) = if symbol == 16 { (previous, 2) } else { (0, 3) };
        if length != repeated {
            (repeated, times) = (length, 0);
        }
        let before = times;
        if times > 0 {
            times = (times - 2) << bits;
        }
        times += input.take(bits)? as usize + 3;
        let count = times - before;
        if lengths.len() + count > alphabet {
            return Err(Corrupt);
        }
        lengths.resize(lengths.len() + count, length);
        if length > 0 {
            space -= (count as i64) << (15 - length);
        }
    }
    if space != 0 {
        return Err(Corrupt);
    }
    PrefixCode::new(&lengths).ok_or(Corrupt)
}

fn lengths_code(input: &mut Input, skip: usize) -> Result<PrefixCode, Corrupt> {
    let lengths_code = PrefixCode::new(&LENGTHS_CODE).ok_or(Corrupt)?;
    let mut lengths = [0; LENGTHS_ORDER.len()];
    // Of all codes of 5 bits, those that are still without a meaning.
    let mut space = 32_i32;
    let mut only = None;
    let mut count = 0;
    for symbol in LENGTHS_ORDER.into_iter().skip(skip) {
        let length = input.symbol(&lengths_code)?;
        if length > 0 {
            *lengths.get_mut(symbol).ok_or(Corrupt)? = length as u8;
            only = Some(symbol as u16);
            count += 1;
            space -= 32 >> length;
            if space <= 0 {
                break;
            }
        }
    }
    match (count, only) {
        (1, Some(only)) => Ok(PrefixCode::only(only)),
        _ if space != 0 => Err(Corrupt),
        _ => PrefixCode::new(&lengths).ok_or(Corrupt),
    }
}

/// A number from 1 to 256 (9.2).
pub(super) fn count(input: &mut Input) -> Result<usize, Corrupt> {
    if !input.flag()? {
        return Ok(1);
    }
    let bits = input.take(3)?;
    Ok((1 << bits) + input.take(bits)? as usize + 1)
}

/// Reads which of how many codes each of `size` contexts has.
pub(super) fn context_map(input: &mut Input, size: usize) -> Result<(usize, Vec<u8>), Corrupt> {
    let codes = count(input)?;
    let mut map = Vec::with_capacity(size);
    if codes == 1 {
        map.resize(size, 0);
        return Ok((codes, map));
    }
    let longest_run = if input.flag()? {
        input.take(4)? as usize + 1
    } else {
        0
    };
    let code = prefix_code(input, codes + longest_run)?;
    while map.len() < size {
        match usize::from(input.symbol(&code)?) {
            0 => map.push(0),
            run if run <= longest_run => {
                let zeros = (1 << run) + input.take(run as u32)? as usize;
                if map.len() + zeros > size {
                    return Err(Corrupt);
                }
                map.resize(map.len() + zeros, 0);
            }
            value => map.push((value - longest_run) as u8),
        }
    }
    if input.flag()? {
        move_to_front(&mut map);
    }
    Ok((codes, map))
}

/// Replaces places in a list, in which what was taken moves to the front, by what is there.
fn move_to_front(map: &mut [u8]) {
    let mut list: Vec<u8> = (0..=u8::MAX).collect();
    for entry in map {
        if let Some(taken) = list.get_mut(..=usize::from(*entry)) {
            taken.rotate_right(1);
        }
        *entry = list.first().copied().unwrap_or_default();
    }
}
