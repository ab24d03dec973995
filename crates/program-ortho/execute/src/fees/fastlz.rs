//! The length that FastLZ (level 1) would compress to.

use alloc::vec;

use endgame_ortho_primitives::meter;

/// Where a hash of three bytes was last seen: as many as the format's window.
const TABLE: usize = 8192;
/// The farthest back that a match may lie.
const MAX_DISTANCE: usize = 8191;
/// A match ends this far before the end, and none begins within 13 bytes of it.
const TAIL: usize = 13;

/// How many bytes FastLZ makes of `data` (`protocol/fjord/exec-engine.md`, "L1-Cost fees").
pub fn compressed_length(data: &[u8]) -> usize {
    let mut table = vec![0; TABLE];
    let limit = data.len().saturating_sub(TAIL);
    let mut length = 0;
    // Everything before the anchor is counted.
    let mut anchor = 0;
    let mut at = 2;
    while at < limit {
        let Some((found, start)) = find(data, &mut table, at, limit) else {
            break;
        };
        if start > anchor {
            length += literals(start - anchor);
        }
        // Three bytes match already; how many more?
        let more = shared(data, found + 3, start + 3, limit + TAIL - 4);
        length += matched(more);
        at = start + more;
        for _ in 0..2 {
            see(data, &mut table, at);
            at += 1;
        }
        anchor = at;
    }
    length + literals(data.len().saturating_sub(anchor))
}

/// The next match at or after `at`: where it was seen and where it is.
fn find(data: &[u8], table: &mut [usize], mut at: usize, limit: usize) -> Option<(usize, usize)> {
    while at < limit {
        meter::work(1);
        let sequence = three(data, at);
        let found = see(data, table, at);
        if at - found <= MAX_DISTANCE && found < at && sequence == three(data, found) {
            // The compressor looks at its limit after it has stepped on.
            return (at + 1 < limit).then_some((found, at));
        }
        at += 1;
    }
    None
}

/// Notes that the sequence at `at` was seen there; where it, or one with its hash, was before.
fn see(data: &[u8], table: &mut [usize], at: usize) -> usize {
    let hash = 2_654_435_769_u32.wrapping_mul(three(data, at)) >> 19;
    let entry = table.get_mut(hash as usize);
    entry.map_or(0, |entry| core::mem::replace(entry, at))
}

fn three(data: &[u8], at: usize) -> u32 {
    match data.get(at..) {
        Some([a, b, c, ..]) => u32::from_le_bytes([*a, *b, *c, 0]),
        _ => 0,
    }
}

/// How many bytes a match has after its first three, by the compressor's own count: the byte that
/// ends it is counted too.
fn shared(data: &[u8], a: usize, b: usize, end: usize) -> usize {
    let most = end.saturating_sub(b);
    let (Some(a), Some(b)) = (data.get(a..), data.get(b..)) else {
        return 0;
    };
    let same = a
        .iter()
        .zip(b)
        .take(most)
        .take_while(|(a, b)| a == b)
        .count();
    meter::work(1 + same);
    (same + 1).min(most)
}

/// Bytes that stand as they are: a header for each run of 32.
const fn literals(count: usize) -> usize {
    let rest = count % 32;
    33 * (count / 32) + if rest == 0 { 0 } else { rest + 1 }
}

/// A match: three bytes for each full 262, then two or three.
const fn matched(more: usize) -> usize {
    let length = more.saturating_sub(1);
    3 * (length / 262) + if length % 262 >= 6 { 3 } else { 2 }
}
