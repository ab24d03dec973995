//! Payload attributes: kona's builder, and what L1 has changed since it was released.

use alloc::{boxed::Box, string::ToString, vec::Vec};

use alloy_consensus_v1::Header;
use alloy_eips_v1::{BlockNumHash, eip2718::Decodable2718, eip2718::Encodable2718};
use alloy_primitives::{Bytes, U256};
use async_trait::async_trait;
use endgame_kona_executor::Attributes;
use kona_derive::{
    AttributesBuilder, PipelineError, PipelineErrorKind, PipelineResult, StatefulAttributesBuilder,
};
use kona_protocol::L2BlockInfo;
use op_alloy_consensus_v0::{OpTxEnvelope, TxDeposit};
use op_alloy_rpc_types_engine_v0::OpPayloadAttributes;

use crate::{ChainConfig, ProgramError, l1::L1Provider, l2::L2Provider};

/// Builds the attributes of one block. Forks after Isthmus go here.
#[derive(Debug)]
pub(crate) struct Builder {
    inner: StatefulAttributesBuilder<L1Provider, L2Provider>,
    config: ChainConfig,
    l1: L1Provider,
}

impl Builder {
    pub(crate) fn new(config: ChainConfig, l1: L1Provider, l2: L2Provider) -> Self {
        Self {
            inner: StatefulAttributesBuilder::new(config.rollup.clone(), l2, l1.clone()),
            config,
            l1,
        }
    }

    /// The attributes, but for the blob base fee as kona leaves it where L1 has changed it.
    fn with_blob_base_fee(
        &self,
        mut attributes: OpPayloadAttributes,
        epoch: BlockNumHash,
    ) -> Result<OpPayloadAttributes, ProgramError> {
        let origin = self.l1.header(epoch.hash)?;
        let Some(fraction) = self.config.l1.update_fraction(origin.timestamp) else {
            return Ok(attributes);
        };
        let Some(info) = attributes.transactions.as_mut().and_then(|t| t.first_mut()) else {
            return Ok(attributes);
        };
        let bad = || ProgramError::Derivation("L1 attributes are no deposit".to_string());
        let OpTxEnvelope::Deposit(deposit) =
            OpTxEnvelope::decode_2718(&mut info.as_ref()).map_err(|_| bad())?
        else {
            return Err(bad());
        };
        let mut deposit: TxDeposit = deposit.into_inner();
        if set_blob_base_fee(&mut deposit, &origin, fraction) {
            *info = OpTxEnvelope::from(deposit).encoded_2718().into();
        }
        Ok(attributes)
    }
}

/// Where the blob base fee stands in the call data of Ecotone's and later L1 attributes (specs
/// `protocol/ecotone/l1-attributes.md`).
const BLOB_BASE_FEE: core::ops::Range<usize> = 68..100;

/// Sets the blob base fee to L1's; false for Bedrock's L1 attributes, which have none.
fn set_blob_base_fee(deposit: &mut TxDeposit, origin: &Header, fraction: u64) -> bool {
    /// Bedrock's call data: a selector and eight words.
    const BEDROCK: usize = 4 + 8 * 32;
    let fee = fake_exponential(origin.excess_blob_gas.unwrap_or_default(), fraction);
    let mut input: Vec<u8> = deposit.input.to_vec();
    match input.get_mut(BLOB_BASE_FEE) {
        Some(field) if deposit.input.len() != BEDROCK => {
            field.copy_from_slice(&fee.to_be_bytes::<32>());
            deposit.input = Bytes::from(input);
            true
        }
        _ => false,
    }
}

/// EIP-4844's `fake_exponential` of factor 1: e to the power of `excess / fraction`.
fn fake_exponential(excess: u64, fraction: u64) -> U256 {
    let (numerator, denominator) = (U256::from(excess), U256::from(fraction.max(1)));
    let mut output = U256::ZERO;
    let mut term = denominator;
    let mut i = U256::ONE;
    while !term.is_zero() {
        output += term;
        term = term * numerator / (denominator * i);
        i += U256::ONE;
    }
    output / denominator
}

#[async_trait]
impl AttributesBuilder for Builder {
    async fn prepare_payload_attributes(
        &mut self,
        parent: L2BlockInfo,
        epoch: BlockNumHash,
    ) -> PipelineResult<OpPayloadAttributes> {
        let attributes = self.inner.prepare_payload_attributes(parent, epoch).await?;
        self.with_blob_base_fee(attributes, epoch)
            .map_err(|e| PipelineErrorKind::Critical(PipelineError::Provider(e.to_string())))
    }
}

/// The attributes as the executor takes them.
pub(crate) fn to_executor(attributes: OpPayloadAttributes) -> Attributes {
    let payload = attributes.payload_attributes;
    Attributes {
        timestamp: payload.timestamp,
        prev_randao: payload.prev_randao,
        fee_recipient: payload.suggested_fee_recipient,
        parent_beacon_root: payload.parent_beacon_block_root,
        gas_limit: attributes.gas_limit.unwrap_or_default(),
        transactions: attributes.transactions.unwrap_or_default(),
        eip1559_params: attributes.eip_1559_params,
        min_base_fee: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn blob_base_fee_follows_the_fraction() {
        assert_eq!(fake_exponential(0, 5_007_716), U256::ONE);
        // EIP-4844's own examples of the exponential, at factor 1.
        assert_eq!(
            fake_exponential(3_338_477 * 10, 3_338_477),
            U256::from(22_026)
        );
        assert!(
            fake_exponential(100_000_000, 5_007_716) > fake_exponential(100_000_000, 11_684_671)
        );
    }

    #[test]
    fn blob_base_fee_is_set_in_ecotone_and_isthmus_layouts_alone() {
        let origin = Header {
            excess_blob_gas: Some(3_338_477 * 10),
            ..Header::default()
        };
        for (len, expected) in [(164, true), (176, true), (260, false)] {
            let mut deposit = TxDeposit {
                input: vec![0xee; len].into(),
                ..TxDeposit::default()
            };
            assert_eq!(
                set_blob_base_fee(&mut deposit, &origin, 3_338_477),
                expected
            );
            let fee = U256::from_be_slice(&deposit.input[BLOB_BASE_FEE]);
            assert_eq!(fee == U256::from(22_026), expected);
            assert_eq!(deposit.input.len(), len);
        }
    }
}
