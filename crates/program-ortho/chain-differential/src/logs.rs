//! What contracts on L1 log: deposits and changes of the system configuration, true and malformed.

use alloy_primitives::{Address, B256, Log, LogData, U256, keccak256};

use crate::{
    chain::{DEPOSIT_CONTRACT, JovianConfig, SYSTEM_CONFIG},
    choices::Choices,
    keys,
};

/// A log, and whether the contracts could have written it.
#[derive(Clone, Debug)]
pub(crate) struct MadeLog {
    pub(crate) log: Log,
    pub(crate) well_formed: bool,
    /// What of Jovian's configuration it sets.
    pub(crate) jovian: Option<JovianUpdate>,
}

/// An update of what Jovian adds to the system configuration.
#[derive(Clone, Copy, Debug)]
pub(crate) enum JovianUpdate {
    MinBaseFee(u64),
    DaFootprintGasScalar(u16),
}

impl JovianUpdate {
    pub(crate) const fn apply(self, config: &mut JovianConfig) {
        match self {
            Self::MinBaseFee(fee) => config.min_base_fee = fee,
            Self::DaFootprintGasScalar(scalar) => config.da_footprint_gas_scalar = scalar,
        }
    }
}

fn word(number: u64) -> B256 {
    B256::from(U256::from(number))
}

/// The ABI encoding of one `bytes` value.
fn abi_bytes(content: &[u8]) -> Vec<u8> {
    let mut data = [word(32).0, word(content.len() as u64).0].concat();
    data.extend_from_slice(content);
    data.resize(data.len().next_multiple_of(32), 0);
    data
}

fn address(choices: &mut Choices<'_>) -> Address {
    match choices.below(4) {
        0 => Address::repeat_byte(0x11),
        1 => Address::from(choices.array()),
        _ => keys::users()[choices.below(keys::users().len())].address,
    }
}

/// A `TransactionDeposited` (OP specs `protocol/deposits.md`, "User-Deposited Transactions").
pub(crate) fn deposit(choices: &mut Choices<'_>) -> MadeLog {
    let creation = choices.rarely(6);
    let mint = if choices.rarely(2) {
        0
    } else {
        choices.number() >> 8
    };
    let value = if choices.rarely(2) {
        0
    } else {
        choices.number() >> 16
    };
    let gas = choices.pick(&[21_000_u64, 100_000, 1_000_000, 50_000, 20_000]);
    let mut opaque = [word(mint).0, word(value).0].concat();
    opaque.extend(gas.to_be_bytes());
    opaque.push(u8::from(creation));
    let length = choices.pick(&[0, 1, 22, 23, 24, 100]);
    opaque.extend(choices.bytes(length));
    let topics = vec![
        keccak256("TransactionDeposited(address,address,uint256,bytes)"),
        address(choices).into_word(),
        if creation {
            Address::ZERO
        } else {
            address(choices)
        }
        .into_word(),
        B256::ZERO,
    ];
    let data = LogData::new_unchecked(topics, abi_bytes(&opaque).into());
    MadeLog {
        log: Log {
            address: DEPOSIT_CONTRACT,
            data,
        },
        well_formed: true,
        jovian: None,
    }
}

/// Gas limits that no contract takes, but derivation does.
const GAS_LIMITS: [u64; 7] = [
    5,
    21_000,
    999_999,
    1_000_000,
    1_600_000,
    u32::MAX as u64,
    i64::MAX as u64,
];

/// Some bits anywhere in a word.
fn any_word(choices: &mut Choices<'_>) -> B256 {
    let bits = U256::from(choices.number() >> choices.below(64));
    B256::from(bits << choices.below(256))
}

/// A `ConfigUpdate` (OP specs `protocol/system-config.md`).
pub(crate) fn config_update(choices: &mut Choices<'_>, kind: u64) -> MadeLog {
    let mut jovian = None;
    let content = match kind {
        0 => {
            let batcher = choices.below(keys::batchers().len());
            keys::batchers()[batcher].address.into_word().to_vec()
        }
        1 => {
            let mut scalar = word(choices.number() >> 40);
            scalar.0[0] = choices.pick(&[0, 1]);
            scalar.0[27] = choices.below(3) as u8;
            let mut overhead = word(choices.number() >> 50);
            for number in [&mut scalar, &mut overhead] {
                if choices.rarely(3) {
                    *number = any_word(choices);
                }
            }
            [overhead, scalar].concat()
        }
        2 if choices.rarely(4) => word(choices.pick(&GAS_LIMITS)).to_vec(),
        2 => word(20_000_000 + (choices.number() >> 40)).to_vec(),
        4 => {
            let params = choices.pick(&[(0_u64, 0_u64), (50, 6), (250, 2), (1, 10)]);
            word(params.0 << 32 | params.1).to_vec()
        }
        5 => {
            let bits = choices.pick(&[24, 24, 32]);
            let scalar = U256::from(choices.number() >> (64 - bits)) << 64;
            B256::from(scalar | U256::from(choices.number() >> (64 - 2 * bits))).to_vec()
        }
        6 => {
            let fee = choices.pick(&[0, 1, 900_000, 1_100_000, 120_000_000]);
            jovian = Some(JovianUpdate::MinBaseFee(fee));
            word(fee).to_vec()
        }
        7 => {
            let scalar = choices.pick(&[0, 1, 300, 400, 8_000, u16::MAX]);
            jovian = Some(JovianUpdate::DaFootprintGasScalar(scalar));
            word(scalar.into()).to_vec()
        }
        _ => word(choices.number() >> 1).to_vec(),
    };
    let topics = vec![
        keccak256("ConfigUpdate(uint256,uint8,bytes)"),
        B256::ZERO,
        word(kind),
    ];
    let data = LogData::new_unchecked(topics, abi_bytes(&content).into());
    MadeLog {
        log: Log {
            address: SYSTEM_CONFIG,
            data,
        },
        // kona's reader knows those up to Isthmus.
        well_formed: kind < 6,
        jovian,
    }
}

/// Makes a log what no contract writes, or another contract's.
pub(crate) fn distort(choices: &mut Choices<'_>, made: &mut MadeLog) {
    made.well_formed = false;
    made.jovian = None;
    if choices.rarely(2) {
        made.log.address = Address::repeat_byte(0x77);
        return;
    }
    let mut topics = made.log.data.topics().to_vec();
    let mut data = made.log.data.data.to_vec();
    match choices.below(6) {
        0 => {
            let topic = choices.below(topics.len());
            topics[topic].0[choices.below(32)] ^= 1 << choices.below(8);
        }
        1 => topics.truncate(choices.below(topics.len())),
        2 => topics.push(B256::ZERO),
        3 => data.truncate(choices.below(data.len() + 1)),
        4 => data.extend(choices.bytes(32)),
        _ => {
            let at = choices.below(data.len().min(96));
            data[at] ^= 1 << choices.below(8);
            // More ether than there is: kona's deposits have no room for it.
            if let Some(high) = data.get_mut(64..80) {
                high.fill(0);
            }
        }
    }
    topics.truncate(4);
    made.log.data = LogData::new_unchecked(topics, data.into());
}
