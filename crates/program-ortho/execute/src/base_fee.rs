//! The base fee, and the parameters that a header's extra data holds (`protocol/exec-engine.md`,
//! `protocol/holocene/exec-engine.md`, `protocol/jovian/exec-engine.md`).

use alloc::vec::Vec;

use endgame_ortho_primitives::Word;
use endgame_ortho_types::Header;

use crate::{Attributes, Chain, Eip1559, ExecuteError, Fork};

/// Base fee parameters of the next block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeParameters {
    /// The larger, the slower the base fee moves.
    pub denominator: u32,
    /// Gas limit over gas target.
    pub elasticity: u32,
    /// Wei.
    pub min_base_fee: u64,
}

const HOLOCENE_VERSION: u8 = 0;
const JOVIAN_VERSION: u8 = 1;

impl FeeParameters {
    /// The parameters in a header's extra data; nothing if it is not exactly that.
    pub fn decode(extra_data: &[u8], jovian: bool) -> Option<Self> {
        let (version, rest) = extra_data.split_first()?;
        let (denominator, rest) = rest.split_first_chunk()?;
        let (elasticity, rest) = rest.split_first_chunk()?;
        let min_base_fee = match (version, jovian, rest) {
            (&HOLOCENE_VERSION, false, []) => 0,
            (&JOVIAN_VERSION, true, rest) => u64::from_be_bytes(rest.try_into().ok()?),
            _ => return None,
        };
        let parameters = Self {
            denominator: u32::from_be_bytes(*denominator),
            elasticity: u32::from_be_bytes(*elasticity),
            min_base_fee,
        };
        parameters.is_valid().then_some(parameters)
    }

    fn is_valid(self) -> bool {
        self.denominator != 0 && self.elasticity != 0
    }

    fn encode(self, jovian: bool) -> Vec<u8> {
        let version = if jovian {
            JOVIAN_VERSION
        } else {
            HOLOCENE_VERSION
        };
        let mut data = [version].to_vec();
        data.extend(self.denominator.to_be_bytes());
        data.extend(self.elasticity.to_be_bytes());
        if jovian {
            data.extend(self.min_base_fee.to_be_bytes());
        }
        data
    }
}

/// The extra data of the block with these attributes.
pub(crate) fn extra_data<E>(
    attributes: &Attributes,
    fork: Fork,
    own: Eip1559,
) -> Result<Vec<u8>, ExecuteError<E>> {
    let jovian = fork >= Fork::Jovian;
    if fork < Fork::Holocene {
        return Ok(Vec::new());
    }
    let bytes = attributes
        .eip1559_params
        .ok_or(ExecuteError::Attributes("no EIP-1559 parameters"))?;
    let [d0, d1, d2, d3, e0, e1, e2, e3] = bytes;
    let mut parameters = FeeParameters {
        denominator: u32::from_be_bytes([d0, d1, d2, d3]),
        elasticity: u32::from_be_bytes([e0, e1, e2, e3]),
        min_base_fee: 0,
    };
    if bytes == [0; 8] {
        parameters.denominator = own.denominator_canyon;
        parameters.elasticity = own.elasticity;
    }
    if !parameters.is_valid() {
        return Err(ExecuteError::Attributes(
            "zero EIP-1559 denominator or elasticity",
        ));
    }
    if jovian {
        parameters.min_base_fee = attributes
            .min_base_fee
            .ok_or(ExecuteError::Attributes("no minimum base fee"))?;
    }
    Ok(parameters.encode(jovian))
}

impl Chain {
    /// The base fee of the block of `time` after `parent`.
    pub fn base_fee<E>(&self, parent: &Header, time: u64) -> Result<Word, ExecuteError<E>> {
        let fork = self.forks.at(parent.timestamp);
        let jovian = fork >= Fork::Jovian;
        let parameters = if fork >= Fork::Holocene {
            FeeParameters::decode(&parent.extra_data, jovian).ok_or(ExecuteError::Parent(
                "extra data without EIP-1559 parameters",
            ))?
        } else {
            FeeParameters {
                denominator: if self.forks.is_active(Fork::Canyon, time) {
                    self.eip1559.denominator_canyon
                } else {
                    self.eip1559.denominator
                },
                elasticity: self.eip1559.elasticity,
                min_base_fee: 0,
            }
        };
        let mut used = parent.gas_used;
        if jovian {
            used = used.max(parent.blob_gas_used.unwrap_or_default());
        }
        let base_fee = parent
            .base_fee_per_gas
            .ok_or(ExecuteError::Parent("no base fee"))?;
        let next = next_base_fee(base_fee, used, parent.gas_limit, parameters).ok_or(
            ExecuteError::Parent("gas limit below the elasticity, or a huge base fee"),
        )?;
        Ok(next.max(parameters.min_base_fee.into()))
    }
}

/// EIP-1559's formula; nothing where it divides by zero or overflows.
fn next_base_fee(base_fee: Word, used: u64, limit: u64, parameters: FeeParameters) -> Option<Word> {
    let target = limit.checked_div(parameters.elasticity.into())?;
    if target == 0 || parameters.denominator == 0 {
        return None;
    }
    let change = |distance: u64| {
        let product = base_fee.checked_mul(distance.into())?;
        let change = product.div_or_zero(&target.into());
        Some(change.div_or_zero(&u64::from(parameters.denominator).into()))
    };
    match used.checked_sub(target) {
        Some(0) => Some(base_fee),
        Some(above) => base_fee.checked_add(change(above)?.max(Word::ONE)),
        None => base_fee.checked_sub(change(target - used)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMETERS: FeeParameters = FeeParameters {
        denominator: 50,
        elasticity: 6,
        min_base_fee: 0,
    };

    #[test]
    fn base_fee_follows_the_gas_used() {
        let next = |base: u64, used| {
            next_base_fee(base.into(), used, 30_000_000, PARAMETERS).and_then(Word::to_u64)
        };
        assert_eq!(next(1_000_000, 5_000_000), Some(1_000_000));
        assert_eq!(next(1_000_000, 0), Some(980_000));
        assert_eq!(next(1_000_000, 10_000_000), Some(1_020_000));
        assert_eq!(next(1, 5_000_001), Some(2));
        assert_eq!(next_base_fee(Word::ONE, 0, 5, PARAMETERS), None);
    }

    #[test]
    fn jovian_counts_the_footprint_and_keeps_the_minimum() {
        let chain = Chain {
            forks: crate::Forks::all_up_to(Fork::Jovian),
            ..Chain::default()
        };
        let parameters = FeeParameters {
            min_base_fee: 1_000_000,
            ..PARAMETERS
        };
        let parent = |blob_gas_used| Header {
            gas_limit: 30_000_000,
            base_fee_per_gas: Some(Word::from(1_000_000_u64)),
            blob_gas_used: Some(blob_gas_used),
            extra_data: parameters.encode(true),
            ..Header::default()
        };
        let fee = |footprint| chain.base_fee::<()>(&parent(footprint), 2).unwrap();
        assert_eq!(fee(10_000_000), Word::from(1_020_000_u64));
        assert_eq!(fee(0), Word::from(1_000_000_u64));
    }

    #[test]
    fn extra_data_of_another_form_is_refused() {
        let holocene = PARAMETERS.encode(false);
        let jovian = PARAMETERS.encode(true);
        assert_eq!(holocene.len(), 9);
        assert_eq!(jovian.len(), 17);
        assert_eq!(FeeParameters::decode(&holocene, false), Some(PARAMETERS));
        assert_eq!(FeeParameters::decode(&jovian, true), Some(PARAMETERS));
        assert_eq!(FeeParameters::decode(&holocene, true), None);
        assert_eq!(FeeParameters::decode(&jovian, false), None);
        assert_eq!(FeeParameters::decode(&holocene[..8], false), None);
        assert_eq!(FeeParameters::decode(&[0; 9], false), None);
        assert_eq!(FeeParameters::decode(&[], false), None);
    }
}
