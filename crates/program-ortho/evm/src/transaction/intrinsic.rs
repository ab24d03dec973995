//! What a transaction costs before anything runs.

use endgame_ortho_types::Unsigned;

use crate::{Rules, gas};

/// EIP-2028's tokens: 1 for a zero byte, 4 for another.
fn tokens(data: &[u8]) -> u64 {
    // So many at a time that a byte can count them: sixteen counts go at once.
    let zeros = data.chunks(usize::from(u8::MAX)).map(|chunk| {
        let zeros: u8 = chunk.iter().map(|byte| u8::from(*byte == 0)).sum();
        u64::from(zeros)
    });
    4 * data.len() as u64 - 3 * zeros.sum::<u64>()
}

/// The intrinsic gas: EIP-2, 2028, 2930, 3860, 7702.
pub fn intrinsic_gas(rules: &Rules, transaction: &Unsigned) -> u64 {
    let mut gas = gas::TRANSACTION_BASE + gas::TRANSACTION_DATA_TOKEN * tokens(&transaction.data);
    if transaction.to.is_none() {
        gas += gas::TRANSACTION_CREATE;
        if rules.init_code_limit.is_some() {
            gas += gas::INIT_CODE_WORD * (transaction.data.len() as u64).div_ceil(32);
        }
    }
    for item in &transaction.access_list {
        gas += gas::TRANSACTION_ACCESS_LIST_ADDRESS
            + gas::TRANSACTION_ACCESS_LIST_SLOT * item.slots.len() as u64;
    }
    gas + gas::AUTHORIZATION_EMPTY_ACCOUNT * transaction.authorizations.len() as u64
}

/// The least that a transaction with this data pays (EIP-7623).
pub fn calldata_floor_gas(data: &[u8]) -> u64 {
    gas::TRANSACTION_BASE + gas::TRANSACTION_DATA_FLOOR_TOKEN * tokens(data)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn zeros_are_one_token_and_other_bytes_four() {
        for length in [0, 1, 254, 255, 256, 1000] {
            assert_eq!(tokens(&vec![0; length]), length as u64);
            assert_eq!(tokens(&vec![0xff; length]), 4 * length as u64);
            let mut data = vec![1; length];
            data.extend([0, 2, 0]);
            assert_eq!(tokens(&data), 4 * length as u64 + 6);
        }
    }
}
