//! The system configuration as derivation sees it (specs `protocol/system-config.md`).

use alloy::{
    primitives::{Address, B64, B256, Log, b256},
    sol_types::SolValue as _,
};

use super::{L1Info, L2Block};
use crate::{DevnetError, l1::L1Block};

/// `ConfigUpdate(uint256,uint8,bytes)`.
const CONFIG_UPDATE: B256 =
    b256!("1d2b0bda21d56b8bd12d4f94ebacffdfb35f5e226f84b461103bb8beab6353be");

/// The values that an L2 block takes from L1's `SystemConfig` contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemConfig {
    /// Account whose batches count.
    pub batcher: Address,
    /// Scalar of the L1 base fee in the data fee.
    pub base_fee_scalar: u32,
    /// Scalar of the L1 blob base fee in the data fee.
    pub blob_base_fee_scalar: u32,
    /// Gas limit of L2 blocks.
    pub gas_limit: u64,
    /// EIP-1559 denominator (4 bytes) and elasticity (4 bytes); zero means the chain's defaults.
    pub eip1559_params: B64,
    /// Scalar of the operator fee.
    pub operator_fee_scalar: u32,
    /// Constant of the operator fee.
    pub operator_fee_constant: u64,
}

impl SystemConfig {
    /// The configuration at genesis.
    pub fn at_genesis(config: &endgame_deploy::SystemConfig) -> Self {
        let (_, operator_fee_scalar, operator_fee_constant) =
            split_operator(&config.operator_fee_params.0);
        let mut system = Self {
            batcher: config.batcher_addr,
            gas_limit: config.gas_limit,
            eip1559_params: config.eip1559_params,
            operator_fee_scalar,
            operator_fee_constant,
            ..Self::default()
        };
        system.set_scalar(config.scalar);
        system
    }

    /// The configuration that was in force for a block other than genesis, read back from it.
    pub fn of_block(block: &L2Block) -> Result<Self, DevnetError> {
        let info: L1Info = block.l1_info()?;
        let params = block
            .header
            .extra_data
            .get(1..9)
            .and_then(|p| B64::try_from(p).ok())
            .ok_or_else(|| DevnetError::Corrupt("extra data without fee parameters".into()))?;
        Ok(Self {
            batcher: info.batcher,
            base_fee_scalar: info.base_fee_scalar,
            blob_base_fee_scalar: info.blob_base_fee_scalar,
            gas_limit: block.header.gas_limit,
            eip1559_params: params,
            operator_fee_scalar: info.operator_fee_scalar,
            operator_fee_constant: info.operator_fee_constant,
        })
    }

    /// Applies the updates that `contract` logged in an L1 block. An update that does not decode
    /// is left out, as derivation does.
    pub fn apply(&mut self, block: &L1Block, contract: Address) {
        let succeeded = block.receipts.iter().filter(|r| r.status());
        for log in succeeded
            .flat_map(alloy::consensus::ReceiptEnvelope::logs)
            .filter(|l| l.address == contract)
        {
            if log.topics().first() != Some(&CONFIG_UPDATE) {
                continue;
            }
            if let Err(error) = self.update(log) {
                tracing::warn!(%error, block = block.header.number, "config update left out");
            }
        }
    }

    fn update(&mut self, log: &Log) -> Result<(), DevnetError> {
        let bad = |reason: &str| DevnetError::L1Log {
            address: log.address,
            reason: format!("config update: {reason}"),
        };
        let [_, version, kind] = log.topics() else {
            return Err(bad("wrong number of topics"));
        };
        if !version.is_zero() {
            return Err(bad("unknown version"));
        }
        let data = <Vec<u8>>::abi_decode(&log.data.data)
            .or_else(|_| alloy::primitives::Bytes::abi_decode(&log.data.data).map(|b| b.to_vec()))
            .map_err(|e| bad(&e.to_string()))?;
        let words = data.as_chunks::<32>();
        if !words.1.is_empty() {
            return Err(bad("data is no row of words"));
        }
        match (kind.0[31], words.0) {
            (0, [word]) => self.batcher = Address::from_word(B256::new(*word)),
            (1, [_overhead, scalar]) => self.set_scalar(B256::new(*scalar)),
            (2, [word]) => self.gas_limit = low_u64(word),
            // The unsafe block signer is not derivation's business.
            (3, _) => {}
            (4, [word]) => self.eip1559_params = B64::new(low_u64(word).to_be_bytes()),
            (5, [word]) => {
                self.operator_fee_constant = low_u64(word);
                let (_, scalar, _) = split_operator(word);
                self.operator_fee_scalar = scalar;
            }
            (0 | 1 | 2 | 4 | 5, _) => return Err(bad("wrong length")),
            _ => return Err(bad("unknown type")),
        }
        Ok(())
    }

    /// Takes both fee scalars from the contract's word. A word in the older form has no blob part.
    pub fn set_scalar(&mut self, word: B256) {
        let low = low_u64(&word.0);
        self.base_fee_scalar = low as u32;
        self.blob_base_fee_scalar = if word.0[0] == 1 {
            (low >> 32) as u32
        } else {
            0
        };
    }
}

fn low_u64(word: &[u8; 32]) -> u64 {
    word.last_chunk::<8>()
        .map_or(0, |low| u64::from_be_bytes(*low))
}

/// The words of an operator fee update: padding, scalar (4), constant (8).
fn split_operator(word: &[u8; 32]) -> (&[u8], u32, u64) {
    let (padding, rest) = word.split_at(20);
    let (scalar, constant) = rest.split_at(4);
    let scalar = scalar.try_into().map_or(0, u32::from_be_bytes);
    let constant = constant.try_into().map_or(0, u64::from_be_bytes);
    (padding, scalar, constant)
}

#[cfg(test)]
mod tests {
    use alloy::{
        consensus::{Header, Receipt, ReceiptEnvelope},
        primitives::{Bytes, U256},
    };

    use super::*;

    const CONTRACT: Address = Address::repeat_byte(0xc0);

    fn block(logs: Vec<Log>) -> L1Block {
        let receipt = Receipt {
            status: true.into(),
            cumulative_gas_used: 0,
            logs,
        };
        L1Block {
            header: Header::default(),
            hash: B256::ZERO,
            receipts: vec![ReceiptEnvelope::Eip1559(receipt.with_bloom())],
        }
    }

    fn log(kind: u8, words: &[U256]) -> Log {
        let data: Vec<u8> = words.iter().flat_map(U256::to_be_bytes::<32>).collect();
        let topics = vec![CONFIG_UPDATE, B256::ZERO, B256::with_last_byte(kind)];
        Log::new_unchecked(CONTRACT, topics, Bytes::from(data).abi_encode().into())
    }

    #[test]
    fn every_kind_of_update_is_applied() {
        let mut system = SystemConfig::default();
        let mut scalars = B256::ZERO;
        scalars.0[0] = 1;
        (scalars.0[27], scalars.0[31]) = (8, 7);
        let logs = vec![
            log(
                0,
                &[U256::from_be_bytes(Address::repeat_byte(1).into_word().0)],
            ),
            log(1, &[U256::ZERO, U256::from_be_bytes(scalars.0)]),
            log(2, &[U256::from(40_000_000)]),
            log(3, &[U256::ONE]),
            log(4, &[(U256::from(250u64) << 32) | U256::from(6u64)]),
            log(5, &[(U256::from(9u64) << 64) | U256::from(10u64)]),
        ];
        system.apply(&block(logs), CONTRACT);
        let expected = SystemConfig {
            batcher: Address::repeat_byte(1),
            base_fee_scalar: 7,
            blob_base_fee_scalar: 8,
            gas_limit: 40_000_000,
            eip1559_params: B64::new([0, 0, 0, 250, 0, 0, 0, 6]),
            operator_fee_scalar: 9,
            operator_fee_constant: 10,
        };
        assert_eq!(system, expected);
    }

    #[test]
    fn malformed_unknown_and_foreign_updates_change_nothing() {
        let before = SystemConfig {
            gas_limit: 1,
            ..SystemConfig::default()
        };
        let mut system = before;
        let mut foreign = log(2, &[U256::from(5)]);
        foreign.address = Address::ZERO;
        let mut versioned = log(2, &[U256::from(5)]);
        versioned = Log::new_unchecked(
            CONTRACT,
            vec![
                CONFIG_UPDATE,
                B256::with_last_byte(1),
                B256::with_last_byte(2),
            ],
            versioned.data.data,
        );
        let short = Log::new_unchecked(
            CONTRACT,
            vec![CONFIG_UPDATE, B256::ZERO, B256::with_last_byte(2)],
            vec![0u8; 40].into(),
        );
        let two = log(2, &[U256::from(5), U256::from(5)]);
        system.apply(
            &block(vec![foreign, versioned, short, two, log(6, &[U256::ONE])]),
            CONTRACT,
        );
        assert_eq!(system, before);
    }
}
