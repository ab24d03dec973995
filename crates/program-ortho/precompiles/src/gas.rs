//! What a call costs.

use endgame_ortho_primitives::Word;

use crate::{
    ModexpRules, Precompile, PrecompileError, PrecompileRules,
    compute::{padded, padded_word},
    msm_discount,
};

impl PrecompileRules {
    /// The gas that a call with this input costs, if the fork takes the input at all.
    pub fn gas(&self, precompile: Precompile, input: &[u8]) -> Result<u64, PrecompileError> {
        let length = input.len();
        let limit = match precompile {
            Precompile::Bn254Pairing => self.limits.bn254_pairing,
            Precompile::BlsG1Msm => self.limits.bls_g1_msm,
            Precompile::BlsG2Msm => self.limits.bls_g2_msm,
            Precompile::BlsPairing => self.limits.bls_pairing,
            _ => usize::MAX,
        };
        if length > limit {
            return Err(PrecompileError::InputTooLong(length));
        }
        let words = (length as u64).div_ceil(32);
        Ok(match precompile {
            Precompile::EcRecover => 3000,
            Precompile::Sha256 => 60 + 12 * words,
            Precompile::Ripemd160 => 600 + 120 * words,
            Precompile::Identity => 15 + 3 * words,
            Precompile::ModExp => modexp(self.modexp, input)?,
            Precompile::Bn254Add => 150,
            Precompile::Bn254Mul => 6000,
            Precompile::Bn254Pairing => 45_000 + 34_000 * (length as u64 / 192),
            Precompile::Blake2F => u32::from_be_bytes(padded(input)).into(),
            Precompile::PointEvaluation => 50_000,
            Precompile::BlsG1Add => 375,
            Precompile::BlsG1Msm => msm_discount::gas(length / 160, 12_000, &msm_discount::G1),
            Precompile::BlsG2Add => 600,
            Precompile::BlsG2Msm => msm_discount::gas(length / 288, 22_500, &msm_discount::G2),
            Precompile::BlsPairing => 37_700 + 32_600 * (length as u64 / 384),
            Precompile::BlsMapFpToG1 => 5500,
            Precompile::BlsMapFp2ToG2 => 23_800,
            Precompile::P256Verify => self.p256_verify_gas.unwrap_or_default(),
        })
    }
}

/// No block has so much gas, and no machine the time and memory for what it buys.
const MODEXP_LIMIT: u64 = 1 << 40;

/// EIP-2565 and EIP-7883.
fn modexp(rules: ModexpRules, input: &[u8]) -> Result<u64, PrecompileError> {
    let [base, exponent, modulus] = [0, 32, 64].map(|at| padded_word(input, at));
    if rules == ModexpRules::Osaka
        && [base, exponent, modulus]
            .iter()
            .any(|length| *length > Word::from(1024_u64))
    {
        return Err(PrecompileError::InputTooLong(input.len()));
    }
    // Lengths beyond 64 bits cost more gas than there is. Only an exponent that is multiplied by
    // nothing (base and modulus empty) is free of its length.
    let longest = base.max(modulus);
    let head_at = base.checked_add(Word::from(96_u64)).and_then(Word::to_u64);
    let exponent_bytes = exponent.saturating_u64();
    let head = head_at
        .and_then(|at| usize::try_from(at).ok())
        .map_or(Word::ZERO, |at| {
            let head = padded_word(input, at);
            let used = exponent_bytes.min(32) as u32;
            head.shift_right(Word::from(u64::from(256 - 8 * used)))
        });
    let (per_byte, least) = match rules {
        ModexpRules::Berlin => (8, 200),
        ModexpRules::Osaka => (16, 500),
    };
    let tail = u128::from(exponent_bytes.saturating_sub(32)) * per_byte;
    let iterations = (tail + u128::from(head.bits().saturating_sub(1))).max(1);
    let words = u128::from(longest.saturating_u64().div_ceil(8));
    let squared = words.saturating_mul(words);
    let cost = match rules {
        ModexpRules::Berlin => squared.saturating_mul(iterations) / 3,
        ModexpRules::Osaka if words <= 4 => iterations.saturating_mul(16),
        ModexpRules::Osaka => squared.saturating_mul(2).saturating_mul(iterations),
    };
    match u64::try_from(cost) {
        Ok(cost) if cost <= MODEXP_LIMIT => Ok(cost.max(least)),
        _ => Err(PrecompileError::OutOfGas),
    }
}
