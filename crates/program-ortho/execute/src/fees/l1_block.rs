//! The fee parameters that the L1 attributes transaction leaves in L1Block's storage.

use endgame_ortho_evm::{Database, ExtraFees, State, Vaults};
use endgame_ortho_primitives::{Address, Word};

use super::{da_footprint, estimated_size_scaled};
use crate::{Fork, seal::predeploy};

/// Where the parameters stand.
pub const L1_BLOCK: Address = predeploy(0x15);

/// The fee parameters of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct L1Fees {
    /// Wei a gas on L1.
    pub base_fee: Word,
    /// Bedrock: gas for each transaction.
    pub overhead: Word,
    /// Bedrock: millionths.
    pub scalar: Word,
    /// Ecotone: millionths of the base fee.
    pub base_fee_scalar: u32,
    /// Ecotone: millionths of the blob base fee.
    pub blob_base_fee_scalar: u32,
    /// Ecotone: wei a blob gas on L1.
    pub blob_base_fee: Word,
    /// Isthmus: millionths of a wei a gas; Jovian: hundreds of wei a gas.
    pub operator_fee_scalar: u32,
    /// Isthmus: wei a transaction.
    pub operator_fee_constant: u64,
    /// Jovian: gas a byte.
    pub da_footprint_scalar: u16,
}

impl L1Fees {
    /// Reads L1Block's storage as it stands.
    pub fn read<D: Database>(state: &mut State<D>, fork: Fork) -> Result<Self, D::Error> {
        let mut slot = |number: u64| state.storage(L1_BLOCK, Word::from(number));
        let mut fees = Self {
            base_fee: slot(1)?,
            ..Self::default()
        };
        if fork >= Fork::Ecotone {
            let packed = slot(3)?.to_be_bytes();
            let (_, scalars) = packed.split_at(16);
            fees.base_fee_scalar = number(scalars, 0, 4) as u32;
            fees.blob_base_fee_scalar = number(scalars, 4, 4) as u32;
            fees.blob_base_fee = slot(7)?;
        }
        if !fees.is_ecotones() {
            fees.overhead = slot(5)?;
            fees.scalar = slot(6)?;
        }
        if fork >= Fork::Isthmus {
            let packed = slot(8)?.to_be_bytes();
            fees.operator_fee_scalar = number(&packed, 20, 4) as u32;
            fees.operator_fee_constant = number(&packed, 24, 8);
            if fork >= Fork::Jovian {
                fees.da_footprint_scalar = number(&packed, 18, 2) as u16;
            }
        }
        Ok(fees)
    }

    /// Whether Ecotone's parameters were set. They are not in Ecotone's first block, whose L1
    /// attributes transaction is still Bedrock's (`protocol/ecotone/l1-attributes.md`).
    fn is_ecotones(&self) -> bool {
        self.base_fee_scalar != 0 || self.blob_base_fee_scalar != 0 || !self.blob_base_fee.is_zero()
    }

    /// The L1 data fee of a transaction.
    pub fn l1_fee(&self, transaction: &[u8], fork: Fork) -> Word {
        if fork < Fork::Ecotone || !self.is_ecotones() {
            let gas = plus(data_gas(transaction, fork).into(), self.overhead);
            let product = times(times(gas, self.base_fee), self.scalar);
            return product.div_or_zero(&Word::from(1_000_000_u64));
        }
        let base = times(self.base_fee, u64::from(self.base_fee_scalar).into());
        let blob = times(
            self.blob_base_fee,
            u64::from(self.blob_base_fee_scalar).into(),
        );
        let price = plus(times(base, Word::from(16_u64)), blob);
        if fork < Fork::Fjord {
            let gas = Word::from(data_gas(transaction, fork));
            return times(gas, price).div_or_zero(&Word::from(16_000_000_u64));
        }
        let size = Word::from(estimated_size_scaled(transaction));
        times(size, price).div_or_zero(&Word::from(1_000_000_000_000_u64))
    }

    /// Everything that a transaction pays beside gas.
    pub fn extra(&self, transaction: &[u8], fork: Fork) -> ExtraFees {
        let scalar = u64::from(self.operator_fee_scalar);
        let (scalar, divisor) = if fork >= Fork::Jovian {
            (scalar * 100, 1)
        } else {
            (scalar, 1_000_000)
        };
        ExtraFees {
            l1_fee: self.l1_fee(transaction, fork),
            operator_fee_scalar: scalar.into(),
            operator_fee_divisor: divisor,
            operator_fee_constant: self.operator_fee_constant.into(),
            vaults: Some(Vaults {
                base_fee: predeploy(0x19),
                l1_fee: predeploy(0x1a),
                operator_fee: (fork >= Fork::Isthmus).then_some(predeploy(0x1b)),
            }),
        }
    }

    /// What a transaction counts against the block's limit for data.
    pub fn da_footprint(&self, transaction: &[u8]) -> Word {
        da_footprint(transaction, self.da_footprint_scalar)
    }
}

/// The product, or the largest word. L1 may set any scalar, and op-geth's products have no bound: what
/// no word holds is more than any account has, after the division too.
fn times(one: Word, other: Word) -> Word {
    one.checked_mul(other).unwrap_or(Word::MAX)
}

/// The sum, or the largest word.
fn plus(one: Word, other: Word) -> Word {
    one.checked_add(other).unwrap_or(Word::MAX)
}

/// The big-endian number in `length` bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let bytes = bytes.iter().skip(at).take(length);
    bytes.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Gas for the transaction as call data. Before Regolith 68 bytes more, for a signature that was
/// not there.
fn data_gas(transaction: &[u8], fork: Fork) -> u64 {
    let gas: u64 = transaction
        .iter()
        .map(|byte| if *byte == 0 { 4 } else { 16 })
        .sum();
    if fork < Fork::Regolith {
        gas + 68 * 16
    } else {
        gas
    }
}
