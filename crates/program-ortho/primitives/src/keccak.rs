//! keccak-256 (Keccak's padding, not that of FIPS 202's SHA-3).

mod permutation;

use crate::{Hash, meter};
use permutation::{State, permute};

/// Bytes that one permutation takes in.
const RATE: usize = 136;

/// keccak-256 of `data`.
pub fn keccak256(data: &[u8]) -> Hash {
    meter::work((data.len() / RATE + 1) * RATE);
    let mut state = [0; 25];
    let (blocks, rest) = data.as_chunks::<RATE>();
    for block in blocks {
        absorb(&mut state, block);
    }
    let mut last = [0; RATE];
    for (to, from) in last.iter_mut().zip(rest.iter().chain([&0x01])) {
        *to = *from;
    }
    if let Some(end) = last.last_mut() {
        *end |= 0x80;
    }
    absorb(&mut state, &last);
    let mut hash = Hash::ZERO;
    let (lanes, _) = hash.0.as_chunks_mut::<8>();
    for (to, lane) in lanes.iter_mut().zip(state) {
        *to = lane.to_le_bytes();
    }
    hash
}

fn absorb(state: &mut State, block: &[u8; RATE]) {
    let (lanes, _) = block.as_chunks::<8>();
    for (lane, bytes) in state.iter_mut().zip(lanes) {
        *lane ^= u64::from_le_bytes(*bytes);
    }
    permute(state);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_of_nothing_is_the_known_constant() {
        assert_eq!(keccak256(&[]), Hash::KECCAK_EMPTY);
    }

    #[test]
    fn every_length_up_to_three_blocks_hashes_as_the_peer_has_it() {
        let data: [u8; 3 * RATE + 1] = core::array::from_fn(|i| (i * 167 + 13) as u8);
        for length in 0..=data.len() {
            let data = &data[..length];
            let expected = alloy_primitives::keccak256(data);
            assert_eq!(keccak256(data).0, expected.0, "{length} bytes");
        }
    }
}
