//! Repeatable random values, those at the borders more often than chance would have them.

/// A SplitMix64 generator: the same seed gives the same test on every machine.
#[derive(Clone, Debug)]
pub struct Dice(u64);

/// Values at which arithmetic changes its behaviour.
const BORDERS: [u64; 16] = [
    0,
    1,
    2,
    4,
    0x1f,
    0x3f,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    0xffff_ffff_8000_0000,
    i64::MAX as u64,
    i64::MIN as u64,
    u64::MAX,
    u64::MAX - 1,
    u64::MAX << 32,
];

impl Dice {
    /// A generator with this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number below `bound`, which is not zero.
    pub const fn below(&mut self, bound: u64) -> u64 {
        self.roll() % bound
    }

    /// True once in `n` times.
    pub const fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, from: &[T], otherwise: T) -> T {
        let at = self.below(from.len().max(1) as u64) as usize;
        from.get(at).copied().unwrap_or(otherwise)
    }

    /// A value for a register: at a border, small, or anything.
    pub fn value(&mut self) -> u64 {
        match self.below(4) {
            0 => self.pick(&BORDERS, 0),
            1 => self.below(256),
            2 => self.roll() as i32 as u64,
            _ => self.roll(),
        }
    }
}
