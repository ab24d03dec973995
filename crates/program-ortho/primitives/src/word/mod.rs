//! The EVM's word: an unsigned 256-bit number that wraps.

mod division;
mod inverse;

use core::{cmp::Ordering, fmt};

/// An unsigned 256-bit number as four 64-bit limbs, the lowest first.
///
/// Arithmetic wraps at 2^256, as the EVM's does (yellow paper, appendix H).
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Word([u64; 4]);

impl Word {
    /// 0.
    pub const ZERO: Self = Self([0; 4]);
    /// 1.
    pub const ONE: Self = Self([1, 0, 0, 0]);
    /// 2^256 - 1.
    pub const MAX: Self = Self([u64::MAX; 4]);

    /// A word from limbs, the lowest first.
    #[inline]
    pub const fn from_limbs(limbs: [u64; 4]) -> Self {
        Self(limbs)
    }

    /// The limbs, the lowest first.
    #[inline]
    pub const fn limbs(self) -> [u64; 4] {
        self.0
    }

    /// From 32 big-endian bytes.
    #[inline]
    pub const fn from_be_bytes(bytes: [u8; 32]) -> Self {
        let ([a, b, c, d], _) = bytes.as_chunks::<8>() else {
            return Self::ZERO;
        };
        Self([
            u64::from_be_bytes(*d),
            u64::from_be_bytes(*c),
            u64::from_be_bytes(*b),
            u64::from_be_bytes(*a),
        ])
    }

    /// From at most 32 big-endian bytes; of a longer slice the last 32 count.
    pub fn from_be_slice(slice: &[u8]) -> Self {
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().rev().zip(slice.iter().rev()) {
            *to = *from;
        }
        Self::from_be_bytes(bytes)
    }

    /// As 32 big-endian bytes.
    #[inline]
    pub const fn to_be_bytes(self) -> [u8; 32] {
        let [d, c, b, a] = self.0;
        let mut bytes = [0; 32];
        let (chunks, _) = bytes.as_chunks_mut::<8>();
        if let [w, x, y, z] = chunks {
            *w = a.to_be_bytes();
            *x = b.to_be_bytes();
            *y = c.to_be_bytes();
            *z = d.to_be_bytes();
        }
        bytes
    }

    /// Whether it is 0.
    #[inline]
    pub const fn is_zero(self) -> bool {
        let [a, b, c, d] = self.0;
        a | b | c | d == 0
    }

    /// The value, if it fits 64 bits.
    #[inline]
    pub const fn to_u64(self) -> Option<u64> {
        match self.0 {
            [low, 0, 0, 0] => Some(low),
            _ => None,
        }
    }

    /// The value, or `u64::MAX` if it does not fit: enough where any such number is too large.
    #[inline]
    pub const fn saturating_u64(self) -> u64 {
        match self.0 {
            [low, 0, 0, 0] => low,
            _ => u64::MAX,
        }
    }

    /// The value, if it fits 128 bits.
    #[inline]
    pub const fn to_u128(self) -> Option<u128> {
        match self.0 {
            [low, high, 0, 0] => Some(low as u128 | (high as u128) << 64),
            _ => None,
        }
    }

    /// The lowest limb.
    #[inline]
    pub const fn low_u64(self) -> u64 {
        self.0[0]
    }

    /// Sum, and whether it wrapped.
    #[inline]
    pub const fn overflowing_add(self, other: Self) -> (Self, bool) {
        let [a0, a1, a2, a3] = self.0;
        let [b0, b1, b2, b3] = other.0;
        let (s0, c) = a0.overflowing_add(b0);
        let (s1, c) = add_carry(a1, b1, c);
        let (s2, c) = add_carry(a2, b2, c);
        let (s3, c) = add_carry(a3, b3, c);
        (Self([s0, s1, s2, s3]), c)
    }

    /// Difference, and whether it wrapped.
    #[inline]
    pub const fn overflowing_sub(self, other: Self) -> (Self, bool) {
        let [a0, a1, a2, a3] = self.0;
        let [b0, b1, b2, b3] = other.0;
        let (d0, c) = a0.overflowing_sub(b0);
        let (d1, c) = sub_borrow(a1, b1, c);
        let (d2, c) = sub_borrow(a2, b2, c);
        let (d3, c) = sub_borrow(a3, b3, c);
        (Self([d0, d1, d2, d3]), c)
    }

    /// Sum modulo 2^256.
    #[inline]
    pub const fn wrapping_add(self, other: Self) -> Self {
        self.overflowing_add(other).0
    }

    /// Difference modulo 2^256.
    #[inline]
    pub const fn wrapping_sub(self, other: Self) -> Self {
        self.overflowing_sub(other).0
    }

    /// Sum, if it fits.
    #[inline]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.overflowing_add(other) {
            (sum, false) => Some(sum),
            _ => None,
        }
    }

    /// Difference, if it is not negative.
    #[inline]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.overflowing_sub(other) {
            (difference, false) => Some(difference),
            _ => None,
        }
    }

    /// Product, if it fits.
    #[inline]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let [a, b, c, d, e, f, g, h] = self.full_mul(other);
        (e | f | g | h == 0).then_some(Self([a, b, c, d]))
    }

    /// Product modulo 2^256.
    #[inline]
    pub const fn wrapping_mul(self, other: Self) -> Self {
        let [a0, a1, a2, a3] = self.0;
        let [b0, b1, b2, b3] = other.0;
        let (r0, k) = mul_add(a0, b0, 0, 0);
        let (r1, k) = mul_add(a0, b1, k, 0);
        let (r2, k) = mul_add(a0, b2, k, 0);
        let r3 = a0.wrapping_mul(b3).wrapping_add(k);
        let (r1, k) = mul_add(a1, b0, r1, 0);
        let (r2, k) = mul_add(a1, b1, r2, k);
        let r3 = r3.wrapping_add(a1.wrapping_mul(b2)).wrapping_add(k);
        let (r2, k) = mul_add(a2, b0, r2, 0);
        let r3 = r3.wrapping_add(a2.wrapping_mul(b1)).wrapping_add(k);
        let r3 = r3.wrapping_add(a3.wrapping_mul(b0));
        Self([r0, r1, r2, r3])
    }

    /// The whole product, the lowest limb first.
    #[expect(clippy::indexing_slicing, reason = "i and j are below 4")]
    const fn full_mul(self, other: Self) -> [u64; 8] {
        let mut product = [0u64; 8];
        let mut i = 0;
        while i < 4 {
            let mut carry = 0;
            let mut j = 0;
            while j < 4 {
                (product[i + j], carry) = mul_add(self.0[i], other.0[j], product[i + j], carry);
                j += 1;
            }
            product[i + 4] = carry;
            i += 1;
        }
        product
    }

    /// `self + other` modulo `modulus`; 0 if that is 0.
    pub fn add_mod(&self, other: &Self, modulus: &Self) -> Self {
        let (a, b) = (self.rem_or_zero(modulus), other.rem_or_zero(modulus));
        let (sum, carry) = a.overflowing_add(b);
        let (reduced, borrow) = sum.overflowing_sub(*modulus);
        if borrow && !carry { sum } else { reduced }
    }

    /// `self * other` modulo `modulus`; 0 if that is 0.
    pub fn mul_mod(&self, other: &Self, modulus: &Self) -> Self {
        let product = self.full_mul(*other);
        Self(division::wide_remainder(&product, &modulus.0))
    }

    /// Quotient; 0 for a zero divisor, as the EVM has it.
    #[inline]
    pub fn div_or_zero(&self, divisor: &Self) -> Self {
        match (self.to_u64(), divisor.to_u64()) {
            (Some(a), Some(b)) => a.checked_div(b).unwrap_or_default().into(),
            _ => Self(division::quotient(&self.0, &divisor.0)),
        }
    }

    /// Remainder; 0 for a zero divisor, as the EVM has it.
    #[inline]
    pub fn rem_or_zero(&self, divisor: &Self) -> Self {
        match (self.to_u64(), divisor.to_u64()) {
            (Some(a), Some(b)) => a.checked_rem(b).unwrap_or_default().into(),
            _ => Self(division::remainder(&self.0, &divisor.0)),
        }
    }

    /// Whether the two's complement reading is negative.
    #[inline]
    pub const fn is_negative(self) -> bool {
        self.0[3] >> 63 == 1
    }

    /// 0 - self.
    #[inline]
    pub const fn wrapping_neg(self) -> Self {
        Self::ZERO.wrapping_sub(self)
    }

    const fn abs(self) -> Self {
        if self.is_negative() {
            self.wrapping_neg()
        } else {
            self
        }
    }

    /// Two's complement quotient, rounded towards zero.
    pub fn sdiv(&self, divisor: &Self) -> Self {
        let quotient = self.abs().div_or_zero(&divisor.abs());
        if self.is_negative() == divisor.is_negative() {
            quotient
        } else {
            quotient.wrapping_neg()
        }
    }

    /// Two's complement remainder, with the dividend's sign.
    pub fn smod(&self, divisor: &Self) -> Self {
        let remainder = self.abs().rem_or_zero(&divisor.abs());
        if self.is_negative() {
            remainder.wrapping_neg()
        } else {
            remainder
        }
    }

    /// `self` to the power of `exponent`, modulo 2^256.
    pub fn pow(self, exponent: Self) -> Self {
        let mut result = Self::ONE;
        for bit in (0..exponent.bits()).rev() {
            result = result.wrapping_mul(result);
            if exponent.bit(bit) {
                result = result.wrapping_mul(self);
            }
        }
        result
    }

    /// Extends the sign of the number in the low `byte + 1` bytes.
    pub fn sign_extend(self, byte: Self) -> Self {
        let Some(byte @ 0..31) = byte.to_u64() else {
            return self;
        };
        let shift = 8 * (31 - byte as u32);
        self.shl_bits(shift).sar_bits(shift)
    }

    /// The `index`-th byte, counted from the highest; 0 past the end.
    pub fn byte(self, index: Self) -> Self {
        let byte = index
            .to_u64()
            .and_then(|i| self.to_be_bytes().get(i as usize).copied());
        Self::from(u64::from(byte.unwrap_or_default()))
    }

    /// `self << shift`.
    #[inline]
    pub fn shift_left(self, shift: Self) -> Self {
        match shift.to_u64() {
            Some(bits @ 0..256) => self.shl_bits(bits as u32),
            _ => Self::ZERO,
        }
    }

    /// `self >> shift`, filled with zeros.
    #[inline]
    pub fn shift_right(self, shift: Self) -> Self {
        match shift.to_u64() {
            Some(bits @ 0..256) => self.shr_bits(bits as u32),
            _ => Self::ZERO,
        }
    }

    /// `self >> shift`, filled with the sign.
    #[inline]
    pub fn shift_right_signed(self, shift: Self) -> Self {
        match shift.to_u64() {
            Some(bits @ 0..256) => self.sar_bits(bits as u32),
            _ if self.is_negative() => Self::MAX,
            _ => Self::ZERO,
        }
    }

    /// Shifts left by fewer than 256 bits.
    #[inline]
    const fn shl_bits(self, bits: u32) -> Self {
        let [a, b, c, d] = self.0;
        let [a, b, c, d] = match bits / 64 {
            0 => [a, b, c, d],
            1 => [0, a, b, c],
            2 => [0, 0, a, b],
            _ => [0, 0, 0, a],
        };
        let bits = bits % 64;
        // In two steps, so that 0 bits shift the other limb's out entirely.
        let under = 63 - bits;
        Self([
            a << bits,
            b << bits | a >> 1 >> under,
            c << bits | b >> 1 >> under,
            d << bits | c >> 1 >> under,
        ])
    }

    /// Shifts right by fewer than 256 bits.
    #[inline]
    const fn shr_bits(self, bits: u32) -> Self {
        let [a, b, c, d] = self.0;
        let [a, b, c, d] = match bits / 64 {
            0 => [a, b, c, d],
            1 => [b, c, d, 0],
            2 => [c, d, 0, 0],
            _ => [d, 0, 0, 0],
        };
        let bits = bits % 64;
        let over = 63 - bits;
        Self([
            a >> bits | b << 1 << over,
            b >> bits | c << 1 << over,
            c >> bits | d << 1 << over,
            d >> bits,
        ])
    }

    /// Shifts right by fewer than 256 bits, filled with the sign.
    fn sar_bits(self, bits: u32) -> Self {
        let shifted = self.shr_bits(bits);
        if self.is_negative() && bits > 0 {
            shifted | Self::MAX.shl_bits(256 - bits)
        } else {
            shifted
        }
    }

    /// How many bits the number needs; 0 for 0.
    #[inline]
    pub const fn bits(self) -> u32 {
        match self.0 {
            [a, 0, 0, 0] => 64 - a.leading_zeros(),
            [_, b, 0, 0] => 128 - b.leading_zeros(),
            [_, _, c, 0] => 192 - c.leading_zeros(),
            [_, _, _, d] => 256 - d.leading_zeros(),
        }
    }

    /// How many zero bits stand before the first one (256 for 0): EIP-7939.
    pub const fn leading_zeros(self) -> u32 {
        256 - self.bits()
    }

    /// How many bytes the number needs; 0 for 0.
    #[inline]
    pub const fn byte_len(self) -> u32 {
        self.bits().div_ceil(8)
    }

    /// Whether bit `index` is set, counted from the lowest; false past the end.
    pub fn bit(self, index: u32) -> bool {
        self.0
            .get(index as usize / 64)
            .is_some_and(|limb| limb >> (index % 64) & 1 == 1)
    }

    /// Compares the two's complement readings.
    #[inline]
    pub fn signed_cmp(self, other: Self) -> Ordering {
        match (self.is_negative(), other.is_negative()) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            _ => self.cmp(&other),
        }
    }
}

#[inline]
const fn add_carry(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, c1) = a.overflowing_add(b);
    let (sum, c2) = sum.overflowing_add(carry as u64);
    (sum, c1 | c2)
}

#[inline]
const fn sub_borrow(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (difference, c1) = a.overflowing_sub(b);
    let (difference, c2) = difference.overflowing_sub(borrow as u64);
    (difference, c1 | c2)
}

/// `a * b + c + d` as (low, high): it cannot overflow 128 bits.
#[inline]
const fn mul_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let wide = a as u128 * b as u128 + c as u128 + d as u128;
    (wide as u64, (wide >> 64) as u64)
}

impl From<u64> for Word {
    #[inline]
    fn from(value: u64) -> Self {
        Self([value, 0, 0, 0])
    }
}

impl From<u128> for Word {
    fn from(value: u128) -> Self {
        Self([value as u64, (value >> 64) as u64, 0, 0])
    }
}

impl From<bool> for Word {
    #[inline]
    fn from(value: bool) -> Self {
        Self([value as u64, 0, 0, 0])
    }
}

macro_rules! bitwise {
    ($trait:ident, $method:ident, $op:tt) => {
        impl core::ops::$trait for Word {
            type Output = Self;

            #[inline]
            fn $method(self, other: Self) -> Self {
                let [a0, a1, a2, a3] = self.0;
                let [b0, b1, b2, b3] = other.0;
                Self([a0 $op b0, a1 $op b1, a2 $op b2, a3 $op b3])
            }
        }
    };
}

bitwise!(BitAnd, bitand, &);
bitwise!(BitOr, bitor, |);
bitwise!(BitXor, bitxor, ^);

impl core::ops::Not for Word {
    type Output = Self;

    #[inline]
    fn not(self) -> Self {
        self ^ Self::MAX
    }
}

impl Ord for Word {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.iter().rev().cmp(other.0.iter().rev())
    }
}

impl PartialOrd for Word {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }

    /// A subtraction that borrows: no branch on each limb.
    #[inline]
    fn lt(&self, other: &Self) -> bool {
        self.overflowing_sub(*other).1
    }

    #[inline]
    fn gt(&self, other: &Self) -> bool {
        other.overflowing_sub(*self).1
    }
}

impl fmt::LowerHex for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0;
        if let Some(low) = self.to_u128() {
            return write!(f, "0x{low:x}");
        }
        let (high, low) = (
            d as u128 * (1 << 64) + c as u128,
            b as u128 * (1 << 64) + a as u128,
        );
        write!(f, "0x{high:x}{low:032x}")
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::LowerHex::fmt(self, f)
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::LowerHex::fmt(self, f)
    }
}
