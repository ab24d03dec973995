//! Precompiles: a correction of op-revm's, and the way to have costly ones computed elsewhere.

mod accelerate;

use alloc::sync::Arc;

use alloy_evm::precompiles::{DynPrecompile, PrecompilesMap};
use op_revm::OpSpecId;
use revm::precompile::{PrecompileHalt, PrecompileId, PrecompileOutput, bn254};

pub use accelerate::{Accelerator, AcceleratorError};

/// The longest input of the bn256 pairing from Karst on, in bytes (specs
/// `protocol/karst/exec-engine.md`; op-revm 20 keeps Jovian's).
const KARST_PAIRING_LIMIT: usize = 57_600;

/// Puts our precompiles over op-revm's.
pub(crate) fn install(
    precompiles: &mut PrecompilesMap,
    spec: OpSpecId,
    accelerator: Option<Arc<dyn Accelerator>>,
) {
    if spec >= OpSpecId::KARST {
        precompiles.apply_precompile(&bn254::pair::ADDRESS, |_| {
            Some(DynPrecompile::new(PrecompileId::Bn254Pairing, |input| {
                let result = if input.data.len() > KARST_PAIRING_LIMIT {
                    Err(PrecompileHalt::Bn254PairLength)
                } else {
                    bn254::run_pair(
                        input.data,
                        bn254::pair::ISTANBUL_PAIR_PER_POINT,
                        bn254::pair::ISTANBUL_PAIR_BASE,
                        input.gas,
                    )
                };
                Ok(PrecompileOutput::from_eth_result(result, input.reservoir))
            }))
        });
    }
    if let Some(accelerator) = accelerator {
        accelerate::install(precompiles, spec, &accelerator);
    }
}
