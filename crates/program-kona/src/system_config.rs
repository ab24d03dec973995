//! The system configuration and its updates on L1 (specs `protocol/system-config.md`).

use alloy_primitives::{Address, B64, B256, Log, U256};
use kona_genesis::{CONFIG_UPDATE_EVENT_VERSION_0, CONFIG_UPDATE_TOPIC};

use crate::receipts::L1Log;

/// What L1 says about how L2 blocks are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SystemConfig {
    pub batcher: Address,
    /// Means nothing from Ecotone on.
    pub overhead: B256,
    /// From Ecotone on its first byte says how the rest is to be read.
    pub scalar: B256,
    pub gas_limit: u64,
    /// Denominator and elasticity, from Holocene on; zero means the chain's own.
    pub eip1559_params: B64,
    /// From Isthmus on.
    pub operator_fee_scalar: u32,
    /// From Isthmus on.
    pub operator_fee_constant: u64,
    /// Wei, from Jovian on.
    pub min_base_fee: u64,
    /// From Jovian on; zero means the default.
    pub da_footprint_gas_scalar: u16,
}

/// Whether one of these logs names a batcher.
pub(crate) fn names_batcher(logs: &[L1Log], contract: Address) -> bool {
    // What was before makes no difference then.
    let after = |before| batcher_after(before, logs, contract);
    after(Address::ZERO) == after(Address::repeat_byte(0xff))
}

/// The batcher after a block with these logs.
pub(crate) fn batcher_after(batcher: Address, logs: &[L1Log], contract: Address) -> Address {
    let mut config = SystemConfig {
        batcher,
        ..SystemConfig::default()
    };
    config.update_all(logs, contract, true);
    config.batcher
}

/// The scalars of Ecotone: of the base fee, and of the blob base fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scalars {
    pub base_fee: u32,
    pub blob_base_fee: u32,
}

impl Scalars {
    /// Reads a scalar (specs `protocol/ecotone/l1-attributes.md`).
    pub(crate) fn from_word(scalar: B256) -> Self {
        let [version, padding @ .., b0, b1, b2, b3, f0, f1, f2, f3] = scalar.0;
        let blob = u32::from_be_bytes([b0, b1, b2, b3]);
        let base_fee = u32::from_be_bytes([f0, f1, f2, f3]);
        match version {
            // A Bedrock scalar that is too great for 32 bits.
            0 if padding != [0; 23] || blob != 0 => Self {
                base_fee: u32::MAX,
                blob_base_fee: 0,
            },
            1 => Self {
                base_fee,
                blob_base_fee: blob,
            },
            _ => Self {
                base_fee,
                blob_base_fee: 0,
            },
        }
    }

    /// The scalar that reads as these.
    pub(crate) fn to_word(self) -> B256 {
        let fees = u64::from(self.blob_base_fee) << 32 | u64::from(self.base_fee);
        B256::from(U256::from(fees) | U256::ONE << 248)
    }
}

impl SystemConfig {
    /// A chain's first configuration, up to Isthmus.
    pub(crate) fn from_genesis(config: &kona_genesis::SystemConfig) -> Self {
        let denominator = config.eip1559_denominator.unwrap_or_default();
        let elasticity = config.eip1559_elasticity.unwrap_or_default();
        let params = u64::from(denominator) << 32 | u64::from(elasticity);
        Self {
            batcher: config.batcher_address,
            overhead: config.overhead.into(),
            scalar: config.scalar.into(),
            gas_limit: config.gas_limit,
            eip1559_params: params.to_be_bytes().into(),
            operator_fee_scalar: config.operator_fee_scalar.unwrap_or_default(),
            operator_fee_constant: config.operator_fee_constant.unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Applies the updates among a block's logs. An update that is malformed or of no known kind
    /// changes nothing, and is no error.
    pub(crate) fn update_all(&mut self, logs: &[L1Log], contract: Address, is_ecotone: bool) {
        for L1Log { log, .. } in logs {
            let topic = log.topics().first();
            if log.address == contract && topic == Some(&CONFIG_UPDATE_TOPIC) {
                // Nothing is written before all of the update was read.
                let _ = self.update(log, is_ecotone);
            }
        }
    }

    fn update(&mut self, log: &Log, is_ecotone: bool) -> Option<()> {
        let [_, version, kind] = log.topics() else {
            return None;
        };
        if *version != CONFIG_UPDATE_EVENT_VERSION_0 {
            return None;
        }
        let data = &log.data.data;
        match u64_of(*kind)? {
            0 => {
                let [word] = words(data)?;
                let address = Address::from_word(word);
                if address.into_word() != word {
                    return None;
                }
                self.batcher = address;
            }
            1 => {
                let [overhead, scalar] = words(data)?;
                if !is_ecotone {
                    (self.overhead, self.scalar) = (overhead, scalar);
                } else if is_ecotone_scalar(scalar) {
                    (self.overhead, self.scalar) = (B256::ZERO, scalar);
                }
            }
            2 => {
                let [word] = words(data)?;
                self.gas_limit = u64_of(word)?;
            }
            4 => {
                let [word] = words(data)?;
                let [.., d0, d1, d2, d3, e0, e1, e2, e3] = word.0;
                let (denominator, elasticity) = ([d0, d1, d2, d3], [e0, e1, e2, e3]);
                // Both are zero, or none.
                if (denominator == [0; 4]) != (elasticity == [0; 4]) {
                    return None;
                }
                self.eip1559_params = [d0, d1, d2, d3, e0, e1, e2, e3].into();
            }
            5 => {
                let [word] = words(data)?;
                let [.., s0, s1, s2, s3, c0, c1, c2, c3, c4, c5, c6, c7] = word.0;
                self.operator_fee_scalar = u32::from_be_bytes([s0, s1, s2, s3]);
                self.operator_fee_constant = u64::from_be_bytes([c0, c1, c2, c3, c4, c5, c6, c7]);
            }
            6 => {
                let [word] = words(data)?;
                self.min_base_fee = u64_of(word)?;
            }
            7 => {
                let [word] = words(data)?;
                self.da_footprint_gas_scalar = u64_of(word)?.try_into().ok()?;
            }
            // The signer of unsafe blocks is nothing to derivation; later kinds come with later
            // forks.
            _ => {}
        }
        Some(())
    }
}

/// The `bytes` of an update, which are `N` words and nothing else.
fn words<const N: usize>(data: &[u8]) -> Option<[B256; N]> {
    let (words, rest) = data.as_chunks::<32>();
    let [offset, length, words @ ..] = words else {
        return None;
    };
    let len = u64_of(B256::from(*length))?;
    if !rest.is_empty() || u64_of(B256::from(*offset))? != 32 || len != 32 * N as u64 {
        return None;
    }
    let words: [[u8; 32]; N] = words.try_into().ok()?;
    Some(words.map(B256::from))
}

fn u64_of(word: B256) -> Option<u64> {
    U256::from_be_bytes(word.0).try_into().ok()
}

/// Whether a scalar is one that Ecotone knows.
fn is_ecotone_scalar(scalar: B256) -> bool {
    match scalar.0 {
        [0, padding @ .., _, _, _, _] => padding == [0; 27],
        [1, padding @ .., _, _, _, _, _, _, _, _] => padding == [0; 23],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};

    const CONTRACT: Address = Address::repeat_byte(0xcc);

    fn old() -> SystemConfig {
        SystemConfig {
            batcher: Address::repeat_byte(1),
            overhead: B256::repeat_byte(2),
            scalar: Scalars {
                base_fee: 3,
                blob_base_fee: 4,
            }
            .to_word(),
            gas_limit: 5,
            eip1559_params: B64::repeat_byte(6),
            operator_fee_scalar: 7,
            operator_fee_constant: 8,
            min_base_fee: 9,
            da_footprint_gas_scalar: 10,
        }
    }

    fn word(value: u64) -> B256 {
        B256::from(U256::from(value))
    }

    fn log(topics: Vec<B256>, words: &[B256]) -> L1Log {
        let data: Vec<u8> = words.iter().flat_map(|word| word.0).collect();
        L1Log {
            index: 0,
            log: Log::new_unchecked(CONTRACT, topics, data.into()),
        }
    }

    fn kind(kind: u64, words: &[B256]) -> L1Log {
        log(vec![CONFIG_UPDATE_TOPIC, B256::ZERO, word(kind)], words)
    }

    fn update(kind_of: u64, value: B256) -> L1Log {
        kind(kind_of, &[word(32), word(32), value])
    }

    fn after(logs: &[L1Log]) -> SystemConfig {
        let mut config = old();
        config.update_all(logs, CONTRACT, true);
        config
    }

    /// Specs `protocol/system-config.md`; `protocol/holocene/system-config.md`;
    /// `protocol/isthmus/system-config.md`; `protocol/jovian/system-config.md`.
    #[test]
    fn updates_of_each_kind_are_applied() {
        let scalar = Scalars {
            base_fee: 9,
            blob_base_fee: 10,
        }
        .to_word();
        let mut params = [0xff; 32];
        params[20..].copy_from_slice(&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
        let config = after(&[
            update(0, Address::repeat_byte(0xaa).into_word()),
            kind(1, &[word(32), word(64), B256::repeat_byte(9), scalar]),
            update(2, word(30_000_000)),
            update(3, word(1)),
            update(4, word(0x0000_00fa_0000_0006)),
            update(5, params.into()),
            update(6, word(u64::MAX)),
            update(7, word(0xffff)),
        ]);
        let expected = SystemConfig {
            batcher: Address::repeat_byte(0xaa),
            overhead: B256::ZERO,
            scalar,
            gas_limit: 30_000_000,
            eip1559_params: B64::from(0x0000_00fa_0000_0006_u64.to_be_bytes()),
            operator_fee_scalar: 1,
            operator_fee_constant: 2,
            min_base_fee: u64::MAX,
            da_footprint_gas_scalar: 0xffff,
        };
        assert_eq!(config, expected);
    }

    /// Specs `protocol/derivation.md`, "L1 Traversal"; op-node passes malformed updates over, one
    /// by one (`UpdateSystemConfigWithL1Receipts`).
    #[test]
    fn malformed_updates_change_nothing_and_those_after_them_count() {
        let value = word(7);
        let bad = [
            log(vec![CONFIG_UPDATE_TOPIC], &[]),
            log(
                vec![CONFIG_UPDATE_TOPIC, word(1), word(2)],
                &[word(32), word(32), value],
            ),
            log(
                vec![CONFIG_UPDATE_TOPIC, word(0), word(2), word(0)],
                &[word(32), word(32), value],
            ),
            kind(2, &[word(32), word(32)]),
            kind(2, &[word(64), word(32), value]),
            kind(2, &[word(32), word(64), value]),
            kind(2, &[word(32), word(32), value, value]),
            update(2, B256::repeat_byte(1)),
            update(0, B256::repeat_byte(1)),
            update(4, word(1)),
            update(4, word(1 << 32)),
            kind(1, &[word(32), word(64), word(0), B256::repeat_byte(2)]),
            kind(1, &[word(32), word(64), word(0), B256::repeat_byte(1)]),
            update(6, B256::repeat_byte(1)),
            update(7, word(0x1_0000)),
            update(8, word(1)),
            update(u64::MAX, word(1)),
            kind(0, &[]),
            L1Log {
                index: 0,
                log: Log::new_unchecked(
                    Address::ZERO,
                    vec![CONFIG_UPDATE_TOPIC, word(0), word(2)],
                    vec![].into(),
                ),
            },
        ];
        assert_eq!(after(&bad), old());
        let mut all = bad.to_vec();
        all.push(update(2, word(9)));
        assert_eq!(
            after(&all),
            SystemConfig {
                gas_limit: 9,
                ..old()
            }
        );
        let mut odd = update(2, word(9));
        odd.log.data.data = [odd.log.data.data.as_ref(), &[0]].concat().into();
        assert_eq!(after(&[odd]), old());
    }

    #[test]
    fn a_named_batcher_is_seen_whoever_it_is() {
        for address in [
            Address::ZERO,
            Address::repeat_byte(0xff),
            Address::repeat_byte(1),
        ] {
            assert!(names_batcher(&[update(0, address.into_word())], CONTRACT));
        }
        assert!(!names_batcher(
            &[update(2, word(1)), kind(0, &[])],
            CONTRACT
        ));
    }

    /// Specs `protocol/ecotone/l1-attributes.md`.
    #[test]
    fn scalars_are_read_by_their_version() {
        let scalars = |base_fee, blob_base_fee| Scalars {
            base_fee,
            blob_base_fee,
        };
        assert_eq!(Scalars::from_word(scalars(3, 4).to_word()), scalars(3, 4));
        assert_eq!(Scalars::from_word(word(7)), scalars(7, 0));
        assert_eq!(Scalars::from_word(word(1 << 32)), scalars(u32::MAX, 0));
        let mut before = old();
        let logs = [kind(
            1,
            &[word(32), word(64), word(1), B256::repeat_byte(2)],
        )];
        before.update_all(&logs, CONTRACT, false);
        assert_eq!(
            (before.overhead, before.scalar),
            (word(1), B256::repeat_byte(2))
        );
    }
}
