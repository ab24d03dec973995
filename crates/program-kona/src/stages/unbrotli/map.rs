//! Context maps: which code a context has (RFC 7932, section 7.3).

use alloc::{vec, vec::Vec};

use super::{Stop, bits::Bits, blocks, code::Tables, lengths};

/// Reads a map of so many contexts, and how many codes there are.
pub(super) fn read(
    bits: &mut Bits<'_>,
    tables: &mut Tables,
    size: usize,
) -> Result<(Vec<u8>, u32), Stop> {
    let codes = blocks::number(bits);
    if codes == 1 {
        return Ok((vec![0; size], codes));
    }
    let longest_run = if bits.flag() { bits.read(4) + 1 } else { 0 };
    let mark = tables.len();
    let code = lengths::read(bits, tables, codes + longest_run)?;
    let mut map = Vec::with_capacity(size);
    while map.len() < size {
        bits.refill();
        let symbol = tables.symbol(code, bits);
        if symbol == 0 || symbol > longest_run {
            map.push(symbol.saturating_sub(longest_run) as u8);
            continue;
        }
        let zeros = (1 << symbol) + bits.read(symbol) as usize;
        if zeros > size - map.len() {
            return Err(Stop);
        }
        map.resize(map.len() + zeros, 0);
    }
    tables.drop_after(mark);
    if bits.flag() {
        undo_move_to_front(&mut map);
    }
    Ok((map, codes))
}

/// Puts in the place of indices what they stand for, when each moves what it stands for to the front.
///
/// Runs are done at once: otherwise some 70 bytes of input could ask for 16,384 large moves.
fn undo_move_to_front(map: &mut [u8]) {
    let mut list: [u8; 256] = core::array::from_fn(|at| at as u8);
    for run in map.chunk_by_mut(|a, b| a == b) {
        let index = run.first().copied().map_or(0, usize::from);
        let Some(moved) = list.get_mut(..=index) else {
            continue;
        };
        let turns = moved.iter().rev().cycle();
        for (place, value) in run.iter_mut().zip(turns) {
            *place = *value;
        }
        moved.rotate_right(run.len() % (index + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7932, section 7.3, as it says it.
    #[test]
    fn runs_are_undone_as_one_by_one() {
        let mut map: Vec<u8> = [3, 3, 3, 3, 3, 3, 0, 255, 255, 7, 0, 0, 1, 1, 1, 2].to_vec();
        map.extend(vec![200; 1_000]);
        let mut list: Vec<u8> = (0..=255).collect();
        let one_by_one = map.iter().map(|index| {
            let value = list.remove(usize::from(*index));
            list.insert(0, value);
            value
        });
        let expected: Vec<u8> = one_by_one.collect();
        undo_move_to_front(&mut map);
        assert_eq!(map, expected);
    }
}
