//! Deposits by users (specs `protocol/deposits.md`).

use alloc::vec::Vec;

use alloy_eips_v1::eip2718::Encodable2718;
use alloy_primitives::{Address, B256, Bytes, Log, TxKind, U256};
use kona_protocol::DEPOSIT_EVENT_ABI_HASH;
use op_alloy_consensus_v0::{TxDeposit, UserDepositSource};

use crate::{ProgramError, receipts::L1Log};

/// The deposits in the L1 block `block` with these logs.
///
/// None may be left out, so a log that is malformed ends the run, as in op-node
/// (`PreparePayloadAttributes`). The deposit contract makes no such log.
pub(crate) fn deposits(
    logs: &[L1Log],
    contract: Address,
    block: B256,
) -> Result<Vec<Bytes>, ProgramError> {
    logs.iter()
        .filter(|L1Log { log, .. }| {
            log.address == contract && log.topics().first() == Some(&DEPOSIT_EVENT_ABI_HASH)
        })
        .map(|L1Log { index, log }| {
            let mut deposit = decode(log).ok_or(ProgramError::Deposit {
                block,
                index: *index,
            })?;
            deposit.source_hash = UserDepositSource::new(block, *index).source_hash();
            Ok(deposit.encoded_2718().into())
        })
        .collect()
}

/// A deposit, but for its source.
fn decode(log: &Log) -> Option<TxDeposit> {
    let [_, from, to, version] = log.topics() else {
        return None;
    };
    if !version.is_zero() {
        return None;
    }
    let opaque = opaque_data(&log.data.data)?;
    let (mint, rest) = opaque.split_first_chunk::<32>()?;
    let (value, rest) = rest.split_first_chunk::<32>()?;
    let (gas_limit, rest) = rest.split_first_chunk::<8>()?;
    let (is_creation, input) = rest.split_first()?;
    Some(TxDeposit {
        source_hash: B256::ZERO,
        from: Address::from_word(*from),
        to: if *is_creation == 0 {
            TxKind::Call(Address::from_word(*to))
        } else {
            TxKind::Create
        },
        // No more ether than 128 bits hold was ever sent.
        mint: U256::from_be_bytes(*mint).try_into().ok()?,
        value: U256::from_be_bytes(*value),
        gas_limit: u64::from_be_bytes(*gas_limit),
        is_system_transaction: false,
        input: Bytes::copy_from_slice(input),
    })
}

/// The one argument of the event that is not indexed: whole words, the first two of which are the
/// offset and the length, with no more padding than to the end of a word.
fn opaque_data(data: &[u8]) -> Option<&[u8]> {
    let (words, rest) = data.as_chunks::<32>();
    let [offset, length, ..] = words else {
        return None;
    };
    if !rest.is_empty() || U256::from_be_bytes(*offset) != U256::from(32) {
        return None;
    }
    let length: usize = U256::from_be_bytes(*length).try_into().ok()?;
    let content = data.get(64..)?;
    let is_tight = content.len().checked_sub(length)? < 32;
    content.get(..length).filter(|_| is_tight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const CONTRACT: Address = Address::repeat_byte(0xdd);

    fn data(offset: U256, length: U256, content: &[u8]) -> Vec<u8> {
        [
            &offset.to_be_bytes::<32>(),
            &length.to_be_bytes::<32>(),
            content,
        ]
        .concat()
    }

    /// Mint 1, value 2, gas 3, a call, input of `input` bytes; padded to whole words.
    fn good(input: usize) -> (usize, Vec<u8>) {
        let mut content = U256::from(1).to_be_bytes_vec();
        content.extend_from_slice(&U256::from(2).to_be_bytes::<32>());
        content.extend_from_slice(&3u64.to_be_bytes());
        content.push(0);
        content.extend_from_slice(&vec![9; input]);
        let length = content.len();
        content.resize(length.next_multiple_of(32), 0);
        (length, content)
    }

    fn log(data: Vec<u8>) -> L1Log {
        let dirty = B256::repeat_byte(0xee);
        let topics = vec![DEPOSIT_EVENT_ABI_HASH, dirty, dirty, B256::ZERO];
        L1Log {
            index: 4,
            log: Log::new_unchecked(CONTRACT, topics, data.into()),
        }
    }

    fn count(logs: &[L1Log]) -> Option<usize> {
        deposits(logs, CONTRACT, B256::ZERO)
            .ok()
            .map(|deposits| deposits.len())
    }

    /// Specs `protocol/deposits.md`, "User-Deposited Transactions".
    #[test]
    fn deposit_is_what_its_log_says() {
        let (length, content) = good(5);
        let log = log(data(U256::from(32), U256::from(length), &content));
        let deposit = decode(&log.log).unwrap();
        // Of the addresses' words the last 20 bytes count.
        assert_eq!(deposit.from, Address::repeat_byte(0xee));
        assert_eq!(deposit.to, TxKind::Call(Address::repeat_byte(0xee)));
        assert_eq!(
            (deposit.mint, deposit.value, deposit.gas_limit),
            (1, U256::from(2), 3)
        );
        assert_eq!(deposit.input, Bytes::from(vec![9; 5]));
        let mut other = log.clone();
        other.log.address = Address::ZERO;
        assert_eq!(count(&[log, other]), Some(1));
    }

    /// Specs `protocol/deposits.md`; op-node's `UnmarshalDepositLogEvent`.
    #[test]
    fn offset_and_length_count_in_all_their_bytes_and_padding_is_minimal() {
        let (length, content) = good(5);
        let (offset, length) = (U256::from(32), U256::from(length));
        let high = U256::from(1) << 64;
        let padded = [content.clone(), vec![0; 32]].concat();
        let unaligned = [content.clone(), vec![0]].concat();
        for bad in [
            data(offset + high, length, &content),
            data(offset, length + high, &content),
            data(U256::from(64), length, &content),
            data(offset, length + U256::from(32), &content),
            data(offset, length, &padded),
            data(offset, length, &unaligned),
            data(offset, U256::from(72), &content[..96]),
            data(offset, U256::ZERO, &[]),
            vec![0; 32],
        ] {
            assert_eq!(count(&[log(bad)]), None);
        }
        // A whole last word has no padding.
        let (length, content) = good(23);
        assert_eq!(length, content.len());
        assert_eq!(
            count(&[log(data(offset, U256::from(length), &content))]),
            Some(1)
        );
        let mut version = log(data(offset, U256::from(length), &content));
        let topics = vec![
            DEPOSIT_EVENT_ABI_HASH,
            B256::ZERO,
            B256::ZERO,
            B256::with_last_byte(1),
        ];
        version.log = Log::new_unchecked(CONTRACT, topics, version.log.data.data.clone());
        assert_eq!(count(&[version]), None);
    }
}
