//! Costly precompiles computed elsewhere: in a fault proof VM, by L1 through the preimage oracle.

use alloc::{format, string::String, sync::Arc};
use core::fmt;

use alloy_evm::precompiles::{DynPrecompile, Precompile, PrecompilesMap};
use alloy_primitives::{Address, Bytes};
use op_revm::{
    OpSpecId,
    precompiles::{bls12_381 as op_bls, bn254_pair},
};
use revm::precompile::{
    PrecompileError, PrecompileHalt, PrecompileOutput, bls12_381_const as bls,
    bls12_381_utils::msm_required_gas, bn254, kzg_point_evaluation as kzg, u64_to_address,
};

use super::KARST_PAIRING_LIMIT;

/// The accelerator failed; the block cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("precompile {address}: {reason}")]
pub struct AcceleratorError {
    /// The precompile.
    pub address: Address,
    /// Why.
    pub reason: String,
}

/// Computes precompiles somewhere else.
pub trait Accelerator: fmt::Debug + Send + Sync {
    /// The output of the precompile at `address`, `None` if it fails. Gas (`required_gas` of it)
    /// and the length of the input are checked already.
    fn run(
        &self,
        address: Address,
        required_gas: u64,
        input: &[u8],
    ) -> Result<Option<Bytes>, AcceleratorError>;
}

const ECRECOVER: Address = u64_to_address(1);
const ECRECOVER_GAS: u64 = 3000;

/// The precompiles that take a VM far longer than the oracle's way does.
const ACCELERATED: [Address; 6] = [
    ECRECOVER,
    bn254::pair::ADDRESS,
    kzg::ADDRESS,
    bls::G1_MSM_ADDRESS,
    bls::G2_MSM_ADDRESS,
    bls::PAIRING_ADDRESS,
];

/// Gas of a run on an input of this length; `None` if the precompile refuses the length.
fn required_gas(address: Address, spec: OpSpecId, len: usize) -> Option<u64> {
    let items = |size: usize, limit: usize| {
        (len.is_multiple_of(size) && len <= limit).then_some(len / size)
    };
    let jovian = |isthmus: usize, jovian: usize| {
        if spec >= OpSpecId::JOVIAN {
            jovian
        } else {
            isthmus
        }
    };
    if address == ECRECOVER {
        Some(ECRECOVER_GAS)
    } else if address == bn254::pair::ADDRESS {
        let limit = match spec {
            spec if spec >= OpSpecId::KARST => KARST_PAIRING_LIMIT,
            spec if spec >= OpSpecId::JOVIAN => bn254_pair::JOVIAN_MAX_INPUT_SIZE,
            spec if spec >= OpSpecId::GRANITE => bn254_pair::GRANITE_MAX_INPUT_SIZE,
            _ => usize::MAX,
        };
        let pairs = items(bn254::PAIR_ELEMENT_LEN, limit)? as u64;
        Some(bn254::pair::ISTANBUL_PAIR_BASE + bn254::pair::ISTANBUL_PAIR_PER_POINT * pairs)
    } else if address == kzg::ADDRESS {
        (len == 192).then_some(kzg::GAS_COST)
    } else if address == bls::G1_MSM_ADDRESS {
        let limit = jovian(
            op_bls::ISTHMUS_G1_MSM_MAX_INPUT_SIZE,
            op_bls::JOVIAN_G1_MSM_MAX_INPUT_SIZE,
        );
        let points = items(bls::G1_MSM_INPUT_LENGTH, limit).filter(|n| *n > 0)?;
        let (table, base) = (&bls::DISCOUNT_TABLE_G1_MSM, bls::G1_MSM_BASE_GAS_FEE);
        Some(msm_required_gas(points, table, base))
    } else if address == bls::G2_MSM_ADDRESS {
        let limit = jovian(
            op_bls::ISTHMUS_G2_MSM_MAX_INPUT_SIZE,
            op_bls::JOVIAN_G2_MSM_MAX_INPUT_SIZE,
        );
        let points = items(bls::G2_MSM_INPUT_LENGTH, limit).filter(|n| *n > 0)?;
        let (table, base) = (&bls::DISCOUNT_TABLE_G2_MSM, bls::G2_MSM_BASE_GAS_FEE);
        Some(msm_required_gas(points, table, base))
    } else if address == bls::PAIRING_ADDRESS {
        let limit = jovian(
            op_bls::ISTHMUS_PAIRING_MAX_INPUT_SIZE,
            op_bls::JOVIAN_PAIRING_MAX_INPUT_SIZE,
        );
        let pairs = items(bls::PAIRING_INPUT_LENGTH, limit).filter(|n| *n > 0)? as u64;
        Some(bls::PAIRING_OFFSET_BASE + bls::PAIRING_MULTIPLIER_BASE * pairs)
    } else {
        None
    }
}

/// Puts the accelerator before those precompiles that are active. What it cannot be asked (a
/// refused length, too little gas) goes to the original, which refuses it at once.
pub(super) fn install(
    precompiles: &mut PrecompilesMap,
    spec: OpSpecId,
    accelerator: &Arc<dyn Accelerator>,
) {
    for address in ACCELERATED {
        precompiles.apply_precompile(&address, |original| {
            let original = original?;
            let accelerator = Arc::clone(accelerator);
            let id = original.precompile_id().clone();
            Some(DynPrecompile::new(id, move |input| {
                match required_gas(address, spec, input.data.len()) {
                    Some(gas) if gas <= input.gas => {
                        let output = accelerator
                            .run(address, gas, input.data)
                            .map_err(|e| PrecompileError::Fatal(format!("{e}")))?;
                        Ok(match output {
                            Some(bytes) => PrecompileOutput::new(gas, bytes, input.reservoir),
                            None => PrecompileOutput::halt(
                                PrecompileHalt::Other("failed on L1".into()),
                                input.reservoir,
                            ),
                        })
                    }
                    _ => original.call(input),
                }
            }))
        });
    }
}
