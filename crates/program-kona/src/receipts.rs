//! Logs of L1 blocks.

use alloc::{string::ToString, vec::Vec};

use alloy_primitives::{Address, B256, Bloom, Bytes, Log};
use alloy_rlp::{Decodable, Header};

use crate::ProgramError;

/// The first byte of a legacy receipt is at least this.
const LEGACY: u8 = 0xc0;
/// Types of transactions that L1 knows; 0x7e on an L1 that is itself a rollup.
const KNOWN: [u8; 5] = [1, 2, 3, 4, 0x7e];

/// A log of a contract that the rollup listens to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct L1Log {
    /// Its place among all logs of the block.
    pub index: u64,
    /// What was logged.
    pub log: Log,
}

/// The logs of `contracts` in the block `hash` with these receipts.
///
/// A receipt of a type that is not known is read as the known typed ones are, and passed over
/// where it is another thing (specs `protocol/derivation.md`, "On Future-Proof Transaction Log
/// Derivation").
pub(crate) fn logs_of(
    receipts: &[Bytes],
    hash: B256,
    contracts: &[Address],
) -> Result<Vec<L1Log>, ProgramError> {
    let mut found = Vec::new();
    let mut index = 0;
    for raw in receipts {
        let kind = raw.first().copied().unwrap_or_default();
        let logs = match decode(raw) {
            Ok(logs) => logs,
            Err(_) if kind < LEGACY && !KNOWN.contains(&kind) => continue,
            Err(error) => {
                return Err(ProgramError::Decode {
                    what: "receipt of L1 block",
                    hash,
                    reason: error.to_string(),
                });
            }
        };
        for log in logs {
            if contracts.contains(&log.address) {
                found.push(L1Log { index, log });
            }
            index += 1;
        }
    }
    Ok(found)
}

/// The logs of a receipt; a failed transaction has none.
fn decode(raw: &[u8]) -> alloy_rlp::Result<Vec<Log>> {
    let mut rest = match raw.first() {
        Some(kind) if *kind < LEGACY => raw.get(1..).unwrap_or_default(),
        _ => raw,
    };
    let mut fields = Header::decode_bytes(&mut rest, true)?;
    if !rest.is_empty() {
        return Err(alloy_rlp::Error::UnexpectedLength);
    }
    let status = Header::decode_bytes(&mut fields, false)?;
    u64::decode(&mut fields)?;
    Bloom::decode(&mut fields)?;
    let logs = Vec::<Log>::decode(&mut fields)?;
    // A rollup's deposits have more fields.
    if !fields.is_empty() && raw.first() != Some(&0x7e) {
        return Err(alloy_rlp::Error::UnexpectedLength);
    }
    match status {
        [] => Ok(Vec::new()),
        [1] => Ok(logs),
        // Before Byzantium there was a state root; no rollup is that old.
        _ if status.len() == 32 => Ok(logs),
        _ => Err(alloy_rlp::Error::Custom("no status")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::testing::list;
    use alloc::vec;

    fn log(address: u8) -> Log {
        Log::new_unchecked(
            Address::repeat_byte(address),
            vec![B256::ZERO],
            Bytes::new(),
        )
    }

    fn receipt(kind: Option<u8>, status: bool, logs: &[Log]) -> Bytes {
        let body = list(&[&status, &21_000u64, &Bloom::ZERO, &logs.to_vec()]);
        let kind = kind.into_iter().collect::<Vec<_>>();
        [kind, body].concat().into()
    }

    fn indices(receipts: &[Bytes]) -> Option<Vec<u64>> {
        let contracts = [Address::repeat_byte(1), Address::repeat_byte(2)];
        let logs = logs_of(receipts, B256::ZERO, &contracts).ok()?;
        Some(logs.iter().map(|log| log.index).collect())
    }

    /// Specs `protocol/derivation.md`, "On Future-Proof Transaction Log Derivation".
    #[test]
    fn receipts_of_types_to_come_are_read_where_they_can_be() {
        let receipts = [
            receipt(None, true, &[log(1), log(3), log(2)]),
            receipt(Some(2), false, &[]),
            receipt(Some(0x55), true, &[log(9), log(1)]),
            Bytes::from(vec![0x56, 0xc1, 0x80]),
            receipt(Some(4), true, &[log(2)]),
        ];
        assert_eq!(indices(&receipts), Some(vec![0, 2, 4, 5]));
        assert_eq!(indices(&[Bytes::from(vec![2, 0xc1, 0x80])]), None);
    }

    #[test]
    fn receipts_of_a_rollups_deposits_may_say_more() {
        let body = list(&[&true, &1u64, &Bloom::ZERO, &vec![log(1)], &7u64, &1u64]);
        let with = |kind: u8| Bytes::from([vec![kind], body.clone()].concat());
        assert_eq!(indices(&[with(0x7e)]), Some(vec![0]));
        assert_eq!(indices(&[with(2)]), None);
    }
}
