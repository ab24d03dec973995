//! The L1 fee where op-revm's is not that of the specs.

use op_revm::{L1BlockInfo, OpSpecId};
use revm::{Database, primitives::U256};

/// Parameters of the L1 fee by Bedrock's formula in a block where Ecotone is active.
///
/// Such is a block while none of Ecotone's parameters is set, as in Ecotone's first one (specs
/// `protocol/ecotone/l1-attributes.md`), be Fjord active or not. op-revm takes Bedrock's scalar for
/// zero there, and Fjord's formula.
#[derive(Debug)]
pub(crate) struct BedrockFee(L1BlockInfo);

impl BedrockFee {
    /// Reads the parameters, after the block's deposits; `None` where another formula holds.
    pub(crate) fn read<D: Database>(db: &mut D, spec: OpSpecId) -> Result<Option<Self>, D::Error> {
        if !spec.is_enabled_in(OpSpecId::ECOTONE) {
            return Ok(None);
        }
        let ecotones = L1BlockInfo::try_fetch(db, U256::ZERO, OpSpecId::ECOTONE)?;
        let blob_base_fee = ecotones.l1_blob_base_fee.unwrap_or_default();
        if !ecotones.empty_ecotone_scalars || !blob_base_fee.is_zero() {
            return Ok(None);
        }
        L1BlockInfo::try_fetch(db, U256::ZERO, OpSpecId::REGOLITH)
            .map(Self)
            .map(Some)
    }

    /// What op-revm is to know of L1 for this transaction: as it reads it in block `number`, but
    /// with the fee.
    pub(crate) fn info<D: Database>(
        &self,
        db: &mut D,
        number: U256,
        spec: OpSpecId,
        transaction: &[u8],
    ) -> Result<L1BlockInfo, D::Error> {
        let fee = self
            .0
            .clone()
            .calculate_tx_l1_cost(transaction, OpSpecId::REGOLITH);
        let mut info = L1BlockInfo::try_fetch(db, number, spec)?;
        info.tx_l1_cost = Some(fee);
        Ok(info)
    }
}
