//! Sums of multiples (Pippenger's buckets).

use alloc::{vec, vec::Vec};
use core::ops::{Add, AddAssign};

/// A point that can be added and doubled; what G1 and G2 share here.
pub(super) trait Point:
    Copy + Add<Output = Self> + AddAssign + AddAssign<Self::Affine>
{
    /// The same point with its z coordinate 1.
    type Affine: Copy;
    /// The neutral element.
    const ZERO: fn() -> Self;
    /// Twice the point.
    fn twice(&self) -> Self;
}

impl Point for bls12_381::G1Projective {
    type Affine = bls12_381::G1Affine;
    const ZERO: fn() -> Self = Self::identity;

    fn twice(&self) -> Self {
        self.double()
    }
}

impl Point for bls12_381::G2Projective {
    type Affine = bls12_381::G2Affine;
    const ZERO: fn() -> Self = Self::identity;

    fn twice(&self) -> Self {
        self.double()
    }
}

/// The sum of the points times their big-endian numbers.
pub(super) fn msm<P: Point>(terms: &[(P::Affine, [u8; 32])]) -> P {
    // Wider windows pay once their buckets are shared by enough points.
    let width = match terms.len() {
        0..32 => 4,
        _ => 8,
    };
    let mut sum = (P::ZERO)();
    for window in 0..256 / width {
        for _ in 0..width {
            sum = sum.twice();
        }
        let mut buckets: Vec<P> = vec![(P::ZERO)(); (1 << width) - 1];
        for (point, scalar) in terms {
            let byte = scalar.get(window * width / 8).copied().unwrap_or_default();
            let digit = match (width, window % 2) {
                (8, _) => byte,
                (_, 0) => byte >> 4,
                (_, _) => byte & 15,
            };
            if let Some(bucket) = usize::from(digit)
                .checked_sub(1)
                .and_then(|i| buckets.get_mut(i))
            {
                *bucket += *point;
            }
        }
        // The n-th bucket counts n times: sum the running sums from the top.
        let mut running = (P::ZERO)();
        for bucket in buckets.into_iter().rev() {
            running += bucket;
            sum += running;
        }
    }
    sum
}
