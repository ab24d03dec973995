//! The L1 attributes that each L2 block begins with (specs `protocol/deposits.md`, "L1 Attributes
//! Deposited Transaction").

use alloc::vec::Vec;

use alloy_eips_v1::BlockNumHash;
use alloy_primitives::{Address, B256, Bytes, U256};

use crate::system_config::Scalars;

/// Selectors of `L1Block`, by fork.
const BEDROCK: [u8; 4] = [0x01, 0x5d, 0x8e, 0xb9];
const ECOTONE: [u8; 4] = [0x44, 0x0a, 0x5e, 0x20];
const ISTHMUS: [u8; 4] = [0x09, 0x89, 0x99, 0xbe];
const JOVIAN: [u8; 4] = [0x3d, 0xb6, 0xbe, 0x2b];

/// The L1 attributes of an L2 block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct L1Info {
    pub origin: BlockNumHash,
    pub time: u64,
    pub base_fee: u64,
    pub sequence_number: u64,
    pub batcher: Address,
    pub fees: Fees,
}

/// What the fees for L1 data depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fees {
    /// Up to Ecotone.
    Bedrock {
        /// Gas on top of a transaction's own.
        overhead: B256,
        /// By which the fee is scaled.
        scalar: B256,
    },
    /// From Ecotone on.
    Ecotone {
        /// Wei.
        blob_base_fee: U256,
        /// Of both base fees.
        scalars: Scalars,
        /// From Isthmus on.
        operator: Option<OperatorFee>,
        /// The DA footprint gas scalar, from Jovian on.
        footprint: Option<u16>,
    },
}

/// The operator fee (specs `protocol/isthmus/l1-attributes.md`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OperatorFee {
    pub scalar: u32,
    pub constant: u64,
}

impl L1Info {
    /// The call data of the transaction.
    pub(crate) fn encode(&self) -> Bytes {
        let mut out = Vec::with_capacity(4 + 8 * 32);
        let base_fee = U256::from(self.base_fee).to_be_bytes::<32>();
        match self.fees {
            Fees::Bedrock { overhead, scalar } => {
                let word = |value: u64| U256::from(value).to_be_bytes::<32>();
                out.extend_from_slice(&BEDROCK);
                out.extend_from_slice(&word(self.origin.number));
                out.extend_from_slice(&word(self.time));
                out.extend_from_slice(&base_fee);
                out.extend_from_slice(self.origin.hash.as_slice());
                out.extend_from_slice(&word(self.sequence_number));
                out.extend_from_slice(self.batcher.into_word().as_slice());
                out.extend_from_slice(overhead.as_slice());
                out.extend_from_slice(scalar.as_slice());
            }
            Fees::Ecotone {
                blob_base_fee,
                scalars,
                operator,
                footprint,
            } => {
                let selector = match (operator, footprint) {
                    (_, Some(_)) => JOVIAN,
                    (Some(_), None) => ISTHMUS,
                    (None, None) => ECOTONE,
                };
                out.extend_from_slice(&selector);
                out.extend_from_slice(&scalars.base_fee.to_be_bytes());
                out.extend_from_slice(&scalars.blob_base_fee.to_be_bytes());
                out.extend_from_slice(&self.sequence_number.to_be_bytes());
                out.extend_from_slice(&self.time.to_be_bytes());
                out.extend_from_slice(&self.origin.number.to_be_bytes());
                out.extend_from_slice(&base_fee);
                out.extend_from_slice(&blob_base_fee.to_be_bytes::<32>());
                out.extend_from_slice(self.origin.hash.as_slice());
                out.extend_from_slice(self.batcher.into_word().as_slice());
                if operator.is_some() || footprint.is_some() {
                    let fee = operator.unwrap_or_default();
                    out.extend_from_slice(&fee.scalar.to_be_bytes());
                    out.extend_from_slice(&fee.constant.to_be_bytes());
                }
                if let Some(scalar) = footprint {
                    out.extend_from_slice(&scalar.to_be_bytes());
                }
            }
        }
        out.into()
    }

    /// Reads the call data of a block's first transaction.
    pub(crate) fn decode(input: &[u8]) -> Option<Self> {
        let (selector, mut rest) = input.split_first_chunk::<4>()?;
        let info = match *selector {
            BEDROCK => Self::decode_bedrock(&mut rest),
            ECOTONE | ISTHMUS | JOVIAN => Self::decode_ecotone(&mut rest, *selector),
            _ => None,
        };
        info.filter(|_| rest.is_empty())
    }

    fn decode_bedrock(rest: &mut &[u8]) -> Option<Self> {
        let number = number(rest)?;
        let time = self::number(rest)?;
        let base_fee = self::number(rest)?;
        let hash = B256::from(take(rest)?);
        let sequence_number = self::number(rest)?;
        Some(Self {
            origin: BlockNumHash { number, hash },
            time,
            base_fee,
            sequence_number,
            batcher: Address::from_word(take(rest)?.into()),
            fees: Fees::Bedrock {
                overhead: take(rest)?.into(),
                scalar: take(rest)?.into(),
            },
        })
    }

    fn decode_ecotone(rest: &mut &[u8], selector: [u8; 4]) -> Option<Self> {
        let scalars = Scalars {
            base_fee: u32::from_be_bytes(take(rest)?),
            blob_base_fee: u32::from_be_bytes(take(rest)?),
        };
        let sequence_number = u64::from_be_bytes(take(rest)?);
        let time = u64::from_be_bytes(take(rest)?);
        let number = u64::from_be_bytes(take(rest)?);
        let base_fee = self::number(rest)?;
        let blob_base_fee = U256::from_be_bytes(take::<32>(rest)?);
        let hash = B256::from(take(rest)?);
        let batcher = Address::from_word(take(rest)?.into());
        let mut operator = None;
        if selector != ECOTONE {
            operator = Some(OperatorFee {
                scalar: u32::from_be_bytes(take(rest)?),
                constant: u64::from_be_bytes(take(rest)?),
            });
        }
        let mut footprint = None;
        if selector == JOVIAN {
            footprint = Some(u16::from_be_bytes(take(rest)?));
        }
        Some(Self {
            origin: BlockNumHash { number, hash },
            time,
            base_fee,
            sequence_number,
            batcher,
            fees: Fees::Ecotone {
                blob_base_fee,
                scalars,
                operator,
                footprint,
            },
        })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*taken)
}

/// A word that holds a number of 64 bits.
fn number(rest: &mut &[u8]) -> Option<u64> {
    U256::from_be_bytes(take::<32>(rest)?).try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kona_protocol::{L1BlockInfoBedrock, L1BlockInfoEcotone, L1BlockInfoIsthmus};

    fn info(fees: Fees) -> L1Info {
        L1Info {
            origin: BlockNumHash {
                number: 1,
                hash: B256::repeat_byte(2),
            },
            time: 3,
            base_fee: 4,
            sequence_number: 5,
            batcher: Address::repeat_byte(6),
            fees,
        }
    }

    /// Specs `protocol/deposits.md`, `protocol/ecotone/l1-attributes.md` and
    /// `protocol/isthmus/l1-attributes.md`; against kona's encoding of the same.
    #[test]
    fn attributes_are_encoded_as_each_fork_has_them() {
        let (hash, batcher_address) = (B256::repeat_byte(2), Address::repeat_byte(6));
        let bedrock = info(Fees::Bedrock {
            overhead: B256::with_last_byte(7),
            scalar: B256::with_last_byte(8),
        });
        let theirs = L1BlockInfoBedrock {
            number: 1,
            time: 3,
            base_fee: 4,
            block_hash: hash,
            sequence_number: 5,
            batcher_address,
            l1_fee_overhead: U256::from(7),
            l1_fee_scalar: U256::from(8),
        };
        assert_eq!(bedrock.encode(), theirs.encode_calldata());
        let fees = |operator, footprint| Fees::Ecotone {
            blob_base_fee: U256::from(9),
            scalars: Scalars {
                base_fee: 10,
                blob_base_fee: 11,
            },
            operator,
            footprint,
        };
        let ecotone = info(fees(None, None));
        let theirs = L1BlockInfoEcotone {
            number: 1,
            time: 3,
            base_fee: 4,
            block_hash: hash,
            sequence_number: 5,
            batcher_address,
            blob_base_fee: 9,
            blob_base_fee_scalar: 11,
            base_fee_scalar: 10,
            empty_scalars: false,
            l1_fee_overhead: U256::ZERO,
        };
        assert_eq!(ecotone.encode(), theirs.encode_calldata());
        let isthmus = info(fees(
            Some(OperatorFee {
                scalar: 12,
                constant: 13,
            }),
            None,
        ));
        let theirs = L1BlockInfoIsthmus {
            number: 1,
            time: 3,
            base_fee: 4,
            block_hash: hash,
            sequence_number: 5,
            batcher_address,
            blob_base_fee: 9,
            blob_base_fee_scalar: 11,
            base_fee_scalar: 10,
            operator_fee_scalar: 12,
            operator_fee_constant: 13,
        };
        assert_eq!(isthmus.encode(), theirs.encode_calldata());
        // Specs `protocol/jovian/l1-attributes.md`: two bytes more, under another selector.
        let jovian = info(fees(
            Some(OperatorFee {
                scalar: 12,
                constant: 13,
            }),
            Some(0x0190),
        ));
        let encoded = jovian.encode();
        assert_eq!((encoded.len(), &encoded[..4]), (178, &JOVIAN[..]));
        assert_eq!(encoded[4..176], isthmus.encode()[4..]);
        assert_eq!(encoded[176..], [0x01, 0x90]);
        for info in [bedrock, ecotone, isthmus, jovian] {
            let encoded = info.encode();
            assert_eq!(L1Info::decode(&encoded), Some(info));
            assert_eq!(L1Info::decode(&encoded[..encoded.len() - 1]), None);
            assert_eq!(L1Info::decode(&[&encoded[..], &[0]].concat()), None);
        }
    }
}
