//! What can be wrong with an input.

/// Why an input has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// The input has another length than it must have.
    #[error("{0} bytes are not a valid input length")]
    Length(usize),
    /// A field element that is not below the modulus, or has bytes where padding must be.
    #[error("not a canonical field element")]
    FieldElement,
    /// Coordinates that are not on the curve.
    #[error("not on the curve")]
    NotOnCurve,
    /// A point on the curve but outside the subgroup.
    #[error("not in the subgroup")]
    NotInSubgroup,
    /// A flag that is neither 0 nor 1.
    #[error("final block flag {0} is neither 0 nor 1")]
    FinalFlag(u8),
    /// The commitment does not hash to the versioned hash.
    #[error("commitment does not match its versioned hash")]
    VersionedHash,
    /// The proof does not prove the claim.
    #[error("proof does not hold")]
    Proof,
}
