//! Which precompiles a fork has, and its numbers.

use endgame_ortho_primitives::Address;

/// A precompiled contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u16)]
pub enum Precompile {
    /// Recovers a signer.
    EcRecover = 0x01,
    /// SHA-256.
    Sha256 = 0x02,
    /// RIPEMD-160.
    Ripemd160 = 0x03,
    /// Gives its input back.
    Identity = 0x04,
    /// Modular exponentiation (EIP-198).
    ModExp = 0x05,
    /// alt_bn128 addition (EIP-196).
    Bn254Add = 0x06,
    /// alt_bn128 multiplication (EIP-196).
    Bn254Mul = 0x07,
    /// alt_bn128 pairing check (EIP-197).
    Bn254Pairing = 0x08,
    /// BLAKE2b's compression (EIP-152).
    Blake2F = 0x09,
    /// KZG point evaluation (EIP-4844).
    PointEvaluation = 0x0a,
    /// BLS12-381 G1 addition (EIP-2537).
    BlsG1Add = 0x0b,
    /// BLS12-381 G1 multi-scalar multiplication.
    BlsG1Msm = 0x0c,
    /// BLS12-381 G2 addition.
    BlsG2Add = 0x0d,
    /// BLS12-381 G2 multi-scalar multiplication.
    BlsG2Msm = 0x0e,
    /// BLS12-381 pairing check.
    BlsPairing = 0x0f,
    /// BLS12-381 field element to G1.
    BlsMapFpToG1 = 0x10,
    /// BLS12-381 extension field element to G2.
    BlsMapFp2ToG2 = 0x11,
    /// secp256r1 signature check (RIP-7212, EIP-7951).
    P256Verify = 0x100,
}

/// In the order of their addresses.
const ALL: [Precompile; 18] = [
    Precompile::EcRecover,
    Precompile::Sha256,
    Precompile::Ripemd160,
    Precompile::Identity,
    Precompile::ModExp,
    Precompile::Bn254Add,
    Precompile::Bn254Mul,
    Precompile::Bn254Pairing,
    Precompile::Blake2F,
    Precompile::PointEvaluation,
    Precompile::BlsG1Add,
    Precompile::BlsG1Msm,
    Precompile::BlsG2Add,
    Precompile::BlsG2Msm,
    Precompile::BlsPairing,
    Precompile::BlsMapFpToG1,
    Precompile::BlsMapFp2ToG2,
    Precompile::P256Verify,
];

impl Precompile {
    /// Where it stands.
    pub const fn address(self) -> Address {
        let [high, low] = (self as u16).to_be_bytes();
        let mut bytes = [0; 20];
        bytes[18] = high;
        bytes[19] = low;
        Address(bytes)
    }
}

/// How modular exponentiation is priced and bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModexpRules {
    /// EIP-2565.
    Berlin,
    /// EIP-7883, and EIP-7823's bound of 1024 bytes.
    Osaka,
}

/// The longest inputs that a fork of the OP Stack takes, so that each call fits in a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputLimits {
    /// alt_bn128 pairing.
    pub bn254_pairing: usize,
    /// BLS12-381 G1 multi-scalar multiplication.
    pub bls_g1_msm: usize,
    /// BLS12-381 G2 multi-scalar multiplication.
    pub bls_g2_msm: usize,
    /// BLS12-381 pairing.
    pub bls_pairing: usize,
}

impl InputLimits {
    /// No limit: L1.
    pub const NONE: Self = Self {
        bn254_pairing: usize::MAX,
        bls_g1_msm: usize::MAX,
        bls_g2_msm: usize::MAX,
        bls_pairing: usize::MAX,
    };
}

/// A fork's precompiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrecompileRules {
    /// Modular exponentiation.
    pub modexp: ModexpRules,
    /// Whether point evaluation exists.
    pub point_evaluation: bool,
    /// Whether the BLS12-381 ones exist.
    pub bls12_381: bool,
    /// The price of checking a secp256r1 signature, where that exists.
    pub p256_verify_gas: Option<u64>,
    /// The longest inputs.
    pub limits: InputLimits,
}

impl PrecompileRules {
    /// From Berlin to Shanghai; OP Bedrock to Delta.
    pub const BERLIN: Self = Self {
        modexp: ModexpRules::Berlin,
        point_evaluation: false,
        bls12_381: false,
        p256_verify_gas: None,
        limits: InputLimits::NONE,
    };
    /// Cancun; OP Ecotone.
    pub const CANCUN: Self = Self {
        point_evaluation: true,
        ..Self::BERLIN
    };
    /// Prague.
    pub const PRAGUE: Self = Self {
        bls12_381: true,
        ..Self::CANCUN
    };
    /// Osaka.
    pub const OSAKA: Self = Self {
        modexp: ModexpRules::Osaka,
        p256_verify_gas: Some(6900),
        ..Self::PRAGUE
    };
    /// OP specs `protocol/fjord/exec-engine.md`, "secp256r1 Precompile".
    pub const OP_FJORD: Self = Self {
        p256_verify_gas: Some(3450),
        ..Self::CANCUN
    };
    /// OP specs `protocol/granite/exec-engine.md`, "bn256Pairing precompile input restriction".
    pub const OP_GRANITE: Self = Self {
        limits: InputLimits {
            bn254_pairing: 112_687,
            ..InputLimits::NONE
        },
        ..Self::OP_FJORD
    };
    /// OP specs `protocol/isthmus/exec-engine.md`, "BLS Precompiles".
    pub const OP_ISTHMUS: Self = Self {
        bls12_381: true,
        limits: InputLimits {
            bls_g1_msm: 513_760,
            bls_g2_msm: 488_448,
            bls_pairing: 235_008,
            ..Self::OP_GRANITE.limits
        },
        ..Self::OP_GRANITE
    };
    /// OP specs `protocol/jovian/exec-engine.md`, "Precompile Input Size Restrictions".
    pub const OP_JOVIAN: Self = Self {
        limits: InputLimits {
            bn254_pairing: 81_984,
            bls_g1_msm: 288_960,
            bls_g2_msm: 278_784,
            bls_pairing: 156_672,
        },
        ..Self::OP_ISTHMUS
    };

    /// Whether the fork has it.
    pub const fn has(&self, precompile: Precompile) -> bool {
        match precompile as u16 {
            0x01..=0x09 => true,
            0x0a => self.point_evaluation,
            0x0b..=0x11 => self.bls12_381,
            _ => self.p256_verify_gas.is_some(),
        }
    }

    /// What stands at `address`, if anything.
    #[inline]
    pub fn at(&self, address: &Address) -> Option<Precompile> {
        let (zeros, number) = address.0.split_last_chunk::<2>()?;
        if zeros.iter().any(|byte| *byte != 0) {
            return None;
        }
        let number = u16::from_be_bytes(*number);
        let index = if number == 0x100 {
            ALL.len()
        } else {
            usize::from(number)
        };
        let precompile = *ALL.get(index.checked_sub(1)?)?;
        (precompile as u16 == number && self.has(precompile)).then_some(precompile)
    }

    /// All that the fork has: the addresses that are warm from the start (EIP-2929).
    pub fn all(&self) -> impl Iterator<Item = Precompile> {
        ALL.into_iter().filter(|precompile| self.has(*precompile))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stands_at_its_address_and_nothing_beside() {
        for number in 0..=0xffff_u16 {
            let mut address = Address::ZERO;
            address.0[18..].copy_from_slice(&number.to_be_bytes());
            let found = PrecompileRules::OSAKA.at(&address);
            let expected = matches!(number, 0x01..=0x11 | 0x100);
            assert_eq!(found.is_some(), expected, "{number:#x}");
            assert!(found.is_none_or(|precompile| precompile.address() == address));
        }
        let p256 = Precompile::P256Verify.address();
        assert_eq!(PrecompileRules::PRAGUE.at(&p256), None);
        assert_eq!(
            PrecompileRules::OP_FJORD.at(&p256),
            Some(Precompile::P256Verify)
        );
        assert_eq!(PrecompileRules::BERLIN.all().count(), 9);
    }
}
