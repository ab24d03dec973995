//! The L1 attributes that open every L2 block (specs `protocol/deposits.md`, "L1 attributes").

use alloy::{
    consensus::Header,
    eips::eip7840::BlobParams,
    primitives::{Address, B256, Bytes, TxKind, U256, address, bytes::BufMut as _},
};
use op_alloy_consensus::{L1InfoDepositSource, TxDeposit};

use super::SystemConfig;

/// Selector of `setL1BlockValuesIsthmus()`, whose arguments are packed.
const ISTHMUS_SELECTOR: [u8; 4] = [0x09, 0x89, 0x99, 0xbe];
const ISTHMUS_LENGTH: usize = 176;
const DEPOSITOR: Address = address!("deaddeaddeaddeaddeaddeaddeaddeaddead0001");
const L1_BLOCK: Address = address!("4200000000000000000000000000000000000015");
const GAS: u64 = 1_000_000;

/// What an L2 block says about its L1 origin and the system configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct L1Info {
    /// Scalar of the L1 base fee in the data fee.
    pub base_fee_scalar: u32,
    /// Scalar of the L1 blob base fee in the data fee.
    pub blob_base_fee_scalar: u32,
    /// Distance from the first L2 block with this origin.
    pub sequence_number: u64,
    /// The origin's timestamp, Unix seconds.
    pub time: u64,
    /// The origin's height.
    pub number: u64,
    /// The origin's base fee, wei.
    pub base_fee: U256,
    /// The origin's blob base fee, wei.
    pub blob_base_fee: U256,
    /// The origin's hash.
    pub hash: B256,
    /// Account whose batches count.
    pub batcher: Address,
    /// Scalar of the operator fee.
    pub operator_fee_scalar: u32,
    /// Constant of the operator fee.
    pub operator_fee_constant: u64,
}

impl L1Info {
    /// The attributes of an L2 block with this origin.
    pub fn new(origin: &Header, hash: B256, sequence_number: u64, system: &SystemConfig) -> Self {
        let blob_base_fee = origin
            .excess_blob_gas
            .map_or(1, |excess| BlobParams::prague().calc_blob_fee(excess));
        Self {
            base_fee_scalar: system.base_fee_scalar,
            blob_base_fee_scalar: system.blob_base_fee_scalar,
            sequence_number,
            time: origin.timestamp,
            number: origin.number,
            base_fee: U256::from(origin.base_fee_per_gas.unwrap_or_default()),
            blob_base_fee: U256::from(blob_base_fee),
            hash,
            batcher: system.batcher,
            operator_fee_scalar: system.operator_fee_scalar,
            operator_fee_constant: system.operator_fee_constant,
        }
    }

    /// The calldata of the deposit.
    pub fn encode(&self) -> Bytes {
        let mut out = Vec::with_capacity(ISTHMUS_LENGTH);
        out.put_slice(&ISTHMUS_SELECTOR);
        out.put_u32(self.base_fee_scalar);
        out.put_u32(self.blob_base_fee_scalar);
        out.put_u64(self.sequence_number);
        out.put_u64(self.time);
        out.put_u64(self.number);
        out.put_slice(&self.base_fee.to_be_bytes::<32>());
        out.put_slice(&self.blob_base_fee.to_be_bytes::<32>());
        out.put_slice(self.hash.as_slice());
        out.put_slice(self.batcher.into_word().as_slice());
        out.put_u32(self.operator_fee_scalar);
        out.put_u64(self.operator_fee_constant);
        out.into()
    }

    /// The attributes in a deposit's calldata; `None` if it is not Isthmus'.
    pub fn decode(calldata: &[u8]) -> Option<Self> {
        let mut rest = calldata.strip_prefix(&ISTHMUS_SELECTOR)?;
        if calldata.len() != ISTHMUS_LENGTH {
            return None;
        }
        Some(Self {
            base_fee_scalar: u32::from_be_bytes(take(&mut rest)?),
            blob_base_fee_scalar: u32::from_be_bytes(take(&mut rest)?),
            sequence_number: u64::from_be_bytes(take(&mut rest)?),
            time: u64::from_be_bytes(take(&mut rest)?),
            number: u64::from_be_bytes(take(&mut rest)?),
            base_fee: U256::from_be_bytes(take::<32>(&mut rest)?),
            blob_base_fee: U256::from_be_bytes(take::<32>(&mut rest)?),
            hash: B256::new(take(&mut rest)?),
            batcher: Address::from_word(B256::new(take(&mut rest)?)),
            operator_fee_scalar: u32::from_be_bytes(take(&mut rest)?),
            operator_fee_constant: u64::from_be_bytes(take(&mut rest)?),
        })
    }

    /// The deposit transaction itself.
    pub fn deposit(&self) -> TxDeposit {
        TxDeposit {
            source_hash: L1InfoDepositSource::new(self.hash, self.sequence_number).source_hash(),
            from: DEPOSITOR,
            to: TxKind::Call(L1_BLOCK),
            mint: 0,
            value: U256::ZERO,
            gas_limit: GAS,
            is_system_transaction: false,
            input: self.encode(),
        }
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> L1Info {
        L1Info {
            base_fee_scalar: 1,
            blob_base_fee_scalar: 2,
            sequence_number: 3,
            time: 4,
            number: 5,
            base_fee: U256::from(6),
            blob_base_fee: U256::from(7),
            hash: B256::repeat_byte(8),
            batcher: Address::repeat_byte(9),
            operator_fee_scalar: 10,
            operator_fee_constant: 11,
        }
    }

    #[test]
    fn calldata_round_trips() {
        let info = sample();
        assert_eq!(L1Info::decode(&info.encode()), Some(info));
    }

    #[test]
    fn calldata_agrees_with_kona() {
        let info = sample();
        let kona = kona_protocol::L1BlockInfoIsthmus::decode_calldata(&info.encode()).unwrap();
        assert_eq!(kona.number, info.number);
        assert_eq!(kona.sequence_number, info.sequence_number);
        assert_eq!(kona.block_hash, info.hash);
        assert_eq!(kona.batcher_address, info.batcher);
        assert_eq!(kona.operator_fee_scalar, info.operator_fee_scalar);
        assert_eq!(kona.operator_fee_constant, info.operator_fee_constant);
        assert_eq!(kona.blob_base_fee_scalar, info.blob_base_fee_scalar);
    }

    #[test]
    fn truncated_or_foreign_calldata_is_refused() {
        let good = sample().encode();
        assert_eq!(L1Info::decode(&good[..175]), None);
        let mut long = good.to_vec();
        long.push(0);
        assert_eq!(L1Info::decode(&long), None);
        let mut foreign = good.to_vec();
        foreign[0] ^= 1;
        assert_eq!(L1Info::decode(&foreign), None);
    }
}
