//! Prices, by their names in execution-specs (`vm/gas.py`).

pub(crate) const BASE: u64 = 2;
pub(crate) const VERY_LOW: u64 = 3;
pub(crate) const LOW: u64 = 5;
pub(crate) const MID: u64 = 8;
pub(crate) const HIGH: u64 = 10;
pub(crate) const JUMPDEST: u64 = 1;
pub(crate) const EXPONENTIATION: u64 = 10;
pub(crate) const EXPONENTIATION_PER_BYTE: u64 = 50;
pub(crate) const KECCAK256: u64 = 30;
pub(crate) const KECCAK256_PER_WORD: u64 = 6;
pub(crate) const COPY: u64 = 3;
pub(crate) const BLOCK_HASH: u64 = 20;
pub(crate) const LOG: u64 = 375;
pub(crate) const LOG_TOPIC: u64 = 375;
pub(crate) const LOG_DATA: u64 = 8;
pub(crate) const WARM_ACCESS: u64 = 100;
pub(crate) const COLD_ACCOUNT_ACCESS: u64 = 2600;
pub(crate) const COLD_SLOAD: u64 = 2100;
pub(crate) const STORAGE_SET: u64 = 20_000;
pub(crate) const STORAGE_UPDATE: u64 = 5000;
pub(crate) const STORAGE_CLEAR_REFUND: i64 = 4800;
pub(crate) const CREATE: u64 = 32_000;
pub(crate) const CODE_DEPOSIT: u64 = 200;
pub(crate) const INIT_CODE_WORD: u64 = 2;
pub(crate) const CALL_VALUE: u64 = 9000;
pub(crate) const CALL_STIPEND: u64 = 2300;
pub(crate) const NEW_ACCOUNT: u64 = 25_000;
pub(crate) const SELF_DESTRUCT: u64 = 5000;
pub(crate) const PER_BLOB: u64 = 1 << 17;
pub(crate) const TRANSACTION_BASE: u64 = 21_000;
pub(crate) const TRANSACTION_CREATE: u64 = 32_000;
pub(crate) const TRANSACTION_DATA_TOKEN: u64 = 4;
pub(crate) const TRANSACTION_DATA_FLOOR_TOKEN: u64 = 10;
pub(crate) const TRANSACTION_ACCESS_LIST_ADDRESS: u64 = 2400;
pub(crate) const TRANSACTION_ACCESS_LIST_SLOT: u64 = 1900;
pub(crate) const AUTHORIZATION_EMPTY_ACCOUNT: u64 = 25_000;
pub(crate) const AUTHORIZATION_BASE: u64 = 12_500;

/// The most code that a contract has (EIP-170).
pub(crate) const MAX_CODE_SIZE: usize = 0x6000;
/// The most frames that call each other.
pub(crate) const STACK_DEPTH_LIMIT: usize = 1024;

/// What memory of so many words costs in all.
#[inline]
pub(crate) const fn memory(words: u64) -> u64 {
    3 * words + words * words / 512
}

/// How much of `gas` a call can pass on (EIP-150).
#[inline]
pub(crate) const fn max_message_call(gas: u64) -> u64 {
    gas - gas / 64
}
