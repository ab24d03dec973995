//! User deposits from the portal's logs (specs `protocol/deposits.md`).

use alloy::primitives::{Address, B256, Log, TxKind, U256, b256};
use op_alloy_consensus::{TxDeposit, UserDepositSource};

use crate::{DevnetError, l1::L1Block};

/// `TransactionDeposited(address,address,uint256,bytes)`.
const TRANSACTION_DEPOSITED: B256 =
    b256!("b3813568d9991fc951961fcb4c784893574240a28925604d09fc577c55bb7c32");

/// The deposits that an L1 block holds, in the order of its logs.
pub fn user_deposits(block: &L1Block, portal: Address) -> Result<Vec<TxDeposit>, DevnetError> {
    let mut deposits = Vec::new();
    let mut index = 0u64;
    for receipt in &block.receipts {
        for log in receipt.logs() {
            if receipt.status()
                && log.address == portal
                && log.topics().first() == Some(&TRANSACTION_DEPOSITED)
            {
                let deposit =
                    decode(log, block.hash, index).map_err(|reason| DevnetError::L1Log {
                        address: portal,
                        reason: format!("deposit: {reason}"),
                    })?;
                deposits.push(deposit);
            }
            index += 1;
        }
    }
    Ok(deposits)
}

fn decode(log: &Log, l1_hash: B256, index: u64) -> Result<TxDeposit, &'static str> {
    let [_, from, to, version] = log.topics() else {
        return Err("wrong number of topics");
    };
    if !version.is_zero() {
        return Err("unknown version");
    }
    let opaque = opaque_data(&log.data.data)?;
    // Packed: mint (32) ‖ value (32) ‖ gas limit (8) ‖ is creation (1) ‖ data.
    let (mint, rest) = opaque.split_first_chunk::<32>().ok_or("no mint")?;
    let (value, rest) = rest.split_first_chunk::<32>().ok_or("no value")?;
    let (gas, rest) = rest.split_first_chunk::<8>().ok_or("no gas limit")?;
    let (creation, data) = rest.split_first().ok_or("no creation flag")?;
    let mint = U256::from_be_bytes(*mint);
    Ok(TxDeposit {
        source_hash: UserDepositSource::new(l1_hash, index).source_hash(),
        from: Address::from_word(*from),
        to: if *creation == 1 {
            TxKind::Create
        } else {
            TxKind::Call(Address::from_word(*to))
        },
        mint: mint.try_into().map_err(|_| "mint exceeds 128 bits")?,
        value: U256::from_be_bytes(*value),
        gas_limit: u64::from_be_bytes(*gas),
        is_system_transaction: false,
        input: data.to_vec().into(),
    })
}

/// The one `bytes` argument of the event, whose offset must be 32 and padding short.
fn opaque_data(data: &[u8]) -> Result<&[u8], &'static str> {
    let (offset, rest) = data.split_first_chunk::<32>().ok_or("no offset")?;
    if U256::from_be_bytes(*offset) != U256::from(32) {
        return Err("wrong offset");
    }
    let (length, rest) = rest.split_first_chunk::<32>().ok_or("no length")?;
    let length =
        usize::try_from(U256::from_be_bytes(*length)).map_err(|_| "length beyond the data")?;
    if rest.len()
        != length
            .checked_next_multiple_of(32)
            .ok_or("length beyond the data")?
    {
        return Err("length does not fit the data");
    }
    rest.get(..length).ok_or("length beyond the data")
}

#[cfg(test)]
mod tests {
    use alloy::{
        consensus::{Header, Receipt, ReceiptEnvelope},
        primitives::{Bytes, U256},
        sol_types::SolValue as _,
    };

    use super::*;

    const PORTAL: Address = Address::repeat_byte(0xaa);

    fn opaque(mint: u64, creation: bool, data: &[u8]) -> Vec<u8> {
        let mut out = U256::from(mint).to_be_bytes::<32>().to_vec();
        out.extend(U256::from(mint + 1).to_be_bytes::<32>());
        out.extend(100_000u64.to_be_bytes());
        out.push(creation.into());
        out.extend(data);
        out
    }

    fn log(opaque: Vec<u8>) -> Log {
        let topics = vec![
            TRANSACTION_DEPOSITED,
            Address::repeat_byte(1).into_word(),
            Address::repeat_byte(2).into_word(),
            B256::ZERO,
        ];
        Log::new_unchecked(PORTAL, topics, Bytes::from(opaque).abi_encode().into())
    }

    fn block(receipts: Vec<(bool, Vec<Log>)>) -> L1Block {
        let receipts = receipts
            .into_iter()
            .map(|(ok, logs)| Receipt {
                status: ok.into(),
                cumulative_gas_used: 0,
                logs,
            })
            .map(|receipt| ReceiptEnvelope::Eip1559(receipt.with_bloom()))
            .collect();
        L1Block {
            header: Header::default(),
            hash: B256::repeat_byte(7),
            receipts,
        }
    }

    #[test]
    fn deposits_are_found_with_their_index_among_all_logs() {
        let other = Log::new_unchecked(Address::ZERO, vec![], Bytes::new());
        let logs = vec![other.clone(), log(opaque(5, false, b"hi"))];
        let block = block(vec![(true, vec![other]), (true, logs)]);
        let found = user_deposits(&block, PORTAL).unwrap();
        let [deposit] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(deposit.mint, 5);
        assert_eq!(deposit.value, U256::from(6));
        assert_eq!(deposit.gas_limit, 100_000);
        assert_eq!(deposit.to, TxKind::Call(Address::repeat_byte(2)));
        assert_eq!(deposit.input.as_ref(), b"hi");
        assert_eq!(
            deposit.source_hash,
            UserDepositSource::new(B256::repeat_byte(7), 2).source_hash()
        );
    }

    #[test]
    fn creations_and_failed_receipts_are_told_apart() {
        let block = block(vec![
            (false, vec![log(opaque(1, false, b""))]),
            (true, vec![log(opaque(1, true, b""))]),
        ]);
        let found = user_deposits(&block, PORTAL).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].to, TxKind::Create);
    }

    #[test]
    fn the_decoding_agrees_with_kona() {
        let log = log(opaque(9, false, &[3; 40]));
        let ours = decode(&log, B256::repeat_byte(7), 0).unwrap();
        let theirs = kona_protocol::decode_deposit(B256::repeat_byte(7), 0, &log).unwrap();
        let mut bytes = Vec::new();
        alloy::eips::Encodable2718::encode_2718(&ours, &mut bytes);
        assert_eq!(bytes, theirs.to_vec());
    }

    #[test]
    fn truncated_oversized_and_unknown_logs_are_errors() {
        let good = log(opaque(5, false, b"hi"));
        let with = |data: Vec<u8>| Log::new_unchecked(PORTAL, good.topics().to_vec(), data.into());
        let bytes = good.data.data.to_vec();
        for cut in [0, 31, 63, bytes.len() - 32] {
            let bad = block(vec![(true, vec![with(bytes[..cut].to_vec())])]);
            assert!(user_deposits(&bad, PORTAL).is_err(), "cut to {cut}");
        }
        let short = block(vec![(true, vec![log(vec![0; 72])])]);
        assert!(user_deposits(&short, PORTAL).is_err());
        let huge: U256 = U256::from(1u64) << 130;
        let mut minted = opaque(0, false, b"");
        minted[..32].copy_from_slice(&huge.to_be_bytes::<32>());
        assert!(user_deposits(&block(vec![(true, vec![log(minted)])]), PORTAL).is_err());
        let mut offset = bytes;
        offset[31] = 64;
        assert!(user_deposits(&block(vec![(true, vec![with(offset)])]), PORTAL).is_err());
    }
}
