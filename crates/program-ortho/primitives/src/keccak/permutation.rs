//! Keccak-f[1600]: 24 rounds ("The Keccak reference", version 3.0).
//!
//! Written for processors that have no instruction for `!a & b`: six lanes are kept inverted, which
//! turns most of a round's 25 inversions into a choice between `&` and `|` ("Keccak implementation
//! overview", "lane complementing"). And each round sums the columns that the next one needs.
#![expect(
    clippy::inline_always,
    reason = "lanes stay in registers only within one function"
)]

/// Lane `x` of plane `y` stands at `5 * y + x`.
pub(super) type State = [u64; 25];

/// A lane of each column.
type Plane = [u64; 5];

/// The lanes that are inverted between rounds.
const INVERTED: [usize; 6] = [1, 2, 8, 12, 17, 20];

/// How far each lane turns (step rho).
const TURNS: [u32; 25] = [
    0, 1, 62, 28, 27, // plane 0
    36, 44, 6, 55, 20, // 1
    3, 10, 43, 25, 39, // 2
    41, 45, 15, 21, 8, // 3
    18, 2, 61, 56, 14, // 4
];

/// What is added to the first lane (step iota), for two rounds at a time.
const CONSTANTS: [[u64; 2]; 12] = [
    [0x0000_0000_0000_0001, 0x0000_0000_0000_8082],
    [0x8000_0000_0000_808a, 0x8000_0000_8000_8000],
    [0x0000_0000_0000_808b, 0x0000_0000_8000_0001],
    [0x8000_0000_8000_8081, 0x8000_0000_0000_8009],
    [0x0000_0000_0000_008a, 0x0000_0000_0000_0088],
    [0x0000_0000_8000_8009, 0x0000_0000_8000_000a],
    [0x0000_0000_8000_808b, 0x8000_0000_0000_008b],
    [0x8000_0000_0000_8089, 0x8000_0000_0000_8003],
    [0x8000_0000_0000_8002, 0x8000_0000_0000_0080],
    [0x0000_0000_0000_800a, 0x8000_0000_8000_000a],
    [0x8000_0000_8000_8081, 0x8000_0000_0000_8080],
    [0x0000_0000_8000_0001, 0x8000_0000_8000_8008],
];

/// The permutation.
pub(super) fn permute(state: &mut State) {
    invert(state);
    let mut other = [0; 25];
    let mut sums = [0; 5];
    let (planes, _) = state.as_chunks::<5>();
    for plane in planes {
        add(&mut sums, plane);
    }
    for [first, second] in CONSTANTS {
        round(state, &mut other, &mut sums, first);
        round(&other, state, &mut sums, second);
    }
    invert(state);
}

fn invert(state: &mut State) {
    for at in INVERTED {
        if let Some(lane) = state.get_mut(at) {
            *lane = !*lane;
        }
    }
}

/// Adds a plane to the columns' sums.
#[inline(always)]
fn add(sums: &mut Plane, plane: &Plane) {
    sums.iter_mut()
        .zip(plane)
        .for_each(|(sum, lane)| *sum ^= lane);
}

/// One round. `sums` are the columns', before it and then after it.
#[inline(always)]
fn round(from: &State, to: &mut State, sums: &mut Plane, constant: u64) {
    let [s0, s1, s2, s3, s4] = *sums;
    let sides = [
        s4 ^ s1.rotate_left(1),
        s0 ^ s2.rotate_left(1),
        s1 ^ s3.rotate_left(1),
        s2 ^ s4.rotate_left(1),
        s3 ^ s0.rotate_left(1),
    ];
    let (planes, _) = to.as_chunks_mut::<5>();
    let [p0, p1, p2, p3, p4] = planes else {
        return;
    };
    // Step chi by planes. Which operator stands where follows from what is inverted.
    let [a, b, c, d, e] = moved::<0>(from, &sides);
    *p0 = [
        a ^ (b | c) ^ constant,
        b ^ (!c | d),
        c ^ (d & e),
        d ^ (e | a),
        e ^ (a & b),
    ];
    *sums = *p0;
    let [a, b, c, d, e] = moved::<1>(from, &sides);
    *p1 = [
        a ^ (b | c),
        b ^ (c & d),
        c ^ (d | !e),
        d ^ (e | a),
        e ^ (a & b),
    ];
    add(sums, p1);
    let [a, b, c, d, e] = moved::<2>(from, &sides);
    *p2 = [
        a ^ (b | c),
        b ^ (c & d),
        c ^ (!d & e),
        !d ^ (e | a),
        e ^ (a & b),
    ];
    add(sums, p2);
    let [a, b, c, d, e] = moved::<3>(from, &sides);
    *p3 = [
        a ^ (b & c),
        b ^ (c | d),
        c ^ (!d | e),
        !d ^ (e & a),
        e ^ (a | b),
    ];
    add(sums, p3);
    let [a, b, c, d, e] = moved::<4>(from, &sides);
    *p4 = [
        a ^ (!b & c),
        !b ^ (c | d),
        c ^ (d & e),
        d ^ (e | a),
        e ^ (a & b),
    ];
    add(sums, p4);
}

/// Steps theta, rho and pi: what plane `Y` is made of.
#[inline(always)]
#[expect(
    clippy::indexing_slicing,
    reason = "indices are constants: no check is left in the code"
)]
fn moved<const Y: usize>(from: &State, sides: &Plane) -> Plane {
    core::array::from_fn(|x| {
        let column = (x + 3 * Y) % 5;
        let at = 5 * x + column;
        (from[at] ^ sides[column]).rotate_left(TURNS[at])
    })
}
