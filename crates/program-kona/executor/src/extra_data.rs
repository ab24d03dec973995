//! EIP-1559 parameters in a header's extra data (specs `protocol/holocene/exec-engine.md` and
//! `protocol/jovian/exec-engine.md`).

use alloc::vec::Vec;

use alloy_primitives::{B64, Bytes};

use crate::{Eip1559, ExecutorError};

/// Base fee parameters of the next block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FeeParams {
    pub(crate) denominator: u64,
    pub(crate) elasticity: u64,
    /// Wei.
    pub(crate) min_base_fee: u64,
}

const HOLOCENE: u8 = 0;
const JOVIAN: u8 = 1;

/// The extra data of a block: the attributes' parameters, or the chain's own where they are zero.
pub(crate) fn encode(
    params: Option<B64>,
    min_base_fee: Option<u64>,
    jovian: bool,
    chain: Eip1559,
) -> Result<Bytes, ExecutorError> {
    let params = params.ok_or(ExecutorError::InvalidAttributes("no EIP-1559 parameters"))?;
    let own = |value: u64| {
        u32::try_from(value)
            .map_err(|_| ExecutorError::InvalidAttributes("the chain's parameters exceed 32 bits"))
    };
    let params = if params.is_zero() {
        let (denominator, elasticity) = (own(chain.denominator_canyon)?, own(chain.elasticity)?);
        (u64::from(denominator) << 32 | u64::from(elasticity)).to_be_bytes()
    } else {
        params.0
    };
    let [d0, d1, d2, d3, e0, e1, e2, e3] = params;
    if [d0, d1, d2, d3] == [0; 4] || [e0, e1, e2, e3] == [0; 4] {
        return Err(ExecutorError::InvalidAttributes(
            "zero EIP-1559 denominator or elasticity",
        ));
    }
    let mut data = Vec::with_capacity(17);
    data.push(if jovian { JOVIAN } else { HOLOCENE });
    data.extend_from_slice(&params);
    if jovian {
        let min = min_base_fee.ok_or(ExecutorError::InvalidAttributes("no minimum base fee"))?;
        data.extend_from_slice(&min.to_be_bytes());
    }
    Ok(data.into())
}

/// The parameters that a parent's extra data holds.
pub(crate) fn decode(data: &[u8], jovian: bool) -> Result<FeeParams, ExecutorError> {
    let bad = ExecutorError::Parent;
    let (&version, rest) = data.split_first().ok_or(bad("no extra data"))?;
    if version != if jovian { JOVIAN } else { HOLOCENE } {
        return Err(bad("unknown version of the extra data"));
    }
    let (denominator, rest) = rest.split_first_chunk().ok_or(bad("short extra data"))?;
    let (elasticity, rest) = rest.split_first_chunk().ok_or(bad("short extra data"))?;
    let min_base_fee = if jovian {
        u64::from_be_bytes(
            rest.try_into()
                .map_err(|_| bad("extra data is not 17 bytes"))?,
        )
    } else if rest.is_empty() {
        0
    } else {
        return Err(bad("extra data is not 9 bytes"));
    };
    let (denominator, elasticity) = (
        u64::from(u32::from_be_bytes(*denominator)),
        u64::from(u32::from_be_bytes(*elasticity)),
    );
    if denominator == 0 || elasticity == 0 {
        return Err(bad("zero EIP-1559 denominator or elasticity"));
    }
    Ok(FeeParams {
        denominator,
        elasticity,
        min_base_fee,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::hex;

    const CHAIN: Eip1559 = Eip1559 {
        elasticity: 6,
        denominator: 50,
        denominator_canyon: 250,
    };

    #[test]
    fn zero_parameters_mean_the_chains_own() {
        let data = encode(Some(B64::ZERO), None, false, CHAIN).unwrap();
        assert_eq!(data[..], hex!("00000000fa00000006"));
        let data = encode(Some(B64::ZERO), Some(5), true, CHAIN).unwrap();
        assert_eq!(data[..], hex!("01000000fa000000060000000000000005"));
        let params = decode(&data, true).unwrap();
        let expected = FeeParams {
            denominator: 250,
            elasticity: 6,
            min_base_fee: 5,
        };
        assert_eq!(params, expected);
    }

    #[test]
    fn zero_denominator_or_elasticity_is_refused() {
        for params in [hex!("0000000000000006"), hex!("000000fa00000000")] {
            let error = encode(Some(B64::from(params)), None, false, CHAIN).unwrap_err();
            assert!(error.is_invalid(), "{error}");
            let data = [&[0], &params[..]].concat();
            assert!(matches!(
                decode(&data, false),
                Err(ExecutorError::Parent(_))
            ));
        }
    }

    #[test]
    fn missing_parameters_are_refused() {
        assert!(encode(None, None, false, CHAIN).is_err());
        assert!(encode(Some(B64::ZERO), None, true, CHAIN).is_err());
    }

    #[test]
    fn wrong_length_or_version_is_refused() {
        for (data, jovian) in [
            (&hex!("")[..], false),
            (&hex!("00000000fa000000"), false),
            (&hex!("00000000fa0000000600"), false),
            (&hex!("01000000fa00000006"), false),
            (&hex!("00000000fa000000060000000000000000"), true),
            (&hex!("01000000fa00000006"), true),
        ] {
            assert!(decode(data, jovian).is_err(), "{data:?}");
        }
    }
}
